"""The end of a growing text, kept short.

The last block is read again with each piece, since all of it can still change. In a long list, quote, table,
paragraph or block of code most of it cannot: that is taken out of the text, with a line or two that stand for
it, and what was read of it is put in between again. What is left is read as the whole would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.ui.transcript.content.block_tree import tree_of
from app.ui.transcript.content.blocks import MarkdownBlock, Span, TableBlock, TextBlock
from app.ui.transcript.content.cuts import Cut, CutBlocks, CutWords, original_lines, with_cuts
from app.ui.transcript.content.definitions import defined_labels, mentions
from app.ui.transcript.content.markdown import MOST_CELLS, Environment, TopBlock, parse_top_blocks
from app.ui.transcript.content.markdown_rules.references import FOOTNOTES
from app.ui.transcript.content.paragraph_parts import LEFT_OUT_LENGTHS, weight
from app.ui.transcript.content.shortening import Shortening

SHORTENED_FROM = 3_000
"""Weight from which on the text is shortened: a piece should take no more than some milliseconds."""
WORTH_CUTTING = 700

RESTORED_AT_ONCE = 1_200
"""Characters that are put back at once where an address they mention is defined."""


class GrowingTail:
    """The text from the first block on that can still change."""

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._cuts: list[Cut] = []
        self._weight = weight(text)
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
        self._weight += weight(piece)

    def read(self, environment: Environment) -> list[TopBlock]:
        """The outermost blocks, with what was taken out in its place again."""
        tops = self._parsed(environment)
        if not tops:
            self._set_text(self._text[self._text.rfind("\n") + 1 :])
            return tops
        if self._restore_what_mentions(environment):
            tops = self._parsed(environment)
        merged_tops = [self._with_cuts(top) for top in tops]
        if self._weight > max(SHORTENED_FROM, self._tried_at):
            is_shorter = self._shorten(tops, merged_tops, environment)
            self._tried_at = 0 if is_shorter else self._weight + WORTH_CUTTING
        return merged_tops

    def take(self, tops: Sequence[TopBlock], count: int) -> list[tuple[str, TopBlock]]:
        """Take the first blocks off the text, each with the source it was read from."""
        lines = self._text.split("\n")
        taken = [
            ("\n".join(original_lines(lines, top.first_line, top.last_line, self._cuts)) + "\n", top)
            for top in tops[:count]
        ]
        first = tops[count].first_line
        self._set_text("\n".join(lines[first:]))
        self._cuts = [cut for cut in self._cuts if cut.line >= first]
        for cut in self._cuts:
            cut.move(-first)
        self._tried_at = 0
        return taken

    def _set_text(self, text: str) -> None:
        self._text = text
        self._weight = weight(text)

    def _parsed(self, environment: Environment) -> list[TopBlock]:
        for cut in self._cuts:
            for label, found in cut.definitions.items():
                environment["references"].setdefault(label, found)
            environment[FOOTNOTES] |= cut.notes
        words = (cut for cut in self._cuts if isinstance(cut, CutWords))
        environment[LEFT_OUT_LENGTHS] = {cut.line: cut.length for cut in words}
        return parse_top_blocks(self._text, environment, is_unfinished=True)

    # What was taken out

    def _restore_what_mentions(self, environment: Environment) -> bool:
        """Put back what mentions something that has been defined since; whether there was something.

        A long text is put back only when as much has come since the last time.
        """
        labels = defined_labels(environment)
        changed, self._labels = labels ^ self._labels, labels
        if not changed or not self._cuts:
            return False
        lines = self._text.split("\n")
        sources = ["\n".join(cut.original(lines)) for cut in self._cuts]
        taken_out = sum(map(len, sources))
        if not any(mentions(source) & changed for source in sources):
            return False
        if taken_out > RESTORED_AT_ONCE and self._length - self._restored_at < taken_out:
            self._labels = labels - changed
            return False
        self._restored_at = self._length
        text = "\n".join(original_lines(lines, 0, len(lines), self._cuts))
        self._cuts = []
        self._set_text(text)
        self._tried_at = 0
        return True

    def _with_cuts(self, top: TopBlock) -> TopBlock:
        cuts = [cut for cut in self._cuts if top.first_line <= cut.line < top.last_line]
        if not cuts:
            return top
        if top.is_as_written or any(cut.is_as_written for cut in cuts):
            return self._as_written(top)
        looseness = Shortening.looseness(tree_of(top.tokens))
        for cut in cuts:
            if isinstance(cut, CutBlocks):
                is_loose = looseness.get((cut.list_line, cut.list_level))
                if is_loose is not None:
                    cut.set_apart(is_loose=is_loose)
        blocks, lines = with_cuts(top.blocks, top.lines, cuts)
        if top.token_type == "table_open" and _cell_count(blocks[0]) > MOST_CELLS:
            return self._as_written(top)
        return replace(top, blocks=tuple(blocks), lines=tuple(lines))

    def _as_written(self, top: TopBlock) -> TopBlock:
        lines = original_lines(self._text.split("\n"), top.first_line, top.last_line, self._cuts)
        source = "\n".join(lines).rstrip("\n")
        return replace(top, blocks=(TextBlock((Span(source),)),), lines=(top.first_line,))

    def _shorten(
        self, tops: Sequence[TopBlock], merged_tops: Sequence[TopBlock], environment: Environment
    ) -> bool:
        """Take out what cannot change of the last block; whether there was something."""
        shortening = Shortening(self._text, self._cuts, tops[-1], merged_tops[-1], environment)
        found = shortening.best(WORTH_CUTTING)
        if found is None:
            return False
        text, cuts = found
        self._cuts = cuts
        self._set_text(text)
        return True


def _cell_count(block: MarkdownBlock) -> int:
    return sum(len(row) for row in block.rows) if isinstance(block, TableBlock) else 0
