"""Has the model read what the next prompt begins with, while the user reads or types."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import UserError
from app.core.message import DocumentPart, DocumentShare
from app.core.next_prompts import next_prompts, whole_words
from app.core.turn_request import TurnRequest
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.power import is_on_battery
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.settings import SettingsService
from app.settings import ReadAhead

log = logging.getLogger(__name__)

_Draft = tuple[str, tuple[DocumentPart, ...]]
_NOTHING: _Draft = ("", ())
PAUSE_MS = 1000
"""After the last key, before the words that are typed are read."""


class ReadingAheadService(QObject):
    """Reads ahead when an answer has ended and when the user pauses in typing; gives way to everything else.

    Signals:
        ended: the memory is as the next question in a conversation needs it, as far as that is wanted; its
            id. Not where other work came in between.
    """

    ended = Signal(str)

    def __init__(
        self,
        engine: ChatEngine,
        engine_worker: Worker,
        chat: ChatSession,
        answers: AnswerService,
        settings: SettingsService,
        is_on_battery: Callable[[], bool] = is_on_battery,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._chat = chat
        self._answers = answers
        self._settings = settings
        self._is_on_battery = is_on_battery
        self._typed = ""
        self._words = ""
        """Those of the draft that are being read, or were read last."""
        self._documents: tuple[DocumentPart, ...] = ()
        """Those that are attached to it."""
        self._reading: Stream | None = None
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._read_draft)
        answers.changed.connect(self._on_answers_changed)
        chat.changed.connect(self._on_chat_changed)

    def note_typed(self, text: str) -> None:
        """Takes the question that is in the composer now; its whole words are read after a pause."""
        self._typed = text
        if self._reading and not text.lstrip().startswith(self._words):
            self._reading.cancel()
        self._read_after_pause()

    def shut_down(self) -> None:
        """Begins nothing any more; to be called before the engine's worker ends."""
        self._pause.stop()
        self._pause.timeout.disconnect(self._read_draft)
        self._answers.changed.disconnect(self._on_answers_changed)
        self._chat.changed.disconnect(self._on_chat_changed)

    def _read_after_pause(self) -> None:
        if self._settings.current.reads_drafts:
            self._pause.start()
        else:
            self._pause.stop()

    def _read_draft(self) -> None:
        draft = self._draft()
        if draft is not None and any(draft) and draft != (self._words, self._documents):
            self._start(draft)

    def _draft(self) -> _Draft | None:
        """The words and the documents that the next message begins with; None where nobody knows that yet.

        Attachments come before the words. Pictures and recordings are not looked at ahead, and which parts
        of a document are given may depend on the question.
        """
        attached = self._chat.conversation.draft_attachments
        documents = tuple(
            part
            for part in attached
            if isinstance(part, DocumentPart) and part.share is not DocumentShare.PASSAGES
        )
        return (whole_words(self._typed), documents) if len(documents) == len(attached) else None

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.ATTACHMENTS) and self._settings.current.reads_drafts:
            draft = self._draft()
            if self._reading and (draft is None or draft[1] != self._documents):
                self._reading.cancel()
            self._read_after_pause()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        if change.part is AnswerPart.BEGAN:
            self._pause.stop()
            self._words, self._documents = _NOTHING
        elif change.part is AnswerPart.ENDED and change.answer.conversation_id == self._chat.conversation.id:
            # Whoever else hears of the end may have the next message answered at once.
            QTimer.singleShot(0, self, lambda: self._start(self._draft() or _NOTHING))

    def _start(self, draft: _Draft) -> None:
        request = self._answers.upcoming_request()
        if request is None or self._answers.is_any_running:
            return
        self._words, self._documents = draft if self._settings.current.reads_drafts else _NOTHING
        conversation_id = self._chat.conversation.id
        stream = Stream(self._work(request, (self._words, self._documents)), self)
        stream.finished.connect(lambda error: self._on_finished(stream, conversation_id, error))
        self._reading = stream
        self._engine_worker.start(stream, gives_way=True)

    def _work(self, request: TurnRequest, wanted: _Draft) -> Callable[[threading.Event, Report], None]:
        engine, when = self._engine, self._settings.current.reads_ahead

        def work(cancel: threading.Event, _report: Report) -> None:
            if cancel.is_set() or not engine.context_length or request.model_path != engine.model_path:
                return
            has_mains = not self._is_on_battery()
            words, documents = wanted if has_mains else _NOTHING
            if not (words or documents) and (
                when is ReadAhead.NEVER or (when is ReadAhead.ON_MAINS and not has_mains)
            ):
                return
            asked = request if engine.offers_tools else replace(request, tools=())
            prompts = next_prompts(engine, asked, words, documents)
            if not cancel.is_set():
                engine.read_ahead(prompts, asked.tools, cancel)

        return work

    def _on_finished(self, stream: Stream, conversation_id: str, error: Exception | None) -> None:
        if isinstance(error, UserError):
            log.info("Nothing was read ahead: %s", type(error).__name__)
        elif error:
            log.error("Reading ahead failed", exc_info=error)
        if stream is self._reading:
            self._reading = None
        if error or stream.is_cancelled:
            self._words, self._documents = _NOTHING
        else:
            self.ended.emit(conversation_id)
