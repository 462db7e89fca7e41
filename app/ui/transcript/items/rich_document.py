"""Styled text in a QTextDocument, with a note of where its code, its links and its padding are.

Code within a sentence has a padding of two no-break spaces. They are the document's, not the text's:
`plain_text` leaves them out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from app.core.formula import Formula
from app.ui.transcript.content.blocks import Span, Spans
from app.ui.transcript.content.plain_text import utf16_length, utf16_slice
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.formula_images import FormulaImage, add_image
from app.ui.transcript.items.line_breaks import end_lines_anywhere, has_endless_word
from app.ui.transcript.items.render_style import RenderStyle

BEFORE_CODE = "\u2066\u00a0"
AFTER_CODE = "\u00a0\u2069"
"""Room on either side, and marks that set code off from the direction of the words around it."""
BEFORE_FORMULA = "\u2066"
AFTER_FORMULA = "\u2069"
_NOTHING = Span("")
_MARKS_BEHIND = re.compile(r"[-,.;:!?)\]}”’»。、，；：！？）」]{1,3}")


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Text in one style, and how it stands in the document: letter by letter, or as padding with no text."""

    start: int
    length: int
    text: str
    is_media: bool = False
    """One position stands for all of the text."""

    @property
    def end(self) -> int:
        return self.start + self.length

    def plain_text(self, first: int, last: int) -> str:
        """What of the text stands between two positions of the document."""
        first, last = max(first, self.start), min(last, self.end)
        if first >= last or not self.text:
            return ""
        if self.is_media:
            return self.text
        return utf16_slice(self.text, first - self.start, last - self.start)

    def position_of(self, place: int, *, is_end: bool = False) -> int:
        """Where a character of the text stands in the document, or ends."""
        if self.is_media:
            return self.end if is_end else self.start
        place += is_end
        is_even = len(self.text) == self.length  # No letter takes two positions.
        return self.start + (place if is_even else utf16_length(self.text[:place]))


class TextRun:
    """A stretch of the document's text: a paragraph, or one cell of a table."""

    def __init__(self, start: int, pieces: Sequence[TextPiece], separator: str = "") -> None:
        """`separator` stands between this run and the one before when both are copied."""
        self.start = start
        self.end = pieces[-1].end if pieces else start
        self.separator = separator
        self._pieces = pieces
        self._written = [piece for piece in pieces if piece.text]
        self._places = [0, *accumulate(len(piece.text) for piece in self._written)]

    @property
    def text(self) -> str:
        """The text as a reader would copy it, without padding."""
        return "".join(piece.text for piece in self._written)

    def plain_text(self, first: int, last: int) -> str:
        """The text between two positions of the document."""
        return "".join(piece.plain_text(first, last) for piece in self._written)

    def find(self, query: SearchQuery) -> Iterator[tuple[int, int]]:
        """Where the matches of a query stand in the document."""
        only = self._written[0] if len(self._written) == 1 else None
        if only is None or only.length != len(only.text):
            yield from (self._positions_of(*match) for match in query.find(self.text))
            return
        for first, last in query.find(only.text):
            yield only.start + first, only.start + last

    def _positions_of(self, first: int, last: int) -> tuple[int, int]:
        """Where a stretch of the text stands in the document."""
        return self._position_of(first), self._position_of(last - 1, is_end=True)

    def _position_of(self, place: int, *, is_end: bool = False) -> int:
        index = bisect_right(self._places, place) - 1
        return self._written[index].position_of(place - self._places[index], is_end=is_end)


@dataclass(slots=True)
class LinkRange:
    first: int
    last: int
    address: str


def new_document(font: QFont, *, wraps: bool = True, is_code: bool = False) -> QTextDocument:
    """An empty document without margins; its text is never edited by hand."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    option = QTextOption()
    mode = QTextOption.WrapMode
    option.setWrapMode(mode.WrapAtWordBoundaryOrAnywhere if wraps else mode.NoWrap)
    if is_code:
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    return document


class RichDocument:
    """A document being filled, then laid out, drawn and asked about its text."""

    def __init__(self, style: RenderStyle) -> None:
        self.document = new_document(style.text_font)
        self.runs: list[TextRun] = []
        """In the order in which they are read."""
        self._end = 0
        self.links: list[LinkRange] = []
        self.pills: list[tuple[int, int]] = []
        """Where code within a sentence stands, first and last position."""
        self.waiting: list[Formula] = []
        """Formulas that were written as their source, because there is no picture of them yet."""
        self.pictures: list[tuple[int, FormulaImage]] = []
        """Those of formulas, each with its position."""
        self.widest_image = 0.0
        """Pixels, of the formulas."""
        self._style = style
        self._grounds: list[QRectF] | None = None

    @property
    def length(self) -> int:
        return self._end

    def write_paragraph(
        self,
        spans: Spans,
        block_format: QTextBlockFormat,
        level: int = 0,
        colour: str = "text",
        line_break: str = "\u2028",
    ) -> None:
        """Fills an empty document. With "\\n" as line break every line is a paragraph of its own."""
        self.break_endless_words(spans)
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()  # Without it every span makes Qt look at the whole paragraph again.
        if line_break != "\n":
            block_format.setLayoutDirection(direction_of(spans))
        cursor.setBlockFormat(block_format)
        cursor.setBlockCharFormat(QTextCharFormat())
        self.write(cursor, spans, level, colour, line_break=line_break)
        cursor.endEditBlock()

    def break_endless_words(self, spans: Spans) -> None:
        """Have lines end anywhere if there is a word without an end."""
        if any(has_endless_word(span.text) for span in spans):
            end_lines_anywhere(self.document)

    def write(
        self,
        cursor: QTextCursor,
        spans: Spans,
        level: int = 0,
        colour: str = "text",
        separator: str = "",
        line_break: str = "\u2028",
    ) -> None:
        """Writes styled text at the cursor and notes it as a run."""
        at = start = cursor.position()
        pieces: list[TextPiece] = []
        for span, mark in with_marks(spans):
            before, after = _around(span)
            form = self._style.char_format(span, level, colour)
            image = self._formula_image(span, level, colour) if span.is_formula else None
            first, words = at, f"{span.text}{mark}"
            for written, text in ((before, ""), (words, words), (after, "")):
                is_media = bool(text) and image is not None
                if written:
                    pieces.append(TextPiece(at, 1 if is_media else utf16_length(written), text, is_media))
                    at = pieces[-1].end
            if image is not None:
                image = image.followed_by(mark, form) if mark else image
                cursor.insertText(before, form)
                self.pictures.append((cursor.position(), image))
                add_image(cursor, image)
                self.widest_image = max(self.widest_image, image.width)
                cursor.insertText(after, form)
            else:
                cursor.insertText(f"{before}{words}{after}".replace("\n", line_break), form)
            if span.is_code:
                self.pills.append((first, at))
            if span.link:
                self.links.append(LinkRange(first, at, span.link))
        self.runs.append(TextRun(start, pieces, separator))
        self._end = max(self._end, at)

    def _formula_image(self, span: Span, level: int, colour: str) -> FormulaImage | None:
        formula = self._style.formula(span, level, colour)
        if formula is None:
            return None
        image = self._style.formula_images.image(formula)
        if image is None:
            self.waiting.append(formula)
        return image

    def plain_text(self, first: int, last: int) -> str:
        """What stands between two positions, as a reader would copy it."""
        pieces: list[str] = []
        for run in self.runs:
            if run.end < first or run.start > last:
                continue
            text = run.plain_text(first, last)
            pieces.append(run.separator + text if pieces else text)
        return "".join(pieces)

    def find(self, query: SearchQuery) -> list[tuple[int, int]]:
        """Where the matches of a query stand in the document."""
        return [match for run in self.runs for match in run.find(query)]

    def position_at(self, point: QPointF) -> int:
        layout = self.document.documentLayout()
        return max(0, layout.hitTest(point, Qt.HitTestAccuracy.FuzzyHit))

    def rectangles(self, first: int, last: int) -> Iterator[QRectF]:
        """The pieces of lines between two positions of one paragraph."""
        self.document.size()  # Lines may only be asked for once they exist.
        block = self.document.findBlock(first)
        layout = block.layout()
        base = self.document.documentLayout().blockBoundingRect(block).topLeft()
        first, last = first - block.position(), last - block.position()
        start = layout.lineForTextPosition(first).lineNumber()
        for index in range(max(0, start), layout.lineCount()):
            line = layout.lineAt(index)
            if line.textStart() >= last:
                return
            a, b = max(first, line.textStart()), min(last, line.textStart() + line.textLength())
            if a < b:
                left, right = sorted((cursor_x(line.cursorToX(a)), cursor_x(line.cursorToX(b))))
                top = base.y() + line.y() + line.ascent()
                yield QRectF(base.x() + left, top, right - left, line.descent())

    def lay_out(self, width: float) -> None:
        """Breaks the lines for a width."""
        self.document.setTextWidth(width)
        self._grounds = None

    def draw_pills(self, painter: QPainter, colour: QColor, clip: QRectF) -> None:
        """Rounded grounds for the code in sentences; goes under the text."""
        if self._grounds is None:
            lines = (base for pill in self.pills for base in self.rectangles(*pill))
            above, height = self._style.code_ascent + 1.25, self._style.code_height + 2.75
            self._grounds = [QRectF(line.x(), line.y() - above, line.width(), height) for line in lines]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for ground in self._grounds:
            if ground.bottom() >= clip.top() and ground.top() <= clip.bottom():
                painter.drawRoundedRect(ground, 5, 5)


def _around(span: Span) -> tuple[str, str]:
    """What is written before and behind a span without being a part of the text."""
    if span.is_code:
        return BEFORE_CODE, AFTER_CODE
    return (BEFORE_FORMULA, AFTER_FORMULA) if span.is_formula else ("", "")


def with_marks(spans: Spans) -> Iterator[tuple[Span, str]]:
    """The spans, each formula with the marks behind it, which Qt would let begin a line behind a picture."""
    taken = 0
    for span, following in zip(spans, [*spans[1:], _NOTHING], strict=False):
        text, taken = span.text[taken:], 0
        mark = None
        if span.is_formula and not (following.is_formula or following.is_code or following.link):
            mark = _MARKS_BEHIND.match(following.text)
            taken = mark.end() if mark is not None else 0
        if text:
            shown = span if text == span.text else replace(span, text=text)
            yield shown, mark[0] if mark is not None else ""


def direction_of(spans: Iterable[Span]) -> Qt.LayoutDirection:
    """The direction of a paragraph, which its first letter outside of code and formulas decides."""
    for span in spans:
        if span.is_code or span.is_formula:
            continue
        for character in span.text:
            match unicodedata.bidirectional(character):
                case "L":
                    return Qt.LayoutDirection.LeftToRight
                case "R" | "AL":
                    return Qt.LayoutDirection.RightToLeft
    return Qt.LayoutDirection.LeftToRight


def cursor_x(found: object) -> float:
    """PySide gives either the position alone or a pair with it in front."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]


def moved_in(document: QTextDocument, position: int, step: QTextCursor.MoveOperation) -> int | None:
    """Where a step of the cursor leads from a position; None where it leads out of the document."""
    cursor = QTextCursor(document)
    cursor.setPosition(min(position, document.characterCount() - 1))
    return cursor.position() if cursor.movePosition(step) else None


def text_area(document: QTextDocument, first: int, last: int) -> QRectF:
    """Where the first line of a stretch of text stands in its document."""
    document.size()  # Lines may only be asked for once they exist.
    block = document.findBlock(first)
    base = document.documentLayout().blockBoundingRect(block).topLeft()
    start = first - block.position()
    line = block.layout().lineForTextPosition(start)
    if not line.isValid():
        return QRectF(base.x(), base.y(), 1, 1)
    end = min(last - block.position(), line.textStart() + line.textLength())
    left, right = sorted((cursor_x(line.cursorToX(start)), cursor_x(line.cursorToX(end))))
    return QRectF(base.x() + left, base.y() + line.y(), right - left, line.height())


def letter_line(document: QTextDocument, position: int) -> QPointF:
    """Where a position stands, on the line that letters stand on."""
    document.size()  # Lines may only be asked for once they exist.
    block = document.findBlock(position)
    line = block.layout().lineForTextPosition(position - block.position())
    ends = (cursor_x(line.cursorToX(position - block.position() + step)) for step in (0, 1))
    base = document.documentLayout().blockBoundingRect(block).topLeft()
    return base + QPointF(min(ends), line.y() + line.ascent())


def is_right_to_left(block: QTextBlock) -> bool:
    return block.textDirection() == Qt.LayoutDirection.RightToLeft
