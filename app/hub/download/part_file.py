"""A file while it is being fetched: its place, its bytes so far, its record and its lock."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec

from app.core import formatting
from app.core.errors import DiskFullError, HubError, ModelFolderError
from app.core.parsing import ParseError
from app.core.translation import tr
from app.files.atomic_write import replace_file
from app.files.file_names import MOST_BYTES, is_safe_name
from app.files.json_file import read_json_object
from app.hub.download.file_lock import file_lock, try_lock, unlock

ROOM_KEPT_FREE = 100_000_000
"""Bytes of the disk that a download leaves to the system and to other programs."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What the bytes in a part are the beginning of."""

    etag: str
    """The checksum of the whole file, as the hub gave it."""
    size_bytes: int
    commit: str
    validator: str = ""
    """The ETag of the server that sent the bytes, which may be another one than the hub."""


def place_of(folder: Path, repository: str, name: str) -> Path:
    """Where a repository's file lands in a models folder: `folder/owner/repository/name`.

    Raises:
        HubError: a name that would leave the folder, or that some system cannot have.
    """
    parts = [*repository.split("/"), *name.split("/")]
    for part in parts:
        if not is_safe_name(part):
            raise _refused(name)
    return folder.joinpath(*PurePosixPath(*parts).parts)


def _refused(name: str) -> HubError:
    shown = name.encode("ascii", "backslashreplace").decode()
    return HubError(
        tr("The file {shown} is not downloaded: its name could lead out of the models folder.", shown=shown),
        tr("Choose another repository. This one may be malicious."),
    )


class PartFile:
    """The part of one file. Use it inside `lock`."""

    def __init__(self, target: Path) -> None:
        self.target = target
        name = target.name
        if len(os.fsencode(name)) > MOST_BYTES:
            name = name[:40] + "-" + hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        self.path = target.with_name(name + ".part")
        self.held_path = target.with_name(name + ".held")
        """Whole and checked, but not to be seen before the files that belong to it are here too."""
        self._record_path = target.with_name(name + ".part.json")
        self._lock_path = target.with_name(name + ".part.lock")

    @contextmanager
    def lock(self, cancel: threading.Event, on_wait: Callable[[], object]) -> Iterator[None]:
        """Keeps all others away from the file, in this process and in others. Ends with the process.

        `on_wait` is called once if somebody else has it.

        Raises:
            Cancelled: `cancel` was set while waiting.
            ModelFolderError: the folder cannot be written.
        """
        with ExitStack() as held:
            with self.explained():
                held.enter_context(file_lock(self._lock_path, cancel, on_wait))
            held.callback(self._remove_lock)
            yield

    @property
    def size_bytes(self) -> int:
        """How much is in the part."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def record(self) -> PartRecord | None:
        """What the part belongs to; None where there is none or nobody can say."""
        try:
            return msgspec.convert(read_json_object(self._record_path), PartRecord)
        except (OSError, ParseError, msgspec.ValidationError):
            return None

    def write_record(self, record: PartRecord) -> None:
        """Raises: ModelFolderError."""
        with self.explained():
            replace_file(self._record_path, json.dumps(asdict(record)).encode())

    def open(self) -> BinaryIO:
        """The part, to be written on at its end, without a buffer: a killed process loses nothing.

        Raises:
            ModelFolderError: it cannot be written.
        """
        with self.explained():
            return self.path.open("ab", buffering=0)

    def truncate(self, size_bytes: int = 0) -> None:
        """Drops what is behind this size. Raises: ModelFolderError."""
        with self.explained():
            if self.size_bytes > size_bytes:
                os.truncate(self.path, size_bytes)

    def discard(self) -> None:
        """Throws the part away. Raises: ModelFolderError."""
        with self.explained():
            self.path.unlink(missing_ok=True)
            self._record_path.unlink(missing_ok=True)

    def discard_unless_locked(self) -> None:
        """Throws away all that belongs to it, unless somebody works on it. Raises: ModelFolderError."""
        with self.explained():
            handle = try_lock(self._lock_path)
            if handle is None:
                return
            try:
                self.discard()
                self.held_path.unlink(missing_ok=True)
                self._remove_lock()
            finally:
                unlock(handle)

    def finish(self, is_held: bool) -> None:
        """Gives the file its name, or holds it back. Raises: ModelFolderError."""
        with self.explained():
            self.path.replace(self.held_path if is_held else self.target)
            self._record_path.unlink(missing_ok=True)

    def release(self) -> None:
        """Gives a file that was held back its name. Raises: ModelFolderError."""
        with self.explained():
            if self.held_path.exists():
                self.held_path.replace(self.target)

    def check_room(self, size_bytes: int) -> None:
        """Raises: DiskFullError if the disk has no room for what is missing of a file of this size."""
        needed = size_bytes - self.size_bytes
        with self.explained():
            free = shutil.disk_usage(self.target.parent).free
        if needed > 0 and needed + ROOM_KEPT_FREE > free:
            raise DiskFullError(
                tr(
                    "Not enough disk space: {needed} are needed, {free} are free.",
                    needed=formatting.size(needed),
                    free=formatting.size(free),
                ),
                tr(
                    "Free up space, or choose another folder for downloads in Settings. "
                    "What was downloaded is saved, and the download can be resumed."
                ),
                needed,
                free,
            )

    def _remove_lock(self) -> None:
        """Tidies up; only for its holder. On Windows a file that is open stays, and does no harm."""
        with suppress(OSError):
            self._lock_path.unlink(missing_ok=True)

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns what a disk may answer into sentences."""
        try:
            yield
        except OSError as error:
            raise folder_error(error, self.target.parent) from error


def folder_error(error: OSError, folder: Path) -> ModelFolderError:
    """What is wrong with a models folder, in plain words."""
    if error.errno in _FULL:
        return DiskFullError(
            tr("The disk is full."),
            tr("Free up space, then resume. What was downloaded is saved."),
            0,
            _free(folder),
        )
    if error.errno == errno.EFBIG:
        return ModelFolderError(
            tr("This disk cannot hold a file of that size."),
            tr(
                "Disks formatted as FAT32 end at 4 GB. Choose a folder on another one for downloads in "
                "Settings."
            ),
        )
    if error.errno == errno.ENAMETOOLONG:
        return ModelFolderError(
            tr("The path of the file is too long for this system, in {folder}.", folder=folder),
            tr("Choose a folder with a shorter path for downloads in Settings."),
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return ModelFolderError(
            tr("The folder {folder} cannot be written.", folder=folder),
            tr(
                "Change its permissions, close programs that use the file, or choose another folder for "
                "downloads in Settings."
            ),
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno in (
        errno.EIO,
        errno.ENODEV,
        errno.ENXIO,
    ):
        return ModelFolderError(
            tr("The folder {folder} is not there, or its disk does not answer.", folder=folder),
            tr("Connect the drive again, or choose another folder for downloads in Settings."),
        )
    reason = error.strerror or type(error).__name__
    return ModelFolderError(
        tr("The folder {folder} cannot be used: {reason}.", folder=folder, reason=reason),
        tr("Choose another folder for downloads in Settings."),
    )


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


def settle(path: Path) -> None:
    """Waits until a file is on the disk for good, also if the power goes now. Raises: OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
