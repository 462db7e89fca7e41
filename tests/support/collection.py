"""Python's garbage is collected between tests, on the thread of the windows.

Python collects it on whatever thread happens to run. What a test leaves behind may hold timers and windows,
and Qt ends those on their own thread only: anywhere else it warns, or crashes.
"""

from __future__ import annotations

import gc
import itertools

_OLDER_EVERY, _OLDEST_EVERY = 10, 200
"""After so many tests, objects are looked at that outlived an earlier collection."""

_tests = itertools.count(1)


def begin() -> None:
    """Leaves all collecting to `collect`."""
    gc.disable()


def collect() -> None:
    """Takes away what the last test left behind."""
    number = next(_tests)
    gc.collect(2 if number % _OLDEST_EVERY == 0 else 1 if number % _OLDER_EVERY == 0 else 0)
