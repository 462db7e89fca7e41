"""Scrolling sideways within a code block or a wide table."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui.transcript.items.render_style import RenderStyle

THICKNESS = 5.0
SHORTEST_HANDLE = 32.0
HANDLE_OPACITY = 0.45
BESIDE_SHOWN = 24.0
"""Pixels that stay in sight on either side of what is shown."""


class HorizontalScroll:
    """How far the content of a block is moved, and the thin bar that shows it.

    Attributes:
        offset: how far it is moved, in pixels.
        range: how far it can be moved; 0 where nothing is hidden.
    """

    __slots__ = ("_track", "_visible", "offset", "range")

    def __init__(self) -> None:
        self.offset = 0.0
        self.range = 0.0
        self._visible = 0.0
        self._track = QRectF()

    def fit(self, content: float, visible: float) -> None:
        """Tells how wide the content is and how much of it can be seen."""
        self._visible = visible
        self.range = max(0.0, content - visible)
        self.offset = min(self.offset, self.range)

    def place_bar(self, left: float, bottom: float, width: float) -> None:
        """Tell where in the block the bar is."""
        self._track = QRectF(left, bottom - THICKNESS, width, THICKNESS)

    def move_to(self, offset: float) -> None:
        self.offset = max(0.0, min(offset, self.range))

    def show(self, left: float, right: float) -> None:
        """Move as little as needed to bring a stretch of the content into sight."""
        if right > self.offset + self._visible - BESIDE_SHOWN:
            self.move_to(right - self._visible + BESIDE_SHOWN)
        if left < self.offset + BESIDE_SHOWN:
            self.move_to(left - BESIDE_SHOWN)

    @property
    def handle(self) -> QRectF:
        """The part of the bar that is drawn along; empty where nothing is hidden."""
        if self.range < 1:
            return QRectF()
        length = self._handle_length
        x = self._track.left() + (self._track.width() - length) * self.offset / self.range
        return QRectF(x, self._track.top(), length, THICKNESS)

    def shift(self, pixels: float) -> float:
        """How far the content moves when the handle is drawn so far."""
        return pixels / max(1.0, self._track.width() - self._handle_length) * self.range

    @property
    def _handle_length(self) -> float:
        return max(SHORTEST_HANDLE, self._track.width() * self._visible / (self._visible + self.range))


def paint_handle(painter: QPainter, handle: QRectF, style: RenderStyle) -> None:
    if handle.isEmpty():
        return
    painter.setPen(Qt.PenStyle.NoPen)
    colour = style.colour("muted")
    painter.setOpacity(HANDLE_OPACITY)
    painter.setBrush(colour)
    painter.drawRoundedRect(handle, THICKNESS / 2, THICKNESS / 2)
    painter.setOpacity(1.0)
