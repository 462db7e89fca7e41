"""Documents for messages: opened in a process of their own, and counted in the tokens of the loaded model."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path, PurePosixPath

from PySide6.QtCore import QObject, Signal

from app.core.document import Document
from app.core.document_words import count_of_pages, drawn_mark, whole_words
from app.core.errors import DocumentError
from app.core.media import Pixels
from app.core.message import DocumentPart
from app.core.translation import sentences, tr
from app.documents.document_reader import DocumentReader, file_bytes
from app.documents.formats import PAGE_END, PDF, TEXT
from app.services.background import Report, Stream, Worker
from app.services.chat_engine import ChatEngine
from app.services.opened_files import OpenedArchive, OpenedFile, OpenedScan
from app.services.settings import SettingsService
from app.store.attachments import AttachmentStore

MOST_REMEMBERED = 8
"""Documents whose pages stay in memory."""
MOST_COUNTED = 64
"""Whose tokens are remembered."""


class DocumentService(QObject):
    """Opens documents, and tells what they cost.

    Signals:
        counted(): the tokens of a document are known now.
    """

    counted = Signal()

    def __init__(
        self,
        engine: ChatEngine,
        store: AttachmentStore,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._store = store
        self._settings = settings
        self._opened: OrderedDict[str, Document] = OrderedDict()
        """Those that were read last, by the SHA-256 of their files."""
        self._reader = DocumentReader()
        self._worker = Worker("document tokens", self)
        self._tokens: OrderedDict[tuple[str, str], int] = OrderedDict()
        """By the model's file and the words that are given."""
        self._under_way: set[tuple[str, str]] = set()

    def open_file(self, path: Path) -> OpenedFile | OpenedArchive | OpenedScan:
        """A document that can be attached, an archive of several, or a PDF that is made of pictures.

        May be called on any thread.

        Raises:
            DocumentError: it has no words that can be read.
        """
        data = file_bytes(path)
        entries = self._reader.archive_entries(data, path.name)
        if not entries:
            document = self._reader.read_data(data, path.name)
            if document.media_type == PDF and document.pages and not document.has_words:
                return OpenedScan(document.name, data, len(document.pages))
            return self.opened(data, document)
        archive = OpenedArchive(path.name, data, tuple(entries))
        return archive if len(entries) > 1 else self.open_member(archive, entries[0].name)

    def open_member(self, archive: OpenedArchive, member: str) -> OpenedFile:
        """A document of an archive. May be called on any thread.

        Raises:
            DocumentError: it has no words that can be read.
        """
        data = self._reader.unpacked(archive.data, archive.name, member)
        return self.opened(data, self._reader.read_data(data, PurePosixPath(member).name))

    def opened(self, data: bytes, document: Document) -> OpenedFile:
        """A document that was read, on its way to be attached. May be called on any thread.

        Where only the text of documents is to be kept, that is what its file holds then.

        Raises:
            DocumentError: there are no words in it.
        """
        if not self._settings.current.keeps_original_documents:
            data = PAGE_END.join(page.text for page in document.pages).encode("utf-8", "replace")
            document = replace(document, media_type=TEXT)
        self._remember(hashlib.sha256(data).hexdigest(), document)
        return _opened_document(data, document)

    def drawn_page(self, scan: OpenedScan, number: int) -> Pixels:
        """A page of a PDF that is made of pictures. May be called on any thread.

        Raises:
            DocumentError: it cannot be drawn.
        """
        return self._reader.drawn_page(scan.data, scan.name, number)

    def document_of(self, part: DocumentPart) -> Document | None:
        """All of a document that is attached; None where its file is gone. May be called on any thread.

        Raises:
            DocumentError: it cannot be read any more.
        """
        sha256 = part.file.sha256
        if sha256 not in self._opened:
            data = self._store.read(sha256)
            if data is None:
                return None
            self._remember(sha256, self._reader.read_data(data, part.file.name))
        return self._opened.get(sha256)

    def tokens(self, part: DocumentPart) -> int | None:
        """How many tokens a document is for the loaded model; None while that is counted, and without one."""
        model = self._engine.model_path
        key = (model, part.words)
        if key in self._tokens:
            return self._tokens[key]
        if model and key not in self._under_way:
            self._count(key, part)
        return None

    def shut_down(self) -> None:
        """Ends the counting and the process; the model must not be unloaded before."""
        self._worker.shut_down()
        self._reader.end()

    def _remember(self, sha256: str, document: Document) -> None:
        self._opened[sha256] = document
        while len(self._opened) > MOST_REMEMBERED:
            self._opened.popitem(last=False)

    def _count(self, key: tuple[str, str], part: DocumentPart) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                report(self._engine.attachment_tokens(part))

        def take(tokens: int) -> None:
            self._tokens[key] = tokens
            while len(self._tokens) > MOST_COUNTED:
                self._tokens.popitem(last=False)

        def end() -> None:
            self._under_way.discard(key)
            self.counted.emit()

        self._under_way.add(key)
        stream = Stream(work, self)
        stream.item.connect(take)
        stream.finished.connect(lambda _error: end())
        self._worker.start(stream)


def _opened_document(data: bytes, document: Document) -> OpenedFile:
    """A document that was read, on its way to be attached.

    Raises:
        DocumentError: there are no words in it.
    """
    if not document.has_words:
        raise DocumentError(
            tr("There are no words in {name} that can be read.", name=document.name),
            tr("It may be made of pictures only."),
        )
    mark = drawn_mark(document)
    words, pages = whole_words(document, mark), count_of_pages(document)
    remark = ""
    if document.remarks:
        remark = tr("{file}: {faults}", file=document.name, faults=sentences(*document.remarks))
    return OpenedFile(
        data, document.media_type, document.name, lambda file: DocumentPart(file, words, mark, pages), remark
    )
