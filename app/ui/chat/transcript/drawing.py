"""Draws the messages that are visible."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.chat.transcript.attention import Attention
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.motion import Motion
from app.ui.chat.transcript.segment import Segment
from app.ui.chat.transcript.viewport import Viewport


class Drawing(QObject):
    """Draws what is ready at once, and the rest, such as the colours of long code, when there is time."""

    def __init__(
        self,
        area: QAbstractScrollArea,
        canvas: Canvas,
        view: Viewport,
        attention: Attention,
        motion: Motion,
    ) -> None:
        super().__init__(area)
        self._area = area
        self._canvas = canvas
        self._view = view
        self._attention = attention
        self._motion = motion
        self._unfinished: list[Segment] = []
        self._finishing = QTimer(self)
        self._finishing.setInterval(0)
        self._finishing.setSingleShot(True)
        self._finishing.timeout.connect(self._on_finishing)

    def draw(self, area: QRect) -> None:
        """Draws an area of the window."""
        painter = QPainter(self._area.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(area, self._canvas.look.colour("surface"))
        for row in self._view.rows_between(area.top(), area.bottom()):
            self._draw_row(painter, row, area)
        painter.end()
        if self._unfinished:
            self._finishing.start()

    def _draw_row(self, painter: QPainter, row: int, area: QRect) -> None:
        left, y = self._view.column_left, self._view.row_y(row)
        shown = self._attention.shown(row, has_focus=self._area.hasFocus())
        shown.phase, shown.unfinished = self._motion.phase, self._unfinished
        painter.save()
        painter.translate(left, y)
        self._canvas.body(row).paint(painter, QRectF(area.translated(-left, -y)), shown)
        painter.restore()

    def _on_finishing(self) -> None:
        """Goes on with what the last drawing left undone."""
        segments, self._unfinished = self._unfinished, []
        for segment in segments:
            if segment.prepare_more():
                self._area.viewport().update()
