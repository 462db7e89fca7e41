"""Opens the store at the start without stopping the window's thread: a damaged file takes minutes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop

from app.core.recovery_progress import OnProgress, RecoveryProgress
from app.paths import Paths
from app.services.background import REPORT_SECONDS, Report, Stream, Worker
from app.store.store import Store, open_store


def open_store_aside(paths: Paths, on_progress: OnProgress) -> Store:
    """Opens the store on a thread of its own, and lets the window's thread go on meanwhile.

    Args:
        paths: where everything is kept.
        on_progress: hears on the calling thread how a recovery goes on.

    Raises:
        StoreError: the data folder cannot be used.
    """
    opened: list[Store] = []
    errors: list[Exception | None] = []

    def work(_cancel: threading.Event, report: Report) -> None:
        copied = (paths.settings, paths.presets)
        opened.append(open_store(paths.conversations, _seldom(report, is_over), copied_files=copied))

    is_over = threading.Event()
    worker, stream, loop = Worker("store"), Stream(work), QEventLoop()
    stream.item.connect(on_progress)
    stream.finished.connect(errors.append)
    stream.finished.connect(loop.quit)
    worker.start(stream)
    loop.exec()
    is_over.set()  # A recovery while the program runs has no one to tell.
    worker.shut_down()
    if errors[0] is not None:
        raise errors[0]
    return opened[0]


def _seldom(report: Report, is_over: threading.Event) -> Callable[[RecoveryProgress], None]:
    """Passes on the first report of each step, and then one in a while."""
    last: list[tuple[str, float]] = [("", 0.0)]

    def pass_on(progress: RecoveryProgress) -> None:
        now = time.monotonic()
        step, at = last[0]
        if not is_over.is_set() and (progress.step != step or now - at >= REPORT_SECONDS):
            last[0] = (progress.step, now)
            report(progress)

    return pass_on
