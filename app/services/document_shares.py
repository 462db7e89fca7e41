"""What becomes of documents that are too long for the model: the user chooses what it is given of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.context_use import ContextUse
from app.core.document import Document
from app.core.document_words import given_words, pages_of, whole_words
from app.core.errors import UserError
from app.core.fitting_passages import beginning_of, fitting_passages
from app.core.message import AttachmentPart, DocumentPart, DocumentShare, MediaPart
from app.core.prompt import MESSAGE_OVERHEAD, room_for_answer
from app.core.translation import tr
from app.services.attachments import AttachmentService
from app.services.background import Report, Stream, Worker
from app.services.chat_engine import ChatEngine
from app.services.context_usage import ContextChange, ContextUsageService
from app.services.documents import DocumentService
from app.services.notices import NoticeService

SHARE_OF_ROOM = 0.5
"""Of what the context has room for; the rest is for what is said about the documents."""
FEWEST_TOKENS = 64
_UNEXPECTED = tr("The parts of the file could not be chosen.")


@dataclass(frozen=True, slots=True)
class DocumentShareChange:
    """What the user is asked, or has chosen, about the documents of the message being written."""

    names: tuple[str, ...] = ()
    """Those that the model has no room for; empty where it has room for all."""
    share: DocumentShare | None = None
    """What it is given of them; None where that is not chosen yet."""


class DocumentShareService(QObject):
    """Offers to give the model a part of documents that are too long for it, and finds the part.

    Signals:
        changed: a `DocumentShareChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        engine: ChatEngine,
        documents: DocumentService,
        attachments: AttachmentService,
        usage: ContextUsageService,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._documents = documents
        self._attachments = attachments
        self._usage = usage
        self._notices = notices
        self._worker = Worker("document shares", self)
        self._use: ContextUse | None = None
        self._chosen_for: dict[str, str] = {}
        """The question that the parts of a document were chosen for, by the words of those parts."""
        self._choosing: Stream | None = None
        self._tried: tuple[str, int] | None = None
        """The question and the context for which parts were chosen again by themselves."""
        self.state = DocumentShareChange()
        usage.changed.connect(self._on_usage_changed)
        attachments.changed.connect(self._publish)

    def choose(self, share: DocumentShare, question: str) -> None:
        """Gives the model a part of the documents that it has no room for."""
        parts, use = self._attachments.current, self._use
        if use is None:
            return
        if self._choosing is not None:
            self._choosing.cancel()

        def work(_cancel: threading.Event, report: Report) -> None:
            report(self._shortened(parts, share, question, use))

        stream = Stream(work, self)
        stream.item.connect(lambda found: self._take(stream, found, question))
        stream.finished.connect(lambda error: self._on_finished(stream, error))
        self._choosing = stream
        self._worker.start(stream)

    def is_chosen_for(self, question: str) -> bool:
        """Whether the parts that are given fit this question, as far as they are to."""
        return all(self._chosen_for.get(part.words) == question for part in self._by_question())

    def choose_for(self, question: str) -> None:
        """Finds the parts that fit this question; `AttachmentService.changed` follows."""
        if self._use is None:  # Nobody counts: they stay as they are.
            self._chosen_for |= {part.words: question for part in self._by_question()}
            self._usage.refresh()
        else:
            self.choose(DocumentShare.PASSAGES, question)

    def shut_down(self) -> None:
        """Gives up what is being found; the model must not be unloaded before."""
        self._worker.shut_down()

    def _by_question(self) -> list[DocumentPart]:
        return [part for part in self._given() if part.share is DocumentShare.PASSAGES]

    def _given(self) -> list[DocumentPart]:
        return [part for part in self._attachments.current if isinstance(part, DocumentPart)]

    def _take(self, stream: Stream, found: Mapping[DocumentPart, DocumentPart], question: str) -> None:
        if stream is not self._choosing:
            return
        self._chosen_for = {part.words: question for part in found.values()}
        self._attachments.exchange(found)
        self._usage.refresh()

    def _on_finished(self, stream: Stream, error: Exception | None) -> None:
        if stream is self._choosing:
            self._choosing = None
        if isinstance(error, UserError):
            self._notices.fail(error)
        elif error is not None:
            self._notices.fail_unexpectedly(error, _UNEXPECTED)

    def _on_usage_changed(self, change: ContextChange) -> None:
        self._use = change.use
        given = [part for part in self._given() if part.share is not DocumentShare.WHOLE]
        is_current = change.attached == self._attachments.current
        if given and is_current and change.use is not None and change.use.excess_tokens:
            asked = (change.typed, change.use.context_length)
            if asked != self._tried:  # Another model, or a longer question.
                self._tried = asked
                self.choose(given[0].share, change.typed)
        self._publish()

    def _publish(self) -> None:
        documents = self._given()
        shares = [part.share for part in documents if part.share is not DocumentShare.WHOLE]
        names = [part.file.name for part in documents if part.share is not DocumentShare.WHOLE]
        if not names and self._use is not None and self._use.excess_tokens:
            names = [part.file.name for part in documents]
        state = DocumentShareChange(tuple(names), shares[0] if shares else None)
        if state != self.state:
            self.state = state
            self.changed.emit(state)

    # On the thread of the worker

    def _shortened(
        self, parts: Sequence[AttachmentPart], share: DocumentShare, question: str, use: ContextUse
    ) -> dict[DocumentPart, DocumentPart]:
        """The documents that are exchanged for others, which together have room beside the question."""
        engine = self._engine
        room = use.context_length - room_for_answer(use.context_length) - use.system_tokens
        room -= engine.count_tokens(question) + 2 * MESSAGE_OVERHEAD
        room -= sum(engine.attachment_tokens(part) for part in parts if isinstance(part, MediaPart))
        left = max(FEWEST_TOKENS, int(room * SHARE_OF_ROOM))
        given = [part for part in parts if isinstance(part, DocumentPart)]
        wholes: list[tuple[int, DocumentPart, DocumentPart, Document]] = []
        for part in given:
            document = self._documents.document_of(part)
            if document is None:  # Its file is gone: it stays as it is.
                left -= engine.attachment_tokens(part)
                continue
            whole = replace(part, words=whole_words(document, part.mark), share=DocumentShare.WHOLE, pages=())
            wholes.append((engine.attachment_tokens(whole), part, whole, document))
        found: dict[DocumentPart, DocumentPart] = {}
        wholes.sort(key=lambda it: it[0])
        for place, (tokens, part, whole, document) in enumerate(wholes):
            fair = max(FEWEST_TOKENS, left // (len(wholes) - place))
            new = whole if tokens <= fair else self._part_of(whole, document, share, question, fair)
            left -= min(tokens, fair)
            found[part] = new
        return found

    def _part_of(
        self, part: DocumentPart, document: Document, share: DocumentShare, question: str, room: int
    ) -> DocumentPart:
        count = self._engine.count_tokens
        wanted = room
        while True:
            if share is DocumentShare.PASSAGES:
                passages = fitting_passages(document, question, wanted, count)
            else:
                passages = beginning_of(document, wanted, count)
            words = given_words(document, part.mark, passages, share)
            new = replace(part, words=words, share=share, pages=pages_of(passages) if part.page_count else ())
            excess = self._engine.attachment_tokens(new) - room
            if excess <= 0 or not passages:
                return new
            wanted -= excess  # The marks between the passages take room as well.
