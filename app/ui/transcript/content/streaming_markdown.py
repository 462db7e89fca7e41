"""Markdown that is still arriving.

Only the tail is read again with each piece. Everything before the last block is frozen once the last
block's first two lines are complete: with one line, a paragraph can still turn a table back into text. A
code fence that is still open is not read at all; its text just grows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.markdown.fences import FencedBlock
from app.ui.transcript.content.block_reader import without_last_break
from app.ui.transcript.content.blocks import CodeBlock, MarkdownBlock
from app.ui.transcript.content.markdown import Environment, TopBlock, parse_top_blocks

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


class StreamingMarkdown:
    """Reads a growing text. After every piece, `blocks` are those of the whole text so far."""

    def __init__(self) -> None:
        self._frozen: list[MarkdownBlock] = []
        self._tail = ""
        self._tail_blocks: list[MarkdownBlock] = []
        self._environment: Environment = {}
        self._fence: _Fence | None = None

    @property
    def blocks(self) -> list[MarkdownBlock]:
        return self._frozen + self._tail_blocks

    def feed(self, piece: str) -> None:
        """Adds text at the end."""
        rest: str | None = piece
        while rest is not None:
            rest = self._grow_fence(rest) if self._fence else self._grow_tail(rest)

    def _grow_tail(self, piece: str) -> str | None:
        self._tail += piece
        tops = parse_top_blocks(self._tail, self._environment, is_unfinished=True)
        kept = self._freeze(tops)
        self._tail_blocks = [block for top in kept for block in top.blocks]
        if len(kept) == 1 and kept[0].token_type == "fence":
            return self._enter_fence()
        return None

    def _freeze(self, tops: list[TopBlock]) -> list[TopBlock]:
        """Takes the blocks that can no longer change off the tail; gives the others."""
        complete_lines = self._tail.count("\n")
        last = len(tops) - 1
        while last > 0 and tops[last].first_line + 1 >= complete_lines:
            last -= 1
        if last <= 0:
            return tops
        for top in tops[:last]:
            self._frozen.extend(top.blocks)
        self._tail = "\n".join(self._tail.split("\n")[tops[last].first_line :])
        return tops[last:]

    def _enter_fence(self) -> str | None:
        """Switches to growing if the tail is one open fence; gives what has to be fed to it."""
        head, _, body = self._tail.lstrip("\n").partition("\n")
        opening = _OPENING.match(head)
        block = self._tail_blocks[0]
        if opening is None or not isinstance(block, CodeBlock) or not body:
            return None
        self._fence = _Fence(block.language, FencedBlock(opening[1], opening[2]))
        self._tail, self._tail_blocks = "", []
        return body

    def _grow_fence(self, piece: str) -> str | None:
        """Adds to the open fence; gives what stands behind its end, or None."""
        fence = self._fence
        assert fence is not None
        lines = (fence.line + piece).split("\n")
        for index, line in enumerate(lines[:-1]):
            if fence.fence.is_closed_by(line):
                fence.code += "".join(f"{done}\n" for done in lines[:index])
                self._frozen.append(CodeBlock(without_last_break(fence.code), fence.language))
                self._fence = None
                self._tail_blocks = []
                return "\n".join(lines[index + 1 :])
        fence.code += "".join(f"{done}\n" for done in lines[:-1])
        fence.line = lines[-1]
        self._tail_blocks = [fence.block()]
        return None
