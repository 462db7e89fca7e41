"""Read the block behind a tool call's start marker: each call in it becomes a part as soon as it is whole.

A block without an end marker ends before the first thing that cannot belong to it: the words of an answer
behind a closed list, another start marker, the end of the turn.
"""

from __future__ import annotations

from app.core.reply_parser.call_formats import read_call
from app.core.reply_parser.call_scanner import CallBoundary, CallScanner, Edge
from app.core.reply_parser.part_writer import PartKind
from app.core.reply_parser.reader import Advance, ParseContext


class CallReader:
    """Reads one block of calls. The first part is open already and holds the start marker."""

    def __init__(self) -> None:
        self._scanner = CallScanner()
        self._begin: int | None = None
        """Where the call begins in the raw text of the part that is open; None before there is one."""
        self._end: int | None = None

    def read(self, text: str, position: int, context: ParseContext, *, is_final: bool) -> Advance:
        reached, marks = self._scanner.read(text, position, is_final=is_final)
        for mark in marks:
            context.writer.write_call(text[position : mark.position])
            position = mark.position
            self._take(mark, context)
        context.writer.write_call(text[position:reached])
        if not self._scanner.is_over:
            return reached, None
        self._finish(context)
        context.state.recipient = ""
        return reached, PartKind.TEXT

    def end(self, context: ParseContext) -> None:
        self._finish(context)
        context.writer.end(PartKind.TEXT)

    def _take(self, mark: CallBoundary, context: ParseContext) -> None:
        if mark.edge is Edge.CALL_ENDS:
            self._end = context.writer.open_length
            return
        if self._begin is not None:
            self._finish(context)
            context.writer.start(PartKind.TOOL_CALL)
        self._begin, self._end = context.writer.open_length, None

    def _finish(self, context: ParseContext) -> None:
        raw = context.writer.open_raw
        body = "" if self._begin is None else raw[self._begin : self._end]
        if context.state.recipient:
            body = f"{context.state.recipient}[ARGS]{body}"
        context.writer.finish(read_call(body, raw, context.tools))
