"""Work inside the library that takes seconds and tells how far it is, beside whoever passes that on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
Tell = Callable[[float], None]
Work = Callable[[threading.Event, Tell], T]
"""Is given an event that asks it to stop, and what it tells the share to that is done."""

_REPORT_SECONDS = 0.1


def run_beside(work: Work[T], cancel: threading.Event) -> Iterator[float | T]:
    """Does the work on a thread; gives the share that is done about ten times a second, then what came of it.

    Nothing else may use the library meanwhile. When this ends, however that is, the work has ended too.

    Args:
        work: raises what it likes, which is raised here.
        cancel: asks the work to stop, once it is set.
    """
    stop = threading.Event()
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
            if cancel.is_set():
                stop.set()
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


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error
