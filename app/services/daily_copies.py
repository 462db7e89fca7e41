"""Has a copy of everything that was written made once a day, and what is gone cleared away, beside all other
work."""

from __future__ import annotations

import threading
from datetime import date

from PySide6.QtCore import QObject, QTimer

from app.services.background import Report, Worker, run_in_background
from app.services.notices import NoticeService
from app.store.store import Store

FIRST_MS = 60_000
"""Milliseconds after the start: opening the window and the first model comes first."""
AGAIN_MS = 3_600_000
"""Milliseconds between two looks at the date."""


class DailyCopies(QObject):
    """Makes the daily copies while the program runs."""

    def __init__(self, store: Store, notices: NoticeService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._notices = notices
        self._worker = Worker("copies", self)
        self._timer = QTimer(self, interval=AGAIN_MS)
        self._timer.timeout.connect(self.make)

    def start(self) -> None:
        """Begins to look for new days; the first copy is made a minute later."""
        QTimer.singleShot(FIRST_MS, self, self.make)
        self._timer.start()

    def make(self) -> None:
        """Makes today's copy if there is none, and clears files away that belonged to deleted messages."""

        def work(cancel: threading.Event, _report: Report) -> None:
            self._store.make_daily_copy(date.today(), cancel)
            self._store.clear_unused_attachments()

        run_in_background(self._worker, self, work, lambda _item: None, self._notices.fail)

    def shut_down(self) -> None:
        """Gives up a copy that is being made."""
        self._timer.stop()
        self._worker.shut_down()
