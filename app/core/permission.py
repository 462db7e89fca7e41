"""The user's permission for tool calls: what was decided, and the queue in which calls wait for it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import StrEnum

from app.core.errors import Cancelled

_LOOK_AGAIN_SECONDS = 0.05
"""How often a waiting turn looks whether it was cancelled."""


class Decision(StrEnum):
    """What a person says to a tool call."""

    ONCE = "once"
    ALWAYS = "always"  # This call, and every later one of the tool in this conversation.
    REFUSE = "refuse"  # Not this call; the next one is asked for again.
    NEVER = "never"  # Neither this call nor a later one of the tool in this conversation.

    @property
    def allows(self) -> bool:
        return self in (Decision.ONCE, Decision.ALWAYS)


@dataclass(frozen=True, slots=True)
class Permissions:
    """The decisions that stand in one conversation, as names of tools."""

    always: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def standing(self, tool_name: str) -> Decision | None:
        """The decision for every call of a tool; None where each call is asked for."""
        if tool_name in self.never:
            return Decision.NEVER
        return Decision.ALWAYS if tool_name in self.always else None

    def with_decision(self, tool_name: str, decision: Decision) -> Permissions:
        """With a decision kept if it is meant for later calls as well."""
        if decision is Decision.ALWAYS:
            return replace(self, always=self.always | {tool_name}, never=self.never - {tool_name})
        if decision is Decision.NEVER:
            return replace(self, always=self.always - {tool_name}, never=self.never | {tool_name})
        return self


class ApprovalQueue:
    """Where a turn waits on its thread until the user has decided on the window's thread.

    There is one for each conversation. A decision names the call it is meant for, so that a second click
    never decides the next call.
    """

    def __init__(self, permissions: Permissions | None = None) -> None:
        self._permissions = permissions or Permissions()
        self._decided = threading.Condition()
        self._decisions: dict[str, Decision] = {}

    @property
    def permissions(self) -> Permissions:
        """The decisions that stand by now, those of the calls so far included."""
        with self._decided:
            return self._permissions

    def standing(self, tool_name: str) -> Decision | None:
        return self.permissions.standing(tool_name)

    def decide(self, call_id: str, decision: Decision) -> None:
        """Tells the turn what the user said. May come before the turn waits."""
        with self._decided:
            self._decisions[call_id] = decision
            self._decided.notify_all()

    def wait(self, call_id: str, tool_name: str, cancel: threading.Event) -> Decision:
        """Blocks until the call is decided.

        Raises:
            Cancelled: `cancel` was set first.
        """
        with self._decided:
            while call_id not in self._decisions:
                if cancel.is_set():
                    raise Cancelled
                # An event and a condition cannot be waited for at once.
                self._decided.wait(_LOOK_AGAIN_SECONDS)
            decision = self._decisions[call_id]
            self._decisions.clear()
            self._permissions = self._permissions.with_decision(tool_name, decision)
            return decision
