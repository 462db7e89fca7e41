"""Where a block of code between fences ends, for whoever reads an answer.

A fence with a longer or equal run of its character and nothing behind it ends the block (CommonMark 0.31,
4.5). Models also write whole Markdown files within a fence, with blocks of code in them whose fences are no
longer than the outer one; there, a fence with a language opens a block, and a bare one ends the innermost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HOLDS_MARKDOWN = frozenset(
    {"", "markdown", "md", "mdx", "mkd", "mdown", "rmarkdown", "rmd", "qmd", "text", "txt", "plaintext"}
)
"""Languages whose blocks can hold fences of their own; in others a fence is a part of the code."""
DEEPEST_INDENT = 3
"""Spaces before a closing fence at most."""
DEEPEST = 8
"""Fences that are followed within one another."""

_INNER_OPENING = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}|~{3,})[\w.+#-][^`]*$")
_BARE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t\r]*$")


@dataclass(slots=True)
class FencedBlock:
    """Follows the lines of an open block."""

    fence: str
    """The run of characters that opened it."""
    info: str = ""
    """What stood behind the run."""
    _inner: list[str] = field(default_factory=list)
    """The fences that are open within it."""

    @property
    def depth(self) -> int:
        """How many fences are open within it."""
        return len(self._inner)

    def is_closed_by(self, line: str, indent: int = 0) -> bool:
        """Follow the next whole line; whether it ends the block.

        Args:
            line: the line without its end.
            indent: columns of indentation that were taken off the line already.
        """
        bare = _BARE.match(line)
        if bare is None:
            can_open = self._holds_markdown and len(self._inner) < DEEPEST
            if can_open and (opened := _INNER_OPENING.match(line)):
                self._inner.append(opened[1])
            return False
        run = bare[1]
        if self._inner and not self._is_longer_outside(run):
            if run.startswith(self._inner[-1]):
                self._inner.pop()
            return False
        columns = indent + len(line[: bare.start(1)].expandtabs(4))
        return run.startswith(self.fence) and columns <= DEEPEST_INDENT

    @property
    def _holds_markdown(self) -> bool:
        words = self.info.split()
        return not words or words[0].strip("{}.").lower() in HOLDS_MARKDOWN

    def _is_longer_outside(self, run: str) -> bool:
        """Whether a run can only be meant for the block itself, whose fence is longer than the inner ones."""
        return run.startswith(self.fence) and len(self.fence) > max(map(len, self._inner))

    def would_be_closed_by(self, line: str, indent: int = 0) -> bool:
        """Whether a line that is still being written would end the block, without following it."""
        return FencedBlock(self.fence, self.info, [*self._inner]).is_closed_by(line, indent)
