"""By what a model file is known again, in this run and in later ones."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path
from typing import NamedTuple


class FileIdentity(NamedTuple):
    """Where a file is, and which of the files that have been there."""

    path: str
    """Absolute, links followed."""
    version: str
    """Another one where the file was changed, or another engine would read it."""


def identity_of(path: Path) -> FileIdentity:
    """Works without the file too: it may be on a drive that is not connected."""
    try:
        status = path.stat()
        state = f"{status.st_size} bytes, changed {status.st_mtime_ns}"
    except OSError:
        state = "missing"
    return FileIdentity(os.path.realpath(path), f"{state}, engine {engine_version()}")


def engine_version() -> str:
    """The version of the engine's library, and where it is from if not from its package."""
    try:
        version = metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:
        version = "unknown"
    return f"{version} {os.environ.get('LLAMA_CPP_LIB_PATH', '')}".strip()
