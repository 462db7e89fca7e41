"""Work inside the library that takes seconds and tells how far it is, beside whoever passes that on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
Tell = Callable[[float], None]


class Stop(Protocol):
    """Asks work to stop."""

    def is_set(self) -> bool: ...


Work = Callable[[Stop, Tell], T]
"""Is given what asks it to stop, and what it tells the share to that is done."""

_REPORT_SECONDS = 0.1


def run_beside(work: Work[T], cancel: threading.Event) -> Iterator[float | T]:
    """Does the work on a thread; gives the share that is done about ten times a second, then what came of it.

    Nothing else may use the library meanwhile. When this ends, however that is, the work has ended too.

    Args:
        work: raises what it likes, which is raised here.
        cancel: asks the work to stop, once it is set.
    """
    stop = _EitherStop(cancel)
    share = 0.0
    outcomes: queue.SimpleQueue[T | _Failure] = queue.SimpleQueue()

    def tell(now: float) -> None:
        nonlocal share
        share = now

    def run() -> None:
        try:
            outcomes.put(work(stop, tell))
        except BaseException as error:
            outcomes.put(_Failure(error))

    thread = threading.Thread(target=run, name="library", daemon=True)
    thread.start()
    try:
        while True:
            yield share
            try:
                outcome = outcomes.get(timeout=_REPORT_SECONDS)
            except queue.Empty:
                continue
            if isinstance(outcome, _Failure):
                raise outcome.error
            yield outcome
            return
    finally:
        stop.set()
        thread.join()


class _EitherStop:
    """Set when the user stops, and when nobody waits for the work any more."""

    def __init__(self, cancel: threading.Event) -> None:
        self._cancel = cancel
        self._is_left = False

    def set(self) -> None:
        self._is_left = True

    def is_set(self) -> bool:
        return self._is_left or self._cancel.is_set()


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error
