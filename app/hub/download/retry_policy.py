"""When a download that breaks is tried again, and when it is given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.core.errors import BusyHubError, HubError
from app.core.formatting import size
from app.core.translation import tr

_KEPT = tr("What was downloaded is saved. Try again later, or over another network.")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long a download waits, and how often it tries again."""

    silent_seconds: float = 10.0
    """A connection that brings nothing for so long is given up and made again."""
    tries: int = 6
    """In a row without a single byte; then it fails, and what has arrived stays."""
    first_wait_seconds: float = 1.0
    """Before the second try; doubled with each further one."""
    longest_wait_seconds: float = 30.0
    longest_asked_seconds: float = 120.0
    """A hub that asks for a longer pause than this is not waited for."""
    slow_seconds: float = 120.0
    slowest_bytes_per_second: int = 1_000
    """A download that is slower than this for `slow_seconds` would not end in a lifetime."""
    most_times_its_size: int = 3
    """So many bytes of a file are fetched at most, when it is started again and again."""


DEFAULT_RETRY_POLICY = RetryPolicy()


class RetryBudget:
    """What one download has used up of its policy."""

    def __init__(self, policy: RetryPolicy, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._fetched = 0
        self._fetched_before_try = 0
        self._failures = 0
        self._window_start = clock()
        self._window_bytes = 0

    def pause_after(self, error: HubError) -> float:
        """The seconds to wait after a try that failed.

        Raises:
            HubError: `error` itself where it is not tried again, or that all of it was too slow.
        """
        policy = self._policy
        self._failures = 1 if self._fetched > self._fetched_before_try else self._failures + 1
        self._fetched_before_try = self._fetched
        asked = error.wait_seconds if isinstance(error, BusyHubError) else 0.0
        if self._failures >= policy.tries or asked > policy.longest_asked_seconds:
            raise error
        self._check_speed()
        wait = policy.first_wait_seconds * 2.0 ** (self._failures - 1)
        self._window_start += asked
        return max(asked, min(wait, policy.longest_wait_seconds))

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """Leave out of the speed what is not the network's time, such as reading a file that is here."""
        started = self._clock()
        try:
            yield
        finally:
            self._window_start += self._clock() - started

    def note_bytes(self, count: int, file_size_bytes: int) -> None:
        """Some bytes came.

        Raises:
            HubError: so many or so few have come that the file would never be whole.
        """
        self._fetched += count
        self._window_bytes += count
        most_times = self._policy.most_times_its_size
        if self._fetched > most_times * file_size_bytes:
            raise HubError(
                tr(
                    "The connection breaks too often to finish this download: {most_times} times its "
                    "{size} have arrived already.",
                    most_times=most_times,
                    size=size(file_size_bytes),
                ),
                _KEPT,
            )
        self._check_speed()

    def _check_speed(self) -> None:
        now = self._clock()
        seconds = now - self._window_start
        if seconds < self._policy.slow_seconds:
            return
        if self._window_bytes < seconds * self._policy.slowest_bytes_per_second:
            raise HubError(
                tr(
                    "The connection is too slow: {size} arrived in {seconds:.0f} seconds.",
                    size=size(self._window_bytes),
                    seconds=seconds,
                ),
                _KEPT,
            )
        self._window_start, self._window_bytes = now, 0
