"""The line by which a card is opened and closed: a thought, a tool call, or what a tool returned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.blocks import Button, CardHeader
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.buttons import button_width, paint_button, target_of
from app.ui.transcript.items.drawing import draw_dots, draw_frame, draw_hover, draw_icon, draw_line
from app.ui.transcript.items.render_style import ICON_SIZE, SMALL_ICON_SIZE, RenderStyle

CARD_HEIGHT = 38.0
NARROWEST_CARD = 220.0
RADIUS = 9.0
SIDE = 13.0
"""Pixels between an edge and what stands beside it."""
BESIDE_ICON = 9.0
BESIDE_TITLE = 10.0
BESIDE_ARROW = 6.0
AROUND_BUTTON = 5.0
BETWEEN_BUTTONS = 6.0


class CardHeaderView(BlockView):
    """The header of a card; opens and closes what stands below it."""

    def __init__(self, block: CardHeader, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._header = block
        self._shown_width = 0.0
        self._buttons: list[tuple[Button, QRectF]] = []
        self._words_left = SIDE + style.px(ICON_SIZE) + BESIDE_ICON
        self._arrow_room = BESIDE_ARROW + style.px(SMALL_ICON_SIZE) + SIDE

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(CARD_HEIGHT)
        header = self._header
        natural = self._words_left + QFontMetricsF(self.style.name_font).horizontalAdvance(header.title)
        if header.detail:
            natural += BESIDE_TITLE + QFontMetricsF(self.style.small_font).horizontalAdvance(header.detail)
        wanted = max(NARROWEST_CARD, natural + self._arrow_room + 2)
        self._shown_width = width if header.is_busy else min(width, wanted)
        self._buttons = self._placed_buttons()

    def _placed_buttons(self) -> list[tuple[Button, QRectF]]:
        """From the left; so many that half of the line is left for the words."""
        widths = [button_width(button, self.style) for button in self._header.buttons]
        while len(widths) > 1 and sum(widths) > self._shown_width / 2:
            widths.pop()
        placed: list[tuple[Button, QRectF]] = []
        right = self._shown_width - AROUND_BUTTON
        for button, wide in reversed(list(zip(self._header.buttons, widths, strict=False))):
            area = QRectF(right - wide, AROUND_BUTTON, wide, self.height - 2 * AROUND_BUTTON)
            placed.insert(0, (button, area))
            right -= wide + BETWEEN_BUTTONS
        return placed

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        box = QRectF(0, 0, self._shown_width, self.height)
        line = "accent" if self._header.is_waiting else "line"
        draw_frame(painter, self.style, box, RADIUS, line, "raised")
        if paint.hovered == self.id_of(self.targets()[0]):
            draw_hover(painter, self.style, box, RADIUS)
        self._paint_icon(painter, paint)
        head = QRectF(0, 0, self._head_width, self.height)
        self._paint_words(painter, head.adjusted(self._words_left, 0, -self._arrow_room, 0))
        arrow = "caret-down" if self._header.is_open else "caret-right"
        at = QPointF(head.right() - self._arrow_room + BESIDE_ARROW, self.height / 2)
        draw_icon(painter, self.style, arrow, "muted", at, SMALL_ICON_SIZE)
        for button, area in self._buttons:
            is_hovered = paint.hovered == self.id_of(target_of(button, area))
            paint_button(painter, button, area, self.style, is_hovered=is_hovered)

    @property
    def _head_width(self) -> float:
        """What opens and closes the card: all of it but the buttons."""
        return self._buttons[0][1].left() - BETWEEN_BUTTONS if self._buttons else self._shown_width

    def _paint_icon(self, painter: QPainter, paint: PaintContext) -> None:
        at = QPointF(SIDE, self.height / 2)
        if self._header.is_busy:
            draw_dots(painter, self.style, at, paint.phase)
            return
        colour = "danger" if self._header.is_failed else "accent" if self._header.is_waiting else "muted"
        draw_icon(painter, self.style, self._header.icon, colour, at)

    def _paint_words(self, painter: QPainter, area: QRectF) -> None:
        used = draw_line(painter, self.style.name_font, self.style, "text", area, self._header.title)
        if self._header.detail:
            rest = area.adjusted(used + BESIDE_TITLE, 0, 0, 0)
            draw_line(painter, self.style.small_font, self.style, "muted", rest, self._header.detail)

    @override
    def targets(self) -> Sequence[Target]:
        word = tr("Close") if self._header.is_open else tr("Open")
        area = QRectF(0, 0, self._head_width, self.height)
        toggle = Target(MessageAction.TOGGLE_CARD, area, f"{word}: {self._header.title}", self._header.key)
        return (toggle, *(target_of(button, area) for button, area in self._buttons))
