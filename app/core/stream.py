"""Reads what a model writes: thinking, text and tool calls, piece by piece or as a whole.

The one function that makes a `Message` of a reply, used while it streams and when it is read again later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from app.core import markers
from app.core.markers import THINK_CLOSE, THINK_OPEN, Unsure
from app.core.message import Message, Role
from app.core.part_writer import (
    PartFinished,
    PartGrew,
    PartKind,
    PartStarted,
    PartWriter,
    ReplyEvent,
)
from app.core.tool_calls import read_call

__all__ = [
    "PartFinished",
    "PartGrew",
    "PartKind",
    "PartStarted",
    "ReplyAssembler",
    "ReplyEvent",
    "parse_reply",
]

_SPLIT = re.compile(r"<")


def parse_reply(text: str, *, starts_in_reasoning: bool = False, tools: Sequence[dict[str, Any]] = ()) -> Message:
    """The message that a whole reply holds. Never raises; the joined raw parts are exactly `text`."""
    assembler = ReplyAssembler(starts_in_reasoning, tools)
    assembler.feed(text)
    return assembler.finish()


class ReplyAssembler:
    """Puts a reply together from pieces; any split into pieces gives the same message."""

    def __init__(self, starts_in_reasoning: bool = False, tools: Sequence[dict[str, Any]] = ()) -> None:
        self._tools = tools
        self._writer = PartWriter()
        self._mode = PartKind.REASONING if starts_in_reasoning else PartKind.TEXT
        self._body = ""
        self._buffer = ""

    def feed(self, piece: str) -> list[ReplyEvent]:
        """Takes the next piece and tells what it changed."""
        self._buffer += piece
        self._read(is_final=False)
        return self._writer.take_events()

    def close(self) -> list[ReplyEvent]:
        """Ends the reply: what was held back is read as it stands. Tells what that changed."""
        self._read(is_final=True)
        if self._mode is PartKind.TOOL_CALL:
            self._finish_call("")
        elif self._mode is PartKind.REASONING:
            self._writer.finish_reasoning(is_closed=False)
        else:
            self._writer.finish_text()
        self._writer.end(is_thinking=self._mode is PartKind.REASONING)
        return self._writer.take_events()

    def finish(self) -> Message:
        """The message as it stays; the events that lead there are in `last_events`."""
        self.last_events = self.close()
        return Message(Role.ASSISTANT, tuple(self._writer.parts))

    def snapshot(self) -> Message:
        """The message so far, as if it ended here. Costs as much as the reply is long: for saving, not for drawing."""
        twin = ReplyAssembler(tools=self._tools)
        twin._writer = self._writer.copy()
        twin._mode = self._mode
        twin._body = self._body
        twin._buffer = self._buffer
        return twin.finish()

    def _read(self, *, is_final: bool) -> None:
        buffer, position = self._buffer, 0
        while found := _SPLIT.search(buffer, position):
            marker = markers.marker_at(buffer, found.start(), is_final=is_final)
            if marker is Unsure.HALF_MARKER:
                self._write(buffer[position : found.start()])
                self._buffer = buffer[found.start() :]
                return
            end = found.end() if marker is None else found.start()
            self._write(buffer[position:end])
            position = end
            if isinstance(marker, str):
                self._take_marker(marker)
                position += len(marker)
        self._write(buffer[position:])
        self._buffer = ""

    def _write(self, text: str) -> None:
        if not text:
            return
        if self._mode is PartKind.TOOL_CALL:
            self._writer.write_call(text)
            self._body += text
        else:
            self._writer.write(self._mode, text)

    def _take_marker(self, marker: str) -> None:
        if self._mode is PartKind.TOOL_CALL:
            if marker in markers.CALL_ENDS:
                self._finish_call(marker)
            else:
                self._write(marker)
        elif marker in markers.CALL_STARTS and self._mode is PartKind.TEXT:
            self._writer.finish_text()
            self._mode = PartKind.TOOL_CALL
            self._body = ""
            self._writer.write_call(marker)
        elif marker == THINK_OPEN:
            if self._mode is PartKind.TEXT:
                self._writer.finish_text()
                self._mode = PartKind.REASONING
            self._writer.write_hidden(marker)
        elif marker == THINK_CLOSE:
            self._writer.write_hidden(marker)
            if self._mode is PartKind.REASONING or not self._writer.parts:
                self._writer.finish_reasoning(is_closed=True)
            self._mode = PartKind.TEXT
        else:
            self._writer.write_hidden(marker)

    def _finish_call(self, marker: str) -> None:
        if marker:
            self._writer.write_call(marker)
        body = self._body.strip().removeprefix("[").removesuffix("]")
        self._writer.finish(read_call(body, self._writer.raw_so_far(), self._tools))
        self._mode = PartKind.TEXT
