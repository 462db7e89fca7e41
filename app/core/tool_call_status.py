"""How a tool call of an answer stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core.message import ToolResultPart


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
    result: ToolResultPart | None = None
    """What came of it, which is a message of its own."""
    can_run: bool = False
    """It can be asked for now: nothing follows in the conversation that would stand in the way."""


def state_of(result: ToolResultPart) -> CallState:
    """How a call stands that has this result. One that took no time was never run."""
    if result.is_refused:
        return CallState.REFUSED
    if result.is_stopped:
        return CallState.STOPPED
    if result.is_error:
        return CallState.NOT_RUN if result.elapsed_ms is None else CallState.FAILED
    return CallState.DONE
