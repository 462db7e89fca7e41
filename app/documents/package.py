"""The files in a ZIP archive, as documents of offices and books are; read into memory within limits."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping

from app.core.errors import DocumentError
from app.core.translation import tr
from app.documents.xml_reading import XmlListener, read_xml

MOST_MEMBERS = 20_000
LARGEST_MEMBER = 64 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes, of all that is read of one archive."""
FAULTS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,  # What `zipfile` raises for ways of packing that it does not know.
    KeyError,
)


class Package:
    """An archive and how much of it may still be unpacked."""

    def __init__(self, data: bytes, name: str) -> None:
        """
        Args:
            name: what it is called in sentences.

        Raises:
            DocumentError: it is damaged, or holds far too many files.
        """
        self.name = name
        self._room = MOST_UNPACKED
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self.members = {info.filename: info for info in self._archive.infolist() if not info.is_dir()}
        except (*FAULTS, ValueError) as error:
            raise damaged(name) from error
        if len(self.members) > MOST_MEMBERS:
            raise DocumentError(
                tr("{name} holds too many files to be read.", name=name),
                tr("Add some of them by themselves."),
            )

    def __contains__(self, member: str) -> bool:
        return member in self.members

    def read(self, member: str) -> bytes:
        """A file of it.

        Raises:
            DocumentError: it is missing, damaged or locked, or unpacks to far more than documents do.
        """
        limit = min(LARGEST_MEMBER, self._room)
        try:
            with self._archive.open(self.members[member]) as file:
                data = file.read(limit + 1)
        except RuntimeError as error:  # Also NotImplementedError: packed in a way that Python does not know.
            if "password" in str(error) or "encrypted" in str(error):
                raise DocumentError(
                    tr("{name} is protected with a password.", name=self.name),
                    tr("Save it without one in another program, then add that."),
                ) from error
            raise damaged(self.name) from error
        except FAULTS as error:
            raise damaged(self.name) from error
        if len(data) > limit:
            raise DocumentError(
                tr("{name} unpacks to far more than documents do, so it was not read.", name=self.name),
                tr("It may be damaged, or made to fill the memory."),
            )
        self._room -= len(data)
        return data

    def relations(self, member: str) -> dict[str, tuple[str, str]]:
        """What a file of an Office document refers to: the kinds and the names of other files, by ids."""
        folder, name = posixpath.split(member)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if place not in self.members:
            return {}
        listener = _Relations(folder)
        read_xml(self.read(place), listener)
        return listener.found

    def main_part(self, usual: str) -> str:
        """The file of an Office document that its content starts from: `usual` where it does not say.

        Raises:
            DocumentError: it is missing.
        """
        found = (target for kind, target in self.relations("").values() if kind == "officeDocument")
        main = next(found, usual)
        if main not in self:
            raise damaged(self.name)
        return main


class _Relations(XmlListener):
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, values: Mapping[str, str]) -> None:
        if name == "Relationship" and values.get("TargetMode") != "External":
            target = values.get("Target", "")
            place = target[1:] if target.startswith("/") else posixpath.join(self._folder, target)
            kind = values.get("Type", "").rpartition("/")[2]
            self.found[values.get("Id", "")] = (kind, posixpath.normpath(place))


def damaged(name: str) -> DocumentError:
    """What is said of a file that is not what it should be."""
    return DocumentError(tr("{name} is damaged.", name=name), tr("Choose another file."))
