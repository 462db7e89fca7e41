"""A message as the transcript is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.conversation import MessageState
from app.core.message import Message, PicturePart, Role
from app.core.repetition import Repeat
from app.core.tool_call_status import CallState, CallStatus
from app.core.translation import tr
from app.ui.transcript.content.blocks import Button
from app.ui.transcript.content.plain_text import displayable


@dataclass(frozen=True, slots=True)
class AskedPicture:
    """The one picture that a question shows."""

    node_id: str
    """The question's message."""
    picture: PicturePart
    place: int = 0
    """Among what is attached to it."""


@dataclass(frozen=True, slots=True)
class CitedQuestion:
    """A question that was looked up, whose passages its answer cites."""

    node_id: str
    """The question's message."""
    passage_count: int


@dataclass(frozen=True, slots=True)
class MessageEntry:
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
    calls: tuple[CallStatus, ...] = ()
    """How its tool calls stand; calls that are not named here were simply made."""
    result_ids: tuple[str, ...] = ()
    """The messages that hold the results of its calls; they are shown within it."""
    tool_titles: Mapping[str, str] = field(default_factory=dict)
    """What tools are called on screen, by the names that the model knows."""
    repeat: Repeat | None = None
    """What the answer repeats without end, in characters of everything written."""
    buttons: tuple[Button, ...] = ()
    """What can be done about the remark under it."""
    can_be_asked_again: bool = True
    """What it answers is there."""
    asked_picture: AskedPicture | None = None
    """What an answer is about that names places in a picture; None where that is not certain."""

    cited: CitedQuestion | None = None
    """The question that an answer is given to, where passages were found for it."""

    def call(self, index: int) -> CallStatus | None:
        """How the call stands that is at that place among the parts."""
        return next((status for status in self.calls if status.index == index), None)

    def tool_title(self, name: str) -> str:
        """What a tool is called on screen; one that is not known any more, by words made of its name."""
        return self.tool_titles.get(name) or displayable(name).replace("_", " ").capitalize() or tr("Tool")

    @property
    def is_followed_up(self) -> bool:
        """Whether it shows results, or is one: what follows belongs to the same turn."""
        return bool(self.result_ids) or self.message.role is Role.TOOL

    @property
    def can_be_edited(self) -> bool:
        """Whether it has words that can be given others in their place, as answers have."""
        is_written = self.state is not MessageState.STREAMING
        has_words = self.message.role in (Role.ASSISTANT, Role.SYSTEM) and bool(self.message.text.strip())
        return is_written and has_words

    @property
    def can_be_changed(self) -> bool:
        """Whether it can be given to another role or removed by itself: not with calls or attachments."""
        is_written = self.state is not MessageState.STREAMING
        return is_written and self.message.role is not Role.TOOL and self.message.is_words_only

    @property
    def is_under_way(self) -> bool:
        """Whether it is being written, or its tools run or wait for permission."""
        under_way = (CallState.RUNNING, CallState.WAITING)
        return self.state is MessageState.STREAMING or any(it.state in under_way for it in self.calls)

    @property
    def is_running(self) -> bool:
        """Whether a tool runs for it now."""
        return any(status.state is CallState.RUNNING for status in self.calls)
