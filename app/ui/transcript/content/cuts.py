"""What is taken out of a growing text, and what was read of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.ui.transcript.content.blocks import Alert, CodeBlock, MarkdownBlock, Spans, TableBlock, TextBlock
from app.ui.transcript.content.paragraph_parts import joined_spans

Placed = tuple[list[MarkdownBlock], list[int]]
"""Blocks, each with the line that it begins at."""


@dataclass(slots=True)
class Cut:
    """What was taken out. `count` lines from `line` on stand for it."""

    line: int
    count: int
    source: list[str]
    definitions: dict[str, Any] = field(default_factory=dict)
    """The addresses that are defined in it, by their labels."""
    notes: set[str] = field(default_factory=set)
    """The labels of footnotes in it."""
    is_as_written: bool = False
    """Whether it was nested too deep to be read."""

    def move(self, by: int) -> None:
        self.line += by

    def original(self, lines: Sequence[str]) -> list[str]:
        """What stood in the place of the lines that stand for it."""
        return self.source

    def put_into(self, block: MarkdownBlock) -> MarkdownBlock:
        """A block of the shortened text with what was taken out of it."""
        return block


@dataclass(slots=True)
class CutBlocks(Cut):
    """Whole blocks."""

    blocks: list[MarkdownBlock] = field(default_factory=list)
    list_line: int = -1
    """Where the list begins that says whether the blocks stand apart."""
    list_level: int = -1
    depth: int = 0
    is_loose: bool | None = None
    """Whether the blocks were set apart last."""

    def move(self, by: int) -> None:
        self.line += by
        self.list_line += by

    def set_apart(self, *, is_loose: bool) -> None:
        """Set the blocks of the list apart, or no longer."""
        if self.is_loose is not is_loose:
            self.is_loose = is_loose
            self.blocks = [_set_apart(block, self.depth, is_loose=is_loose) for block in self.blocks]


@dataclass(slots=True)
class CutRows(Cut):
    """Rows of a table, from the second one on."""

    rows: tuple[tuple[Spans, ...], ...] = ()

    def put_into(self, block: MarkdownBlock) -> MarkdownBlock:
        if not isinstance(block, TableBlock):
            return block
        return replace(block, rows=(*block.rows[:1], *self.rows, *block.rows[1:]))


@dataclass(slots=True)
class CutCode(Cut):
    """The beginning of a block of code. `shown_count` lines of code stand for it."""

    code: str = ""
    shown_count: int = 0

    def put_into(self, block: MarkdownBlock) -> MarkdownBlock:
        if not isinstance(block, CodeBlock):
            return block
        return replace(block, code=self.code + after_lines(block.code, self.shown_count))


@dataclass(slots=True)
class CutWords(Cut):
    """The beginning of a paragraph, which the shortened one begins with a mark for."""

    spans: Spans = ()
    marker: str = ""
    alert: Alert | None = None
    head: str = ""
    """What the line began with that now begins with `stand_in`."""
    stand_in: str = ""
    length: int = 0
    """Characters of the paragraph that were taken out."""

    def original(self, lines: Sequence[str]) -> list[str]:
        return [*self.source, self.head + lines[self.line].removeprefix(self.stand_in)]

    def put_into(self, block: MarkdownBlock) -> MarkdownBlock:
        if not isinstance(block, TextBlock):
            return block
        place = replace(block.place, marker=self.marker)
        spans = joined_spans(self.spans, block.spans)
        return replace(block, spans=spans, alert=self.alert, place=place)


def after_lines(code: str, count: int) -> str:
    """What stands behind so many lines."""
    place = 0
    for _ in range(count):
        place = code.index("\n", place) + 1
    return code[place:]


def with_cuts(blocks: Sequence[MarkdownBlock], lines: Sequence[int], cuts: Sequence[Cut]) -> Placed:
    """The blocks of a shortened text, with what was taken out in its place."""
    found: Placed = ([], [])
    place = 0
    for cut in cuts:
        until = bisect_left(lines, cut.line, place)
        if isinstance(cut, CutBlocks):
            found[0].extend(blocks[place:until])
            found[1].extend(lines[place:until])
            place = bisect_left(lines, cut.line + cut.count, until)
            found[0].extend(cut.blocks)
            found[1].extend([cut.line] * len(cut.blocks))
        else:
            # Rows and code stand below the first line of their block.
            at = until if isinstance(cut, CutWords) else until - 1
            found[0].extend(blocks[place:at])
            found[1].extend(lines[place:at])
            found[0].extend(cut.put_into(block) for block in blocks[at : at + 1])
            found[1].extend(lines[at : at + 1])
            place = at + 1
    found[0].extend(blocks[place:])
    found[1].extend(lines[place:])
    return found


def original_lines(lines: Sequence[str], first: int, last: int, cuts: Sequence[Cut]) -> list[str]:
    """The lines that stood in the place of some of a shortened text."""
    found: list[str] = []
    place = first
    for cut in cuts:
        if first <= cut.line < last:
            found += lines[place : cut.line]
            found += cut.original(lines)
            place = cut.line + cut.count
    return found + list(lines[place:last])


def _set_apart(block: MarkdownBlock, depth: int, *, is_loose: bool) -> MarkdownBlock:
    place = block.place
    if len(place.containers) != depth or not isinstance(block, TextBlock):
        return block
    if block.level or not block.spans or place.is_tight is not is_loose:
        return block
    return replace(block, place=replace(place, is_tight=not is_loose))
