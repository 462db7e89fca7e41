"""Reads the words meant for the reader, and notices where a thought or a call begins among them.

- Inside Markdown code, fenced or inline, all markers and tags are ordinary text.
- `<think>` begins a thought, wherever else it stands.
- `</think>` in the first words of a reply, with no thought before it, shows that its opening tag is missing:
  all before it was a thought. Any other stray closing tag is not shown.
- Control markers such as `<|im_end|>` are not shown; they stay in the raw text.
- `<tool_call>` may be a tag that the answer talks about: where no tools were offered it begins a call only if
  a call stands behind it.
"""

from __future__ import annotations

import re

from app.core.message import ToolCallPart
from app.core.reply_parser.code_spans import CodeSpans
from app.core.reply_parser.markers import (
    BLANK,
    CALL_STARTS,
    TAG_CALL_END,
    TAG_CALL_START,
    THINK_CLOSE,
    THINK_OPEN,
    WAIT,
    Unsure,
    marker_at,
    prefix_at,
)
from app.core.reply_parser.part_writer import PartKind
from app.core.reply_parser.reader import ParseContext
from app.core.reply_parser.unmarked_calls import Candidate

_Step = tuple[int, PartKind | Unsure | None]
"""How far was read, and whether more must be known first (`WAIT`) or another part begins."""

_STOP = re.compile(r"<|\n+|`+")
_WIDEST_GAP = 100
_INDENT = re.compile(r"[ \t\r]+")


class AnswerReader:
    """Reads one text between thoughts and calls."""

    def __init__(self) -> None:
        self._code = CodeSpans()
        self._settled = 0
        """Characters ahead in which no bare call begins: none of them is looked at twice."""
        self._candidate: Candidate | None = None

    def read(
        self, text: str, position: int, context: ParseContext, *, is_final: bool
    ) -> tuple[int, PartKind | None]:
        while position < len(text):
            start = position
            if context.tools and not self._settled and self._code.is_at_line_start:
                position, follows = self._read_line_start(text, position, context, is_final)
            else:
                position, follows = self._read_words(text, position, context, is_final)
                self._settled = max(self._settled - (position - start), 0)
            if follows is WAIT:
                break
            if isinstance(follows, PartKind):
                return position, follows
        return position, None

    def end(self, context: ParseContext) -> None:
        context.writer.finish_text()
        context.writer.end(PartKind.TEXT)

    def _read_line_start(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        """Looks for a call without markers; offers the line to `_read_words` where there is none."""
        if indent := _INDENT.match(text, position):
            return self._write(indent.group(), context, position), None
        begins: bool | Unsure = bool(self._candidate)
        if not begins and text[position] != "\n":
            begins = context.unmarked_calls.begins_at(text, position, is_final=is_final)
        if begins is WAIT:
            return position, WAIT
        if begins:
            self._candidate = self._candidate or Candidate()
            found = context.unmarked_calls.read(text, position, self._candidate, is_final=is_final)
            if isinstance(found, Unsure):
                return position, WAIT
            self._settled = self._candidate.scanned
            self._candidate = None
            if found:
                context.writer.finish_text()
                context.writer.add_calls(found.parts)
                return found.end, PartKind.TEXT
        self._settled = max(self._settled, 1)
        return position, None

    def _read_words(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        found = _STOP.search(text, position)
        if not found or found.start() > position:
            end = found.start() if found else len(text)
            return self._write(text[position:end], context, position), None
        token = found.group()
        if token == "<":
            return self._read_tag(text, position, context, is_final)
        if token[0] == "\n":
            context.writer.write(PartKind.TEXT, token)
            self._code.end_line()
            return found.end(), None
        if found.end() == len(text) and not is_final:
            return position, WAIT  # The run of backticks may go on.
        context.writer.write(PartKind.TEXT, token)
        self._code.add_backticks(token)
        return found.end(), None

    def _read_tag(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        marker = marker_at(text, position, is_final=is_final)
        if marker is WAIT:
            return position, WAIT
        is_text = not isinstance(marker, str) or (self._code.is_code and not self._code.close_fence())
        if not is_text and marker == TAG_CALL_START and not context.tools:
            begins = _is_tagged_call(text, position + len(marker), is_final=is_final)
            if begins is WAIT:
                return position, WAIT
            is_text = not begins
        if is_text or not isinstance(marker, str):
            return self._write("<", context, position), None
        return position + len(marker), self._take_marker(marker, context)

    def _take_marker(self, marker: str, context: ParseContext) -> PartKind | None:
        writer = context.writer
        if marker in CALL_STARTS:
            writer.finish_text()
            writer.start(PartKind.TOOL_CALL)
            writer.write_call(marker)
            return PartKind.TOOL_CALL
        if marker == THINK_OPEN:
            writer.finish_text()
            writer.write_hidden(marker)
            return PartKind.REASONING
        if marker == TAG_CALL_END and not any(isinstance(part, ToolCallPart) for part in writer.parts):
            writer.write(PartKind.TEXT, marker)
            return None
        writer.write_hidden(marker)
        if marker == THINK_CLOSE and not writer.parts:
            writer.finish_reasoning(is_closed=True)
            return PartKind.TEXT
        return None

    def _write(self, words: str, context: ParseContext, position: int) -> int:
        context.writer.write(PartKind.TEXT, words)
        self._code.add(words)
        return position + len(words)


def _is_tagged_call(text: str, position: int, *, is_final: bool) -> bool | Unsure:
    """Whether a call stands behind the tag that ends at `position`, not too far from it."""
    limit = position + _WIDEST_GAP
    while position < min(len(text), limit) and text[position] in BLANK:
        position += 1
    if position == limit:
        return False
    if position == len(text):
        return False if is_final else WAIT
    if text[position] in "[{":
        return True
    begins = prefix_at(text, position, ("<function",), is_final=is_final)
    return begins if isinstance(begins, Unsure) else begins is not None
