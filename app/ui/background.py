"""Work off the window's thread, and the signals it answers with.

Both signal owners live on the window's thread, so whatever is connected to them runs there, lambdas and
plain functions included. Always in this order: create the stream, connect it, start it. Whoever receives
drops what comes from a stream that is no longer the current one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

log = logging.getLogger(__name__)

Report = Callable[[object], None]
Work = Callable[[threading.Event, Report], None]
"""What is run: it looks at the event, which asks it to stop, and reports plain values."""


class Stream(QObject):
    """One piece of work under way.

    Signals:
        item: a value that the work reported, in order.
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

    def run(self) -> None:
        """Does the work; called by the worker on its thread."""
        error: Exception | None = None
        try:
            self._work(self._cancel, self.item.emit)
        except Exception as problem:
            error = problem  # The receiver knows what it means to the user.
        try:
            self.finished.emit(error)
        except RuntimeError:
            log.debug("Nobody is left to hear that some work ended")


class Worker(QObject):
    """One thread that does one piece of work after the other.

    There is one for each thing that cannot be shared, such as the engine. `most_at_once` is for work that
    mostly waits, such as for the user.
    """

    def __init__(self, name: str, parent: QObject | None = None, most_at_once: int = 1) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=most_at_once, thread_name_prefix=name)
        self._running: set[Stream] = set()
        self._is_shut_down = False

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def start(self, stream: Stream) -> None:
        """Queues the work; connect the stream's signals before. After `shut_down` nothing is started."""
        if self._is_shut_down:
            return
        self._running.add(stream)
        stream.finished.connect(lambda _error, stream=stream: self._running.discard(stream))
        self._executor.submit(stream.run)

    def shut_down(self) -> None:
        """Asks everything to stop and waits for it. What a late timer starts afterwards is not done."""
        self._is_shut_down = True
        for stream in self._running:
            stream.cancel()
        self._executor.shutdown(wait=True)
        self._running.clear()
