"""What is looked for in a conversation, and where it stands in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_ALIKE = {"'": "['’‘]", "’": "['’‘]", "‘": "['’‘]", '"': '["“”„]', "“": '["“”„]', "”": '["“”„]'}
"""Quotation marks that a keyboard does not tell apart."""


@dataclass(frozen=True)
class SearchQuery:
    """Words to look for, as they were typed.

    A space stands for any stretch of white space, a line end included, and straight and curved quotation
    marks for each other.
    """

    text: str
    is_case_sensitive: bool = False

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pieces = re.split(r"(\s+)", self.text)
        written = "".join(r"\s+" if piece.isspace() else _escaped(piece) for piece in pieces)
        return re.compile(written, re.NOFLAG if self.is_case_sensitive else re.IGNORECASE)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """First and last place of each match; none overlaps another."""
        if self.text:
            for found in self._pattern.finditer(text):
                yield found.span()


def _escaped(piece: str) -> str:
    return "".join(_ALIKE.get(character, re.escape(character)) for character in piece)
