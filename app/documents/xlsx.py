"""Excel workbooks become a Markdown table for each sheet, with the values that were last computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from app.core.document import Document, DocumentPage
from app.core.translation import tr
from app.documents.formats import XLSX
from app.documents.markdown_writer import MOST_COLUMNS, MarkdownWriter
from app.documents.package import Package
from app.documents.xml_reading import EnoughError, XmlListener, read_xml

MOST_CELLS = 400_000
"""Of one sheet that are read."""
_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""Numbers of the formats for dates and times that every workbook has."""
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_SECONDS_A_DAY = 86_400


def read(package: Package) -> Document:
    """The sheets of a workbook.

    Raises:
        DocumentError: it is damaged.
        XmlRefusedError: as `read_xml`.
    """
    main = package.main_part("xl/workbook.xml")
    relations = package.relations(main)
    book, shared, styles = _Workbook(), _SharedTexts(), _CellFormats()
    read_xml(package.read(main), book)
    places = dict(relations.values())
    if places.get("sharedStrings") in package.members:
        read_xml(package.read(places["sharedStrings"]), shared)
    if places.get("styles") in package.members:
        read_xml(package.read(places["styles"]), styles)
    pages: list[DocumentPage] = []
    remarks: list[str] = []
    for name, relation in book.sheets:
        kind, target = relations.get(relation, ("", ""))
        if kind != "worksheet" or target not in package:
            continue
        sheet = _Sheet(shared.texts, styles.dates, book.has_1904)
        read_xml(package.read(target), sheet)
        if sheet.is_cut:
            remarks.append(
                tr(
                    "Only the first {most_cells:,} cells of the sheet {name} were read.",
                    most_cells=MOST_CELLS,
                    name=name,
                )
            )
        pages.append(DocumentPage(None, name, sheet.text()))
    return Document(package.name, XLSX, tuple(pages), tuple(remarks))


class _Workbook(XmlListener):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.has_1904 = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((values.get("name", ""), values.get("id", "")))
        elif name == "workbookPr":
            self.has_1904 = values.get("date1904") in ("1", "true")


class _SharedTexts(XmlListener):
    """The texts that cells refer to by their places."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._takes_words = False
        self._phonetic = 0

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic += 1
        self._takes_words = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._takes_words = False
        if name == "si":
            self.texts.append("".join(self._pieces))
        elif name == "rPh":
            self._phonetic -= 1

    def words(self, text: str) -> None:
        if self._takes_words:
            self._pieces.append(text)


class _CellFormats(XmlListener):
    """Which formats of cells are dates."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._own: set[int] = set()
        self._is_in_cells = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "numFmt":
            code = _NOT_FORMAT.sub("", values.get("formatCode", "")).lower()
            if set(code) & set("ymdhs") and values.get("numFmtId", "").isdecimal():
                self._own.add(int(values["numFmtId"]))
        elif name == "cellXfs":
            self._is_in_cells = True
        elif name == "xf" and self._is_in_cells:
            number = values.get("numFmtId", "0")
            self.dates.append(number.isdecimal() and (int(number) in _DATES or int(number) in self._own))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_in_cells = False


class _Sheet(XmlListener):
    """The cells of a sheet, row by row."""

    def __init__(self, texts: list[str], dates: list[bool], has_1904: bool) -> None:
        self.is_cut = False
        self._texts = texts
        self._dates = dates
        self._first_day = datetime(1904, 1, 1) if has_1904 else datetime(1899, 12, 30)
        self._rows: list[dict[int, str]] = []
        self._column = 0
        self._kind = ""
        self._style = 0
        self._value: list[str] = []
        self._takes_words = False
        self._count = 0

    def text(self) -> str:
        columns = sorted({column for row in self._rows for column in row})[:MOST_COLUMNS]
        writer = MarkdownWriter()
        writer.table([[row.get(column, "") for column in columns] for row in self._rows])
        return writer.text()

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "row":
            self._rows.append({})
            self._column = 0
        elif name == "c":
            found = _PLACE.fullmatch(values.get("r", ""))
            self._column = _column(found[1]) if found else self._column + 1
            self._kind = values.get("t", "n")
            style = values.get("s", "0")
            self._style = int(style) if style.isdecimal() and len(style) < 9 else 0
            self._value = []
        self._takes_words = name in ("v", "t")

    def end(self, name: str) -> None:
        self._takes_words = False
        if name != "c" or not self._rows:
            return
        if words := self._words_of("".join(self._value)):
            self._rows[-1][self._column] = words
        self._count += 1
        if self._count > MOST_CELLS:
            self.is_cut = True
            raise EnoughError

    def words(self, text: str) -> None:
        if self._takes_words:
            self._value.append(text)

    def _words_of(self, value: str) -> str:
        if self._kind == "s":
            is_place = value.isdecimal() and len(value) < 9 and int(value) < len(self._texts)
            return self._texts[int(value)] if is_place else ""
        if self._kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if self._kind != "n":
            return value
        try:
            number = float(value)
        except ValueError:
            return value
        if self._style < len(self._dates) and self._dates[self._style]:
            return self._date(number)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.15g}"

    def _date(self, number: float) -> str:
        try:
            at = self._first_day + timedelta(seconds=round(number * _SECONDS_A_DAY))
        except (OverflowError, ValueError):
            return f"{number:.15g}"
        if 0 <= number < 1:
            return f"{at:%H:%M:%S}"
        return f"{at:%Y-%m-%d}" if number.is_integer() else f"{at:%Y-%m-%d %H:%M}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
