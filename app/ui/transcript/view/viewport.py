"""Which part of the conversation is visible, and staying there.

Heights are corrected while the reader scrolls. What is on screen stays where it is meanwhile; who is at the
end stays at the end, and who goes to the beginning stays at the beginning.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.transcript.view.message_column import SMALLEST_MARGIN, MessageColumn

AHEAD = 200
"""Pixels above and below the visible part that are built as well."""
NEAR_END = 8
"""Pixels from the end that still count as being there."""
MOST_PASSES = 10
"""Correcting heights can bring further messages into sight; so often is looked again."""
NARROWEST_COLUMN = 200
LINE_STEP = 40
AROUND_FOCUS = 12
CORNER = 24


class Viewport:
    """Joins the scroll bar of an area with the column of messages behind it."""

    def __init__(self, area: QAbstractScrollArea, column: MessageColumn) -> None:
        self._area = area
        self._bar = area.verticalScrollBar()
        self._bar.setSingleStep(LINE_STEP)
        self._column = column
        self.is_following = True
        """The reader was at the end when last scrolling, and is taken along when more comes."""
        self.is_settling = False

    # Where things are

    @property
    def height(self) -> int:
        return self._area.viewport().height()

    @property
    def page(self) -> int:
        """How far a page goes; a line of the one before stays in sight."""
        return self._bar.pageStep() - LINE_STEP

    @property
    def below(self) -> int:
        """How much there is below what is visible, in pixels."""
        return self._bar.maximum() - self._bar.value()

    @property
    def is_at_end(self) -> bool:
        return self.below <= NEAR_END

    @property
    def column_left(self) -> int:
        left = (self._area.width() - self._column.column_width) // 2
        return left - self._area.viewport().x()  # From right to left, the scroll bar is before it.

    def row_y(self, row: int) -> int:
        """Where a row begins, seen from the top edge."""
        return self._column.top(row) - self._bar.value()

    def rows(self, margin: int = 0) -> range:
        """The rows of which something is visible, or within a margin of it."""
        top = self._bar.value()
        return self._column.rows_between(top - margin, top + self.height + margin)

    def rows_between(self, top: float, bottom: float) -> range:
        """The rows of which something is between two heights, seen from the top edge."""
        return self._column.rows_between(top + self._bar.value(), bottom + self._bar.value())

    def area_of(self, row: int) -> QRect:
        """Where a message is in the window."""
        height = int(self._column.layout(row).height)
        return QRect(self.column_left, self.row_y(row), self._column.column_width, height)

    def corner_of(self, row: int) -> QPoint:
        """The upper left corner of what is visible of a message, a little within."""
        return QPoint(self.column_left + CORNER, max(0, self.row_y(row)) + CORNER)

    def row_at(self, y: float) -> int:
        return self._column.row_at(y + self._bar.value())

    def within(self, row: int, position: QPointF) -> QPointF:
        """A point of the window in a row's own coordinates."""
        return position - QPointF(self.column_left, self.row_y(row))

    # Staying

    def settle(self) -> bool:
        """Builds what is visible and corrects heights; whether anything moved. Does nothing within itself."""
        if self.is_settling:
            return False
        before = (self._column.height, self._bar.value())
        self.is_settling = True
        try:
            # Of the whole area: nothing is laid out anew or moves when the scroll bar comes.
            width = self._area.width() - 2 * SMALLEST_MARGIN
            style = self._column.style
            self._column.column_width = max(NARROWEST_COLUMN, min(int(style.px(style.column_width)), width))
            self._fit_range()
            for _ in range(MOST_PASSES):
                if not self._measure():
                    break
        finally:
            self.is_settling = False
        return before != (self._column.height, self._bar.value())

    def to_end(self) -> None:
        """Goes to the end and follows it from now on."""
        self.is_following = True
        self.settle()

    def to_start(self) -> None:
        self._bar.setValue(0)

    def note_scroll(self) -> bool:
        """The reader scrolled; whether what is on screen has to be drawn anew."""
        self.is_following = self.is_at_end
        return self.settle()

    def place(self) -> tuple[int, int]:
        """The row at the top of what is visible, and where it begins."""
        rows = self.rows()
        return (rows.start, self.row_y(rows.start)) if rows else (0, 0)

    def place_of_first(self) -> tuple[int, int]:
        """The first row that begins within sight, else the only one, and where it begins."""
        rows = self.rows()
        row = next((row for row in rows if self.row_y(row) >= 0), rows.start)
        return (row, self.row_y(row)) if rows else (0, 0)

    def first_block(self) -> tuple[int, int]:
        """The row and the block that are the first to begin within sight; without one, the last in sight."""
        row = index = 0
        for row in self.rows():
            for index in range(len(self._column.layout(row).views)):
                if self.block_y(row, index) >= 0:
                    return row, index
        return row, index

    def block_y(self, row: int, index: int) -> float:
        """Where a block of a message begins, seen from the top edge."""
        return self.row_y(row) + self._column.layout(row).area_of(index).top()

    def return_to(self, row: int, y: int) -> None:
        """Goes back to a place. Rows above that come into sight there turn out higher than they seemed."""
        # The row itself too: with the height that is guessed it might end before what is in sight.
        self._column.measure([row])
        for _ in range(MOST_PASSES):
            self.is_following = False
            self._fit_range()
            self._bar.setValue(self._column.top(row) - y)
            self.settle()
            if self.row_y(row) == y:
                break

    def show(self, row: int, area: QRectF | None = None) -> None:
        """Scrolls as little as needed to show a message, or an area of it."""
        self._column.measure([row])
        self._fit_range()
        shown = area if area is not None else QRectF(0, 0, 1, self._column.row_height(row))
        top = self._column.top(row) + int(shown.top()) - AROUND_FOCUS
        bottom = self._column.top(row) + int(shown.bottom()) + AROUND_FOCUS
        if top < self._bar.value() or bottom - top > self.height:
            self._bar.setValue(top)
        elif bottom > self._bar.value() + self.height:
            self._bar.setValue(bottom - self.height)

    def reveal(self, row: int, area: QRectF) -> None:
        """Bring an area of a message into sight, away from the edges; nothing moves where it is in sight."""
        self._column.measure([row])
        self._fit_range()
        top = self._column.top(row) + int(area.top()) - self._bar.value()
        if top < AROUND_FOCUS or top + area.height() > self.height - AROUND_FOCUS:
            self._bar.setValue(self._bar.value() + top - self.height // 3)

    def scroll_by(self, pixels: int) -> None:
        self._bar.setValue(self._bar.value() + pixels)

    def _measure(self) -> bool:
        inside = self.rows()
        anchor = inside.start if inside else None
        if self._bar.value() > 0:
            anchor = next((row for row in inside if self._column.is_current(row)), anchor)
        distance = self.row_y(anchor) if anchor is not None else 0
        before = self._bar.value()
        changed = self._column.measure(self.rows(AHEAD))
        self._fit_range()
        if not self.is_following and anchor is not None:
            self._bar.setValue(self._column.top(anchor) - distance)
        return changed or self._bar.value() != before

    def _fit_range(self) -> None:
        self._bar.setPageStep(self.height)
        self._bar.setRange(0, max(0, self._column.height - self.height))
        if self.is_following:
            self._bar.setValue(self._bar.maximum())
