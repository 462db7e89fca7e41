"""The beginning of an alert: its title with an icon, and the first paragraph below it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from typing_extensions import override

from app.ui.transcript.content.blocks import Alert, Block, TextBlock
from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.drawing import draw_icon, draw_line
from app.ui.transcript.items.render_style import ICON_SIZE, RenderStyle
from app.ui.transcript.items.text import TextView

TITLE_HEIGHT = 26.0
BESIDE_ICON = 7.0
ICONS = {
    Alert.NOTE: "info",
    Alert.TIP: "lightbulb",
    Alert.IMPORTANT: "megaphone-simple",
    Alert.WARNING: "warning",
    Alert.CAUTION: "warning-octagon",
}
COLOURS = {
    Alert.NOTE: "link",
    Alert.TIP: "link",
    Alert.IMPORTANT: "link",
    Alert.WARNING: "warning",
    Alert.CAUTION: "danger",
}


class AlertView(TextView):
    """A paragraph that is drawn below the title of its alert."""

    def __init__(self, block: TextBlock, alert: Alert, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._alert = alert
        self._title_height = style.px(TITLE_HEIGHT)
        self._title_font = QFont(style.text_font)
        self._title_font.setWeight(QFont.Weight.DemiBold)

    @property
    @override
    def _origin(self) -> QPointF:
        return super()._origin + QPointF(0, self._title_height)

    @property
    @override
    def first_line_height(self) -> float:
        return self._title_height

    @override
    def lay_out(self, width: float) -> None:
        super().lay_out(width)
        words = self.height if self.length else 0.0
        self.height = self._title_height + words
        self.horizontal.place_bar(0, self.height - 1, width)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        colour = COLOURS[self._alert]
        size = self.style.px(ICON_SIZE)
        middle = (self._title_height - self.style.half_leading()) / 2
        width = size + self.style.px(BESIDE_ICON)
        at, words = QPointF(0, middle), QRectF(width, 0, self.width - width, 2 * middle)
        if self.is_right_to_left:
            title = QFontMetricsF(self._title_font).horizontalAdvance(self._alert.heading)
            at.setX(self.width - size)
            words.setLeft(self.width - width - title)
        draw_icon(painter, self.style, ICONS[self._alert], colour, at)
        draw_line(painter, self._title_font, self.style, colour, words, self._alert.heading)
        super().paint(painter, paint)


def alert_bars(blocks: Iterable[Block]) -> dict[tuple[int, int], str]:
    """The colours of bars beside alerts, by the place of a block and how deep the alert lies around it."""
    found: dict[tuple[int, int], str] = {}
    around: list[Alert | None] = []
    for index, block in enumerate(blocks):
        place = block.place
        del around[place.shared :]
        around += [None] * (len(place.containers) - len(around))
        if isinstance(block, TextBlock) and block.alert:
            around[-1] = block.alert
        found |= {(index, depth): COLOURS[alert] for depth, alert in enumerate(around) if alert}
    return found
