"""Waiting for something that may never answer, without being stuck with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from app.core.errors import Cancelled

T = TypeVar("T")

_LOOK_SECONDS = 0.05


def run_interruptibly(
    work: Callable[[], T], cancel: threading.Event, on_late: Callable[[T], object] | None = None
) -> T:
    """What `work` gives or raises; `Cancelled` at once when `cancel` is set.

    A name lookup or a connection that hangs cannot be stopped from outside, so it runs on a thread that is
    left behind and ends by its own time limit. `on_late` is given a result that came after nobody waited for
    it.
    """
    if cancel.is_set():
        raise Cancelled
    call = _BackgroundCall(work, on_late)
    threading.Thread(target=call.run, name="hub-call", daemon=True).start()
    while not call.is_done.wait(_LOOK_SECONDS):
        if cancel.is_set() and call.leave_behind():
            raise Cancelled
    return call.outcome()


@contextmanager
def broken_off_when(has_to_stop: Callable[[], bool], break_off: Callable[[], object]) -> Iterator[None]:
    """Calls `break_off` from another thread as soon as the work inside has to stop; once at most."""
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(_LOOK_SECONDS):
            if has_to_stop():
                break_off()
                return

    threading.Thread(target=watch, name="network-watch", daemon=True).start()
    try:
        yield
    finally:
        is_done.set()


class _BackgroundCall(Generic[T]):
    """A piece of work on a thread of its own, and what came of it."""

    def __init__(self, work: Callable[[], T], on_late: Callable[[T], object] | None) -> None:
        self.is_done = threading.Event()
        self._work = work
        self._on_late = on_late
        self._lock = threading.Lock()
        self._is_left_behind = False
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:
            self._error = error
        with self._lock:
            self.is_done.set()
            is_late = self._is_left_behind
        if is_late and self._on_late is not None:
            for result in self._results:
                self._on_late(result)

    def leave_behind(self) -> bool:
        """Stops waiting for it; False where it was done in the meantime."""
        with self._lock:
            self._is_left_behind = not self.is_done.is_set()
            return self._is_left_behind

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]
