"""Which files are in a collection's folders: nothing hidden, nothing outside them, and not without end."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.core.errors import Cancelled
from app.core.translation import tr
from app.knowledge.index import FileState

MOST_FILES = 50_000
"""Of one collection."""
DEEPEST = 40
"""Folders within folders."""
PASSED_OVER = frozenset({"node_modules", "__pycache__", "site-packages", "$recycle.bin"})
"""Folders that programs fill, with nothing in them that somebody would look up."""


@dataclass(slots=True)
class ScanResult:
    """The files that a collection has now, and what could not be looked at."""

    files: dict[Path, FileState] = field(default_factory=dict)
    folders: set[Path] = field(default_factory=set)
    """Those that were looked into, to be watched."""
    problems: dict[Path, str] = field(default_factory=dict)
    """Files and folders that cannot be read, with a sentence each."""
    missing: set[Path] = field(default_factory=set)
    """Of what the user added, what is not there, as on a disk that is not plugged in."""
    is_cut: bool = False
    """There are more files than a collection may have."""

    def is_below_missing(self, path: Path) -> bool:
        """Whether a file is, or was, in something that is not there: it may come back."""
        return any(path == gone or gone in path.parents for gone in self.missing)


def scan(sources: Iterable[Path], endings: frozenset[str], cancel: threading.Event) -> ScanResult:
    """Looks through files and folders.

    A link is followed only where it leads to something within the folder that was added; what begins with a
    dot is passed over. A file that the user added by itself is taken wherever it is and whatever its ending.

    Args:
        sources: what the user added.
        endings: of files that can be read, such as `.pdf`, in small letters.

    Raises:
        Cancelled: `cancel` was set.
    """
    result = ScanResult()
    for source in sources:
        try:
            if source.is_dir():
                _Folder(Path(os.path.realpath(source)), source, endings, cancel, result).scan()
            else:
                result.files[source] = _state_of(source.stat())
        except FileNotFoundError:
            result.missing.add(source)
            result.problems[source] = tr("It is not there. What was read of it before can still be found.")
        except OSError as error:
            result.problems[source] = _reason(error)
        if len(result.files) >= MOST_FILES:
            result.is_cut = True
            break
    return result


class _Folder:
    """One folder that was added, with all below it."""

    def __init__(
        self, root: Path, shown: Path, endings: frozenset[str], cancel: threading.Event, result: ScanResult
    ) -> None:
        self._root, self._shown = root, shown
        self._endings = endings
        self._cancel = cancel
        self._result = result
        self._seen: set[tuple[int, int]] = set()

    def scan(self) -> None:
        waiting = [(self._shown, 0)]
        while waiting:
            folder, depth = waiting.pop()
            if self._cancel.is_set():
                raise Cancelled
            try:
                below = sorted(self._entries(folder), key=lambda entry: entry.name)
            except OSError as error:
                self._result.problems[folder] = _reason(error)
                continue
            self._result.folders.add(folder)
            folders = []
            for entry in below:
                if self._take(entry) and depth < DEEPEST:
                    folders.append((Path(entry.path), depth + 1))
                if len(self._result.files) >= MOST_FILES:
                    self._result.is_cut = True
                    return
            waiting += reversed(folders)

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith((".", "~$")) and entry.name.casefold() not in PASSED_OVER:
                    yield entry

    def _take(self, entry: os.DirEntry[str]) -> bool:
        """Takes a file; whether it is a folder to be looked into."""
        path = Path(entry.path)
        try:
            if entry.is_symlink() and not self._is_within(path):
                return False
            found = entry.stat()
        except (OSError, RuntimeError):
            return False  # A link that leads nowhere, or in a circle.
        if stat.S_ISDIR(found.st_mode):
            # Links and mounts may lead to the same folder again.
            is_new = (found.st_dev, found.st_ino) not in self._seen or not found.st_ino
            self._seen.add((found.st_dev, found.st_ino))
            return is_new
        if stat.S_ISREG(found.st_mode) and path.suffix.casefold() in self._endings:
            self._result.files[path] = _state_of(found)
        return False

    def _is_within(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)


def _state_of(found: os.stat_result) -> FileState:
    return FileState(found.st_size, found.st_mtime_ns)


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return tr("You may not read it.")
    return tr("It cannot be read: {reason}.", reason=error.strerror or type(error).__name__)
