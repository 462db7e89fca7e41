"""Reads a thought: from `<think>`, or from the start of a reply whose prompt ended in it, to `</think>`.

- The first closing tag ends the thought, also inside quotes or code: a thought may leave those open.
- An opening tag inside a thought, and control markers, are not shown.
- A thought without words makes no part.
- A tool call inside a thought is a draft and belongs to it. If the reply ends with the call, the model has
  only forgotten to close its thought and waits for a result: then the thought ends before the call.
"""

from __future__ import annotations

from app.core.reply_parser.markers import (
    BLANK,
    CALL_ENDS,
    CALL_STARTS,
    CONTROL,
    THINK_CLOSE,
    WAIT,
    Unsure,
    marker_at,
    prefix_at,
)
from app.core.reply_parser.part_writer import PartKind
from app.core.reply_parser.reader import ParseContext

LONGEST_DRAFT = 8000
"""Characters of calls at the end of a thought that are held back until it is known what follows."""


class ThoughtReader:
    """Reads one thought."""

    def __init__(self) -> None:
        self._settled = 0
        """Characters ahead in which all calls are known to be drafts: none of them is looked at twice."""

    def read(
        self, text: str, position: int, context: ParseContext, *, is_final: bool
    ) -> tuple[int, PartKind | None]:
        settled_to = position + self._settled
        writer = context.writer
        while (at := text.find("<", position)) >= 0:
            writer.write(PartKind.REASONING, text[position:at])
            self._settled = max(settled_to - at, 0)
            marker = marker_at(text, at, is_final=is_final)
            if marker in CALL_STARTS and at >= settled_to:
                draft_end = _draft_end(text, at, is_final=is_final)
                if draft_end is None:
                    writer.finish_reasoning(is_closed=False)
                    return at, PartKind.TEXT
                if isinstance(draft_end, Unsure):
                    return at, None
                settled_to = draft_end
            if marker is WAIT:
                return at, None
            if not isinstance(marker, str):
                writer.write(PartKind.REASONING, "<")
                position = at + 1
                continue
            writer.write_hidden(marker)
            position = at + len(marker)
            if marker == THINK_CLOSE:
                writer.finish_reasoning(is_closed=True)
                return position, PartKind.TEXT
        writer.write(PartKind.REASONING, text[position:])
        self._settled = max(settled_to - len(text), 0)
        return len(text), None

    def end(self, context: ParseContext) -> None:
        context.writer.finish_reasoning(is_closed=False)
        context.writer.end(PartKind.REASONING)


def _draft_end(text: str, start: int, *, is_final: bool) -> int | Unsure | None:
    """The first place behind the calls that begin at `start` where the thought goes on.

    None where the reply ends with them, each with both its markers: then they are meant.
    """
    window = text[start : start + LONGEST_DRAFT]
    is_full = len(window) == LONGEST_DRAFT
    position = 0
    while (position := _call_end(window, position)) >= 0:
        position = _skip_hidden(window, position)
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
    ends = [at + len(marker) for marker in CALL_ENDS if (at := text.find(marker, start)) >= 0]
    return min(ends, default=-1)


def _skip_hidden(text: str, position: int) -> int:
    """The place of the next thing that a reader would see, or of a half marker."""
    while position < len(text):
        if text[position] in BLANK:
            position += 1
            continue
        marker = prefix_at(text, position, CONTROL, is_final=True)
        if not isinstance(marker, str):
            break
        position += len(marker)
    return position
