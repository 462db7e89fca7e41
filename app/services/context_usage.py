"""Counts what the model's context holds: after every change, and while the user types."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.context_use import ContextUse, fitting_beginning, measure
from app.core.errors import Cancelled, UserError
from app.core.message import AttachmentPart, DocumentPart
from app.core.reading_speed import ReadingSpeed
from app.core.turn_request import TurnRequest
from app.services.answers import AnswerService
from app.services.attachments import AttachmentService
from app.services.background import Report, Stream, Worker
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.model_status import ModelState
from app.services.models import ModelService
from app.services.presets import PresetService
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.tools import ToolService

log = logging.getLogger(__name__)

PAUSE_MS = 250
"""Between two counts, however fast somebody types."""
SURELY_SHORT = 64
"""Characters for which nobody waits until they are counted."""
SHORT_FOR_ANY_MODEL = 1_000
"""Bytes that go into the shortest context a model is loaded with."""

_COUNTED_PARTS = (
    ChatPart.SHOWN,
    ChatPart.PATH,
    ChatPart.PRESET,
    ChatPart.TOOLS,
    ChatPart.EDIT,
    ChatPart.WORDS,
    ChatPart.BRANCH,
    ChatPart.ATTACHMENTS,
)


@dataclass(frozen=True, slots=True)
class ContextChange:
    """What the conversation on screen takes of the context now; None while no model is ready."""

    use: ContextUse | None
    typed: str = ""
    """What was in the composer when it was counted, without blanks around it."""
    reading_seconds: float | None = None
    """How long the next answer reads what it has to read again; None where that is not known."""
    attached: Sequence[AttachmentPart] = ()
    """What was attached to the message then."""


class ContextUsageService(QObject):
    """Keeps the figures of the conversation on screen up to date.

    Counting has a thread of its own, so neither the window nor the model waits for it.

    Signals:
        changed: a `ContextChange`.
        cut(str, str): a text that was too long, and as much of it as fits.
    """

    changed = Signal(object)
    cut = Signal(str, str)

    def __init__(
        self,
        engine: ChatEngine,
        chat: ChatSession,
        attachments: AttachmentService,
        answers: AnswerService,
        models: ModelService,
        presets: PresetService,
        tools: ToolService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chat = chat
        self._attachments = attachments
        self._answers = answers
        self._models = models
        self._speed = ReadingSpeed()
        self._worker = Worker("context", self)
        self._typed = ""
        self._last = ContextChange(None)
        self._counting: Stream | None = None
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._count)
        chat.changed.connect(self._on_chat_changed)
        answers.changed.connect(self._on_answers_changed)
        for service in (models, presets, tools, attachments):
            service.changed.connect(self.refresh)

    def note_typed(self, text: str) -> None:
        """Takes what is in the composer now; it is counted with the rest soon."""
        self._typed = text.strip()
        self.refresh()

    def refresh(self) -> None:
        """Counts again soon."""
        if not self._pause.isActive():
            self._pause.start()

    def fits(self, text: str) -> bool | None:
        """Whether a message can be sent; None while it is counted, or waits for a model to be counted by.

        Where none is on its way, it is left to the one that will be.
        """
        attached = self._attachments.current
        has_documents = any(isinstance(part, DocumentPart) for part in attached)
        if len(text) <= SURELY_SHORT and not has_documents:
            return True
        if self._models.status.state is ModelState.LOADING and not self._answers.is_answering:
            return True if len(text.encode()) <= SHORT_FOR_ANY_MODEL and not has_documents else None
        use = self._last.use
        if use is not None and use.surely_takes(text) and not has_documents:
            return True
        is_current = self._last.attached == attached
        if use is not None and has_documents and is_current and use.has_room_for(text):
            return True
        if self._last.typed != text.strip() or (has_documents and not is_current):
            return None
        return use is None or use.excess_tokens == 0

    def reading_seconds(self, tokens: int) -> float | None:
        """How long the loaded model reads so many tokens; None where that is not known yet."""
        return self._speed.seconds(self._engine.model_path, tokens)

    def cut_to_fit(self, text: str) -> None:
        """Finds out how much of a message fits; `cut` tells."""
        request = self._answers.upcoming_request()
        if request is None:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            report(fitting_beginning(self._engine, request, text, cancel))

        stream = Stream(work, self)
        stream.item.connect(lambda beginning: self.cut.emit(text, beginning))
        stream.finished.connect(lambda error: self._note_failure(error))
        self._worker.start(stream)

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
            self._tell(None, self._typed, self._attachments.current)
            return
        if not engine.offers_tools:
            request = replace(request, tools=())
        self._counting = stream = self._stream(request)
        self._worker.start(stream)

    def _stream(self, request: TurnRequest) -> Stream:
        node = self._answers.message_under_way
        message = node.message if node else None
        typed, attachments = self._typed, self._attachments.current

        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                report(measure(self._engine, request, typed, message, attachments))

        stream = Stream(work, self)
        stream.item.connect(lambda use: self._on_counted(stream, use, typed, attachments))
        stream.finished.connect(lambda error: self._on_finished(stream, error, typed))
        return stream

    def _on_counted(
        self, stream: Stream, use: ContextUse, typed: str, attached: Sequence[AttachmentPart]
    ) -> None:
        if stream is self._counting:
            self._tell(use, typed, attached)

    def _tell(self, use: ContextUse | None, typed: str, attached: Sequence[AttachmentPart]) -> None:
        seconds = self._speed.seconds(self._engine.model_path, use.reread_tokens) if use else None
        self._last = ContextChange(use, typed, seconds, attached)
        self.changed.emit(self._last)

    def _note_failure(self, error: Exception | None) -> None:
        if isinstance(error, UserError):
            log.info("The context could not be counted: %s", type(error).__name__)
        elif error and not isinstance(error, Cancelled):
            log.error("Counting the context failed", exc_info=error)

    def _on_finished(self, stream: Stream, error: Exception | None, typed: str) -> None:
        if stream is self._counting:
            self._counting = None
            if error:
                self._tell(
                    None, typed, self._attachments.current
                )  # Nobody knows: who waits to send must not wait for ever.
        self._note_failure(error)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(*_COUNTED_PARTS):
            self.refresh()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        generation = change.answer.node.message.generation
        if change.part in (AnswerPart.ROUND_ENDED, AnswerPart.ENDED) and generation and generation.statistics:
            self._speed.note(generation.model_path, generation.statistics)
        if change.part not in (AnswerPart.GREW, AnswerPart.STATUS, AnswerPart.CALLS):
            self.refresh()
