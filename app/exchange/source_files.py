"""The files in which conversations may be: one by one, in a folder, or in a ZIP archive as it comes."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.core.errors import ImportFormatError
from app.core.translation import tr

MOST_FILES = 200_000
MOST_UNPACKED = 32 * 1024**3
"""Bytes of one file in an archive."""
MOST_RATIO = 250
"""To how many times its size a large file in an archive may unpack; text is packed to a tenth or so."""
SMALL = 32 * 1024**2
"""Bytes. A file of at most this size may be packed as well as it likes."""
ENDINGS = (".json", ".jsonl", ".md", ".markdown", ".chat")
_ZIP = b"PK\x03\x04"
READ_FAULTS = (
    *(OSError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(NotImplementedError, RuntimeError),  # Packed in a way that Python does not know; with a password.
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may hold conversations, with those beside it."""

    name: str
    """With the folders above it, as far as they belong to what was chosen; parted by slashes."""
    size: int
    folder: SourceFolder

    def open(self) -> BinaryIO:
        """
        Raises:
            ImportFormatError: it cannot be read, or is made to fill the disk or the memory.
        """
        return self.folder.open(self.name)

    def read(self, most_bytes: int) -> bytes:
        """All of it.

        Raises:
            ImportFormatError: it cannot be read, or is larger than that.
        """
        try:
            with self.open() as file:
                data = file.read(most_bytes + 1)
        except READ_FAULTS as error:
            raise unreadable(error) from error
        if len(data) > most_bytes:
            raise ImportFormatError(tr("This file is too large to be read."))
        return data

    def beside(self, link: str) -> SourceFile | None:
        """A file by a path relative to this one; a path that leads out of what was chosen is not followed."""
        parts = PurePosixPath(link).parts
        if not parts or ".." in parts or PurePosixPath(link).is_absolute():
            return None
        return self.folder.find(str(PurePosixPath(self.name).parent.joinpath(*parts)))


class SourceFolder:
    """A folder, or the part of it that was chosen."""

    def __init__(self, root: Path, chosen: Path | None = None) -> None:
        """
        Args:
            chosen: the one file in the folder that is looked at.
        """
        self._root = root
        self._chosen = chosen

    def files(self) -> Iterator[SourceFile]:
        """Those that may hold conversations, sorted by their names.

        Raises:
            ImportFormatError: there are far too many.
        """
        if self._chosen is not None:
            if found := self.find(self._chosen.name):
                yield found
            return
        count = 0
        for folder, folders, names in os.walk(self._root):
            folders.sort()
            for name in sorted(names):
                count += 1
                if count > MOST_FILES:
                    raise ImportFormatError(
                        tr("This folder holds too many files."), tr("Choose the one with the chats in it.")
                    )
                if name.lower().endswith((*ENDINGS, ".zip")):
                    place = (Path(folder) / name).relative_to(self._root)
                    if found := self.find(place.as_posix()):
                        yield found

    def find(self, name: str) -> SourceFile | None:
        path = self._root.joinpath(*PurePosixPath(name).parts)
        try:
            if not path.resolve().is_relative_to(self._root.resolve()) or not path.is_file():
                return None
            return SourceFile(name, path.stat().st_size, self)
        except (OSError, ValueError):
            return None

    def beginning_with(self, stem: str, below: str) -> SourceFile | None:
        """A file whose name begins like that, in the folder of another."""
        folder = self._root.joinpath(*PurePosixPath(below).parent.parts)
        try:
            for path in folder.glob(f"**/{stem}*") if _is_plain(stem) else ():
                if path.is_file():
                    return self.find(path.relative_to(self._root).as_posix())
        except (OSError, ValueError):
            return None
        return None

    def open(self, name: str) -> BinaryIO:
        try:
            return (self._root / name).open("rb")
        except OSError as error:
            raise unreadable(error) from error


class SourceArchive(SourceFolder):
    """A ZIP archive, which is never unpacked to the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except READ_FAULTS as error:
            raise unreadable(error) from error
        if len(self._archive.infolist()) > MOST_FILES:
            raise ImportFormatError(tr("This archive holds too many files."))

    def files(self) -> Iterator[SourceFile]:
        for name in sorted(self._members):
            if name.lower().endswith(ENDINGS) and not name.startswith("__MACOSX/"):
                yield SourceFile(name, self._members[name].file_size, self)

    def find(self, name: str) -> SourceFile | None:
        member = self._members.get(name)
        return SourceFile(name, member.file_size, self) if member else None

    def beginning_with(self, stem: str, below: str) -> SourceFile | None:
        found = self._by_stem.get(stem) if _is_plain(stem) else None
        if found is None:
            found = next((name for key, name in self._by_stem.items() if key.startswith(stem)), None)
        return self.find(found) if found else None

    def open(self, name: str) -> BinaryIO:
        member = self._members[name]
        ratio = member.file_size / max(1, member.compress_size)
        if member.file_size > MOST_UNPACKED or (member.file_size > SMALL and ratio > MOST_RATIO):
            raise ImportFormatError(
                tr("This file unpacks to far more than chats do, so it was not opened."),
                tr("It may be damaged, or made to fill the disk."),
            )
        try:
            return self._archive.open(member)  # type: ignore[return-value]
        except READ_FAULTS as error:
            raise unreadable(error) from error

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        return {member.filename: member for member in self._archive.infolist() if not member.is_dir()}

    @cached_property
    def _by_stem(self) -> dict[str, str]:
        return {PurePosixPath(name).name: name for name in self._members}


def open_source(path: Path) -> SourceFolder:
    """What somebody has chosen: a folder, an archive, or one file.

    Raises:
        ImportFormatError: it cannot be read.
    """
    try:
        if path.is_dir():
            return SourceFolder(path)
        with path.open("rb") as file:
            is_archive = file.read(len(_ZIP)) == _ZIP
    except OSError as error:
        raise unreadable(error) from error
    return SourceArchive(path) if is_archive else SourceFolder(path.parent, path)


def unreadable(error: Exception) -> ImportFormatError:
    """What went wrong with a file, in a sentence."""
    if isinstance(error, RuntimeError) and "password" in str(error):
        return ImportFormatError(tr("This archive is locked with a password."), tr("Unpack it first."))
    if isinstance(error, OSError) and error.strerror:
        return ImportFormatError(tr("This file cannot be read: {strerror}.", strerror=error.strerror))
    if isinstance(error, NotImplementedError | RuntimeError):
        return ImportFormatError(
            tr("This archive is packed in a way that is not known."), tr("Unpack it first.")
        )
    return ImportFormatError(tr("This archive is damaged."), tr("Download it again."))


def _is_plain(stem: str) -> bool:
    """Whether a text is a name to look for, and no pattern or path."""
    return len(stem) >= 8 and stem.isascii() and stem.replace("-", "").replace("_", "").isalnum()
