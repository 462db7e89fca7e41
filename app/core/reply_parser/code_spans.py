"""Track, while an answer is read, whether a place lies inside Markdown code.

Tags inside code are what the answer talks about; they open no thought and call no tool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.core.markdown.fences import FencedBlock

_LONGEST_HEAD = 200
"""Characters of a line that are looked at: no fence line is longer."""

_OPENING = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_INDENT = re.compile(r"[ \t\r]{0,3}$")


@dataclass(slots=True)
class CodeSpans:
    """Follows the fences and the inline code of an answer.

    Inline code ends with its line at the latest, so that a lone backtick hides no call further down.
    """

    _block: FencedBlock | None = None
    """The block of code that is open."""
    _inline: int = 0
    """Length of the run of backticks that opened inline code; 0 outside it."""
    _head: str = ""

    @property
    def is_code(self) -> bool:
        return self._block is not None or bool(self._inline)

    @property
    def is_at_line_start(self) -> bool:
        """Whether a line of ordinary text begins here, not counting up to three spaces."""
        return self._block is None and bool(_INDENT.match(self._head))

    def add(self, words: str) -> None:
        """Follow text without backticks and line ends."""
        if len(self._head) < _LONGEST_HEAD:
            self._head += words[:_LONGEST_HEAD]

    def add_backticks(self, run: str) -> None:
        if self._block is None:
            if not self._inline:
                self._inline = len(run)
            elif self._inline == len(run):
                self._inline = 0
        self.add(run)

    def end_line(self) -> None:
        """Follow a line end: only whole lines open and close blocks."""
        if self._block is not None:
            if self._block.is_closed_by(_without_quotes(self._head)):
                self._block = None
        elif found := _OPENING.match(self._head):
            self._block = FencedBlock(found["fence"], found["info"])
        self._head = ""
        self._inline = 0

    def close_fence(self) -> bool:
        """End the block if the line so far is its closing fence; return whether it was."""
        if self._block is None or not self._block.would_be_closed_by(_without_quotes(self._head)):
            return False
        self._block = None
        return True


def _without_quotes(line: str) -> str:
    return line.lstrip(" \t>")
