"""Documents are read in a process of their own: strangers made them, and some are made to do harm."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from app.core import formatting
from app.core.document import Document
from app.core.errors import Cancelled, DocumentError
from app.core.media import Pixels
from app.core.translation import tr
from app.documents import formats
from app.documents.answers import (
    ReadingRequest,
    ReadingTask,
    data_of,
    document_of,
    entries_of,
    pixels_of,
    written_request,
)
from app.documents.archive import ArchiveEntry
from app.processes.own_process import own_command
from app.processes.request_process import RequestFailedError, RequestLimits, RequestProcess

T = TypeVar("T")

OPTION = "--read-documents"
LIMITS = RequestLimits(seconds=30.0, memory_bytes=1024 * 1024 * 1024)
LARGEST_FILE = 100 * 1024 * 1024
"""Bytes."""


def file_bytes(path: Path) -> bytes:
    """What is in a file that is to be read.

    Raises:
        DocumentError: it is too large, or cannot be opened.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise DocumentError(
                tr(
                    "{name} has {size}, and a file may have {most} at most.",
                    name=path.name,
                    size=formatting.size(size),
                    most=formatting.size(LARGEST_FILE),
                ),
                tr("Add a part of it."),
            )
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(
            tr("{name} cannot be read: {reason}.", name=path.name, reason=reason), tr("Choose another file.")
        ) from error


class DocumentReader:
    """Reads documents, one after the other. Safe from any thread; the process starts with the first file."""

    def __init__(self, limits: RequestLimits = LIMITS) -> None:
        self._process = RequestProcess("documents", own_command(OPTION), limits)

    def read_document(self, path: Path, cancel: threading.Event | None = None) -> Document:
        """All words of a file.

        Raises:
            DocumentError: it cannot be opened, or has no words that can be read.
            Cancelled: `cancel` was set meanwhile.
        """
        return self.read_data(file_bytes(path), path.name, cancel)

    def read_data(self, data: bytes, name: str, cancel: threading.Event | None = None) -> Document:
        """All words of a file whose bytes are at hand; `name` is what it is called.

        Raises:
            DocumentError: it has no words that can be read.
            Cancelled: `cancel` was set meanwhile.
        """
        return self._asked(ReadingRequest(ReadingTask.READ, name, data), document_of, cancel)

    def archive_entries(self, data: bytes, name: str) -> list[ArchiveEntry]:
        """The files of an archive that can be read; none where it is no archive, but a document.

        Raises:
            DocumentError: it is damaged, or holds none.
        """
        if not formats.is_archive(data):
            return []
        return self._asked(ReadingRequest(ReadingTask.LIST, name, data), entries_of)

    def unpacked(self, data: bytes, name: str, member: str) -> bytes:
        """A file of an archive.

        Raises:
            DocumentError: it is damaged.
        """
        return self._asked(ReadingRequest(ReadingTask.UNPACK, name, data, member), data_of)

    def drawn_page(self, data: bytes, name: str, number: int) -> Pixels:
        """A page of a PDF as a picture; the first is 1.

        Raises:
            DocumentError: it cannot be drawn.
        """
        return self._asked(ReadingRequest(ReadingTask.DRAW, name, data, str(number)), pixels_of)

    def _asked(
        self, request: ReadingRequest, read: Callable[[bytes], T], cancel: threading.Event | None = None
    ) -> T:
        name = formatting.one_line(request.name)
        if cancel is not None and cancel.is_set():
            raise Cancelled
        try:
            return read(self._process.ask(written_request(replace(request, name=name)), cancel))
        except RequestFailedError as error:
            if cancel is not None and cancel.is_set():
                raise Cancelled from None
            raise DocumentError(
                tr("{name} cannot be read: {error}.", name=name, error=error), tr("Choose another file.")
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise DocumentError(
                tr("{name} cannot be read.", name=name), tr("Choose another file.")
            ) from error

    def end(self) -> None:
        """Ends the process; it starts again with the next file."""
        self._process.end()
