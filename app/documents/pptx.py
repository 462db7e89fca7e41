"""PowerPoint presentations become a page for each slide, with its notes."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.document import Document, DocumentPage
from app.core.translation import tr
from app.documents.formats import PPTX
from app.documents.markdown_writer import MarkdownWriter
from app.documents.package import Package
from app.documents.xml_reading import XmlListener, read_xml

MOST_SLIDES = 2_000
_TITLES = ("title", "ctrTitle")
_LEFT_OUT = ("sldNum", "dt", "ftr", "hdr", "sldImg")
"""Numbers of slides, dates, and what stands on every slide."""


def read(package: Package) -> Document:
    """The slides of a presentation, in their order.

    Raises:
        DocumentError: it is damaged.
        XmlRefusedError: as `read_xml`.
    """
    main = package.main_part("ppt/presentation.xml")
    show = _Show()
    read_xml(package.read(main), show)
    relations = package.relations(main)
    places = list(dict.fromkeys(relations.get(slide, ("", ""))[1] for slide in show.slides))
    pages: list[DocumentPage] = []
    for number, place in enumerate([it for it in places if it in package][:MOST_SLIDES], 1):
        slide = _Slide()
        read_xml(package.read(place), slide)
        text = slide.writer.text()
        notes = [target for kind, target in package.relations(place).values() if kind == "notesSlide"]
        if notes and notes[0] in package:
            said = _Slide()
            read_xml(package.read(notes[0]), said)
            if words := said.writer.text():
                text = f"{text}\n\nNotes: {words}".strip()
        pages.append(DocumentPage(number, slide.title, text))
    remarks = (
        (tr("Only the first {most_slides:,} slides were read.", most_slides=MOST_SLIDES),)
        if len(places) > MOST_SLIDES
        else ()
    )
    return Document(package.name, PPTX, tuple(pages), remarks)


class _Show(XmlListener):
    def __init__(self) -> None:
        self.slides: list[str] = []

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "sldId":
            # Its other id, a number, has the same name in no namespace.
            self.slides.append(values.get("id", ""))


class _Slide(XmlListener):
    """The shapes of a slide, or of its notes."""

    def __init__(self) -> None:
        self.writer = MarkdownWriter()
        self.title = ""
        self._placeholder = ""
        self._is_body = False
        self._words: list[str] = []
        self._level = 0
        self._is_plain = False
        self._takes_words = False
        self._skipped = 0
        self._rows: list[list[str]] | None = None

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if self._skipped or name == "Fallback":
            self._skipped += 1
            return
        match name:
            case "sp":
                self._placeholder, self._is_body = "", False
            case "ph":
                self._placeholder = values.get("type", "body")
                self._is_body = self._placeholder in ("body", "obj", "subTitle")
            case "p":
                self._words, self._level, self._is_plain = [], 0, not self._is_body
            case "pPr":
                level = values.get("lvl", "0")
                self._level = int(level) if level.isdecimal() and len(level) < 3 else 0
            case "buNone":
                self._is_plain = True
            case "buChar" | "buAutoNum":
                self._is_plain = False
            case "br":
                self._words.append("\n")
            case "tbl":
                self._rows = []
            case "tr" if self._rows is not None:
                self._rows.append([])
            case "tc" if self._rows:
                self._rows[-1].append("")
        self._takes_words = name == "t"

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        self._takes_words = False
        if name == "p":
            self._end_paragraph()
        elif name == "tbl" and self._rows is not None:
            self.writer.table(self._rows)
            self._rows = None

    def words(self, text: str) -> None:
        if self._takes_words and not self._skipped:
            self._words.append(text)

    def _end_paragraph(self) -> None:
        words = "".join(self._words).strip()
        self._words = []
        if not words:
            return
        if self._rows:
            if self._rows[-1]:
                self._rows[-1][-1] = f"{self._rows[-1][-1]} {words}".strip()
        elif self._placeholder in _TITLES:
            self.title = f"{self.title} {words}".strip()
            self.writer.heading(2, words)
        elif self._placeholder in _LEFT_OUT:
            return
        elif self._is_plain:
            self.writer.paragraph(words)
        else:
            self.writer.item(self._level, words)
