"""What moves while the reader waits: signs that work is going on, and the seconds of thoughts and tools."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QStyle

from app.ui.chat.transcript.blocks import CardHeader, StatusLine
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.viewport import Viewport

FRAME_MS = 60
TOOLS_WATCHED = 32
"""Messages at the end in which tools may run: an answer with its calls, and their results so far."""


class Motion(QObject):
    """A clock that runs while there is something to move.

    Signals:
        thought_went_on: a thought is on screen of which the seconds are counted.
    """

    thought_went_on = Signal()

    def __init__(self, area: QAbstractScrollArea, canvas: Canvas, view: Viewport) -> None:
        super().__init__(area)
        self._area = area
        self._canvas = canvas
        self._view = view
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._on_clock)

    @property
    def phase(self) -> float:
        """Seconds on the clock; it stands still where nothing is at work or the system wants no motion."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        is_wanted = self._area.style().styleHint(hint, None, self._area) > 0
        return monotonic() if is_wanted and self._clock.isActive() else 0.0

    def watch(self) -> None:
        """Starts the clock where an answer is being written or a tool runs, and stops it otherwise."""
        runs_tools = any(entry.is_running for entry in self._canvas.entries[-TOOLS_WATCHED:])
        if self._canvas.live is None and not runs_tools:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()

    def _on_clock(self) -> None:
        """Nothing is moved where nobody looks."""
        live = self._canvas.live
        for row in self._view.rows():
            entry = self._canvas.entries[row]
            if live is not None and live.entry.id == entry.id:
                if live.is_thinking:
                    self.thought_went_on.emit()
                self._move_signs(row)
            elif entry.is_running:
                self._canvas.refresh(entry.id)
                self._area.viewport().update(self._view.area_of(row))

    def _move_signs(self, row: int) -> None:
        body = self._canvas.body(row)
        for index, segment in enumerate(body.segments):
            block = segment.block
            if isinstance(block, StatusLine) or (isinstance(block, CardHeader) and block.is_busy):
                area = body.area_of(index).toAlignedRect()
                area.translate(self._view.column_left, self._view.row_y(row))
                self._area.viewport().update(area)
