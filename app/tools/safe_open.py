"""Opening what lies below a folder, so that nothing that is swapped meanwhile can lead out of it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_ON_THE_WAY = _FOLDER | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_PATH", 0)
_CAN_WALK = os.open in os.supports_dir_fd and os.scandir in os.supports_fd


def open_file(root: Path, path: Path) -> int:
    """A descriptor of a file.

    Each folder on the way is opened from the one before, and links are not followed: a folder that has been
    replaced by a link since its path was resolved leads to an error, not elsewhere.

    Args:
        root: the folder that the file is in, at any depth; its path holds no links.
        path: the file's path, which holds no links either.

    Raises:
        OSError: it cannot be opened, or something on the way is a link now.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    if not _CAN_WALK:
        return _compared(os.open(path, flags), path)
    folder = _open_parts(root, path.relative_to(root).parts[:-1], _ON_THE_WAY)
    try:
        return os.open(path.name, flags, dir_fd=folder)
    finally:
        os.close(folder)


def open_folder(root: Path, path: Path) -> int | Path:
    """What `os.scandir` lists: a descriptor of a folder, or its path where the system lists no descriptors.

    Raises:
        OSError: it cannot be opened, or something on the way is a link now.
    """
    if not _CAN_WALK:
        if path.resolve(strict=True) != path:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return path
    parts = path.relative_to(root).parts
    if not parts:
        return os.open(root, _FOLDER)
    folder = _open_parts(root, parts[:-1], _ON_THE_WAY)
    try:
        return os.open(parts[-1], _FOLDER | getattr(os, "O_NOFOLLOW", 0), dir_fd=folder)
    finally:
        os.close(folder)


def _open_parts(root: Path, parts: tuple[str, ...], flags: int) -> int:
    here = os.open(root, _FOLDER | getattr(os, "O_PATH", 0))
    for part in parts:
        try:
            inner = os.open(part, flags, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here


def _compared(handle: int, path: Path) -> int:
    """The descriptor, if it is what the path, without links, names now. Raises: OSError."""
    try:
        if path.resolve(strict=True) != path or not os.path.samestat(os.fstat(handle), path.stat()):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    except BaseException:
        os.close(handle)
        raise
    return handle
