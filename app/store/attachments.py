"""The files that belong to messages, kept beside the database by their SHA-256.

A file is written once and never changed: two messages with the same picture share it. Which of them are still
needed, the database says; see `ConversationStore.attachments_in_use`.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Iterator, Set
from pathlib import Path

from app.core.attachment import is_sha256
from app.core.errors import StoreError
from app.core.translation import tr
from app.files.atomic_write import replace_file

log = logging.getLogger(__name__)

UNUSED_ARE_KEPT_SECONDS = 7 * 24 * 3600
"""How long a file stays that no message names any more: as long as daily copies of the database do."""
_JUST_ADDED_SECONDS = 3600
"""A file this young may belong to a message that is not saved yet."""
_UNUSED = "unused"


class AttachmentStore:
    """One folder of files. Its methods may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unused = folder / _UNUSED

    def add(self, data: bytes) -> str:
        """Keeps a file and gives its SHA-256.

        Raises:
            StoreError: it could not be written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if self.path_of(sha256) is None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                replace_file(self._folder / sha256, data)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise StoreError(
                    tr("The file could not be kept: {reason}.", reason=reason),
                    tr("Free some room on the disk, then add it again."),
                ) from error
        return sha256

    def path_of(self, sha256: str) -> Path | None:
        """Where a file is; None where it is missing."""
        if not is_sha256(sha256):
            return None
        places = (folder / sha256 for folder in (self._folder, self._unused))
        return next((path for path in places if path.is_file()), None)

    def read(self, sha256: str) -> bytes | None:
        """A file's bytes; None where it is missing, cannot be read, or is not what it was."""
        path = self.path_of(sha256)
        if path is None:
            return None
        try:
            data = path.read_bytes()
        except OSError:
            log.warning("An attached file cannot be read", exc_info=True)
            return None
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def size(self) -> int:
        """The bytes that all files take together."""
        total = 0
        for path in (*_files_in(self._folder), *_files_in(self._unused)):
            with contextlib.suppress(OSError):
                total += path.stat().st_size
        return total

    def discard(self, sha256: str) -> None:
        """Deletes a file at once; whoever asks knows that nothing names it."""
        path = self.path_of(sha256)
        if path is not None:
            with contextlib.suppress(OSError):
                path.unlink()

    def clear_unused(self, used: Set[str]) -> int:
        """Sets files aside that nothing names any more, and deletes those that were set aside long ago.

        Args:
            used: the SHA-256 of every file that a message or a draft names.

        Returns:
            The number of files that are gone for good.
        """
        now = time.time()
        deleted = 0
        for path in _files_in(self._folder):
            with contextlib.suppress(OSError):
                if path.name not in used and now - path.stat().st_mtime > _JUST_ADDED_SECONDS:
                    self._unused.mkdir(exist_ok=True)
                    os.utime(path)
                    path.replace(self._unused / path.name)
        for path in _files_in(self._unused):
            with contextlib.suppress(OSError):
                if path.name in used:
                    path.replace(self._folder / path.name)
                elif now - path.stat().st_mtime > UNUSED_ARE_KEPT_SECONDS:
                    path.unlink()
                    deleted += 1
        return deleted


def _files_in(folder: Path) -> Iterator[Path]:
    """Only what can be an attachment: nothing else in the folder is touched."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return
    yield from (folder / name for name in names if is_sha256(name))
