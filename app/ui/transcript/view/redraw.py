"""When to redraw what is arriving: soon, but never so often that the window has no time for anything else."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal

SHORTEST_PAUSE_MS = 33
COST_FACTOR = 3.0
"""The pause is at least this many times as long as the last redraw took."""


class RedrawThrottle(QObject):
    """Asks for a redraw once for all that came in the meantime.

    Signals:
        due: redraw now.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._last_end = 0.0
        self._pause_ms = float(SHORTEST_PAUSE_MS)

    @property
    def pause_ms(self) -> float:
        """The pause before the next redraw."""
        return self._pause_ms

    def ask(self) -> None:
        """Something has come. After a quiet time it is shown at once."""
        if not self._timer.isActive():
            waited = (perf_counter() - self._last_end) * 1000
            self._timer.start(max(0, int(self._pause_ms - waited)))

    def stop(self) -> None:
        self._timer.stop()

    def note_cost(self, cost_ms: float) -> None:
        """Tells how long the redraw took."""
        self._pause_ms = max(SHORTEST_PAUSE_MS, COST_FACTOR * cost_ms)
        self._last_end = perf_counter()

    def _on_timeout(self) -> None:
        started = perf_counter()
        self.due.emit()
        self.note_cost((perf_counter() - started) * 1000)
