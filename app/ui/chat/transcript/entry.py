"""A message as the transcript is given it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.conversation import MessageState
from app.core.message import Message


@dataclass(frozen=True, slots=True)
class Entry:
    """One message with what stands around it on screen."""

    id: str
    message: Message
    state: MessageState = MessageState.COMPLETE
    version: int = 1
    """Which of its versions is shown, counted from 1."""
    version_count: int = 1
    error: str = ""
    """Why the answer failed, as a sentence; shown under what had been written."""
    error_hint: str = ""
    note: str = ""
    """A remark under what was written, such as why the answer was cut off."""
    figures: str = ""
    """A short line for under the answer, such as its speed."""
    can_continue: bool = False
    """The answer was cut at a limit and can be gone on with."""
