"""Word documents become Markdown: headings, lists, tables and footnotes stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.document import Document, DocumentPage
from app.documents.formats import DOCX
from app.documents.markdown_writer import MarkdownWriter
from app.documents.package import Package
from app.documents.xml_reading import EnoughError, XmlListener, read_xml

LONGEST_TEXT = 4_200_000
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_CODE_STYLE = re.compile(r"code|preformatted|source|verbatim", re.IGNORECASE)
_SKIPPED = frozenset(("Fallback", "del", "moveFrom", "instrText", "rPr", "sectPr", "fldSimpleInstr"))


def read(package: Package) -> Document:
    """The words of a document.

    Raises:
        DocumentError: it is damaged.
        XmlRefusedError: as `read_xml`.
    """
    main = package.main_part("word/document.xml")
    relations = dict(package.relations(main).values())
    styles, numbers = _WordStyles(), _WordLists()
    for kind, listener in (("styles", styles), ("numbering", numbers)):
        if relations.get(kind) in package.members:
            read_xml(package.read(relations[kind]), listener)
    body = _WordBody(styles, numbers)
    read_xml(package.read(main), body)
    for kind in ("footnotes", "endnotes"):
        if relations.get(kind) in package.members and body.notes:
            notes = _WordBody(styles, numbers)
            read_xml(package.read(relations[kind]), notes)
            body.writer.paragraph(notes.text())
    return Document(package.name, DOCX, (DocumentPage(None, "", body.text()),))


class _WordStyles(XmlListener):
    """Which styles of paragraphs are headings, and which are code."""

    def __init__(self) -> None:
        self.levels: dict[str, int] = {}
        self.codes: set[str] = set()
        self.lists: dict[str, str] = {}
        """The lists that paragraphs of a style are items of."""
        self._id = ""

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "style":
            self._id = values.get("styleId", "")
        elif name == "name":
            words = values.get("val", "")
            if found := _HEADING.fullmatch(words):
                self.levels[self._id] = int(found[1])
            elif words.lower() == "title":
                self.levels[self._id] = 1
            elif _CODE_STYLE.search(words):
                self.codes.add(self._id)
        elif name == "numId":
            self.lists[self._id] = values.get("val", "")
        elif name == "outlineLvl" and values.get("val", "").isdecimal() and int(values["val"]) < 6:
            self.levels.setdefault(self._id, int(values["val"]) + 1)


class _WordLists(XmlListener):
    """Which lists are numbered, by their ids and levels."""

    def __init__(self) -> None:
        self._abstract: dict[str, dict[str, str]] = {}
        self._lists: dict[str, str] = {}
        self._at = self._level = ""

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "abstractNum":
            self._at = values.get("abstractNumId", "")
            self._abstract[self._at] = {}
        elif name == "lvl":
            self._level = values.get("ilvl", "0")
        elif name == "numFmt" and self._at in self._abstract:
            self._abstract[self._at][self._level] = values.get("val", "")
        elif name == "num":
            self._at = values.get("numId", "")
        elif name == "abstractNumId":
            self._lists[self._at] = values.get("val", "")

    def is_numbered(self, list_id: str, level: int) -> bool:
        form = self._abstract.get(self._lists.get(list_id, ""), {}).get(str(level), "bullet")
        return form not in ("bullet", "none")


@dataclass(slots=True)
class _WordTable:
    rows: list[list[str]] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    span: int = 1


class _WordBody(XmlListener):
    """The paragraphs and tables of a document, or of its notes."""

    def __init__(self, styles: _WordStyles, numbers: _WordLists) -> None:
        self.writer = MarkdownWriter()
        self.notes = 0
        self._styles = styles
        self._numbers = numbers
        self._skipped = 0
        self._words: list[str] = []
        self._takes_words = False
        self._style = self._list = ""
        self._level = 0
        self._heading: int | None = None
        self._counts: dict[tuple[str, int], int] = {}
        self._code: list[str] = []
        self._tables: list[_WordTable] = []
        self._in_properties = False
        self._note_prefix = ""

    def text(self) -> str:
        self._end_code()
        return self.writer.text()

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
            return
        match name:
            case "p":
                self._words, self._style, self._list, self._heading = [], "", "", None
                self._level = 0
            case "pPr":
                self._in_properties = True
            case "pStyle":
                self._style = values.get("val", "")
            case "numId" if self._in_properties:
                self._list = values.get("val", "")
            case "ilvl" if values.get("val", "").isdecimal():
                self._level = int(values["val"])
            case "outlineLvl" if values.get("val", "").isdecimal() and int(values["val"]) < 6:
                self._heading = int(values["val"]) + 1
            case "t":
                self._takes_words = True
            case "tab" if not self._in_properties:
                self._words.append("\t")
            case "br" | "cr":
                self._words.append("\n")
            case "noBreakHyphen":
                self._words.append("-")
            case "footnoteReference" | "endnoteReference":
                self.notes += 1
                self._words.append(f"[^{values.get('id', '')}]")
            case "footnote" | "endnote" if values.get("type", "normal") == "normal":
                self._note_prefix = f"[^{values.get('id', '')}]: "
            case "tbl":
                self._end_code()
                self._tables.append(_WordTable())
            case "tr" if self._tables:
                self._tables[-1].rows.append([])
            case "tc" if self._tables:
                self._tables[-1].cell, self._tables[-1].span = [], 1
            case "gridSpan" if self._tables and values.get("val", "").isdecimal():
                self._tables[-1].span = min(64, int(values["val"]))

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        match name:
            case "pPr":
                self._in_properties = False
            case "t":
                self._takes_words = False
            case "p":
                self._end_paragraph()
            case "tc" if self._tables:
                table = self._tables[-1]
                if not table.rows:
                    table.rows.append([])
                table.rows[-1] += ["\n".join(table.cell), *[""] * (table.span - 1)]
            case "tbl" if self._tables:
                self._end_table(self._tables.pop())
        if self.writer.letters > LONGEST_TEXT:
            raise EnoughError

    def words(self, text: str) -> None:
        if self._takes_words and not self._skipped:
            self._words.append(text)

    def _end_paragraph(self) -> None:
        words = (
            f"{self._note_prefix}{''.join(self._words).strip()}"
            if self._note_prefix
            else "".join(self._words)
        )
        self._words, self._note_prefix = [], ""
        if self._tables:
            if words.strip():
                self._tables[-1].cell.append(words)
            return
        if self._style in self._styles.codes:
            self._code.append(words)
            return
        self._end_code()
        level = self._heading or self._styles.levels.get(self._style)
        if level:
            self.writer.heading(level, words)
        elif (self._list or self._styles.lists.get(self._style, "0")) != "0":
            self._list = self._list or self._styles.lists[self._style]
            self.writer.item(self._level, words, self._number())
        else:
            self.writer.paragraph(words)

    def _number(self) -> int | None:
        if not self._numbers.is_numbered(self._list, self._level):
            return None
        key = (self._list, self._level)
        self._counts[key] = self._counts.get(key, 0) + 1
        for other in list(self._counts):
            if other[0] == self._list and other[1] > self._level:
                del self._counts[other]  # The items below begin anew.
        return self._counts[key]

    def _end_code(self) -> None:
        if self._code:
            self.writer.code("\n".join(self._code))
            self._code = []

    def _end_table(self, table: _WordTable) -> None:
        if self._tables:  # A table within a cell is words in it.
            self._tables[-1].cell += [" ".join(filter(None, row)) for row in table.rows if any(row)]
        else:
            self.writer.table(table.rows)
