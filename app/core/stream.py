"""Read what a model writes, piece by piece or as a whole, and tell thinking, text and tool calls apart.

`ReplyAssembler` is used while a reply streams, `parse_reply` when one is read as a whole; it is the same
reader. Any split of a text into pieces gives the same message, and nothing is lost: the raw parts, joined,
are exactly the text. A half marker at the end of a piece is held back until it is known what it is.

The rules are told where they are kept: for thoughts in `reasoning.py`, for the words of the answer in
`answer.py`, for calls between markers in `call_reader.py`, for calls without them in `unmarked_calls.py`,
for what a call may look like in `call_formats.py` and `call_syntax.py`, for what does not show in
`part_writer.py`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from app.core.message import Message, Role
from app.core.reasoning_markers import THINK, ReasoningMarkers
from app.core.reply_parser.answer import AnswerReader
from app.core.reply_parser.call_reader import CallReader
from app.core.reply_parser.part_writer import (
    PartFinished,
    PartGrew,
    PartKind,
    PartStarted,
    PartWriter,
    ReplyEvent,
)
from app.core.reply_parser.reader import ParseContext, ReplyReader, ReplyState
from app.core.reply_parser.reasoning import ThoughtReader
from app.core.reply_parser.tool_schema import OfferedTools
from app.core.reply_parser.unmarked_calls import UnmarkedCallFinder

__all__ = [
    "PartFinished",
    "PartGrew",
    "PartKind",
    "PartStarted",
    "ReplyAssembler",
    "ReplyEvent",
    "parse_reply",
]

_READERS: dict[PartKind, Callable[[], ReplyReader]] = {
    PartKind.TEXT: AnswerReader,
    PartKind.REASONING: ThoughtReader,
    PartKind.TOOL_CALL: CallReader,
}


def parse_reply(
    text: str,
    *,
    starts_in_reasoning: bool = False,
    tools: Sequence[dict[str, Any]] = (),
    reasoning: ReasoningMarkers | None = None,
) -> Message:
    """Read a whole reply. Never raises.

    Args:
        starts_in_reasoning: the prompt ended inside a thought.
        tools: what the model was offered, as JSON schemas; calls are checked against them.
        reasoning: the markers of the thought that the prompt ended in, where they are known.
    """
    assembler = ReplyAssembler(starts_in_reasoning, tools, reasoning)
    assembler.feed(text)
    return assembler.finish()


class ReplyAssembler:
    """Puts a reply together while it streams.

    The events tell what changed, with indexes into `Message.parts`; applied one after the other they lead to
    exactly the parts of the final message. The work for a piece depends on the piece, not on what came
    before.
    """

    def __init__(
        self,
        starts_in_reasoning: bool = False,
        tools: Sequence[dict[str, Any]] = (),
        reasoning: ReasoningMarkers | None = None,
        answer_tags: tuple[str, ...] = (),
    ) -> None:
        """Read a reply from its beginning.

        Args:
            starts_in_reasoning: the prompt ended inside a thought.
            tools: what the model was offered, as JSON schemas; calls are checked against them.
            reasoning: the markers of the thought that the prompt ended in, where they are known.
            answer_tags: the opening and the closing tag that the model writes around its answer, or the words
                that it writes before it, if it does.
        """
        offered = OfferedTools(tools)
        tags = tuple(tag for tag in answer_tags if tag.startswith("<"))
        words = tuple(tag for tag in answer_tags if not tag.startswith("<"))
        state = ReplyState(reasoning, answer_tags=tags, answer_words=words, has_started=starts_in_reasoning)
        self._context = ParseContext(PartWriter(), offered, UnmarkedCallFinder(offered), state)
        self._reader = _READERS[PartKind.REASONING if starts_in_reasoning else PartKind.TEXT]()
        self._unread = ""
        self._is_closed = False
        self.last_events: list[ReplyEvent] = []
        """What `finish` changed."""

    @property
    def open_reasoning(self) -> ReasoningMarkers | None:
        """The markers of the thought that is being written; None outside of one."""
        is_open = isinstance(self._reader, ThoughtReader)
        return (self._context.state.reasoning or THINK) if is_open else None

    def feed(self, piece: str) -> list[ReplyEvent]:
        """Read the next piece and return what it changed."""
        self._unread += piece
        self._read(is_final=False)
        return self._context.writer.take_events()

    def close(self) -> list[ReplyEvent]:
        """End the reply: what was held back is read as it stands. Return what that changed."""
        if not self._is_closed:
            self._is_closed = True
            self._read(is_final=True)
            self._reader.end(self._context)
        return self._context.writer.take_events()

    def finish(self) -> Message:
        """End the reply and return its message."""
        self.last_events = self.close()
        return Message(Role.ASSISTANT, tuple(self._context.writer.parts))

    def snapshot(self) -> Message:
        """The message as if the reply ended here; its raw text is exactly what was fed.

        The work grows with the length of the reply: meant for saving it about once a second.
        """
        twin = copy.copy(self)
        twin._context = self._context.copy()
        twin._reader = copy.deepcopy(self._reader)
        return twin.finish()

    def _read(self, *, is_final: bool) -> None:
        text, position = self._unread, 0
        while position < len(text):
            position, follows = self._reader.read(text, position, self._context, is_final=is_final)
            if follows is None:
                break
            self._reader = _READERS[follows]()
        self._unread = text[position:]
