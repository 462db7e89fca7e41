"""Some rows of a table, in a document of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
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
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument, direction_of
from app.ui.transcript.items.text import DocumentView

CELL_RIGHT = 22.0
CELL_LEFT = 2.0
CELL_ABOVE = 5.0
CELL_BELOW = 8.0
HIDDEN_HEIGHT, HIDDEN_ROOM = 0.01, 1.0
"""Of the paragraphs that Qt keeps around a table: as it is told, and as it comes out."""

_ALIGNMENTS = {
    Alignment.LEFT: Qt.AlignmentFlag.AlignLeft,
    Alignment.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Alignment.RIGHT: Qt.AlignmentFlag.AlignRight,
}


class TableBand(DocumentView):
    """Draws rows; how wide their columns are is the table's to say.

    Attributes:
        rows: what it was made of.
        natural_widths: at which no cell of a column would break its lines.
        picture_widths: of the widest formula in each column.
    """

    def __init__(
        self,
        block: TableBlock,
        columns: int,
        direction: Qt.LayoutDirection,
        style: RenderStyle,
    ) -> None:
        super().__init__(block, style)
        self.rows = block.rows
        self._table_block = block
        self._columns = columns
        self._direction = direction
        self._widths: Sequence[float] = ()
        self._block_formats: dict[tuple[Qt.LayoutDirection, Alignment], QTextBlockFormat] = {}
        self._rich = RichDocument(style)
        self._table = self._insert_table()
        self.waiting = self._rich.waiting
        self.natural_widths = [0.0] * columns
        self.picture_widths = [0.0] * columns
        self._measure()

    @property
    @override
    def is_right_to_left(self) -> bool:
        return self._direction == Qt.LayoutDirection.RightToLeft

    @property
    def first_position(self) -> int:
        """Where its first cell begins."""
        return self._rich.runs[0].start if self._rich.runs else 0

    @property
    def link_count(self) -> int:
        return len(self._rich.links)

    def fit_columns(self, widths: Sequence[float]) -> None:
        """Breaks the lines of the cells for column widths in reading order."""
        if widths == self._widths:
            return
        self._widths = list(widths)
        form = self._table.format().toTableFormat()
        fixed = QTextLength.Type.FixedLength
        placed = reversed(self._widths) if self.is_right_to_left else self._widths
        form.setColumnWidthConstraints([QTextLength(fixed, width) for width in placed])
        self._table.setFormat(form)
        self.width = sum(widths)
        self._rich.lay_out(self.width)
        self.height = self._rich.document.size().height() - HIDDEN_ROOM

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        self._rich.draw_pills(painter, self.style.colour("inline_code"), paint.clip)
        chosen = replace(paint, selection=self._in_cells(paint.selection))
        draw_document(self._rich.document, painter, chosen, paint.clip, self._rich.pictures)

    def _in_cells(self, selection: tuple[int, int] | None) -> tuple[int, int] | None:
        """The selection without the empty paragraph that Qt keeps before a table."""
        if selection is None or not self._rich.runs:
            return None
        start = min(run.start for run in self._rich.runs[: self._columns])
        return max(selection[0], start), selection[1]

    # Building

    def _insert_table(self) -> QTextTable:
        cursor = QTextCursor(self._rich.document)
        cursor.beginEditBlock()
        hidden = QTextBlockFormat()
        hidden.setLineHeight(HIDDEN_HEIGHT, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(hidden)  # Qt keeps an empty paragraph before and after a table.
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellPadding(0)
        form.setCellSpacing(0)
        form.setLayoutDirection(self._direction)
        columns = self._columns
        table = cursor.insertTable(max(1, len(self.rows)), columns, form)
        header, body = self._cell_format(is_header=True), self._cell_format(is_header=False)
        for y, row in enumerate(self.rows):
            is_header = y == 0 and self._table_block.has_header
            # Qt knows no columns from right to left; what is written last here is read first.
            order = range(columns - 1, -1, -1) if self.is_right_to_left else range(columns)
            for place, x in enumerate(order):
                cell = table.cellAt(y, place)
                cell.setFormat(header if is_header else body)
                self._fill(cell, row[x] if x < len(row) else (), x, is_header=is_header)
            if self.is_right_to_left:
                self._rich.runs[-columns:] = self._rich.runs[: -columns - 1 : -1]
        last = QTextCursor(self._rich.document)
        last.movePosition(QTextCursor.MoveOperation.End)
        last.setBlockFormat(hidden)
        cursor.endEditBlock()
        return table

    def _cell_format(self, *, is_header: bool) -> QTextTableCellFormat:
        form = QTextTableCellFormat()
        form.setTopPadding(CELL_ABOVE)
        form.setBottomPadding(CELL_BELOW)
        form.setLeftPadding(CELL_RIGHT if self.is_right_to_left else CELL_LEFT)
        form.setRightPadding(CELL_LEFT if self.is_right_to_left else CELL_RIGHT)
        form.setBottomBorder(1)
        form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBottomBorderBrush(self.style.colour("muted" if is_header else "line"))
        return form

    def _fill(self, cell: QTextTableCell, spans: Spans, column: int, *, is_header: bool) -> None:
        direction = direction_of(spans) if spans else self._direction
        cursor = cell.firstCursorPosition()
        # Its character format is the cell's own: it has to stay.
        cursor.setBlockFormat(self._block_format(direction, column))
        written = tuple(as_header(span) for span in spans) if is_header else spans
        self._rich.break_endless_words(spans)
        self._rich.write(cursor, written, separator="\t" if column else "\n")

    def _block_format(self, direction: Qt.LayoutDirection, column: int) -> QTextBlockFormat:
        alignments = self._table_block.alignments
        alignment = alignments[column] if column < len(alignments) else Alignment.LEFT
        found = self._block_formats.get((direction, alignment))
        if found is None:
            found = self._block_formats[direction, alignment] = self.style.block_format()
            found.setLayoutDirection(direction)
            if alignment is not Alignment.LEFT:
                found.setAlignment(_ALIGNMENTS[alignment])
        return found

    def _measure(self) -> None:
        for y, row in enumerate(self.rows):
            is_header = y == 0 and self._table_block.has_header
            for x, spans in enumerate(row):
                width = sum(self._width_of(as_header(s) if is_header else s) for s in spans)
                self.natural_widths[x] = max(self.natural_widths[x], width)
                pictures = (self._picture_width(span) for span in spans if span.is_formula)
                self.picture_widths[x] = max(self.picture_widths[x], *pictures, 0.0)
        self.natural_widths = [width + CELL_LEFT + CELL_RIGHT + 3 for width in self.natural_widths]

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
