"""Counts what the model's context holds: after every change, and while the user types."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.context_use import ContextUse, measure
from app.core.errors import UserError
from app.core.turn_request import TurnRequest
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatChange, ChatPart, ChatSession
from app.services.models import ModelService
from app.services.presets import PresetService
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.tools import ToolService

log = logging.getLogger(__name__)

PAUSE_MS = 250
"""Between two counts, however fast somebody types."""

_COUNTED_PARTS = (
    ChatPart.SHOWN,
    ChatPart.PATH,
    ChatPart.PRESET,
    ChatPart.TOOLS,
    ChatPart.EDIT,
    ChatPart.WORDS,
    ChatPart.BRANCH,
)


@dataclass(frozen=True, slots=True)
class ContextChange:
    """What the conversation on screen takes of the context now; None while no model is ready."""

    use: ContextUse | None


class ContextUsageService(QObject):
    """Keeps the figures of the conversation on screen up to date.

    Counting has a thread of its own, so neither the window nor the model waits for it.

    Signals:
        changed: a `ContextChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        engine: ChatEngine,
        chat: ChatSession,
        answers: AnswerService,
        models: ModelService,
        presets: PresetService,
        tools: ToolService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chat = chat
        self._answers = answers
        self._worker = Worker("context", self)
        self._typed = ""
        self._counting: Stream | None = None
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._count)
        chat.changed.connect(self._on_chat_changed)
        answers.changed.connect(self._on_answers_changed)
        for service in (models, presets, tools):
            service.changed.connect(self.refresh)

    def note_typed(self, text: str) -> None:
        """Takes what is in the composer now; it is counted with the rest soon."""
        self._typed = text.strip()
        self.refresh()

    def refresh(self) -> None:
        """Counts again soon."""
        if not self._pause.isActive():
            self._pause.start()

    def shut_down(self) -> None:
        """Ends the counting; the model must not be unloaded before."""
        self._pause.stop()
        self._pause.timeout.disconnect(self._count)  # The last answer may still report something.
        self._counting = None
        self._worker.shut_down()

    def _count(self) -> None:
        if self._counting is not None:
            self._counting.cancel()
            self._counting = None
        request = self._answers.upcoming_request()
        engine = self._engine
        if request is None or not engine.context_length or request.model_path != engine.model_path:
            self.changed.emit(ContextChange(None))
            return
        if not engine.offers_tools:
            request = replace(request, tools=())
        self._counting = stream = self._stream(request)
        self._worker.start(stream)

    def _stream(self, request: TurnRequest) -> Stream:
        node = self._answers.message_under_way
        message = node.message if node else None
        typed, attachments = self._typed, self._chat.conversation.draft_attachments

        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                report(measure(self._engine, request, typed, message, attachments))

        stream = Stream(work, self)
        stream.item.connect(lambda use: self._on_counted(stream, use))
        stream.finished.connect(lambda error: self._on_finished(stream, error))
        return stream

    def _on_counted(self, stream: Stream, use: ContextUse) -> None:
        if stream is self._counting:
            self.changed.emit(ContextChange(use))

    def _on_finished(self, stream: Stream, error: Exception | None) -> None:
        if stream is self._counting:
            self._counting = None
        if isinstance(error, UserError):
            log.info("The context could not be counted: %s", type(error).__name__)
        elif error:
            log.error("Counting the context failed", exc_info=error)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(*_COUNTED_PARTS):
            self.refresh()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        if change.part not in (AnswerPart.GREW, AnswerPart.STATUS, AnswerPart.CALLS):
            self.refresh()
