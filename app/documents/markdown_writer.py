"""Writes Markdown, block by block."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_COLUMNS = 256
DEEPEST_ITEM = 8
_BLANKS = re.compile(r"\s+")


class MarkdownWriter:
    """Paragraphs, headings, items, code and tables, with an empty line between them where one belongs."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._ends_with_item = False
        self.letters = 0
        """How many were written, about."""

    def text(self) -> str:
        return "".join(self._blocks).strip("\n")

    def heading(self, level: int, words: str) -> None:
        words = _BLANKS.sub(" ", words).strip()
        if words:
            self._add(f"{'#' * max(1, min(6, level))} {words}")

    def paragraph(self, words: str) -> None:
        lines = [line.strip() for line in words.split("\n")]
        if text := "\n".join(lines).strip("\n"):
            self._add(text)

    def item(self, depth: int, words: str, number: int | None = None) -> None:
        """An item of a list; `depth` from 0, `number` where it has one."""
        words = words.strip()
        if not words:
            return
        indent = "  " * min(depth, DEEPEST_ITEM)
        mark = "-" if number is None else f"{number}."
        words = words.replace("\n", f"\n{indent}  ")
        self._add(f"{indent}{mark} {words}", is_item=True)

    def code(self, text: str) -> None:
        text = text.strip("\n")
        if text.strip():
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            self._add(f"{fence}\n{text}\n{fence}")

    def rule(self) -> None:
        self._add("---")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row is its head; rows and columns without words are left out."""
        rows = [row[:MOST_COLUMNS] for row in rows if any(cell.strip() for cell in row)]
        width = max((len(row) for row in rows), default=0)
        filled = [at for at in range(width) if any(at < len(row) and row[at].strip() for row in rows)]
        if not filled:
            return
        lines = [_row([row[at] if at < len(row) else "" for at in filled]) for row in rows]
        lines.insert(1, "|" + " --- |" * len(filled))
        self._add("\n".join(lines))

    def _add(self, block: str, is_item: bool = False) -> None:
        if self._blocks:
            self._blocks.append("\n" if is_item and self._ends_with_item else "\n\n")
        self._blocks.append(block)
        self._ends_with_item = is_item
        self.letters += len(block)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_BLANKS.sub(" ", cell).strip().replace("|", "\\|") for cell in cells) + " |"
