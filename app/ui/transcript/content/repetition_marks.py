"""Where an answer repeats itself without end: found in its parts, and marked among its blocks."""

from __future__ import annotations

import re
from dataclasses import replace

from app.core.markdown.fences import FencedBlock
from app.core.message import Message, ReasoningPart, TextPart
from app.core.repetition import Repeat
from app.ui.transcript.content.blocks import MarkdownBlock, PlacedBlock, RepeatMark
from app.ui.transcript.content.markdown import parse

_SENTENCE_END = re.compile(r"[.?!]\s+|[。？！\n]\s*")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$")


def repeat_in(message: Message, index: int, repeat: Repeat | None) -> int | None:
    """Where, in the text of a part, the second copy of what is repeated begins; None where it does not."""
    if repeat is None:
        return None
    start = sum(len(part.raw) for part in message.parts[:index])
    part = message.parts[index]
    if not isinstance(part, TextPart | ReasoningPart) or repeat.end <= start:
        return None
    if repeat.start >= start + len(part.raw):
        return None
    hidden = max(0, part.raw.find(part.text[:40]))
    begin = max(0, repeat.start - start - hidden)
    return second_copy(part.text, begin, repeat.period)


def second_copy(text: str, start: int, period: int) -> int:
    """Where the reader sees the text for the second time: after a sentence, if one ends within the copy.

    A run is found at any place of what is repeated, which is seldom where a sentence begins.
    """
    mark = min(len(text), start + period)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, start, mark)]
    return ends[-1] if ends else mark


def marked_blocks(text: str, mark: int | None) -> list[PlacedBlock]:
    """The text as blocks; from the mark on it is muted, and a line says why."""
    if mark is None or mark >= len(text):
        return [*parse(text)]
    before, after = _parted(text, mark)
    return [*parse(before), RepeatMark(), *(_muted(block) for block in parse(after))]


def _parted(text: str, at: int) -> tuple[str, str]:
    """Both sides of a place; code that is open there is code on both sides."""
    before, after = text[:at], text[at:]
    block: FencedBlock | None = None
    opening = ""
    for line in before.split("\n")[:-1]:
        if block is not None:
            block = None if block.is_closed_by(line) else block
        elif found := _FENCE.match(line):
            block, opening = FencedBlock(found[1], found[2]), line.strip()
    if block is None:
        return before, after
    return f"{before.rstrip()}\n{block.fence}", f"{opening}\n{after}"


def _muted(block: MarkdownBlock) -> MarkdownBlock:
    return replace(block, place=replace(block.place, is_muted=True))
