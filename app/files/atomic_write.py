"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Replaces a file's content in one step: after a crash or a power cut it is the old one or the new one.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    replace_file_by_pieces(path, (data,))


def replace_file_by_pieces(
    path: Path, pieces: Iterable[bytes | bytearray | memoryview], mode: int = 0o666
) -> None:
    """Does the same with content that is not in one piece; `mode` says who may use the file.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    # A link to a file kept elsewhere, such as a folder of dotfiles, stays a link.
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.tmp")  # A name of its own length may be too long.
    try:
        part.touch(mode, exist_ok=False)
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the renaming itself last through a power cut, where the system has a way to."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
