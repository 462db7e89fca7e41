"""Bullets, numbers and boxes in front of list items."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.transcript.content.blocks import BULLET, TICKED, UNTICKED
from app.ui.transcript.items.drawing import HALF_PIXEL, draw_icon
from app.ui.transcript.items.render_style import ICON_SIZE, RenderStyle

MARKER_ROOM = 90.0
LEAST_ROOM = 50
"""In front of a list. Labels of footnotes that are longer are shortened, longer numbers drawn smaller."""
MARKER_HEIGHT = 40.0
BULLET_RADIUS = 2.6
BULLET_ROOM = 4.0
BESIDE_BOX = 1.0
CHECK_BOX_EDGE = 3.0
"""Empty pixels around a box within its icon."""


def paint_marker(painter: QPainter, style: RenderStyle, marker: str, right_middle: QPointF) -> None:
    """Draw a marker that ends at a point, which is in the middle of the first line."""
    right, middle = right_middle.x(), right_middle.y()
    if marker == BULLET:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.colour("muted"))
        painter.drawEllipse(QPointF(right - BULLET_ROOM, middle + HALF_PIXEL), BULLET_RADIUS, BULLET_RADIUS)
        return
    number, box = (marker[:-1].rstrip(), marker[-1]) if marker[-1] in (TICKED, UNTICKED) else (marker, "")
    if box:
        name, colour = ("check-square", "accent") if box == TICKED else ("square", "muted")
        left = right - style.px(ICON_SIZE) + CHECK_BOX_EDGE
        draw_icon(painter, style, name, colour, QPointF(left, middle))
        right = left - BESIDE_BOX
    if number:
        painter.setFont(style.text_font)
        painter.setPen(style.colour("muted"))
        if number[0] == "[":
            number = painter.fontMetrics().elidedText(number, Qt.TextElideMode.ElideMiddle, LEAST_ROOM)
        elif (width := painter.fontMetrics().horizontalAdvance(number)) > LEAST_ROOM:
            font = painter.font()
            font.setPixelSize(max(1, font.pixelSize() * LEAST_ROOM // width))
            painter.setFont(font)
        area = QRectF(right - MARKER_ROOM, middle - MARKER_HEIGHT, MARKER_ROOM, 2 * MARKER_HEIGHT)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
