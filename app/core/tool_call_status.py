"""How a tool call of an answer stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallState(StrEnum):
    """How far a tool call has come."""

    NOT_RUN = "not_run"
    WAITING = "waiting"  # For the user's permission.
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CallStatus:
    """How one call of a message stands. `index` is its place among the message's parts."""

    index: int
    state: CallState
    call_id: str = ""
    """What a decision on it is given for, while it waits."""
    started_at: float = 0.0
    """On the clock of `time.monotonic`, while it runs."""
    elapsed_ms: int | None = None
    can_run: bool = False
    """It can be asked for now: nothing follows in the conversation that would stand in the way."""
