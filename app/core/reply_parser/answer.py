"""Read the words meant for the reader, and notice where a thought or a call begins among them.

- Inside Markdown code, fenced or inline, all markers and tags are ordinary text. So they are where the answer
  talks about them; see `mentions.py`.
- The opening marker of a thought begins one, wherever else it stands.
- A closing marker in the first words of a reply, with no thought before it, shows that its opening marker is
  missing: all before it was a thought. So do those of markers that were opened inside a thought. Any other
  stray closing marker is not shown.
- Some models write tags around their whole answer, such as `<answer>`; where the template says so, they are
  not shown.
- Control markers such as `<|im_end|>` are not shown; they stay in the raw text.
- `<tool_call>` and its like may be tags that the answer talks about: where no tools were offered, or words
  follow, they begin a call only if a call stands behind them.
"""

from __future__ import annotations

import re

from app.core.message import ToolCallPart
from app.core.reasoning_markers import HARMONY
from app.core.reply_parser.channel_header import ChannelHeader, header_at, opening_at
from app.core.reply_parser.code_spans import CodeSpans
from app.core.reply_parser.markers import (
    BLANK,
    CALL_STARTS,
    CLOSINGS,
    HEADER_STARTS,
    MARKER_START,
    OPENINGS,
    STRAY_CLOSINGS,
    TAG_CALL_ENDS,
    TALKED_ABOUT,
    WAIT,
    NeedMoreText,
    marker_at,
    prefix_at,
)
from app.core.reply_parser.mentions import end_of_line, is_mentioned
from app.core.reply_parser.part_writer import PartKind
from app.core.reply_parser.reader import Advance, ParseContext
from app.core.reply_parser.unmarked_calls import Candidate

_Step = tuple[int, PartKind | NeedMoreText | None]
"""How far was read, and whether more must be known first (`WAIT`) or another part begins."""

_STOP = re.compile(rf"{MARKER_START.pattern}|\n+|`+")
_WIDEST_GAP = 100
_INDENT = re.compile(r"[ \t\r]+")
_NAME = re.compile(r"[\w.\-:]{1,100}\s{0,20}")


class AnswerReader:
    """Reads one text between thoughts and calls."""

    def __init__(self) -> None:
        self._code = CodeSpans()
        self._line = ""
        """The end of the line so far."""
        self._has_words = False
        self._mentioned = 0
        """Opening markers that the text talks about and whose closing markers may follow."""
        self._settled = 0
        """Characters ahead in which no unmarked call begins: none of them is looked at twice."""
        self._candidate: Candidate | None = None

    def read(self, text: str, position: int, context: ParseContext, *, is_final: bool) -> Advance:
        while position < len(text):
            start = position
            if not context.state.has_started:
                position, follows = self._read_opening(text, position, context, is_final)
            elif context.tools and not self._settled and self._code.is_at_line_start:
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

    def _read_opening(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        """Look for the second half of a header whose first half ended the prompt, and for hidden words."""
        header = opening_at(text, position, is_final=is_final)
        words = prefix_at(text, position, context.state.answer_words, is_final=is_final)
        if isinstance(header, NeedMoreText) or isinstance(words, NeedMoreText):
            return position, WAIT
        context.state.has_started = True
        if words:
            context.writer.write_hidden(words)
            return position + len(words), None
        if header:
            return header.end, self._take_header(text[position : header.end], header, context)
        return position, None

    def _read_line_start(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        """Look for a call without markers; offer the line to `_read_words` where there is none."""
        if indent := _INDENT.match(text, position):
            return self._write(indent.group(), context, position), None
        begins: bool | NeedMoreText = bool(self._candidate)
        if not begins and text[position] != "\n":
            begins = context.unmarked_calls.begins_at(text, position, is_final=is_final)
        if begins is WAIT:
            return position, WAIT
        if begins:
            self._candidate = self._candidate or Candidate()
            found = context.unmarked_calls.read(text, position, self._candidate, is_final=is_final)
            if isinstance(found, NeedMoreText):
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
        if token in "<[]◁":
            return self._read_marker(text, position, context, is_final)
        if token[0] == "\n":
            context.writer.write(PartKind.TEXT, token)
            self._code.end_line()
            self._line = ""
            return found.end(), None
        if found.end() == len(text) and not is_final:
            return position, WAIT  # The run of backticks may go on.
        context.writer.write(PartKind.TEXT, token)
        self._code.add_backticks(token)
        self._line = end_of_line(self._line, token)
        return found.end(), None

    def _read_marker(self, text: str, position: int, context: ParseContext, is_final: bool) -> _Step:
        marker = marker_at(text, position, is_final=is_final)
        if isinstance(marker, NeedMoreText):
            return position, WAIT
        if marker is None and context.state.answer_tags and not self._code.is_code:
            tag = prefix_at(text, position, context.state.answer_tags[:1], is_final=is_final)
            if isinstance(tag, NeedMoreText):
                return position, WAIT
            if tag and (not self._has_words or len(context.state.answer_tags) == 1):
                context.writer.write_hidden(tag)
                context.state.answer_tags = context.state.answer_tags[1:]
                return position + len(tag), None
        if marker is None or (self._code.is_code and not self._code.close_fence()):
            return self._write(text[position], context, position), None
        end = position + len(marker)
        is_text = self._is_mentioned(marker, text, end, is_final)
        if not is_text and marker in TALKED_ABOUT and (not context.tools or text[end : end + 1] in ("", " ")):
            begins = _is_call_ahead(text, end, is_final=is_final)
            is_text = WAIT if begins is WAIT else not begins and (not context.tools or end < len(text))
        if isinstance(is_text, NeedMoreText):
            return position, WAIT
        if is_text:
            self._mentioned += marker in OPENINGS
            return self._write(marker, context, position), None
        if marker in HEADER_STARTS:
            header = header_at(text, position, is_final=is_final)
            if isinstance(header, NeedMoreText):
                return position, WAIT
            if header:
                return header.end, self._take_header(text[position : header.end], header, context)
        return end, self._take_marker(marker, context)

    def _is_mentioned(self, marker: str, text: str, end: int, is_final: bool) -> bool | NeedMoreText:
        if self._mentioned and marker in CLOSINGS:
            self._mentioned -= 1
            return True
        return is_mentioned(self._line, text, end, is_final=is_final, opens=marker in OPENINGS)

    def _take_marker(self, marker: str, context: ParseContext) -> PartKind | None:
        writer = context.writer
        if marker in CALL_STARTS:
            writer.finish_text()
            writer.start(PartKind.TOOL_CALL)
            writer.write_call(marker)
            return PartKind.TOOL_CALL
        if marker in OPENINGS:
            writer.finish_text()
            writer.write_hidden(marker)
            context.state.reasoning = OPENINGS[marker]
            context.state.unclosed = 0
            return PartKind.REASONING
        if marker in TAG_CALL_ENDS and not any(isinstance(part, ToolCallPart) for part in writer.parts):
            self._write(marker, context, 0)
            return None
        writer.write_hidden(marker)
        if marker in STRAY_CLOSINGS and (not writer.parts or context.state.unclosed):
            context.state.unclosed = max(context.state.unclosed - 1, 0)
            writer.finish_reasoning(is_closed=True)
            return PartKind.TEXT
        return None

    def _take_header(self, raw: str, header: ChannelHeader, context: ParseContext) -> PartKind:
        writer = context.writer
        writer.finish_text()
        if header.kind is PartKind.TOOL_CALL:
            writer.start(PartKind.TOOL_CALL)
            writer.write_call(raw)
            context.state.recipient = header.recipient
        else:
            writer.write_hidden(raw)
        if header.kind is PartKind.REASONING:
            context.state.reasoning = HARMONY
            context.state.unclosed = 0
        return header.kind

    def _write(self, words: str, context: ParseContext, position: int) -> int:
        context.writer.write(PartKind.TEXT, words)
        self._has_words = self._has_words or bool(words.strip())
        self._code.add(words)
        self._line = end_of_line(self._line, words)
        return position + len(words)


def _is_call_ahead(text: str, position: int, *, is_final: bool) -> bool | NeedMoreText:
    """Whether a call stands behind the marker that ends at `position`, not too far from it."""
    limit = position + _WIDEST_GAP
    while position < min(len(text), limit) and text[position] in BLANK:
        position += 1
    if position == limit:
        return False
    if position == len(text):
        return False if is_final else WAIT
    if text[position] in "[{":
        return True
    begins = prefix_at(text, position, ("<function", "<invoke", "<atem:invoke"), is_final=is_final)
    if begins is None and (name := _NAME.match(text, position)):
        if name.end() == len(text) and not is_final:
            return WAIT
        begins = prefix_at(
            text, name.end(), ("<arg_key", "<tool_sep", "[ARGS]", "[CALL_ID]", "{"), is_final=is_final
        )
    return begins if isinstance(begins, NeedMoreText) else begins is not None
