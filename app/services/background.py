"""Work off the window's thread, and the signals it answers with.

Both signal owners live on the window's thread, so whatever is connected to them runs there, lambdas and
plain functions included. Always in this order: create the stream, connect it, start it. Whoever receives
drops what comes from a stream that is no longer the current one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.errors import SEE_LOG, Cancelled, HubError, UserError
from app.core.translation import tr

log = logging.getLogger(__name__)

Report = Callable[[object], None]
Work = Callable[[threading.Event, Report], None]
"""What is run: it looks at the event, which asks it to stop, and reports plain values."""

REPORT_SECONDS = 0.1
"""Between two reports of progress: each is a redraw of the window."""


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
        except Exception as raised:
            error = raised  # The receiver knows what it means to the user.
        try:
            self.finished.emit(error)
        except RuntimeError:
            log.debug("Work ended after its receiver had been deleted")


class Worker(QObject):
    """One thread that does one piece of work after the other.

    There is one for each thing that cannot be shared, such as the engine. `most_at_once` is for work that
    mostly waits, such as for the user.
    """

    def __init__(self, name: str, parent: QObject | None = None, most_at_once: int = 1) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=most_at_once, thread_name_prefix=name)
        self._running: set[Stream] = set()
        self._giving_way: set[Stream] = set()
        self._ended: list[tuple[Stream, Future[None]]] = []
        """Work that is over, with the threads' word on it."""
        self._is_shut_down = False

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def start(self, stream: Stream, *, gives_way: bool = False) -> None:
        """Queues the work, and deletes the stream some time after `finished`; connect its signals before.

        After `shut_down` nothing is started. With `gives_way` it is cancelled as soon as anything else is
        started.
        """
        if self._is_shut_down:
            return
        for idle in self._giving_way:
            idle.cancel()
        self._running.add(stream)
        if gives_way:
            self._giving_way.add(stream)
        future: Future[None]
        stream.finished.connect(lambda _error: self._on_finished(stream, future))
        future = self._executor.submit(stream.run)

    def shut_down(self) -> None:
        """Asks everything to stop and waits for it. What a late timer starts afterwards is not done."""
        self._is_shut_down = True
        for stream in self._running:
            stream.cancel()
        self._executor.shutdown(wait=True)
        self._running.clear()
        self._giving_way.clear()

    def _on_finished(self, stream: Stream, future: Future[None]) -> None:
        self._running.discard(stream)
        self._giving_way.discard(stream)
        # A thread that has just told its end may not have come back from telling it.
        ended, self._ended = [*self._ended, (stream, future)], []
        for over, end in ended:
            if end.done():
                over.deleteLater()
            else:
                self._ended.append((over, end))


def run_in_background(
    worker: Worker,
    parent: QObject,
    work: Work,
    on_item: Callable[[Any], object],
    on_error: Callable[[UserError], object],
    on_end: Callable[[], object] | None = None,
) -> Stream:
    """Starts the work and passes on what comes of it, until its stream is cancelled.

    Args:
        on_item: called with each value that the work reports.
        on_error: called with what went wrong, as something that a person can read.
        on_end: called when the work has ended, however that was; also after a cancel.

    Returns:
        The stream; `cancel` it when its results are no longer wanted.
    """
    stream = Stream(work, parent)

    def take(item: object) -> None:
        if not stream.is_cancelled:
            on_item(item)

    def finish(error: Exception | None) -> None:
        if on_end is not None:
            on_end()
        if error is not None and not stream.is_cancelled:
            _report_error(error, on_error)

    stream.item.connect(take)
    stream.finished.connect(finish)
    worker.start(stream)
    return stream


def throttled_progress(report: Report) -> Callable[[int, int], None]:
    """Returns a callback `(done, total)` that reports the share done, about ten times a second."""
    reported_at = 0.0

    def on_progress(done: int, total: int) -> None:
        nonlocal reported_at
        now = time.monotonic()
        if total and now - reported_at >= REPORT_SECONDS:
            reported_at = now
            report(done / total)

    return on_progress


def as_hub_error(error: UserError) -> HubError:
    """Returns the error as a `HubError`, for places that show only what is wrong with the hub."""
    return error if isinstance(error, HubError) else HubError(str(error), error.hint)


def _report_error(error: Exception, on_error: Callable[[UserError], object]) -> None:
    if isinstance(error, UserError):
        on_error(error)
    elif not isinstance(error, Cancelled):
        log.error("Work in the background failed", exc_info=error)
        on_error(HubError(tr("Something went wrong."), SEE_LOG))
