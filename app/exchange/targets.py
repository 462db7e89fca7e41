"""Where exported files go: into a folder, or into one ZIP archive that is written whole or not at all."""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from app.core import formatting
from app.core.conversation import Conversation
from app.core.translation import tr
from app.files.atomic_write import replace_file
from app.files.file_names import safe_name


class ExportTarget(Protocol):
    """Takes files by their names, which may have a folder before them."""

    def write(self, name: str, data: bytes) -> None:
        """
        Raises:
            OSError: it could not be written.
        """

    def is_taken(self, name: str) -> bool:
        """Whether there is a file or folder of that name already."""


class FolderTarget:
    """A folder; nothing in it is replaced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, data: bytes) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)

    def is_taken(self, name: str) -> bool:
        return (self._folder / name).exists()


class ZipTarget:
    """An archive that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names: set[str] = set()

    def write(self, name: str, data: bytes) -> None:
        self._archive.writestr(name, data)
        self._names |= {name.lower(), name.partition("/")[0].lower()}

    def is_taken(self, name: str) -> bool:
        return name.lower() in self._names


@contextmanager
def zip_target(path: Path) -> Iterator[ZipTarget]:
    """An archive that takes its place when all is in it.

    Raises:
        OSError: it could not be written; what stood there before is untouched.
    """
    part = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            yield ZipTarget(archive)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sortable_stem(conversation: Conversation) -> str:
    """A file name that sorts by the day on which the conversation was started."""
    day = conversation.created_at.astimezone().date().isoformat()
    return f"{day} {safe_name(formatting.one_line(conversation.title), tr('Chat'))}"


def free_stem(stem: str, ending: str, target: ExportTarget) -> str:
    """The name, with a number behind it where there is a file or a folder of files of that name."""
    number, tried = 1, stem
    while target.is_taken(f"{tried}.{ending}") or target.is_taken(f"{tried} files"):
        number += 1
        tried = f"{stem} {number}"
    return tried
