"""Files that were packed together: which of them can be read, and their words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from app.core import formatting
from app.core.document import Document, DocumentPage
from app.core.errors import DocumentError
from app.core.translation import tr, tr_count
from app.documents import formats
from app.documents.package import LARGEST_MEMBER, Package
from app.documents.xml_reading import XmlRefusedError

MOST_LISTED = 2_000
MOST_READ = 200
LONGEST_TEXT = 4_200_000
_IGNORED = ("__MACOSX/", ".git/", "node_modules/")


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file in an archive that may be read."""

    name: str
    """With the folders above it, parted by slashes."""
    size: int
    """Bytes, as the archive says."""


def entries(package: Package) -> list[ArchiveEntry]:
    """The files that are called as documents are, in the order of their names."""
    found = [
        ArchiveEntry(member, info.file_size)
        for member, info in sorted(package.members.items())
        if _is_readable(member) and 0 < info.file_size <= LARGEST_MEMBER
    ]
    return found[:MOST_LISTED]


def read(package: Package) -> Document:
    """All documents of an archive, one after the other.

    Raises:
        DocumentError: there are none.
    """
    from app.documents.opening import document_in

    listed = entries(package)
    if not listed:
        raise DocumentError(
            tr("There are no files in {name} that can be read.", name=package.name),
            tr("Choose another file."),
        )
    pages: list[DocumentPage] = []
    unread: list[str] = []
    letters = 0
    for entry in listed[:MOST_READ]:
        if letters > LONGEST_TEXT:
            break
        try:
            inner = document_in(package.read(entry.name), formatting.one_line(PurePosixPath(entry.name).name))
        except (DocumentError, XmlRefusedError, ValueError):
            unread.append(entry.name)
            continue
        place = formatting.one_line(entry.name)
        pages += (DocumentPage(None, _label(place, page), page.text) for page in inner.pages if page.text)
        letters += len(inner.text)
    remarks = []
    if len(listed) > MOST_READ:
        remarks.append(
            tr_count(
                "Only the first {most_read} of {count:,} file were read.",
                "Only the first {most_read} of {count:,} files were read.",
                len(listed),
                most_read=MOST_READ,
            )
        )
    if unread:
        remarks.append(
            tr_count(
                "{count:,} file in the archive could not be read, such as {name}.",
                "{count:,} files in the archive could not be read, such as {name}.",
                len(unread),
                name=formatting.one_line(unread[0]),
            )
        )
    return Document(package.name, formats.ZIP, tuple(pages), tuple(remarks))


def _label(place: str, page: DocumentPage) -> str:
    number = f"page {page.number}" if page.number is not None else ""
    return ", ".join(filter(None, (place, number, page.label)))


def _is_readable(member: str) -> bool:
    if any(part in f"{member}/" for part in _IGNORED) or PurePosixPath(member).name.startswith("."):
        return False
    # An archive within an archive is not opened: it may hold itself.
    return member.lower().endswith(tuple(it for it in formats.ENDINGS if it != ".zip"))
