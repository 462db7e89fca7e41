"""Draws the messages that are visible."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.transcript.items.block_view import BlockView
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.view.animation import AnimationTimer
from app.ui.transcript.view.conversation_search import TranscriptSearch
from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.viewport import Viewport


class Painter(QObject):
    """Draws what is ready at once, and the rest, such as the colours of long code, when there is time."""

    def __init__(
        self,
        area: QAbstractScrollArea,
        column: MessageColumn,
        view: Viewport,
        interaction: InteractionState,
        animation: AnimationTimer,
        search: TranscriptSearch,
    ) -> None:
        super().__init__(area)
        self._area = area
        self._column = column
        self._viewport = view
        self._interaction = interaction
        self._animation = animation
        self._search = search
        self._unfinished: list[BlockView] = []
        self._finishing = QTimer(self)
        self._finishing.setInterval(0)
        self._finishing.setSingleShot(True)
        self._finishing.timeout.connect(self._on_finishing)

    def draw(self, area: QRect) -> None:
        """Draws an area of the window."""
        with QPainter(self._area.viewport()) as painter:
            painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # What is mirrored says so itself.
            painter.fillRect(area, self._column.style.colour("surface"))
            for row in self._viewport.rows_between(area.top(), area.bottom()):
                self._draw_row(painter, row, area)
        if self._unfinished:
            self._finishing.start()

    def _draw_row(self, painter: QPainter, row: int, area: QRect) -> None:
        left, y = self._viewport.column_left, self._viewport.row_y(row)
        shown = self._interaction.shown(row, has_focus=self._area.hasFocus())
        shown.phase, shown.unfinished = self._animation.phase, self._unfinished
        self._search.mark(row, shown)
        with saved(painter):
            painter.translate(left, y)
            self._column.layout(row).paint(painter, QRectF(area.translated(-left, -y)), shown)

    def _on_finishing(self) -> None:
        """Goes on with what the last drawing left undone."""
        views, self._unfinished = self._unfinished, []
        for view in views:
            if view.prepare_more():
                self._area.viewport().update()
