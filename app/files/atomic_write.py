"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Replaces a file's content in one step: after a crash or a power cut it is the old one or the new one.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    # A link to a file kept elsewhere, such as a folder of dotfiles, stays a link.
    target = path.resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.tmp")  # A name of its own length may be too long.
    try:
        with part.open("xb") as file:
            file.write(data)
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
