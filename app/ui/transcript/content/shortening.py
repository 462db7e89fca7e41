"""Finds what of a block cannot change any more while its text grows, and takes it out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.core.markdown.fences import FencedBlock
from app.ui.transcript.content.block_reader import without_box
from app.ui.transcript.content.block_tree import (
    LISTS,
    Node,
    beginning_with_one,
    depth_of,
    is_blank,
    last_path,
    stand_in,
    tree_of,
)
from app.ui.transcript.content.blocks import CodeBlock, MarkdownBlock, TableBlock, TextBlock
from app.ui.transcript.content.cuts import (
    Cut,
    CutBlocks,
    CutCode,
    CutRows,
    CutWords,
    after_lines,
    original_lines,
)
from app.ui.transcript.content.markdown import Environment, TopBlock, inline_reader
from app.ui.transcript.content.markdown_rules.alerts import without_alert
from app.ui.transcript.content.markdown_rules.formulas import first_unclosed
from app.ui.transcript.content.markdown_rules.paragraphs import TRIMMED
from app.ui.transcript.content.markdown_rules.references import NOTE_LABEL
from app.ui.transcript.content.markdown_rules.tables import LONGEST_HEADER
from app.ui.transcript.content.paragraph_parts import LEFT_OUT, joined_spans, weight

FEWEST_ROWS = 5
"""Of a table whose middle is taken out."""
KEPT_LINES = 2
"""Of code, at its end."""
WORD = "x"
"""Stands for blocks. A paragraph, as it tells whether the items of its list are set apart."""
RULE = "___"
"""Stands for them in front of what may go on with a paragraph: words, a heading over a line, a definition."""

_FENCE = re.compile(r"(`{3,}|~{3,})(.*)$")
_NO_QUOTE = re.compile(r"[^>\t]")
_EMPTY = re.compile(r"[ \t>]*$")

Shortened = tuple[str, list[Cut]]


class Shortening:
    """One block of a text that grows, of which something is taken out."""

    def __init__(
        self, text: str, cuts: Sequence[Cut], written: TopBlock, top: TopBlock, environment: Environment
    ) -> None:
        """`written` is the block as it was read, `top` has back in it what was out before."""
        self._text = text
        self._lines = text.split("\n")
        self._cuts = cuts
        self._written = written
        self._top = top
        self._environment = environment
        self._complete = len(self._lines) - 1
        self._path = last_path(tree_of(written.tokens))

    @staticmethod
    def looseness(root: Node) -> dict[tuple[int, int], bool]:
        """Whether the items of each list stand apart, by the line and the level of the list."""
        found = {}
        nodes = [root]
        while nodes:
            node = nodes.pop()
            if node.type in LISTS:
                found[node.start, node.level] = node.is_loose
            nodes += node.children
        return found

    def best(self, least: int) -> Shortened | None:
        """The text with something taken out that weighs at least so much; None where nothing can go."""
        for shortened in self._ways():
            if shortened is not None and weight(self._text) - weight(shortened[0]) >= least:
                return shortened
        return None

    def _ways(self) -> Iterator[Shortened | None]:
        yield self._without_blank_lines()
        for index, node in enumerate(self._path):
            if node.is_nesting:
                yield self._without_children(index)
        node = self._path[-1]
        if self._written.is_as_written:
            yield self._without_lines(node)
        elif node.type == "table_open":
            yield self._without_rows(node)
        elif node.type == "code_block" or (node.type == "fence" and not self._is_read_apart(node)):
            yield self._without_code(node)
        elif node.type in ("paragraph_open", "heading_open"):
            yield self._without_words(node)

    def _is_read_apart(self, node: Node) -> bool:
        """Whether a block of code is one that is not read as Markdown any more once it is alone."""
        return node is self._path[0] and self._lines[node.start][:1] in ("`", "~")

    def _without_blank_lines(self) -> Shortened | None:
        """Leave out all but some of very many empty lines at the end, which change nothing."""
        if self._path[-1].type in ("fence", "code_block"):
            return None
        last = self._complete - 1
        first = last
        while first > 0 and self._lines[first] == self._lines[last] and _EMPTY.match(self._lines[first]):
            first -= 1
        first += 1 + KEPT_LINES
        if first >= last:
            return None
        return "\n".join([*self._lines[:first], *self._lines[last:]]), list(self._cuts)

    def _without_children(self, index: int) -> Shortened | None:
        """Put a rule in the place of all children of a block but the last ones."""
        node, path = self._path[index], self._path[: index + 1]
        kept = len(node.children) - 1
        while kept > 0 and node.children[kept].start + 1 >= self._complete:
            kept -= 1
        if kept > 0 and node.children[kept - 1].type == "definition":
            kept -= 1  # What comes could be the title of the definition.
        if kept < 1:
            return None
        is_list = node.type in LISTS
        first, last = node.children[0].start, node.children[kept].start
        gap = self._gap(path, node.children[: kept + 1])
        is_joined = not is_list and gap is None
        words = RULE if is_joined else WORD
        stubs: list[str] = []
        for child in (node.children[0], node.children[kept - 1])[: kept if is_list else 1]:
            around = [*path, child] if is_list else path
            line = stand_in(self._lines[child.start], child.start, around, words)
            if line is None:
                return None
            if node.type == "ordered_list_open" and child is node.children[0]:
                line = beginning_with_one(line)
            if is_joined and node.type == "list_item_open":
                # A paragraph still tells whether the items of the list are set apart.
                head = line.removesuffix(RULE)
                stubs.append(head + WORD)
                line = _NO_QUOTE.sub(" ", head) + RULE
            stubs += [line] if gap is None else [line, gap]
        cut = CutBlocks(first, len(stubs), [], depth=depth_of(path))
        start, end = bisect_left(self._top.lines, first), bisect_left(self._top.lines, last)
        cut.blocks = list(self._top.blocks[start:end])
        if not cut.blocks:
            return None  # Definitions alone: what stands for them would be the first block of its container.
        if is_list or node.type == "list_item_open":
            its_list = path[-1] if is_list else path[-2]
            cut.list_line, cut.list_level = its_list.start, its_list.level
            cut.is_loose = its_list.is_loose
        return self._replaced(first, last, stubs, cut)

    def _gap(self, path: Sequence[Node], children: Sequence[Node]) -> str | None:
        """An empty line that sets the children of a block apart for good; None where there is none."""
        quotes = sum(node.type == "blockquote_open" for node in path)
        neighbours = [children]
        if path[-1].type in LISTS:
            neighbours += [child.children for child in children]
        for blocks in neighbours:
            for block in blocks[1:]:
                if block.start >= self._complete:
                    continue  # Its line can still turn out to belong to the block before it.
                line = self._lines[block.start - 1]
                if is_blank(line, quotes):
                    return line[: line.rfind(">") + 1]
        return None

    def _without_lines(self, node: Node) -> Shortened | None:
        """Leave lines out of what is nested too deep to be read."""
        first, last = node.start + 1, self._complete - KEPT_LINES
        return self._replaced(first, last, [], CutBlocks(first, 0, [])) if first < last else None

    def _without_rows(self, node: Node) -> Shortened | None:
        rows = [row for row in node.children if row.type == "tr_open" and row.start < self._complete]
        block = self._block_at(self._written, node.start)
        if len(rows) < FEWEST_ROWS or not isinstance(block, TableBlock):
            return None
        first, last = rows[1].start, rows[-2].start
        before = next((cut.rows for cut in self._cuts if isinstance(cut, CutRows) and cut.line == first), ())
        cut = CutRows(first, 0, [], rows=(*before, *block.rows[1 : 1 + last - first]))
        return self._replaced(first, last, [], cut)

    def _without_code(self, node: Node) -> Shortened | None:
        first, last = node.start + 1, min(self._complete, node.end) - KEPT_LINES
        block, whole = self._block_at(self._written, node.start), self._block_at(self._top, node.start)
        if last <= first or not isinstance(block, CodeBlock) or not isinstance(whole, CodeBlock):
            return None
        kept = 1 if node.type == "code_block" else 0
        if block.code.count("\n") < kept + last - first:
            return None
        rest = after_lines(block.code, kept + last - first)
        stubs = [] if kept else self._inner_fences(node, block.code, last - first)
        cut = CutCode(first, len(stubs), [], shown_count=kept + len(stubs))
        cut.code = whole.code[: len(whole.code) - len(rest)]
        return self._replaced(first, last, stubs, cut)

    def _inner_fences(self, node: Node, code: str, count: int) -> list[str]:
        """The lines of code that open the fences which are open within it."""
        opening = _FENCE.search(self._lines[node.start])
        assert opening is not None
        block = FencedBlock(opening[1], opening[2])
        opened: list[int] = []
        for index, line in enumerate(code.split("\n", count)[:count]):
            block.is_closed_by(line)
            if block.depth > len(opened):
                opened.append(index)
            del opened[block.depth :]
        return [self._lines[node.start + 1 + index] for index in opened]

    def _without_words(self, node: Node) -> Shortened | None:
        """Take out the parts of a paragraph that are written."""
        inline = next(
            token
            for token in self._written.tokens
            if token.type == "inline" and token.map and token.map[0] == node.start
        )
        block = self._block_at(self._top, node.start)
        old = next((cut for cut in self._cuts if isinstance(cut, CutWords) and cut.line == node.start), None)
        text = inline.content.removeprefix(LEFT_OUT)
        length = old.length if old is not None else 0
        reader = inline_reader(self._environment)
        place, spans = reader.beginning(self._settled(node, text, is_end=old is not None), length)
        if not place or not isinstance(block, TextBlock):
            return None
        number = node.start + text.count("\n", 0, place)
        prefix = _head(self._lines[node.start], inline.content.partition("\n")[0])
        head = _head(self._lines[number], text[place:].partition("\n")[0])
        if prefix is None or head is None:
            return None
        rest = self._lines[number][len(head) :]
        *source, last = original_lines(self._lines, node.start, number + 1, self._cuts)
        if old is not None:
            spans = joined_spans(old.spans, spans)
        elif block.place.marker:
            spans = without_box(spans)[0]
        elif block.alert:
            spans = without_alert(spans)[0]
        cut = CutWords(
            node.start,
            1,
            source,
            spans=spans,
            marker=block.place.marker,
            alert=block.alert,
            head=last[: len(last) - len(rest)],
            stand_in=prefix + LEFT_OUT,
            length=length + place,
        )
        return self._replaced(node.start, number + 1, [prefix + LEFT_OUT + rest], cut)

    def _settled(self, node: Node, text: str, *, is_end: bool) -> str:
        """The lines of a paragraph that stay in it, whatever comes.

        The others may turn out to be a table's header, a formula or the beginning of another block, and then
        they have no say in where a part of the paragraph ends.
        """
        lines = text.split("\n")
        count = max(1 if is_end else 0, self._complete - 1 - node.start)
        while count < len(lines) and len(lines[count]) > LONGEST_HEADER:
            count += 1
        unclosed = first_unclosed(lines[: max(0, self._complete - node.start)])
        return "\n".join(lines[: count if unclosed is None else min(count, unclosed)])

    @staticmethod
    def _block_at(top: TopBlock, line: int) -> MarkdownBlock | None:
        return next((block for block, at in zip(top.blocks, top.lines, strict=True) if at == line), None)

    def _replaced(self, first: int, last: int, stubs: list[str], made: Cut) -> Shortened:
        """Put lines in the place of others."""
        if not isinstance(made, CutWords):
            made.source = original_lines(self._lines, first, last, self._cuts)
        made.is_as_written = self._written.is_as_written
        for label, found in self._environment["references"].items():
            if first <= found["map"][0] < last:
                made.definitions[label] = {**found, "map": [-1, -1]}
        for token in self._written.tokens:
            if token.type == "footnote_open" and token.map and first <= token.map[0] < last:
                made.notes.add(token.meta[NOTE_LABEL])
        shift = last - first - len(stubs)
        cuts: list[Cut] = [made]
        for cut in self._cuts:
            if first <= cut.line < last or (cut.line == made.line and not cut.count):
                made.definitions = {**cut.definitions, **made.definitions}
                made.notes |= cut.notes
                made.is_as_written = made.is_as_written or cut.is_as_written
                continue
            moved = replace(cut)
            if cut.line >= last:
                moved.line -= shift
            if isinstance(moved, CutBlocks) and moved.list_line >= last:
                moved.list_line -= shift
            cuts.append(moved)
        cuts.sort(key=lambda cut: cut.line)
        return "\n".join([*self._lines[:first], *stubs, *self._lines[last:]]), cuts


def _head(line: str, end: str) -> str | None:
    """What stands in a line before its end; None where it does not end so."""
    if line.endswith(end):
        return line[: len(line) - len(end)]
    line = line.rstrip(TRIMMED)
    return line[: len(line) - len(end)] if line.endswith(end) else None
