"""Pictures of formulas: drawn one after the other in the background, and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.formula import Formula, FormulaPicture
from app.formulas.formula_process import FormulaProcess
from app.services.background import Report, Worker, run_in_background

MOST_KEPT = 3_000
MOST_CHARACTERS = 24_000_000
"""Of pictures that are kept; a usual one has 5,000."""
TOLD_MS = 40
"""Pictures that become ready within this time are told of together."""
IDLE_MS = 60_000
"""The process takes 45 MB: it is ended when nothing was drawn for so long."""


class FormulaService(QObject):
    """Gives pictures of formulas.

    Signals:
        drawn: pictures that were asked for are ready now.
    """

    drawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process = FormulaProcess()
        self._worker = Worker("formulas", self)
        self._pictures: OrderedDict[Formula, FormulaPicture | None] = OrderedDict()
        """Those that were drawn last; None for formulas that cannot be drawn."""
        self._characters = 0
        self._batches: list[deque[Formula]] = []
        """What is to be drawn: the newest batch first, within it in reading order."""
        self._lock = threading.Lock()
        self._asked: set[Formula] = set()
        self._is_drawing = False
        self._batch_end = self._timer(0, self._on_batch_end)
        self._telling = self._timer(TOLD_MS, self.drawn.emit)
        self._idle = self._timer(IDLE_MS, self._process.end)
        self._is_batch_open = False

    def _timer(self, milliseconds: int, on_timeout: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(on_timeout)
        return timer

    def picture(self, formula: Formula) -> FormulaPicture | None:
        """The picture of a formula, or None; then it is drawn if it can be, and `drawn` comes."""
        if formula in self._pictures:
            self._pictures.move_to_end(formula)
            return self._pictures[formula]
        if formula not in self._asked:
            self._asked.add(formula)
            self._queue(formula)
        return None

    @property
    def is_drawing(self) -> bool:
        """Whether pictures may still come, or were not told of."""
        return bool(self._asked) or self._telling.isActive()

    def is_waiting_for(self, formula: Formula) -> bool:
        """Whether a picture may still come."""
        return formula in self._asked

    def shut_down(self) -> None:
        """Ends the drawing, whatever it is at."""
        with self._lock:
            self._batches.clear()
        self._process.end()
        self._worker.shut_down()
        self._process.end()

    def _queue(self, formula: Formula) -> None:
        with self._lock:
            if not self._is_batch_open or not self._batches:
                self._batches.append(deque())
            self._batches[-1].append(formula)
        self._is_batch_open = True
        self._batch_end.start()

    def _on_batch_end(self) -> None:
        """What is asked for in one go belongs together, such as the formulas of a page."""
        self._is_batch_open = False
        self._idle.stop()
        if not self._is_drawing:
            self._is_drawing = True
            run_in_background(self._worker, self, self._draw_all, self._keep, lambda _: None, self._on_end)

    def _draw_all(self, cancel: threading.Event, report: Report) -> None:
        while not cancel.is_set() and (formula := self._next()) is not None:
            report((formula, self._process.draw(formula)))

    def _next(self) -> Formula | None:
        with self._lock:
            while self._batches:
                if self._batches[-1]:
                    return self._batches[-1].popleft()
                self._batches.pop()
        return None

    def _keep(self, drawn: tuple[Formula, FormulaPicture | None]) -> None:
        formula, picture = drawn
        self._asked.discard(formula)
        self._pictures[formula] = picture
        self._characters += len(picture.svg) if picture else 0
        while len(self._pictures) > MOST_KEPT or self._characters > MOST_CHARACTERS:
            _, dropped = self._pictures.popitem(last=False)
            self._characters -= len(dropped.svg) if dropped else 0
        if not self._telling.isActive():
            self._telling.start()

    def _on_end(self) -> None:
        self._is_drawing = False
        self._idle.start()
        if self._batches:
            self._on_batch_end()
