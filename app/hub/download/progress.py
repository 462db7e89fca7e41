"""How far a download is, how fast it goes, and how long it will take: arithmetic only."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

WINDOW_SECONDS = 5.0
"""Speed is the mean over this long: shorter jumps about, longer lags behind."""
SHORTEST_SECONDS = 0.5
"""No speed is told before so much time has passed."""


class DownloadStage(StrEnum):
    """What a download that runs is doing."""

    CONNECTING = "connecting"
    FETCHING = "fetching"
    CHECKING = "checking"
    """All bytes are here; the rest of the checksum is worked out."""
    RETRYING = "retrying"
    """The connection broke; it is tried again after a pause."""
    ELSEWHERE = "elsewhere"
    """Another window or another copy of the program fetches the same file; this one waits for it."""


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Where one file stands. `notice` is a sentence for the user, such as why it began again."""

    stage: DownloadStage
    done_bytes: int = 0
    size_bytes: int = 0
    notice: str = ""


class Speedometer:
    """Works out speed and time left from byte counts. Times are given in seconds on any steady clock."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def note(self, now: float, done_bytes: int) -> None:
        """Remembers a count. A smaller one than before (it began again) forgets what was."""
        if self._points and done_bytes < self._points[-1][1]:
            self._points.clear()
        self._points.append((now, done_bytes))
        # One point older than the window stays, or a slow connection would have no span to measure.
        while len(self._points) > 2 and now - self._points[1][0] >= WINDOW_SECONDS:
            self._points.popleft()

    def forget(self) -> None:
        """Begins anew, as after a pause."""
        self._points.clear()

    def bytes_per_second(self, now: float) -> float:
        """The speed now; 0 while it is not known. Falls to 0 when nothing more comes."""
        if len(self._points) < 2:
            return 0.0
        (first_time, first_bytes), (last_time, last_bytes) = self._points[0], self._points[-1]
        span = now - first_time
        if span < SHORTEST_SECONDS or now - last_time > WINDOW_SECONDS:
            return 0.0
        return (last_bytes - first_bytes) / span

    def seconds_left(self, now: float, size_bytes: int) -> float | None:
        """None while nothing can be said."""
        speed = self.bytes_per_second(now)
        if not self._points or speed <= 0:
            return None
        return max(0.0, (size_bytes - self._points[-1][1]) / speed)
