"""Which downloads run, wait, rest or have failed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.errors import HubError
from app.hub.download import Patience
from app.hub.hub import Hub
from app.hub.library_records import LibraryRecords
from app.hub.progress import Stage
from app.hub.repository import HubFile

AT_ONCE = 2
"""Downloads that run at the same time."""


class DownloadStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"
    """Gone: what had arrived has been thrown away. The last that is heard of it."""


@dataclass(frozen=True, slots=True)
class DownloadOrder:
    """What to fetch: all files of one variant and those that go with it, as one thing."""

    repository: str
    files: tuple[HubFile, ...]
    """In the order in which they are fetched. Sizes are those known when it was ordered."""
    folder: Path
    """The models folder."""
    title: str
    """What the list of downloads calls it."""
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class DownloadState:
    """One download as the screen shows it. A value: the next change comes as a new one."""

    id: str
    """The same for the same file in the same folder, also after a restart."""
    order: DownloadOrder
    status: DownloadStatus
    stage: Stage = Stage.CONNECTING
    """What it is doing while it is running."""
    done_bytes: int = 0
    size_bytes: int = 0
    """Of all its files; 0 while unknown."""
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    error: HubError | None = None
    """Why it failed; its hint says what to do."""
    notice: str = ""
    """A sentence worth showing, such as why it began again."""
    paths: tuple[Path, ...] = ()
    """The files on disk once it is done; the first is the one to load."""

    @property
    def fraction(self) -> float:
        """0.0 to 1.0."""
        return min(1.0, self.done_bytes / self.size_bytes) if self.size_bytes else 0.0


class DownloadQueue:
    """Runs downloads on threads of its own, two at a time.

    All methods return at once and may be called from any thread. `on_change` is told every new state, on
    whatever thread it happens and in order; it must not wait for anything.
    """

    def __init__(
        self,
        hub: Hub,
        records_folder: Path,
        on_change: Callable[[DownloadState], None],
        library_records: LibraryRecords | None = None,
        at_once: int = AT_ONCE,
        patience: Patience = Patience(),
    ) -> None:
        """
        Args:
            records_folder: where it is written down what was ordered, so that a restart finds it.
            library_records: told what was verified.
        """
        raise NotImplementedError

    def restore(self, goes_on: bool = True) -> list[DownloadState]:
        """Finds the downloads that an earlier run did not finish; call once, before anything else.

        Those that the user had paused are paused. The others go on, or are paused too with `goes_on=False`.
        """
        raise NotImplementedError

    def add(self, order: DownloadOrder) -> DownloadState:
        """Queues a download. One that is there already is resumed instead of begun twice."""
        raise NotImplementedError

    def states(self) -> list[DownloadState]:
        """All downloads of this run, in the order in which they were added."""
        raise NotImplementedError

    def pause(self, download_id: str) -> None:
        """Stops one within half a second; what arrived stays, also over restarts."""
        raise NotImplementedError

    def resume(self, download_id: str) -> None:
        """Goes on with one that is paused or has failed."""
        raise NotImplementedError

    def retry(self, download_id: str) -> None:
        """The same as `resume`, for one that has failed."""
        raise NotImplementedError

    def cancel(self, download_id: str) -> None:
        """Stops one and throws away what arrived."""
        raise NotImplementedError

    def dismiss(self, download_id: str) -> None:
        """Takes one that is done or cancelled off the list."""
        raise NotImplementedError

    def shut_down(self) -> None:
        """Stops everything within half a second and waits for it; a later run goes on."""
        raise NotImplementedError
