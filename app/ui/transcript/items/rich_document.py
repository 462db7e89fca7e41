"""Styled text in a QTextDocument, with a note of where its code, its links and its padding are.

Code within a sentence has a padding of two no-break spaces. They are the document's, not the text's:
`plain_text` leaves them out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from app.ui.transcript.content.blocks import Span, Spans
from app.ui.transcript.content.plain_text import utf16_length
from app.ui.transcript.items.render_style import RenderStyle

BEFORE_CODE = "\u2066\u00a0"
AFTER_CODE = "\u00a0\u2069"
"""Room on either side, and marks that set code off from the direction of the words around it."""
BEFORE_FORMULA = "\u2066"
AFTER_FORMULA = "\u2069"


@dataclass(slots=True)
class TextRun:
    """A stretch of the document's text: a paragraph, or one cell of a table."""

    start: int
    text: str
    """With padding."""
    paddings: list[int]
    """Where it stands, in the document's positions."""
    separator: str = ""
    """What stands between this run and the one before when copied."""
    units: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.units = self.text.encode("utf-16-le", "surrogatepass")

    @property
    def end(self) -> int:
        return self.start + len(self.units) // 2

    def plain_text(self, first: int, last: int) -> str:
        """The text between two positions of the document, without padding."""
        first, last = max(first, self.start), min(last, self.end)
        if first >= last:
            return ""
        edges = [first - 1, *(at for at in self.paddings if first <= at < last), last]
        pieces = [self._decoded(a + 1, b) for a, b in pairwise(edges)]
        return "".join(pieces)

    def _decoded(self, first: int, last: int) -> str:
        units = self.units[2 * (first - self.start) : 2 * (last - self.start)]
        return units.decode("utf-16-le", "replace")


@dataclass(slots=True)
class LinkRange:
    first: int
    last: int
    address: str


def new_document(font: QFont, *, wraps: bool = True) -> QTextDocument:
    """An empty document without margins; its text is never edited by hand."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(font)
    option = QTextOption()
    if wraps:
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    else:
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    document.setDefaultTextOption(option)
    return document


class RichDocument:
    """A document being filled, then laid out, drawn and asked about its text."""

    def __init__(self, style: RenderStyle) -> None:
        self.document = new_document(style.text_font)
        self.runs: list[TextRun] = []
        self.links: list[LinkRange] = []
        self.pills: list[tuple[int, int]] = []
        """Where code within a sentence stands, first and last position."""
        self._style = style
        self._grounds: list[QRectF] | None = None

    @property
    def length(self) -> int:
        return self.runs[-1].end if self.runs else 0

    def write_paragraph(
        self,
        spans: Spans,
        block_format: QTextBlockFormat,
        level: int = 0,
        colour: str = "text",
        line_break: str = "\u2028",
    ) -> None:
        """Fills an empty document. With "\\n" as line break every line is a paragraph of its own."""
        cursor = QTextCursor(self.document)
        cursor.beginEditBlock()  # Without it every span makes Qt look at the whole paragraph again.
        if line_break != "\n":
            block_format.setLayoutDirection(direction_of(spans))
        cursor.setBlockFormat(block_format)
        cursor.setBlockCharFormat(QTextCharFormat())
        self.write(cursor, spans, level, colour, line_break=line_break)
        cursor.endEditBlock()

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
        pieces: list[str] = []
        paddings: list[int] = []
        for span in spans:
            before, after = _around(span)
            text = f"{before}{span.text}{after}"
            first, at = at, at + utf16_length(text)
            paddings += [*range(first, first + len(before)), *range(at - len(after), at)]
            if span.is_code:
                self.pills.append((first, at))
            if span.link:
                self.links.append(LinkRange(first, at, span.link))
            pieces.append(text)
            cursor.insertText(text.replace("\n", line_break), self._style.char_format(span, level, colour))
        self.runs.append(TextRun(start, "".join(pieces), paddings, separator))

    def plain_text(self, first: int, last: int) -> str:
        """What stands between two positions, as a reader would copy it."""
        pieces: list[str] = []
        for run in self.runs:
            if run.end < first or run.start > last:
                continue
            text = run.plain_text(first, last)
            pieces.append(run.separator + text if pieces else text)
        return "".join(pieces)

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


def draw_document(
    document: QTextDocument,
    painter: QPainter,
    style: RenderStyle,
    clip: QRectF,
    selection: tuple[int, int] | None = None,
) -> None:
    """Draws a document at the painter's origin, the part within `clip` only."""
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, style.colour("text"))
    context.clip = clip
    if selection is not None and selection[0] < selection[1]:
        context.selections = [_painted(document, selection, style)]
    document.documentLayout().draw(painter, context)


def _painted(
    document: QTextDocument, selection: tuple[int, int], style: RenderStyle
) -> QAbstractTextDocumentLayout.Selection:
    cursor = QTextCursor(document)
    end = document.characterCount() - 1
    cursor.setPosition(min(selection[0], end))
    cursor.setPosition(min(selection[1], end), QTextCursor.MoveMode.KeepAnchor)
    painted = QAbstractTextDocumentLayout.Selection()
    painted.cursor = cursor
    ground = QTextCharFormat()
    ground.setBackground(style.colour("selection"))
    ground.setForeground(style.colour("text"))  # Links and code could not be read on it in their own.
    painted.format = ground
    return painted


def is_right_to_left(block: QTextBlock) -> bool:
    return block.textDirection() == Qt.LayoutDirection.RightToLeft
