"""Books become a page for each chapter, in the order in which they are read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.translation import tr
from app.documents.decoded_text import decoded
from app.documents.formats import EPUB
from app.documents.html import markdown_of
from app.documents.package import Package, damaged
from app.documents.xml_reading import XmlListener, read_xml

MOST_CHAPTERS = 5_000
LONGEST_TEXT = 4_200_000
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_LOCKED = (b"adept", b"kindle", b"fairplay", b"lcp")


def read(package: Package) -> Document:
    """The chapters of a book.

    Raises:
        DocumentError: it is damaged, or locked.
        XmlRefusedError: as `read_xml`.
    """
    container = _BookContainer()
    if "META-INF/container.xml" not in package:
        raise damaged(package.name)
    read_xml(package.read("META-INF/container.xml"), container)
    if container.book not in package:
        raise damaged(package.name)
    if "META-INF/rights.xml" in package or "META-INF/license.lcpl" in package:
        raise DocumentError(
            tr("{name} is locked to another program.", name=package.name), tr("Choose a book without a lock.")
        )
    book = _BookParts(posixpath.dirname(container.book))
    read_xml(package.read(container.book), book)
    pages: list[DocumentPage] = []
    letters = 0
    for place in book.chapters()[:MOST_CHAPTERS]:
        if place not in package or letters > LONGEST_TEXT:
            continue
        found = decoded(package.read(place))
        if found is None:
            continue
        title, words = markdown_of(found[0])
        heading = _HEADING.search(words)
        if words:
            pages.append(DocumentPage(None, heading[1] if heading else title, words))
            letters += len(words)
    return Document(package.name, EPUB, tuple(pages))


class _BookContainer(XmlListener):
    def __init__(self) -> None:
        self.book = ""

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "rootfile" and not self.book:
            self.book = values.get("full-path", "")


class _BookParts(XmlListener):
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._files: dict[str, str] = {}
        self._order: list[str] = []

    def chapters(self) -> list[str]:
        """The names of their files, each once."""
        return list(dict.fromkeys(self._files[it] for it in self._order if it in self._files))

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "item" and "html" in values.get("media-type", ""):
            place = posixpath.normpath(posixpath.join(self._folder, unquote(values.get("href", ""))))
            self._files[values.get("id", "")] = place
        elif name == "itemref" and values.get("linear") != "no":
            self._order.append(values.get("idref", ""))
