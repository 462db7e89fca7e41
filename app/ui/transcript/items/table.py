"""A table with thin rules; one that is too wide scrolls sideways.

Its rows are drawn in bands, so that of a long table that grows only the end is built again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextCursor
from typing_extensions import override

from app.ui.transcript.content.blocks import Block, TableBlock
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import direction_of
from app.ui.transcript.items.table_band import TableBand

CELLS_IN_BAND = 64
"""About as many as are built and laid out in three milliseconds."""
WIDEST_COLUMN = 320.0
NARROWEST_COLUMN = 110.0
BAR_ROOM = 10.0

_FORWARD = (
    QTextCursor.MoveOperation.NextCharacter,
    QTextCursor.MoveOperation.NextWord,
    QTextCursor.MoveOperation.Down,
)
_BACKWARD = (
    QTextCursor.MoveOperation.PreviousCharacter,
    QTextCursor.MoveOperation.PreviousWord,
    QTextCursor.MoveOperation.Up,
)


class TableView(BlockView):
    """Bands of rows below each other. Positions count on from one to the next."""

    follows_window = False

    def __init__(self, block: TableBlock, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._columns = _columns(block)
        self._direction = direction_of([span for row in block.rows[:1] for cell in row for span in cell])
        self._bands: list[TableBand] = []
        self._tops: list[float] = []
        self._starts: list[int] = []
        self._left = 0.0
        self._build(block)

    def _build(self, block: TableBlock) -> None:
        """Makes the bands of rows that are not there yet."""
        count = max(1, CELLS_IN_BAND // self._columns)
        kept = 0
        while kept < len(self._bands) and self._bands[kept].rows == block.rows[kept * count :][:count]:
            kept += 1
        del self._bands[kept:]
        for first in range(kept * count, max(1, len(block.rows)), count):
            rows = block.rows[first : first + count]
            part = replace(block, rows=rows, has_header=block.has_header and not first)
            self._bands.append(TableBand(part, self._columns, self._direction, self.style))
        self.waiting = [formula for band in self._bands for formula in band.waiting]
        self._starts = list(accumulate((band.length + 1 for band in self._bands), initial=0))

    @override
    def take(self, block: Block) -> bool:
        """More rows, as while a table is written."""
        now = self.block
        if not isinstance(block, TableBlock) or not isinstance(now, TableBlock):
            return False
        if self.waiting or _columns(block) != self._columns or block.rows[:1] != now.rows[:1]:
            return False
        if replace(block, rows=()) != replace(now, rows=()):
            return False
        self.block = block
        self._build(block)
        self._fit()
        return True

    @property
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
            self._fit()

    def _fit(self) -> None:
        """Finds the width of each column, and the place of each band."""
        if not self.width:
            return
        natural = [*map(max, zip(*(band.natural_widths for band in self._bands), strict=True))]
        pictures = [*map(max, zip(*(band.picture_widths for band in self._bands), strict=True))]
        widths = [*map(max, fitted(natural, self.width), pictures)]
        for band in self._bands:
            band.fit_columns(widths)
        self._tops = [*accumulate((band.height for band in self._bands), initial=0.0)]
        self.horizontal.fit(sum(widths), self.width)
        self._left = max(0.0, self.width - sum(widths)) if self.is_right_to_left else 0.0
        self.height = self._tops[-1] + 1 + (BAR_ROOM if self.horizontal.range else 0)
        self.horizontal.place_bar(0, self.height - 1, self.width)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        with saved(painter):
            painter.setClipRect(self.area, Qt.ClipOperation.IntersectClip)
            painter.translate(self._origin)
            clip = paint.clip.translated(-self._origin)
            first = max(0, bisect_right(self._tops, clip.top()) - 1)
            for index in range(first, len(self._bands)):
                top = self._tops[index]
                if top > clip.bottom():
                    break
                with saved(painter):
                    painter.translate(0, top)
                    self._bands[index].paint(painter, self._paint_of(index, paint, clip.translated(0, -top)))
        paint_handle(painter, self.horizontal.handle, self.style)

    def _paint_of(self, index: int, paint: PaintContext, clip: QRectF) -> PaintContext:
        """What one band is told when it is drawn."""
        start, end = self._starts[index], self._starts[index + 1] - 1

        def within(stretch: tuple[int, int] | None) -> tuple[int, int] | None:
            if stretch is None or stretch[1] <= start or stretch[0] >= end:
                return None
            return max(stretch[0], start) - start, min(stretch[1], end) - start

        found = [stretch for match in paint.found if (stretch := within(match)) is not None]
        return replace(
            paint, clip=clip, selection=within(paint.selection), found=found, current=within(paint.current)
        )

    # Positions

    def _band_of(self, position: int) -> tuple[int, int]:
        """The band of a position, and the position in it."""
        index = min(max(0, bisect_right(self._starts, position) - 1), len(self._bands) - 1)
        return index, min(position - self._starts[index], self._bands[index].length)

    def _place(self, index: int) -> QPointF:
        return self._origin + QPointF(0, self._tops[index])

    @property
    @override
    def length(self) -> int:
        return self._starts[-1] - 1

    @override
    def position_at(self, point: QPointF) -> int:
        index = min(max(0, bisect_right(self._tops, point.y()) - 1), len(self._bands) - 1)
        return self._starts[index] + self._bands[index].position_at(point - self._place(index))

    @override
    def is_text_at(self, point: QPointF) -> bool:
        return self.area.contains(point)

    @override
    def plain_text(self, first: int, last: int) -> str:
        return "\n".join(filter(None, self._pieces(first, last)))

    def _pieces(self, first: int, last: int) -> Iterator[str]:
        for start, band in zip(self._starts, self._bands, strict=False):
            if first <= start + band.length and last >= start:
                yield band.plain_text(first - start, last - start)

    @override
    def find(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        return [
            (start + first, start + last)
            for start, band in zip(self._starts, self._bands, strict=False)
            for first, last in band.find(query)
        ]

    @override
    def text_area(self, first: int, last: int) -> QRectF:
        index, position = self._band_of(first)
        area = self._bands[index].text_area(position, position + last - first)
        self.horizontal.show(area.left() + self._left, area.right() + self._left)
        return area.translated(self._place(index))

    @override
    def moved(self, position: int, step: QTextCursor.MoveOperation) -> int | None:
        index, local = self._band_of(position)
        moved = self._bands[index].moved(local, step)
        if moved is not None and moved <= self._bands[index].length:
            return self._starts[index] + moved
        if step in _FORWARD and index + 1 < len(self._bands):
            return self._starts[index + 1] + self._bands[index + 1].first_position
        if step in _BACKWARD and index:
            return self._starts[index] - 1
        return None

    @override
    def word_at(self, position: int) -> tuple[int, int]:
        index, local = self._band_of(position)
        first, last = self._bands[index].word_at(local)
        return self._starts[index] + first, self._starts[index] + last

    @override
    def paragraph_at(self, position: int) -> tuple[int, int]:
        index, local = self._band_of(position)
        first, last = self._bands[index].paragraph_at(local)
        return self._starts[index] + first, self._starts[index] + last

    @override
    def targets(self) -> Sequence[Target]:
        found: list[Target] = []
        ordinal = 0
        for index, band in enumerate(self._bands):
            place = self._place(index) if self._tops else QPointF()
            for target in band.targets():
                area = target.area.translated(place)
                found.append(replace(target, area=area, ordinal=ordinal + target.ordinal))
            ordinal += band.link_count
        return found


def _columns(block: TableBlock) -> int:
    return max(1, max((len(row) for row in block.rows), default=1))


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
