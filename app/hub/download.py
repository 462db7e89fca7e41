"""One file, fetched so that it is whole and right, or resumable, or explained.

The bytes go into `NAME.part`; the file gets its name only when its checksum has been compared, so that whatever ends
in `.gguf` can be trusted. Whatever stops a download leaves what has arrived for the next try.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.hub.progress import Progress, Stage

if TYPE_CHECKING:
    from app.hub.hub import Hub

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Patience:
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


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file that is here, whole and checked."""

    path: Path
    size_bytes: int
    sha256: str
    """Empty for a file so small that the hub keeps it in Git, which was checked by its Git hash."""
    commit: str
    notice: str = ""


def download(
    hub: Hub,
    repository: str,
    name: str,
    folder: Path,
    cancel: threading.Event,
    report: Report,
    revision: str = "main",
    patience: Patience = Patience(),
) -> FetchedFile:
    """Fetches a file of a repository into a models folder, or goes on where an earlier try stopped.

    It lands in `folder/owner/repository/name`. Blocks; for a thread of its own. Only one caller at a time works on a
    file, across processes: a second one reports `Stage.ELSEWHERE` and waits.

    Args:
        name: the file's path in the repository.
        folder: the models folder; it must exist, as one on a drive that was unplugged must not be made anew.
        report: told about ten times a second how far it is, on this thread.

    Raises:
        Cancelled: `cancel` was set; what arrived stays.
        HubError: it cannot be fetched; what arrived stays, unless it was wrong.
    """
    raise NotImplementedError


def discard(folder: Path, repository: str, name: str) -> None:
    """Throws away what an unfinished download left. A finished file stays.

    Raises:
        ModelFolderError: it cannot be removed.
    """
    raise NotImplementedError
