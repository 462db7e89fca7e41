"""Markdown that is still arriving.

Only the tail is read again with each piece. Everything before the last block is frozen once the last
block's first two lines are complete: with one line, a paragraph can still turn a table back into text. A
code fence that is still open is not read at all; its text just grows. A frozen block that mentions an address
or a footnote is read again when that is defined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.markdown.fences import FencedBlock
from app.ui.transcript.content.block_reader import without_last_break
from app.ui.transcript.content.blocks import CodeBlock, MarkdownBlock
from app.ui.transcript.content.definitions import defined_labels, mentions
from app.ui.transcript.content.growing_tail import GrowingTail
from app.ui.transcript.content.markdown import Environment, TopBlock, parse_top_blocks
from app.ui.transcript.content.markdown_rules.formulas import MOST_LINES, first_unclosed
from app.ui.transcript.content.markdown_rules.references import FOOTNOTES
from app.ui.transcript.content.paragraph_parts import READ_PARTS, ReadParts

READ_AGAIN_AT_ONCE = 1_200
"""Characters of a frozen block that is read again with the very piece that defines an address. The time for
longer ones has to be earned by as many characters that have come."""

_OPENING = re.compile(r"(`{3,}|~{3,})(.*)")


@dataclass(slots=True)
class _Fence:
    """A code block whose end has not come. `code` holds whole lines, `line` the one being written."""

    language: str
    fence: FencedBlock
    code: str = ""
    line: str = ""

    def block(self) -> CodeBlock:
        """What has come of it; a last line that would close it is not code."""
        if self.fence.would_be_closed_by(self.line):
            return CodeBlock(without_last_break(self.code), self.language)
        line = self.line if self.line.strip(" \t") else ""  # The parser does not see a blank one.
        return CodeBlock(without_last_break(self.code + line), self.language, is_open=True)


class _FrozenBlocks:
    """Blocks that can no longer change, but for addresses that are defined behind them."""

    def __init__(self) -> None:
        self.blocks: list[MarkdownBlock] = []
        self._pieces: list[tuple[str, int, int]] = []
        """Source, first and last place among the blocks; only of what mentions something."""
        self._mentions: dict[str, list[int]] = {}
        self._waiting: set[int] = set()
        self._earned = 0

    def add(self, source: str, blocks: Iterable[MarkdownBlock]) -> None:
        first = len(self.blocks)
        self.blocks.extend(blocks)
        if labels := mentions(source):
            for label in labels:
                self._mentions.setdefault(label, []).append(len(self._pieces))
            self._pieces.append((source, first, len(self.blocks)))

    def define(self, labels: Iterable[str], environment: Environment, arrived: int) -> None:
        """Read again what mentions labels that were defined or are no longer."""
        self._earned += arrived
        for label in labels:
            self._waiting.update(self._mentions.get(label, ()))
        for index in sorted(self._waiting):
            source, first, last = self._pieces[index]
            if len(source) > READ_AGAIN_AT_ONCE:
                if self._earned < len(source):
                    continue
                self._earned = 0
            self._waiting.discard(index)
            known = {**_copy(environment), READ_PARTS: None}
            again = [block for top in parse_top_blocks(source, known) for block in top.blocks]
            if len(again) == last - first:
                self.blocks[first:last] = again


class StreamingMarkdown:
    """Reads a growing text. After every piece, `blocks` are those of the whole text so far."""

    def __init__(self) -> None:
        self._frozen = _FrozenBlocks()
        self._tail = GrowingTail()
        self._tail_blocks: list[MarkdownBlock] = []
        self._environment: Environment = {
            "references": {},
            FOOTNOTES: set(),
            READ_PARTS: ReadParts(),
        }
        """What is defined in frozen blocks."""
        self._known: set[str] = set()
        """The labels of all that is defined so far."""
        self._fence: _Fence | None = None

    @property
    def blocks(self) -> list[MarkdownBlock]:
        return self._frozen.blocks + self._tail_blocks

    def feed(self, piece: str) -> None:
        """Add text at the end."""
        rest: str | None = piece
        while rest is not None:
            rest = self._grow_fence(rest) if self._fence else self._grow_tail(rest)

    def _grow_tail(self, piece: str) -> str | None:
        self._tail.feed(piece)
        environment = _copy(self._environment)
        tops = self._tail.read(environment)
        kept = self._freeze(tops, environment)
        self._tail_blocks = [block for top in kept for block in top.blocks]
        known = defined_labels(environment)
        self._frozen.define(known ^ self._known, environment, len(piece))
        self._known = known
        if len(kept) == 1 and kept[0].token_type == "fence":
            return self._enter_fence()
        return None

    def _freeze(self, tops: list[TopBlock], environment: Environment) -> list[TopBlock]:
        """Take the blocks that can no longer change off the tail; give the others."""
        count = _settled(tops, self._tail.text.split("\n")[:-1])
        if count <= 0:
            return tops
        cut = tops[count].first_line
        for label, found in environment["references"].items():
            if label not in self._environment["references"] and found["map"][0] < cut:
                self._environment["references"][label] = {**found, "map": [-1, -1]}
        self._environment[FOOTNOTES] |= environment[FOOTNOTES]
        for source, top in self._tail.take(tops, count):
            self._frozen.add(source, top.blocks)
        return tops[count:]

    def _enter_fence(self) -> str | None:
        """Switches to growing if the tail is one open fence; gives what has to be fed to it."""
        head, _, body = self._tail.text.lstrip("\n").partition("\n")
        opening = _OPENING.match(head)
        block = self._tail_blocks[0]
        if opening is None or not isinstance(block, CodeBlock) or not body:
            return None
        self._fence = _Fence(block.language, FencedBlock(opening[1], opening[2]))
        self._tail, self._tail_blocks = GrowingTail(), []
        return body

    def _grow_fence(self, piece: str) -> str | None:
        """Adds to the open fence; gives what stands behind its end, or None."""
        fence = self._fence
        assert fence is not None
        lines = (fence.line + piece).split("\n")
        for index, line in enumerate(lines[:-1]):
            if fence.fence.is_closed_by(line):
                fence.code += "".join(f"{done}\n" for done in lines[:index])
                self._frozen.add("", [CodeBlock(without_last_break(fence.code), fence.language)])
                self._fence = None
                self._tail_blocks = []
                return "\n".join(lines[index + 1 :])
        fence.code += "".join(f"{done}\n" for done in lines[:-1])
        fence.line = lines[-1]
        self._tail_blocks = [fence.block()]
        return None


def _settled(tops: list[TopBlock], lines: list[str]) -> int:
    """How many of the first blocks can no longer change. `lines` are the whole ones."""
    complete_lines = len(lines)
    last = len(tops) - 1
    while last > 0 and tops[last].first_line + 1 >= complete_lines:
        last -= 1
    if last > 0 and last == len(tops) - 1:
        before = tops[last - 1]
        if before.token_type == "definition" and before.last_line == tops[last].first_line:
            last -= 1  # What comes could be the title of the definition.
    for index, top in enumerate(tops[:last]):
        if top.token_type == "formula_open" and complete_lines - top.first_line <= MOST_LINES:
            return index
    unclosed = first_unclosed(lines) if last > 0 else None
    if unclosed is not None:
        return min(last, sum(top.last_line < unclosed for top in tops[:last]))
    return last


def _copy(environment: Environment) -> Environment:
    return {
        "references": dict(environment["references"]),
        FOOTNOTES: set(environment[FOOTNOTES]),
        READ_PARTS: environment[READ_PARTS],
    }
