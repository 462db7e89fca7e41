"""One download as the screen shows it: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.errors import HubError
from app.hub.download.progress import DownloadStage
from app.hub.repository import HubFile


class DownloadStatus(StrEnum):
    """Where a download stands."""

    WAITING = "waiting"
    """For one of those before it to end."""
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
    """In the order in which they are fetched; the first is the one to load. Sizes are those known when it was
    ordered."""
    folder: Path
    """The models folder."""
    title: str
    """What the list of downloads calls it."""
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class DownloadState:
    """One download. A value: the next change comes as a new one."""

    id: str
    """The same for the same files in the same folder, also after a restart."""
    order: DownloadOrder
    status: DownloadStatus
    stage: DownloadStage = DownloadStage.CONNECTING
    """What it is doing while it is running."""
    done_bytes: int = 0
    """What has arrived; at the stage of checking, what has been checked."""
    size_bytes: int = 0
    """Of all its files; 0 while unknown."""
    bytes_per_second: float = 0.0
    seconds_left: float | None = None
    error: HubError | None = None
    """Why it failed; its hint says what to do."""
    notice: str = ""
    """A sentence worth showing, such as why it began again."""
    paths: tuple[Path, ...] = ()
    """The files on disk once it is done, in the order's order."""

    @property
    def fraction(self) -> float:
        """0.0 to 1.0."""
        return min(1.0, self.done_bytes / self.size_bytes) if self.size_bytes else 0.0
