"""What moves while the reader waits: signs that work is going on, and the seconds of thoughts and tools."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QStyle

from app.ui.transcript.content.blocks import CardHeader, StatusLine
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.viewport import Viewport

FRAME_MS = 60
TOOLS_WATCHED = 32
"""Messages at the end in which tools may run: an answer with its calls, and their results so far."""


class AnimationTimer(QObject):
    """A clock that runs while there is something to move.

    Attributes:
        is_still: the user wants no motion.

    Signals:
        reasoning_advanced: a thought is on screen of which the seconds are counted.
    """

    reasoning_advanced = Signal()

    def __init__(self, area: QAbstractScrollArea, column: MessageColumn, view: Viewport) -> None:
        super().__init__(area)
        self.is_still = False
        self._area = area
        self._column = column
        self._viewport = view
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._on_clock)

    @property
    def phase(self) -> float:
        """Seconds on the clock; it stands still where nothing is at work or no motion is wanted."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        is_wanted = self._area.style().styleHint(hint, None, self._area) > 0
        return monotonic() if is_wanted and not self.is_still and self._clock.isActive() else 0.0

    def watch(self) -> None:
        """Starts the clock where an answer is being written or a tool runs, and stops it otherwise."""
        runs_tools = any(entry.is_running for entry in self._column.entries[-TOOLS_WATCHED:])
        if self._column.streaming_answer is None and not runs_tools:
            self._clock.stop()
        elif not self._clock.isActive():
            self._clock.start()

    def _on_clock(self) -> None:
        """Nothing is moved where nobody looks."""
        streaming_answer = self._column.streaming_answer
        for row in self._viewport.rows():
            entry = self._column.entries[row]
            if streaming_answer is not None and streaming_answer.entry.id == entry.id:
                if streaming_answer.is_thinking:
                    self.reasoning_advanced.emit()
                self._move_signs(row)
            elif entry.is_running:
                self._column.refresh(entry.id)
                self._area.viewport().update(self._viewport.area_of(row))

    def _move_signs(self, row: int) -> None:
        layout = self._column.layout(row)
        for index, view in enumerate(layout.views):
            block = view.block
            if isinstance(block, StatusLine) or (isinstance(block, CardHeader) and block.is_busy):
                area = layout.area_of(index).toAlignedRect()
                area.translate(self._viewport.column_left, self._viewport.row_y(row))
                self._area.viewport().update(area)
