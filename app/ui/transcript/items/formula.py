"""A formula in a line of its own; one that is too wide scrolls sideways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from typing_extensions import override

from app.core.formula import Formula, unmarked
from app.ui.transcript.content.blocks import TextBlock
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.alert import AlertView
from app.ui.transcript.items.block_view import BlockView, PaintContext
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.items.formula_images import FormulaImage
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.text import BAR_ROOM, TextView

AROUND = 6.0
SELECTION_AROUND = 3.0


def text_or_formula_view(block: TextBlock, style: RenderStyle) -> BlockView:
    """The view of a paragraph or alert; of just a formula, its picture once there is one."""
    if block.alert is not None:
        return AlertView(block, block.alert, style)
    formula = displayed_formula(block, style)
    image = style.formula_images.image(formula) if formula is not None else None
    return FormulaView(block, style, image) if image is not None else TextView(block, style)


def displayed_formula(block: TextBlock, style: RenderStyle) -> Formula | None:
    """The formula that a paragraph consists of; None where there is more, or less."""
    if len(block.spans) != 1 or not block.spans[0].is_formula or block.level:
        return None
    found = unmarked(block.spans[0].text)
    if found is None or not found[1]:
        return None
    return style.formula(block.spans[0], 0, "muted" if block.place.is_muted else "text")


class FormulaView(BlockView):
    """The picture of a formula in the middle of the column. It is selected as a whole."""

    follows_window = False

    def __init__(self, block: TextBlock, style: RenderStyle, image: FormulaImage) -> None:
        super().__init__(block, style)
        self._source = block.plain_text()
        self._image = image

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        self.horizontal.fit(self._image.width, width)
        room = BAR_ROOM if self.horizontal.range else 0
        self.height = self._image.height + 2 * AROUND + room
        self.horizontal.place_bar(0, self.height - 1, width)

    @property
    def _place(self) -> QRectF:
        left = (self.width - self._image.width) / 2 if not self.horizontal.range else -self.horizontal.offset
        return QRectF(round(left), AROUND, self._image.width, self._image.height)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        with saved(painter):
            painter.setClipRect(self.area, Qt.ClipOperation.IntersectClip)
            if ground := self._ground(paint):
                around = SELECTION_AROUND
                shown = self._place.adjusted(-around, -around, around, around)
                painter.fillRect(shown, self.style.colour(ground))
            painter.drawImage(self._place, self._image.image)
        paint_handle(painter, self.horizontal.handle, self.style)

    def _ground(self, paint: PaintContext) -> str:
        if paint.found:
            return "found_now" if paint.current is not None else "found"
        return "selection" if paint.selection is not None else ""

    @property
    @override
    def length(self) -> int:
        return 1

    @override
    def position_at(self, point: QPointF) -> int:
        return int(point.x() > self._place.center().x())

    @override
    def is_text_at(self, point: QPointF) -> bool:
        return self._place.contains(point)

    @override
    def plain_text(self, first: int, last: int) -> str:
        return self._source if first < last else ""

    @override
    def word_at(self, position: int) -> tuple[int, int]:
        return 0, 1

    @override
    def find(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        return [(0, 1) for _ in query.find(self._source)]

    @override
    def text_area(self, first: int, last: int) -> QRectF:
        return self._place
