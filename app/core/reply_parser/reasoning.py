"""Read a thought, from its opening marker or from the start of a reply whose prompt ended in one.

- The closing marker of the same family ends the thought, also inside quotes or code: a thought may leave
  those open. Where the family is not known, the closing marker of any family does.
- An opening marker inside a thought, and control markers, are not shown.
- A thought without words makes no part.
- A tool call inside a thought is a draft and belongs to it. If the reply ends with the call, the model has
  only forgotten to close its thought and waits for a result: then the thought ends before the call.
"""

from __future__ import annotations

from app.core.reasoning_markers import HARMONY
from app.core.reply_parser.channel_header import header_at
from app.core.reply_parser.markers import (
    CALL_END,
    CALL_STARTS,
    CLOSINGS,
    HEADER_STARTS,
    MARKER_START,
    OPENINGS,
    WAIT,
    NeedMoreText,
    marker_at,
    prefix_at,
    skip_hidden,
)
from app.core.reply_parser.part_writer import PartKind
from app.core.reply_parser.reader import Advance, ParseContext

LONGEST_DRAFT = 8000
"""Characters of calls at the end of a thought that are held back until it is known what follows."""


class ThoughtReader:
    """Reads one thought."""

    def __init__(self) -> None:
        self._has_words = False
        self._settled = 0
        """Characters ahead in which all calls are known to be drafts: none of them is looked at twice."""

    def read(self, text: str, position: int, context: ParseContext, *, is_final: bool) -> Advance:
        settled_to = position + self._settled
        writer = context.writer
        while found := MARKER_START.search(text, position):
            at = found.start()
            self._write(text[position:at], context)
            self._settled = max(settled_to - at, 0)
            marker = _marker_at(text, at, context, is_final=is_final)
            if marker in CALL_STARTS and at >= settled_to:
                draft_end = _draft_end(text, at, is_final=is_final)
                if draft_end is None:
                    writer.finish_reasoning(is_closed=False)
                    return at, PartKind.TEXT
                if isinstance(draft_end, NeedMoreText):
                    return at, None
                settled_to = draft_end
            if marker is WAIT:
                return at, None
            if not isinstance(marker, str):
                self._write(text[at], context)
                position = at + 1
            elif marker in HEADER_STARTS and context.state.reasoning in (None, HARMONY):
                header = header_at(text, at, is_final=is_final)
                if isinstance(header, NeedMoreText):
                    return at, None
                if header and (self._has_words or header.kind is not PartKind.REASONING):
                    writer.finish_reasoning(is_closed=True)
                    return at, PartKind.TEXT
                position = header.end if header else at + len(marker)
                writer.write_hidden(text[at:position])
            elif marker in HEADER_STARTS or (marker in CLOSINGS and not _closes(marker, context)):
                self._write(marker, context)
                position = at + len(marker)
            else:
                writer.write_hidden(marker)
                position = at + len(marker)
                if _closes(marker, context):
                    writer.finish_reasoning(is_closed=True)
                    return position, PartKind.TEXT
                if marker in OPENINGS and self._has_words:
                    context.state.unclosed += 1
        self._write(text[position:], context)
        self._settled = max(settled_to - len(text), 0)
        return len(text), None

    def end(self, context: ParseContext) -> None:
        context.writer.finish_reasoning(is_closed=False)
        context.writer.end(PartKind.REASONING)

    def _write(self, words: str, context: ParseContext) -> None:
        self._has_words = self._has_words or bool(words.strip())
        context.writer.write(PartKind.REASONING, words)


def _marker_at(text: str, at: int, context: ParseContext, *, is_final: bool) -> str | NeedMoreText | None:
    """As `markers.marker_at`, with the closing marker that only this model's template knows."""
    markers = context.state.reasoning
    if markers and markers.closing not in CLOSINGS:
        closing = prefix_at(text, at, (markers.closing,), is_final=is_final)
        if closing is not None:
            return closing
    return marker_at(text, at, is_final=is_final)


def _closes(marker: str, context: ParseContext) -> bool:
    markers = context.state.reasoning
    return marker == markers.closing if markers else marker in CLOSINGS


def _draft_end(text: str, start: int, *, is_final: bool) -> int | NeedMoreText | None:
    """The first place behind the calls that begin at `start` where the thought goes on.

    None where the reply ends with them, each with both its markers: then they are meant.
    """
    window = text[start : start + LONGEST_DRAFT]
    is_full = len(window) == LONGEST_DRAFT
    position = 0
    while (position := _call_end(window, position)) >= 0:
        position = skip_hidden(window, position)
        if position == len(window) and not is_full:
            return None if is_final else WAIT
        marker = marker_at(window, position, is_final=is_final and not is_full)
        if marker is WAIT or position == len(window):
            return start + len(window) if is_full else WAIT
        if marker not in CALL_STARTS:
            return start + position
    return start + len(window) if is_full or is_final else WAIT


def _call_end(text: str, start: int) -> int:
    """The place behind the next end marker; -1 where there is none."""
    found = CALL_END.search(text, start)
    return found.end() if found else -1
