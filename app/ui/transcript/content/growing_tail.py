"""The end of a growing text, kept short.

The last block is read again with each piece, since all of it can still change. In a long list, quote, table
or paragraph most of it cannot: the middle is taken out of the text and what was read of it is put in between
again. What is left has the same beginning and the same end, so that it is read as the whole would be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.ui.transcript.content.block_tree import LISTS, Node, last_path, tree_of
from app.ui.transcript.content.blocks import MarkdownBlock, Span, Spans, TableBlock, TextBlock
from app.ui.transcript.content.definitions import defined_labels, mentions
from app.ui.transcript.content.markdown import (
    MOST_CELLS,
    Environment,
    TopBlock,
    parse_top_blocks,
    read_inline,
)
from app.ui.transcript.content.markdown_parser import LONGEST_INLINE
from app.ui.transcript.content.markdown_rules.paragraphs import TRIMMED
from app.ui.transcript.content.paragraph_parts import has_open_mark, places_to_part
from app.ui.transcript.content.spans import merged, read_spans

SHORTENED_FROM = 900
"""Characters from which on the text is shortened: a piece should take no more than some milliseconds."""
WORTH_CUTTING = 300
FEWEST_CHILDREN = 5
"""Of a block whose middle is taken out: the first and the last two are kept."""

RESTORED_AT_ONCE = 1_200
"""Characters that are put back at once where an address they mention is defined."""
LEFT_OUT = "\ufdd0"
"""Stands at the beginning of a paragraph of which the beginning was taken out. No text has it."""

_STAND_ALONE = ("paragraph_open", "heading_open", "fence", "hr", "formula_block")


@dataclass(slots=True)
class _Cut:
    """What was taken out before a line of the shortened text."""

    line: int
    source: list[str]
    blocks: list[MarkdownBlock] = field(default_factory=list)
    rows: tuple[tuple[Spans, ...], ...] = ()
    """Of the table that begins at `parent_line`."""
    parent_line: int = -1
    """Where the list begins that says whether the blocks stand apart."""
    parent_level: int = -1
    depth: int = 0
    is_loose: bool | None = None
    """Whether the blocks were set apart last."""


class GrowingTail:
    """The text from the first block on that can still change."""

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._cuts: list[_Cut] = []
        self._spans: Spans = ()
        """What was read of the beginning of a paragraph that was taken out."""
        self._spans_source = ""
        self._tried_at = 0
        self._labels: set[str] = set()
        """What was defined when the text was read last."""
        self._restored_at = 0
        self._length = len(text)

    @property
    def text(self) -> str:
        """What is left of the text."""
        return self._text

    @property
    def complete_lines(self) -> int:
        return self._text.count("\n")

    def feed(self, piece: str) -> None:
        self._text += piece
        self._length += len(piece)
        if self._spans and len(self._spans_source) + len(self._text) > LONGEST_INLINE:
            self._text, self._spans, self._spans_source = self._whole_paragraph(), (), ""

    def read(self, environment: Environment) -> list[TopBlock]:
        """The outermost blocks, with what was taken out in its place again."""
        tops = parse_top_blocks(self._text, environment, is_unfinished=True)
        if not tops:
            return tops
        if self._restore_what_mentions(environment):
            tops = parse_top_blocks(self._text, environment, is_unfinished=True)
        if self._spans:
            tops[0] = self._with_spans(tops[0])
        merged_tops = [self._with_cuts(top) for top in tops]
        if len(self._text) > max(SHORTENED_FROM, self._tried_at):
            self._tried_at = len(self._text) + WORTH_CUTTING
            if self._shorten(tops, merged_tops, environment):
                self._tried_at = 0
        return merged_tops

    def take(self, tops: Sequence[TopBlock], count: int) -> list[tuple[str, TopBlock]]:
        """Take the first blocks off the text, each with the source it was read from."""
        lines = self._text.split("\n")
        taken = [(self._source(lines, top), top) for top in tops[:count]]
        if self._spans:
            taken[0] = (self._spans_source + taken[0][0].removeprefix(LEFT_OUT), taken[0][1])
            self._spans, self._spans_source = (), ""
        first = tops[count].first_line
        self._text = "\n".join(lines[first:])
        self._cuts = [cut for cut in self._cuts if cut.line >= first]
        for cut in self._cuts:
            cut.line -= first
            cut.parent_line -= first
        self._tried_at = 0
        return taken

    # What was taken out

    def _restore_what_mentions(self, environment: Environment) -> bool:
        """Put back what mentions something that has been defined since; whether there was something.

        A long text is put back only when as much has come since the last time.
        """
        labels = defined_labels(environment)
        changed, self._labels = labels ^ self._labels, labels
        sources = [self._spans_source, *("\n".join(cut.source) for cut in self._cuts)]
        taken_out = sum(map(len, sources))
        if not changed or not taken_out or not any(mentions(source) & changed for source in sources):
            return False
        if taken_out > RESTORED_AT_ONCE and self._length - self._restored_at < taken_out:
            self._labels = labels - changed
            return False
        self._restored_at = self._length
        lines = self._whole_paragraph().split("\n")
        for cut in reversed(self._cuts):
            lines[cut.line : cut.line] = cut.source
        self._text, self._cuts, self._spans, self._spans_source = "\n".join(lines), [], (), ""
        self._tried_at = 0
        return True

    def _whole_paragraph(self) -> str:
        return self._spans_source + self._text.removeprefix(LEFT_OUT)

    def _source(self, lines: Sequence[str], top: TopBlock) -> str:
        found = []
        for number in range(top.first_line, top.last_line):
            for cut in self._cuts:
                if cut.line == number:
                    found += cut.source
            found.append(lines[number])
        return "\n".join(found) + "\n"

    def _with_spans(self, top: TopBlock) -> TopBlock:
        block = top.blocks[0]
        assert isinstance(block, TextBlock)
        first = block.spans[0]
        rest = (replace(first, text=first.text.removeprefix(LEFT_OUT)), *block.spans[1:])
        return replace(top, blocks=(replace(block, spans=merged((*self._spans, *rest))), *top.blocks[1:]))

    def _with_cuts(self, top: TopBlock) -> TopBlock:
        cuts = [cut for cut in self._cuts if top.first_line <= cut.line < top.last_line]
        if not cuts or not top.tokens:
            return top
        looseness = _looseness(tree_of(top.tokens))
        placed = list(zip(top.blocks, top.lines, strict=True))
        for cut in cuts:
            if cut.rows:
                placed = [
                    (_with_rows(block, cut.rows), line) if line == cut.parent_line else (block, line)
                    for block, line in placed
                ]
                continue
            is_loose = looseness.get((cut.parent_line, cut.parent_level))
            if is_loose is not None and is_loose is not cut.is_loose:
                cut.is_loose = is_loose
                cut.blocks = [_set_apart(block, cut.depth, is_loose=is_loose) for block in cut.blocks]
            at = next((i for i, (_, line) in enumerate(placed) if line >= cut.line), len(placed))
            placed[at:at] = [(block, cut.line) for block in cut.blocks]
        blocks_now = tuple(block for block, _ in placed)
        if top.token_type == "table_open" and _cell_count(blocks_now[0]) > MOST_CELLS:
            source = self._source(self._text.split("\n"), top).rstrip("\n")
            return replace(top, blocks=(TextBlock((Span(source),)),), lines=(top.first_line,))
        return replace(top, blocks=blocks_now, lines=tuple(line for _, line in placed))

    # Taking out

    def _shorten(
        self, tops: Sequence[TopBlock], merged_tops: Sequence[TopBlock], environment: Environment
    ) -> bool:
        """Take out the middle of the last block; whether there was one that cannot change."""
        last = tops[-1]
        if last.token_type == "paragraph_open" and len(tops) == 1:
            return self._shorten_paragraph(environment)
        if not last.tokens:
            return False
        lines = self._text.split("\n")
        follows_empty = len(lines) < 2 or _is_empty(lines[-2])
        for node, parent, depth in last_path(tree_of(last.tokens)):
            if parent is not None and follows_empty and not _is_surely_loose(parent, lines):
                continue  # The line being written could set the items apart, or not.
            found = _middle_of(node, self.complete_lines)
            if found is None or sum(len(line) for line in lines[found[0] : found[1]]) < WORTH_CUTTING:
                continue
            self._cut(lines, found, node, parent, depth, last, merged_tops[-1])
            return True
        return False

    def _cut(
        self,
        lines: list[str],
        middle: tuple[int, int],
        node: Node,
        parent: Node | None,
        depth: int,
        written: TopBlock,
        top: TopBlock,
    ) -> None:
        """Take lines out. `written` is the block as it was read, `top` has back in it what was out before."""
        first, last = middle
        inside = [cut for cut in self._cuts if first <= cut.line < last]
        source = []
        for number in range(first, last):
            for cut in inside:
                if cut.line == number:
                    source += cut.source
            source.append(lines[number])
        placed = list(zip(top.blocks, top.lines, strict=True))
        made = _Cut(first, source, depth=depth)
        if node.type == "table_open":
            made.parent_line = node.start
            made.rows = _rows_between(first, last, written, node.start, inside)
        else:
            made.blocks = [block for block, line in placed if first <= line < last]
            if parent is not None:
                made.parent_line, made.parent_level = parent.start, parent.level
        needs_gap = node.type in LISTS and node.is_loose and not _is_empty(lines[first - 1])
        kept_apart = [_prefix(lines[first])] if needs_gap else []
        shift = last - first - len(kept_apart)
        self._cuts = [cut for cut in self._cuts if not first <= cut.line < last]
        for cut in self._cuts:
            if cut.line >= last:
                cut.line -= shift
                cut.parent_line -= shift if cut.parent_line >= last else 0
        made.line = first + len(kept_apart)
        self._cuts.append(made)
        self._cuts.sort(key=lambda cut: cut.line)
        self._text = "\n".join([*lines[:first], *kept_apart, *lines[last:]])

    def _shorten_paragraph(self, environment: Environment) -> bool:
        """Take out the beginning of a paragraph up to where no mark is open."""
        if len(self._spans_source) + len(self._text) > LONGEST_INLINE:
            return False
        text = self._text.removeprefix(LEFT_OUT)
        for place in places_to_part(text):
            beginning = text[:place]
            written = beginning.rstrip(" \t") if self._spans else beginning.strip(TRIMMED)
            tokens = read_inline(written, environment)
            if has_open_mark(beginning.rstrip(TRIMMED), tokens):
                continue
            self._spans = merged((*self._spans, *read_spans(tokens)))
            self._spans_source += beginning
            self._text = LEFT_OUT + text[place:]
            return True
        return False


def _rows_between(
    first: int, last: int, written: TopBlock, table_line: int, cuts: Sequence[_Cut]
) -> tuple[tuple[Spans, ...], ...]:
    """The rows of a table from its first one on, with those that were taken out before.

    They are not read off what is on screen, where a table of very many cells stands as it was written.
    """
    table = next(
        block for block, line in zip(written.blocks, written.lines, strict=True) if line == table_line
    )
    assert isinstance(table, TableBlock)
    rows: list[tuple[Spans, ...]] = []
    for number in range(first, last):
        for cut in cuts:
            if cut.line == number:
                rows += cut.rows
        rows.append(table.rows[1 + number - first])
    return tuple(rows)


def _middle_of(node: Node, complete_lines: int) -> tuple[int, int] | None:
    """The lines between the first child of a block and the last two; None where they cannot be taken out."""
    is_table = node.type == "table_open"
    children = [
        child
        for child in node.children
        if child.start < complete_lines and (child.type == "tr_open" or not is_table)
    ]
    if len(children) < FEWEST_CHILDREN:
        return None
    first, second, last = children[0], children[1], children[-2]
    if is_table or node.type in LISTS:
        return (second.start, last.start)
    if not node.is_nesting:
        return None
    stands_apart = second.start > first.end and last.start > children[-3].end
    if first.type in _STAND_ALONE and last.type in _STAND_ALONE and stands_apart:
        return (second.start, last.start)
    return None


def _is_empty(line: str) -> bool:
    return not line.strip(" \t>")


def _is_surely_loose(node: Node, lines: Sequence[str]) -> bool:
    """Whether an empty line stands between two items of a list, both of which are written."""
    items = [item for item in node.children if item.start + 1 < len(lines)]
    return any(_is_empty(lines[item.start - 1]) for item in items[1:])


def _looseness(root: Node) -> dict[tuple[int, int], bool]:
    """Whether the items of each list stand apart, by the line and the level of the list."""
    found = {}
    nodes = [root]
    while nodes:
        node = nodes.pop()
        if node.type in LISTS:
            found[node.start, node.level] = node.is_loose
        nodes += node.children
    return found


def _set_apart(block: MarkdownBlock, depth: int, *, is_loose: bool) -> MarkdownBlock:
    place = block.place
    if len(place.containers) != depth or not isinstance(block, TextBlock):
        return block
    if block.level or not block.spans or place.is_tight is not is_loose:
        return block
    return replace(block, place=replace(place, is_tight=not is_loose))


def _with_rows(block: MarkdownBlock, rows: tuple[tuple[Spans, ...], ...]) -> MarkdownBlock:
    if not isinstance(block, TableBlock):
        return block
    return replace(block, rows=(*block.rows[:1], *rows, *block.rows[1:]))


def _cell_count(block: MarkdownBlock) -> int:
    return sum(len(row) for row in block.rows) if isinstance(block, TableBlock) else 0


def _prefix(line: str) -> str:
    """What an empty line needs in front of it to stand in the same quotes."""
    found = re.match(r"[ \t>]*", line)
    return found[0].rstrip(" \t") if found and ">" in found[0] else ""
