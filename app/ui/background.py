"""Work off the window's thread, and the signals it answers with.

The work is a generator of plain values, given an event that asks it to stop. Both signal owners live on the window's
thread, so whatever is connected to them runs there, lambdas and plain functions included. Always in this order:
create the stream, connect it, start it. Whoever receives drops what comes from a stream that is not the current one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

Work = Callable[[threading.Event], Iterable[object]]


class Stream(QObject):
    """One piece of work under way.

    Signals:
        item: a value that the work yielded, in order.
        finished: the work has ended; None, or the exception that ended it. Always the last signal.
    """

    item = Signal(object)
    finished = Signal(object)

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._cancel = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Asks the work to stop at its next chance; `finished` still comes."""
        self._cancel.set()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            items = self._work(self._cancel)
            for value in items:
                self.item.emit(value)
            if isinstance(items, Generator):
                items.close()
        except Exception as problem:  # Reported to the receiver, which decides what it means.
            error = problem
        try:
            self.finished.emit(error)
        except RuntimeError:
            log.debug("Nobody is left to hear that some work ended")


class Worker(QObject):
    """One thread that does one piece of work after the other.

    There is one for each thing that cannot be shared, such as the engine.
    """

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._running: set[Stream] = set()

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def start(self, stream: Stream) -> None:
        """Queues the work. Connect the stream's signals before."""
        self._running.add(stream)
        stream.finished.connect(lambda _error, stream=stream: self._running.discard(stream))
        self._executor.submit(stream._run)

    def shut_down(self) -> None:
        """Asks everything to stop and waits for it. The worker cannot be used afterwards."""
        for stream in self._running:
            stream.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._running.clear()
