"""A lock that other processes respect, and that ends with the process that holds it.

The library filelock is no help where a disk knows no locks (ENOLCK, EOPNOTSUPP): it refuses, or leaves a file
that outlives a killed holder.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.errors import Cancelled

_LOOK_SECONDS = 0.1
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_NO_LOCKS_HERE = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""What disks answer that know no locks, such as some network folders. Then there is none, as before."""


@contextmanager
def file_lock(path: Path, cancel: threading.Event, on_wait: Callable[[], object]) -> Iterator[None]:
    """Holds a lock file. `on_wait` is called once if somebody else, in any process, has it.

    Raises:
        Cancelled: `cancel` was set while waiting.
        OSError: the lock file cannot be made.
    """
    handle = try_lock(path)
    if handle is None:
        on_wait()
    while handle is None:
        if cancel.wait(_LOOK_SECONDS):
            raise Cancelled
        handle = try_lock(path)
    try:
        yield
    finally:
        unlock(handle)


def try_lock(path: Path) -> int | None:
    """A handle for `unlock`, or None where somebody else has it. Raises: OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    try:
        if _lock(handle) and _is_still_there(handle, path):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def unlock(handle: int) -> None:
    """Lets others have it."""
    os.close(handle)  # The system's lock ends with it.


def _is_still_there(handle: int, path: Path) -> bool:
    """Whether the file was not removed by its last holder after it was opened here."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            return not _is_taken(error)
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return not _is_taken(error)
        return True


def _is_taken(error: OSError) -> bool:
    if error.errno in _TAKEN:
        return True
    if error.errno in _NO_LOCKS_HERE:
        return False
    raise error
