"""Opens the store without stopping the window's thread: to recover a damaged file takes minutes."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QEventLoop, QObject, QThread, QTimer, Signal

from app.core.recovery_progress import OnProgress, RecoveryProgress
from app.paths import Paths
from app.services.background import REPORT_SECONDS, Report, Stream, Worker
from app.store.store import Store, open_store

_LOOKS_MS = 20
"""Milliseconds between two looks whether a recovery is over."""


class StoreOpening(QObject):
    """Opens the store at the start, and lets the window live while a damaged file is recovered.

    Signals:
        progressed: how far a recovery is, as a `RecoveryProgress`; at the start and whenever damage is met.
    """

    progressed = Signal(object)

    def open(self, paths: Paths) -> Store:
        """Opens the store on a thread of its own, and lets this one go on meanwhile.

        Raises:
            StoreError: the data folder cannot be used.
        """
        opened: list[Store] = []
        errors: list[Exception | None] = []

        def work(_cancel: threading.Event, _report: Report) -> None:
            copied = (paths.settings, paths.presets)
            opened.append(open_store(paths.conversations, _seldom(self.progressed.emit), copied, self.wait))

        worker, stream, loop = Worker("store"), Stream(work), QEventLoop()
        stream.finished.connect(errors.append)
        stream.finished.connect(loop.quit)
        worker.start(stream)
        loop.exec()
        worker.shut_down()
        if errors[0] is not None:
            raise errors[0]
        return opened[0]

    def wait(self, is_over: threading.Event) -> None:
        """Waits for the end of a recovery; on the window's thread, what is drawn and timed goes on.

        What the user does meanwhile is done afterwards: the one who waits is in the middle of something.
        """
        if QThread.currentThread() is self.thread():
            loop, timer = QEventLoop(), QTimer(interval=_LOOKS_MS)
            timer.timeout.connect(lambda: loop.exit() if is_over.is_set() else None)
            timer.start()
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            timer.stop()
        is_over.wait()  # Also where the loop has ended because the program is to end.


def _seldom(on_progress: OnProgress) -> OnProgress:
    """Passes on the first report of each step, the last one, and between them one in a while."""
    last: list[tuple[str, float]] = [("", 0.0)]

    def pass_on(progress: RecoveryProgress) -> None:
        now = time.monotonic()
        step, at = last[0]
        if progress.is_over or progress.step != step or now - at >= REPORT_SECONDS:
            last[0] = ("" if progress.is_over else progress.step, now)
            on_progress(progress)

    return pass_on
