"""A table with thin rules; one that is too wide scrolls sideways."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QPainter,
    QTextBlockFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableCell,
    QTextTableCellFormat,
    QTextTableFormat,
)
from typing_extensions import override

from app.ui.transcript.content.blocks import Alignment, Span, Spans, TableBlock
from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.document_painting import draw_document
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument, direction_of
from app.ui.transcript.items.text import DocumentView

CELL_RIGHT = 22.0
CELL_LEFT = 2.0
CELL_ABOVE = 5.0
CELL_BELOW = 8.0
WIDEST_COLUMN = 320.0
NARROWEST_COLUMN = 110.0
BAR_ROOM = 10.0

_ALIGNMENTS = {
    Alignment.LEFT: Qt.AlignmentFlag.AlignLeft,
    Alignment.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Alignment.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class TableView(DocumentView):
    """A table in a document of its own."""

    def __init__(self, block: TableBlock, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._table_block = block
        self._left = 0.0
        self._rich = RichDocument(style)
        self._direction = direction_of([span for row in block.rows[:1] for cell in row for span in cell])
        self._table = self._insert_table()
        self.waiting = self._rich.waiting
        self._natural = self._natural_widths()

    @property
    @override
    def _origin(self) -> QPointF:
        return QPointF(self._left - self.horizontal.offset, 0)

    @property
    @override
    def is_right_to_left(self) -> bool:
        return self._direction == Qt.LayoutDirection.RightToLeft

    @override
    def lay_out(self, width: float) -> None:
        if width != self.width:
            self.width = width
            widths = [*map(max, fitted(self._natural, width), self._picture_widths)]
            if self.is_right_to_left:
                widths.reverse()
            form = self._table.format().toTableFormat()
            fixed = QTextLength.Type.FixedLength
            form.setColumnWidthConstraints([QTextLength(fixed, column) for column in widths])
            self._table.setFormat(form)
            self._rich.lay_out(max(width, sum(widths)))
            self.horizontal.fit(sum(widths), width)
            self._left = max(0.0, width - sum(widths)) if self.is_right_to_left else 0.0
        room = BAR_ROOM if self.horizontal.range else 0
        self.height = self._rich.document.size().height() + room
        self.horizontal.place_bar(0, self.height - 1, width)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        with saved(painter):
            painter.setClipRect(QRectF(0, 0, self.width, self.height), Qt.ClipOperation.IntersectClip)
            painter.translate(self._origin)
            clip = paint.clip.translated(-self._origin)
            self._rich.draw_pills(painter, self.style.colour("inline_code"), clip)
            chosen = replace(paint, selection=self._in_cells(paint.selection))
            draw_document(self._rich.document, painter, chosen, clip)
        paint_handle(painter, self.horizontal.handle, self.style)

    def _in_cells(self, selection: tuple[int, int] | None) -> tuple[int, int] | None:
        """The selection without the empty paragraph that Qt keeps before a table."""
        if selection is None or not self._rich.runs:
            return None
        start = min(run.start for run in self._rich.runs[: self._table.columns()])
        return max(selection[0], start), selection[1]

    # Building

    def _insert_table(self) -> QTextTable:
        cursor = QTextCursor(self._rich.document)
        cursor.beginEditBlock()
        hidden = QTextBlockFormat()
        hidden.setLineHeight(0.01, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(hidden)  # Qt keeps an empty paragraph before and after a table.
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellPadding(0)
        form.setCellSpacing(0)
        rows = self._table_block.rows
        form.setLayoutDirection(self._direction)
        columns = max(1, max((len(row) for row in rows), default=1))
        table = cursor.insertTable(max(1, len(rows)), columns, form)
        for y, row in enumerate(rows):
            # Qt knows no columns from right to left; what is written last here is read first.
            order = range(columns - 1, -1, -1) if self.is_right_to_left else range(columns)
            for place, x in enumerate(order):
                self._fill(table.cellAt(y, place), row[x] if x < len(row) else (), y, x)
            if self.is_right_to_left:
                self._rich.runs[-columns:] = self._rich.runs[: -columns - 1 : -1]
        last = QTextCursor(self._rich.document)
        last.movePosition(QTextCursor.MoveOperation.End)
        last.setBlockFormat(hidden)
        cursor.endEditBlock()
        return table

    def _fill(self, cell: QTextTableCell, spans: Spans, row: int, column: int) -> None:
        is_header = row == 0 and self._table_block.has_header
        form = QTextTableCellFormat()
        form.setTopPadding(CELL_ABOVE)
        form.setBottomPadding(CELL_BELOW)
        form.setLeftPadding(CELL_RIGHT if self.is_right_to_left else CELL_LEFT)
        form.setRightPadding(CELL_LEFT if self.is_right_to_left else CELL_RIGHT)
        form.setBottomBorder(1)
        form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBottomBorderBrush(self.style.colour("muted" if is_header else "line"))
        cell.setFormat(form)
        alignments = self._table_block.alignments
        line = self.style.block_format()
        line.setLayoutDirection(direction_of(spans) if spans else self._direction)
        if column < len(alignments) and alignments[column] is not Alignment.LEFT:
            line.setAlignment(_ALIGNMENTS[alignments[column]])
        cursor = cell.firstCursorPosition()
        cursor.setBlockFormat(line)  # Its character format is the cell's own: it has to stay.
        written = tuple(as_header(span) for span in spans) if is_header else spans
        self._rich.write(cursor, written, separator="\t" if column else "\n")

    def _natural_widths(self) -> list[float]:
        """The width at which no cell of a column would break its lines."""
        rows = self._table_block.rows
        widths = [0.0] * self._table.columns()
        self._picture_widths = [0.0] * self._table.columns()
        for y, row in enumerate(rows):
            for x, spans in enumerate(row):
                is_header = y == 0 and self._table_block.has_header
                width = sum(self._width_of(as_header(s) if is_header else s) for s in spans)
                widths[x] = max(widths[x], width)
                pictures = (self._picture_width(span) for span in spans if span.is_formula)
                self._picture_widths[x] = max(self._picture_widths[x], *pictures, 0.0)
        return [width + CELL_LEFT + CELL_RIGHT + 3 for width in widths]

    def _width_of(self, span: Span) -> float:
        if span.is_formula and (picture := self._picture_width(span)):
            return picture
        text = f" {span.text} " if span.is_code else span.text
        return self.style.metrics(span).horizontalAdvance(text[:200])

    def _picture_width(self, span: Span) -> float:
        formula = self.style.formula(span)
        image = self.style.formula_images.image(formula) if formula is not None else None
        return image.width + CELL_LEFT + CELL_RIGHT if image is not None else 0.0


def as_header(span: Span) -> Span:
    return replace(span, is_bold=True)


def fitted(natural: list[float], available: float) -> list[float]:
    """Column widths: natural where they fit, else the wide ones give way down to a readable width."""
    if sum(natural) <= available:
        return natural
    low, high = NARROWEST_COLUMN, max(max(natural), NARROWEST_COLUMN)
    for _ in range(20):
        middle = (low + high) / 2
        if sum(min(width, middle) for width in natural) > available:
            high = middle
        else:
            low = middle
    if sum(min(width, low) for width in natural) <= available:
        return [min(width, low) for width in natural]
    return [min(width, WIDEST_COLUMN / 2) for width in natural]
