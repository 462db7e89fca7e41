"""Small things that several views draw: a line of words, an icon, three moving dots, a rounded frame."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from app.ui.reading_direction import isolated
from app.ui.transcript.items.render_style import ICON_SIZE, RenderStyle

DOTS = 3
DOT_RADIUS = 2.5
DOT_DISTANCE = 8.0
DOTS_SECONDS = 1.2
"""How long one dot takes to brighten and fade."""
DIMMEST_DOT = 0.3
DOTS_WIDTH = (DOTS - 1) * DOT_DISTANCE + 2 * DOT_RADIUS
HALF_PIXEL = 0.5
"""A line of one pixel is sharp in the middle of a pixel."""


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """Put back the painter's state afterwards, also where painting fails."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


@contextmanager
def upright(painter: QPainter, area: QRectF) -> Iterator[None]:
    """Draw letters or a picture into an area as they are, also where all around them is mirrored."""
    if painter.transform().m11() > 0:
        yield
        return
    with saved(painter):
        painter.translate(area.left() + area.right(), 0)
        painter.scale(-1, 1)
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        yield


def draw_words(painter: QPainter, area: QRectF, flags: Qt.AlignmentFlag | int, words: str) -> None:
    """Draw words in the painter's font and colour; left and right are where reading begins and ends."""
    with upright(painter, area):
        painter.drawText(area, int(flags), isolated(words))


def draw_line(
    painter: QPainter, font: QFont, style: RenderStyle, colour: str, area: QRectF, text: str
) -> float:
    """Draw one line of words, shortened where it does not fit.

    Returns:
        How wide it became, in pixels.
    """
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, area.width()))
    painter.setFont(font)
    painter.setPen(style.colour(colour))
    draw_words(painter, area, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return float(metrics.horizontalAdvance(shown))


def draw_icon(
    painter: QPainter,
    style: RenderStyle,
    name: str,
    colour: str,
    left_middle: QPointF,
    size: int = ICON_SIZE,
) -> None:
    """Draw an icon whose left edge has its middle at a point."""
    side = style.px(size)
    area = QRectF(left_middle.x(), left_middle.y() - side / 2, side, side)
    with upright(painter, area):
        painter.drawPixmap(area.topLeft(), style.icon(name, colour, size))


def draw_frame(
    painter: QPainter, style: RenderStyle, area: QRectF, radius: float, line: str, ground: str
) -> None:
    """Draw a rounded box with a line around it."""
    painter.setPen(QPen(style.colour(line), 1))
    painter.setBrush(style.colour(ground))
    painter.drawRoundedRect(sharp(area), radius, radius)


def draw_hover(painter: QPainter, style: RenderStyle, area: QRectF, radius: float) -> None:
    """Lay over an area what shows that the pointer is there."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.hover_colour)
    painter.drawRoundedRect(area, radius, radius)


def sharp(area: QRectF) -> QRectF:
    """The area within whose edges a line of one pixel is sharp."""
    return area.adjusted(HALF_PIXEL, HALF_PIXEL, -HALF_PIXEL, -HALF_PIXEL)


def draw_dots(painter: QPainter, style: RenderStyle, left: QPointF, seconds: float) -> None:
    """Draw three dots that brighten one after the other."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("accent"))
    for index in range(DOTS):
        glow = 0.5 + 0.5 * math.cos(2 * math.pi * (seconds / DOTS_SECONDS - index / (DOTS + 1)))
        painter.setOpacity(DIMMEST_DOT + (1 - DIMMEST_DOT) * glow)
        middle = QPointF(left.x() + DOT_RADIUS + index * DOT_DISTANCE, left.y())
        painter.drawEllipse(middle, DOT_RADIUS, DOT_RADIUS)
    painter.setOpacity(1.0)
