"""PDF files become pages of words, in the order in which a person reads them."""

from __future__ import annotations

import ctypes
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.media import Pixels
from app.core.translation import tr, tr_count
from app.documents.formats import PDF

MOST_PAGES = 5_000
LONGEST_SECONDS = 20.0
"""Of reading one file; what has been read by then is given."""
LONGEST_TEXT = 4_000_000
LARGEST_PICTURE = 1600
"""Pixels of the longer side of a page that is drawn."""
_BROKEN_WORD = re.compile("[\ufffe\u00ad\x02]\n")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PARAGRAPH_GAP = 1.45
"""Of the usual distance of two lines: a line further below begins a paragraph."""
_HEADING_SIZE = 1.15
"""Of the usual size of letters."""
_LONGEST_HEADING = 120
_GUTTER = 8.0
"""Points between two columns at least."""


def read(data: bytes, name: str) -> Document:
    """The words of a PDF, page by page.

    Raises:
        DocumentError: it needs a password, or is damaged.
    """
    with _opened(data, name) as pdf:
        count = len(pdf)
        pages: list[DocumentPage] = []
        remarks: list[str] = []
        unread: list[int] = []
        letters = 0
        deadline = time.monotonic() + LONGEST_SECONDS
        for place in range(min(count, MOST_PAGES)):
            if letters > LONGEST_TEXT or time.monotonic() > deadline:
                break
            try:
                text = _page_text(pdf, place)
            except (pypdfium2.PdfiumError, OSError):
                text = ""
                unread.append(place + 1)
            pages.append(DocumentPage(place + 1, "", text))
            letters += len(text)
    if unread:
        remarks.append(_unread_sentence(unread))
    if len(pages) < count:
        remarks.append(
            tr("Only the first {pages:,} of {count:,} pages were read.", pages=len(pages), count=count)
        )
    empty = sum(not page.text for page in pages) - len(unread)
    if 0 < empty < len(pages):
        remarks.append(
            tr_count(
                "{count:,} page without words, such as pictures, could not be read.",
                "{count:,} pages without words, such as pictures, could not be read.",
                empty,
            )
        )
    return Document(name, PDF, tuple(pages), tuple(remarks))


def drawn_page(data: bytes, name: str, number: int) -> Pixels:
    """A page as a picture.

    Raises:
        DocumentError: it cannot be drawn.
    """
    with _opened(data, name) as pdf:
        try:
            page = pdf[number - 1]
            scale = LARGEST_PICTURE / max(1.0, *page.get_size())
            bitmap = page.render(
                scale=min(scale, 4.0), rev_byteorder=True, force_bitmap_format=pdfium.FPDFBitmap_BGR
            )
            row = bitmap.width * 3
            raw = bytes(bitmap.buffer)
            rows = (raw[at * bitmap.stride : at * bitmap.stride + row] for at in range(bitmap.height))
            return Pixels(bitmap.width, bitmap.height, b"".join(rows))
        except (pypdfium2.PdfiumError, IndexError, OSError) as error:
            raise DocumentError(
                tr("Page {number} of {name} cannot be drawn.", number=number, name=name),
                tr("Choose another page."),
            ) from error


def _opened(data: bytes, name: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentError(
                tr("{name} is protected with a password.", name=name),
                tr("Save it without one in another program, then add that."),
            ) from error
        raise DocumentError(tr("{name} is damaged.", name=name), tr("Choose another file.")) from error


def _unread_sentence(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return tr("Page {numbers} is damaged and could not be read.", numbers=numbers[0])
    named = ", ".join(map(str, numbers[:5])) + ("…" if len(numbers) > 5 else "")
    return tr_count(
        "{count:,} page is damaged and could not be read: {named}.",
        "{count:,} pages are damaged and could not be read: {named}.",
        len(numbers),
        named=named,
    )


def _page_text(pdf: pypdfium2.PdfDocument, place: int) -> str:
    page = pdf[place]
    try:
        words = page.get_textpage()
        try:
            return _text_of(words, *page.get_size())
        finally:
            words.close()
    finally:
        page.close()


def _text_of(words: pypdfium2.PdfTextPage, width: float, height: float) -> str:
    areas = _areas(words)
    if split := _interleaved_columns(areas, width):
        texts = [_plain(words.get_text_bounded(*area)) for area in split.areas(width, height)]
        return "\n\n".join(text for text in texts if text.strip()).strip()
    return _with_paragraphs(words).strip()


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSEEN.sub("", _BROKEN_WORD.sub("", text))
    return "\n".join(line.rstrip() for line in text.split("\n"))


# Paragraphs and headings


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    top: float | None
    size: float | None


def _with_paragraphs(words: pypdfium2.PdfTextPage) -> str:
    """The text as PDFium orders it, with an empty line between paragraphs and signs before headings."""
    lines = list(_lines(words))
    sizes = [line.size for line in lines for _ in range(len(line.text) // 10) if line.size]
    usual_size = statistics.median(sizes) if sizes else 0.0
    steps = [
        one.top - other.top
        for one, other in pairwise(lines)
        if one.top is not None and other.top is not None and one.top > other.top
    ]
    usual_step = statistics.median_low(steps) if len(steps) > 2 else 0.0
    written: list[str] = []
    before: _Line | None = None
    was_heading = False
    for line in lines:
        if not line.text.strip():
            continue
        is_heading = (
            bool(line.size and usual_size and line.size >= _HEADING_SIZE * usual_size)
            and len(line.text) <= _LONGEST_HEADING
        )
        is_apart = before is not None and (
            is_heading is not was_heading
            or (
                usual_step > 0
                and line.top is not None
                and before.top is not None
                and not -0.5 * usual_step < before.top - line.top < _PARAGRAPH_GAP * usual_step
            )
        )
        if is_apart:
            written.append("")
        written.append(f"## {line.text.strip()}" if is_heading else line.text)
        before, was_heading = line, is_heading
    return _plain("\n".join(written))


def _lines(words: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """The lines of a page with their places, where these can be told."""
    at = 0
    box = [ctypes.c_double() for _ in range(4)]
    count = words.count_chars()
    text = words.get_text_range() if count else ""
    for line in text.split("\r\n"):
        top = size = None
        blanks = len(line) - len(line.lstrip())
        first = at + blanks
        if line.strip() and first < count and pdfium.FPDFText_GetUnicode(words, first) == ord(line[blanks]):
            if pdfium.FPDFText_GetCharBox(words, first, *map(ctypes.byref, box)):
                top = box[2].value
            size = pdfium.FPDFText_GetFontSize(words, first) or None
            size = size if size and size > 1 else None
        yield _Line(line, top, size)
        at += len(line) + 2


# Columns


@dataclass(frozen=True, slots=True)
class _Area:
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class _TwoColumns:
    """Two columns, and what stands above and below them across the page."""

    gutter: float
    top: float
    bottom: float

    def areas(self, width: float, height: float) -> list[tuple[float, float, float, float]]:
        """In the order in which they are read; left, bottom, right, top."""
        return [
            (-1.0, self.top, width + 1, height + 1),
            (-1.0, self.bottom, self.gutter, self.top),
            (self.gutter, self.bottom, width + 1, self.top),
            (-1.0, -1.0, width + 1, self.bottom),
        ]


def _areas(words: pypdfium2.PdfTextPage) -> list[_Area]:
    return [_Area(*words.get_rect(number)) for number in range(min(words.count_rects(), 2_000))]


def _interleaved_columns(areas: list[_Area], width: float) -> _TwoColumns | None:
    """The columns of a page whose lines are not in the order of its columns; None for any other page."""
    if len(areas) < 12:
        return None
    middles = sorted({round(area.left) for area in areas if 0.35 * width < area.left < 0.7 * width})
    for left in middles:
        gutter = left - 1.0
        sides = [
            0 if area.right <= gutter - _GUTTER / 2 else 1 if area.left >= gutter else None for area in areas
        ]
        in_columns = [(side, area) for side, area in zip(sides, areas, strict=True) if side is not None]
        lefts = sum(side == 0 for side, _ in in_columns)
        rights = len(in_columns) - lefts
        if min(lefts, rights) < 5 or len(in_columns) < 0.8 * len(areas):
            continue
        changes = sum(one[0] != other[0] for one, other in pairwise(in_columns))
        if changes < min(lefts, rights):
            return None  # One column after the other, as it should be.
        # A table has its cells beside each other; the lines of columns are about as long as the column.
        wide = [area for _, area in in_columns if area.right - area.left > 0.22 * width]
        if len(wide) < 0.6 * len(in_columns):
            return None
        top = max(area.top for _, area in in_columns)
        bottom = min(area.bottom for _, area in in_columns)
        across = [area for side, area in zip(sides, areas, strict=True) if side is None]
        lowest_head = min((area.bottom for area in across if area.bottom > (top + bottom) / 2), default=top)
        highest_foot = max((area.top for area in across if area.top < (top + bottom) / 2), default=bottom)
        return _TwoColumns(gutter, max(lowest_head, bottom), min(highest_foot, top) if across else bottom)
    return None
