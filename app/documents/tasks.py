"""Does what the window asks the process for that reads documents."""

from __future__ import annotations

from app.core.errors import DocumentError
from app.core.translation import tr
from app.documents import archive, formats
from app.documents.answers import (
    ReadingRequest,
    ReadingTask,
    data_answer,
    document_answer,
    entries_answer,
    pixels_answer,
)
from app.documents.opening import document_in, kind_of
from app.documents.package import Package


def done(request: ReadingRequest) -> bytes:
    """The answer to a request.

    Raises:
        DocumentError: there is none.
    """
    match request.task:
        case ReadingTask.READ:
            return document_answer(document_in(request.data, request.name))
        case ReadingTask.LIST:
            return entries_answer(_entries(request))
        case ReadingTask.UNPACK:
            return data_answer(Package(request.data, request.name).read(request.member))
        case ReadingTask.DRAW:
            from app.documents import pdf

            return pixels_answer(pdf.drawn_page(request.data, request.name, int(request.member)))


def _entries(request: ReadingRequest) -> list[archive.ArchiveEntry]:
    """The files of an archive that can be read; none where it is itself a document."""
    package = Package(request.data, request.name)
    if kind_of(package) != formats.ZIP:
        return []
    found = archive.entries(package)
    if not found:
        raise DocumentError(
            tr("There are no files in {name} that can be read.", name=request.name),
            tr("Choose another file."),
        )
    return found
