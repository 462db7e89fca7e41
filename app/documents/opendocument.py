"""OpenDocument texts, spreadsheets and presentations become Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.translation import tr
from app.documents.markdown_writer import MOST_COLUMNS, MarkdownWriter
from app.documents.package import Package, damaged
from app.documents.xml_reading import EnoughError, XmlListener, read_xml

LONGEST_TEXT = 4_200_000
MOST_CELLS = 400_000
_SKIPPED = frozenset(("tracked-changes", "annotation", "forms", "sequence-decls", "desc", "note-citation"))
_NOT_WORDS = frozenset(("page-number", "date-time", "footer", "header"))
_BLANKS = re.compile(r"[ \t\r\n]+")
_CODE_STYLE = "Preformatted"


def read(package: Package, media_type: str) -> Document:
    """The words of a document, or the pages of a spreadsheet or a presentation.

    Raises:
        DocumentError: it is damaged, or needs a password.
        XmlRefusedError: as `read_xml`.
    """
    if "content.xml" not in package:
        raise damaged(package.name)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise DocumentError(
            tr("{name} is protected with a password.", name=package.name),
            tr("Save it without one in another program, then add that."),
        )
    return read_flat(package.read("content.xml"), package.name, media_type)


def read_flat(data: bytes, name: str, media_type: str) -> Document:
    """The same of a document that is one XML file.

    Raises:
        XmlRefusedError: as `read_xml`.
    """
    body = _OpenBody(has_sheets="spreadsheet" in media_type, has_slides="presentation" in media_type)
    read_xml(data, body)
    return Document(name, media_type, body.pages(), tuple(body.remarks))


class _OpenBody(XmlListener):
    def __init__(self, *, has_sheets: bool, has_slides: bool) -> None:
        self.remarks: list[str] = []
        self._has_sheets = has_sheets
        self._has_slides = has_slides
        self._writer = MarkdownWriter()
        self._written: list[DocumentPage] = []
        self._label = ""
        self._skipped = 0
        self._words: list[list[str]] = []
        """Of the paragraphs that are open: one can stand in another, as in a note or a frame."""
        self._levels: list[int] = []
        self._styles: dict[str, str] = {}
        self._lists: list[int | None] = []
        self._numbered: set[tuple[str, int]] = set()
        """Styles of lists and their levels that have numbers."""
        self._style = self._slide = ""
        self._list_style = self._lists_style = ""
        self._is_title = False
        self._is_item = False
        self._code: list[str] = []
        self._rows: list[list[list[str]]] = []
        self._cells = 0
        self._repeats: list[int] = []
        self._row_repeat = 1

    def pages(self) -> tuple[DocumentPage, ...]:
        if not self._has_sheets and not self._has_slides:
            self._end_code()
            return (DocumentPage(None, "", self._writer.text()),)
        return tuple(self._written)

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "style" and values.get("parent-style-name"):
            self._styles[values.get("name", "")] = values["parent-style-name"]
        elif name == "list-style":
            self._list_style = values.get("name", "")
        elif name == "list-level-style-number" and values.get("num-format"):
            self._numbered.add((self._list_style, _count(values.get("level"))))
        if self._skipped or name in _SKIPPED or name in _NOT_WORDS:
            self._skipped += 1
            return
        match name:
            case "p" | "h":
                self._words.append([])
                level = values.get("outline-level", "1")
                self._levels.append(int(level) if name == "h" and level.isdecimal() and len(level) < 3 else 0)
                self._style = values.get("style-name", "")
            case "s" if self._words:
                count = values.get("c", "1")
                self._words[-1].append(
                    " " * (min(100, int(count)) if count.isdecimal() and len(count) < 9 else 1)
                )
            case "tab" if self._words:
                self._words[-1].append("\t")
            case "line-break" if self._words:
                self._words[-1].append("\n")
            case "list":
                self._lists_style = values.get("style-name") or self._lists_style
                is_numbered = (self._lists_style, len(self._lists) + 1) in self._numbered
                self._lists.append(0 if is_numbered else None)
            case "list-item":
                self._is_item = True
            case "frame":
                self._is_title = values.get("class") == "title"
            case "notes" if self._has_slides:
                self._slide, self._writer = self._writer.text(), MarkdownWriter()
            case "page" if self._has_slides:
                self._writer, self._label = MarkdownWriter(), values.get("name", "")
            case "table":
                self._begin_table(values)
            case "table-row" if self._rows:
                self._rows[-1].append([])
                self._row_repeat = _count(values.get("number-rows-repeated"))
            case "table-cell" | "covered-table-cell" if self._rows:
                if not self._rows[-1]:
                    self._rows[-1].append([])
                self._rows[-1][-1].append("")
                self._repeats.append(_count(values.get("number-columns-repeated")))

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        match name:
            case "p" | "h" if self._words:
                self._end_paragraph(self._levels.pop())
            case "list" if self._lists:
                self._lists.pop()
            case "list-item":
                self._is_item = False
            case "notes" if self._has_slides:
                notes, self._writer = self._writer.text(), MarkdownWriter()
                self._writer.paragraph(f"{self._slide}\n\nNotes: {notes}" if notes else self._slide)
            case "frame":
                self._is_title = False
            case "page" if self._has_slides:
                number = len(self._written) + 1
                self._written.append(DocumentPage(number, self._label, self._writer.text()))
            case "table-cell" | "covered-table-cell" if self._rows and self._repeats:
                self._end_cell(self._repeats.pop())
            case "table-row" if self._rows and self._rows[-1]:
                row = self._rows[-1][-1]
                if any(row) and self._row_repeat > 1:
                    self._rows[-1] += [row] * min(self._row_repeat - 1, 1_000)
            case "table" if self._rows:
                self._end_table(self._rows.pop())
        if self._writer.letters > LONGEST_TEXT:
            raise EnoughError

    def words(self, text: str) -> None:
        if self._words and not self._skipped:
            self._words[-1].append(_BLANKS.sub(" ", text))  # All others have elements of their own.

    def _end_paragraph(self, level: int) -> None:
        words = "".join(self._words.pop()).strip("\n")
        if self._words:  # Of a note or a frame within another paragraph.
            self._words[-1].append(f" ({words.strip()}) " if words.strip() else "")
        elif self._rows:
            cell = self._rows[-1][-1] if self._rows[-1] else []
            if cell and words.strip():
                cell[-1] = f"{cell[-1]}\n{words}" if cell[-1] else words
        elif self._is_code():
            self._code.append(words)
        else:
            self._end_code()
            self._write(words, level)

    def _write(self, words: str, level: int) -> None:
        if level or (self._is_title and self._has_slides):
            self._writer.heading(level or 2, words)
        elif self._lists and self._is_item:
            number = self._lists[-1]
            if number is not None and words.strip():
                number += 1
                self._lists[-1] = number
            self._writer.item(len(self._lists) - 1, words, number)
            self._is_item = not words.strip()
        else:
            self._writer.paragraph(words)

    def _is_code(self) -> bool:
        style = self._styles.get(self._style, self._style)
        return style.startswith(_CODE_STYLE)

    def _end_code(self) -> None:
        if self._code:
            self._writer.code("\n".join(self._code))
            self._code = []

    def _begin_table(self, values: Mapping[str, str]) -> None:
        self._end_code()
        if self._has_sheets and not self._rows:
            self._writer, self._label, self._cells = MarkdownWriter(), values.get("name", ""), 0
        self._rows.append([])

    def _end_cell(self, repeat: int) -> None:
        row = self._rows[-1][-1]
        if repeat > 1 and row:
            row += [row[-1]] * max(0, min(repeat - 1, MOST_COLUMNS - len(row)))
        self._cells += 1
        if self._cells > MOST_CELLS:
            self.remarks.append(
                tr("Only the first {most_cells:,} cells of a table were read.", most_cells=MOST_CELLS)
            )
            self._end_table(self._rows[0])
            self._rows = []
            raise EnoughError

    def _end_table(self, rows: list[list[str]]) -> None:
        if self._rows:  # A table within a cell is words in it.
            words = " ".join(" ".join(filter(None, row)) for row in rows if any(row))
            if self._rows[-1] and self._rows[-1][-1]:
                self._rows[-1][-1][-1] += words
            return
        self._writer.table(rows)
        if self._has_sheets:
            self._written.append(DocumentPage(None, self._label, self._writer.text()))


def _count(text: str | None) -> int:
    """How often something is repeated; what is no number is once."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else 1
