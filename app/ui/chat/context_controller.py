"""Counts what the model's context holds: after every change, and while the user types."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.context_use import ContextUse, measure
from app.core.errors import UserError
from app.core.language_model import LanguageModel
from app.core.turn_request import TurnRequest
from app.services.background import Report, Stream, Worker
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.composer import Composer
from app.ui.chat.context_meter import ContextMeter
from app.ui.transcript.view.transcript import Transcript

log = logging.getLogger(__name__)

PAUSE_MS = 250
"""Between two counts, however fast somebody types."""


class ContextController(QObject):
    """Keeps the meter and the line where the model's memory begins up to date.

    Counting has a thread of its own, so neither the window nor the model waits for it.

    Signals:
        measured: a `ContextUse` of the conversation on screen.
    """

    measured = Signal(object)

    def __init__(
        self,
        model: LanguageModel,
        chat: ChatController,
        composer: Composer,
        transcript: Transcript,
        meter: ContextMeter,
        parent: QObject | None = None,
        offers_tools: Callable[[], bool] = lambda: True,
    ) -> None:
        """`offers_tools` tells whether the loaded model can be told of tools."""
        super().__init__(parent)
        self._model = model
        self._chat = chat
        self._composer = composer
        self._transcript = transcript
        self._meter = meter
        self._offers_tools = offers_tools
        self._worker = Worker("context", self)
        self._counting: Stream | None = None
        self._done: list[Stream] = []
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._count)
        chat.path_changed.connect(self.refresh)
        chat.conversation_changed.connect(self.refresh)
        composer.edit.textChanged.connect(self.refresh)

    def refresh(self) -> None:
        """Counts again soon: the model, the preset, the conversation or the draft has changed."""
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
        request = self._chat.upcoming_request()
        if request is None or not self._model.context_length or request.model_path != self._model.model_path:
            self._meter.set_usage(0, 0)
            self._transcript.mark_memory_start(None)
            return
        if not self._offers_tools():
            request = replace(request, tools=())
        self._counting = stream = self._stream(request)
        self._worker.start(stream)

    def _stream(self, request: TurnRequest) -> Stream:
        reply = self._chat.reply
        message = reply.message if reply else None
        draft = self._composer.text.strip()

        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                report(measure(self._model, request, draft, message))

        stream = Stream(work, self)
        stream.item.connect(lambda use: self._on_counted(stream, use))
        stream.finished.connect(lambda error: self._on_finished(stream, error))
        return stream

    def _on_counted(self, stream: Stream, use: ContextUse) -> None:
        if stream is not self._counting:
            return
        parts = [
            ("System prompt", use.system_tokens),
            ("Conversation", use.conversation_tokens),
            ("Draft", use.draft_tokens),
            ("Room left", use.room_tokens),
        ]
        self._meter.set_usage(use.used_tokens, use.context_length, parts, remark(use))
        self._transcript.mark_memory_start(use.first_seen_id)
        self.measured.emit(use)

    def _on_finished(self, stream: Stream, error: Exception | None) -> None:
        if stream is self._counting:
            self._counting = None
        if isinstance(error, UserError):
            log.info("The context could not be counted: %s", type(error).__name__)
        elif error:
            log.error("Counting the context failed", exc_info=error)
        # This one's thread may not have let go of it yet; it has of those before.
        for done in self._done:
            done.deleteLater()
        self._done = [stream]


def remark(use: ContextUse) -> str:
    """What else the reader should know of these figures."""
    if use.refusal:
        return use.refusal
    return "The oldest messages are left out." if use.has_outgrown else ""
