"""Scrolling sideways within a code block or a wide table."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.chat.transcript.look import Look

THICKNESS = 5.0
SHORTEST_HANDLE = 32.0


class SidewaysScroll:
    """How far the content of a segment is moved, and the thin bar that shows it."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.range = 0.0
        self._visible = 0.0

    def fit(self, content: float, visible: float) -> None:
        """Tells how wide the content is and how much of it can be seen."""
        self._visible = visible
        self.range = max(0.0, content - visible)
        self.offset = min(self.offset, self.range)

    def move_to(self, offset: float) -> None:
        self.offset = max(0.0, min(offset, self.range))

    def handle(self, left: float, bottom: float, width: float) -> QRectF:
        """The bar's handle in a track of that width that ends at `bottom`."""
        if self.range < 1:
            return QRectF()
        length = max(SHORTEST_HANDLE, width * self._visible / (self._visible + self.range))
        x = left + (width - length) * self.offset / self.range
        return QRectF(x, bottom - THICKNESS, length, THICKNESS)


def paint_handle(painter: QPainter, handle: QRectF, look: Look) -> None:
    if handle.isEmpty():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    colour = look.colour("muted")
    painter.setOpacity(0.45)
    painter.setBrush(colour)
    painter.drawRoundedRect(handle, THICKNESS / 2, THICKNESS / 2)
    painter.setOpacity(1.0)
