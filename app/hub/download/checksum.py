"""Checksums of files: of one that is still growing, and of one that is here."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

from app.core.errors import Cancelled, HubError
from app.core.translation import tr

PIECE_BYTES = 4 * 1024 * 1024
"""Read at a time: some milliseconds in which the window's thread has the interpreter to itself."""


def new_hash(etag: str, size_bytes: int) -> hashlib._Hash:
    """The kind of checksum that the hub's tag is: SHA-256, or Git's for small files.

    Raises:
        HubError: it is none that could be compared.
    """
    if len(etag) == 64:
        return hashlib.sha256()
    if len(etag) == 40:
        return hashlib.sha1(f"blob {size_bytes}\0".encode(), usedforsecurity=False)
    raise HubError(
        tr("Hugging Face gives no checksum for this file, so the download could not be verified."),
        tr("Choose another repository."),
    )


def checksum_of(
    path: Path,
    digest: hashlib._Hash,
    cancel: threading.Event,
    on_progress: Callable[[int], object] | None = None,
) -> str:
    """The checksum of a file, in hexadecimal. `on_progress` is told the bytes read so far.

    Raises:
        OSError: it cannot be read.
        Cancelled: `cancel` was set.
    """
    piece = memoryview(bytearray(PIECE_BYTES))
    done = 0
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(piece):
            if cancel.is_set():
                raise Cancelled
            digest.update(piece[:count])
            done += count
            if on_progress is not None:
                on_progress(done)
    return digest.hexdigest()


class GrowingChecksum:
    """Works out the checksum of a file while it is written, on a thread that reads along behind the writer.

    It reads what is on the disk already first, so a download that goes on need not wait for that. And it
    reads what the disk holds, not what came from the network: a fault between the two is found too.
    """

    def __init__(self, path: Path, digest: hashlib._Hash) -> None:
        self._path = path
        self._digest = digest
        self._written = 0
        self._is_complete = False
        self._is_stopped = False
        self._error: OSError | None = None
        self._changed = threading.Condition()
        self.done_bytes = 0
        """How much of the file it has read."""
        self._thread = threading.Thread(target=self._run, name="checksum", daemon=True)
        self._thread.start()

    @property
    def written_bytes(self) -> int:
        """How long the file is, as far as it was told."""
        return self._written

    def advance(self, written_bytes: int) -> None:
        """The file is at least this long now."""
        with self._changed:
            self._written = written_bytes
            self._changed.notify()

    def complete(self) -> None:
        """Nothing more is written."""
        with self._changed:
            self._is_complete = True
            self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Whether it is done, after waiting for it a while."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> str:
        """The checksum, once `wait` has said that it is done.

        Raises:
            OSError: the file could not be read.
        """
        if self._error is not None:
            raise self._error
        return self._digest.hexdigest()

    def stop(self) -> None:
        """Ends it within milliseconds, done or not."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            with self._path.open("rb", buffering=0) as file:
                piece = memoryview(bytearray(PIECE_BYTES))
                while wanted := self._next_size():
                    count = file.readinto(piece[:wanted]) or 0
                    if not count:
                        raise OSError(f"{self._path.name} became shorter while it was read")
                    self._digest.update(piece[:count])
                    self.done_bytes += count
        except OSError as error:
            self._error = error

    def _next_size(self) -> int:
        """How much can be read next, in whole pieces; 0 when all is read or nobody wants it any more."""
        with self._changed:
            while not self._is_stopped:
                ready = self._written - self.done_bytes
                if ready >= PIECE_BYTES or self._is_complete:
                    return min(ready, PIECE_BYTES)
                self._changed.wait()
            return 0
