"""Small files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Replaces a file's content in one step: after a crash or a power cut it is the old one or the new one.

    Raises:
        OSError: it could not be written; the old file is untouched.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
