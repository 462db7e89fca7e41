"""Buttons within a message: what they look like, and a row of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from app.ui.transcript.content.blocks import Button, ButtonRow
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_frame, draw_hover, draw_words, sharp
from app.ui.transcript.items.render_style import RenderStyle

BUTTON_HEIGHT = 30.0
SIDE = 12.0
BETWEEN = 8.0
AROUND_ROW = 2.0
RADIUS = 8.0


class ButtonRowView(BlockView):
    """Buttons beside each other; those that do not fit begin another line."""

    def __init__(self, block: ButtonRow, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._buttons = block.buttons
        self._areas: list[QRectF] = []

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        height, x, y = self.style.px(BUTTON_HEIGHT), 0.0, AROUND_ROW
        self._areas = []
        for button in self._buttons:
            wanted = min(width, button_width(button, self.style))
            if x and x + wanted > width:
                x, y = 0.0, y + height + BETWEEN
            self._areas.append(QRectF(x, y, wanted, height))
            x += wanted + BETWEEN
        self.height = y + height + AROUND_ROW

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        for button, target in zip(self._buttons, self.targets(), strict=True):
            is_hovered = paint.hovered == self.id_of(target)
            paint_button(painter, button, target.area, self.style, is_hovered=is_hovered)

    @override
    def targets(self) -> Sequence[Target]:
        return [target_of(button, area) for button, area in zip(self._buttons, self._areas, strict=True)]


def target_of(button: Button, area: QRectF) -> Target:
    return Target(button.action, area, button.label, button.payload)


def button_width(button: Button, style: RenderStyle) -> float:
    return float(round(QFontMetricsF(style.name_font).horizontalAdvance(button.label) + 2 * style.px(SIDE)))


def paint_button(
    painter: QPainter, button: Button, area: QRectF, style: RenderStyle, *, is_hovered: bool
) -> None:
    if button.is_primary:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("accent"))
        painter.drawRoundedRect(sharp(area), RADIUS, RADIUS)
    else:
        draw_frame(painter, style, area, RADIUS, "line", "surface")
    if is_hovered:
        draw_hover(painter, style, sharp(area), RADIUS)
    painter.setFont(style.name_font)
    painter.setPen(style.colour("on_accent" if button.is_primary else "text"))
    words = QFontMetricsF(style.name_font).elidedText(
        button.label, Qt.TextElideMode.ElideRight, area.width() - style.px(SIDE)
    )
    draw_words(painter, area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), words)
