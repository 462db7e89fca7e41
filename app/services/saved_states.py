"""Has what the model remembers of the last conversations written to the disk, for the runs after this one."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import UserError
from app.core.next_prompts import next_prompts
from app.core.turn_request import TurnRequest
from app.engine.state_files import SavedState, StateFiles
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.conversations import ConversationService, ListChange
from app.services.reading_ahead import ReadingAheadService
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.settings import SettingsChange, SettingsService
from app.settings import Settings

log = logging.getLogger(__name__)

PAUSE_MS = 5000
"""Before a copy is written: who asks one question after the other has one file written, not ten."""


class SavedStatesService(QObject):
    """Copies the memory on the engine's thread after an answer, and writes it on a thread of its own.

    Only of conversations that are saved themselves; with a conversation its state is deleted.

    Attributes:
        size: bytes on the disk, as far as that is known.

    Signals:
        changed: the size, where it is another one now.
    """

    changed = Signal(object)

    def __init__(
        self,
        engine: ChatEngine,
        engine_worker: Worker,
        files: StateFiles,
        chat: ChatSession,
        answers: AnswerService,
        conversations: ConversationService,
        reading_ahead: ReadingAheadService,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._files = files
        self._chat = chat
        self._answers = answers
        self._conversations = conversations
        self._settings = settings
        self._worker = Worker("states", self)
        self._due: tuple[str, TurnRequest] | None = None
        """The conversation that is in memory and not copied yet, and what comes next in it."""
        self._copied: tuple[str, SavedState] | None = None
        """A copy that is not written yet, by its conversation."""
        self.size = 0
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.write_now)
        answers.changed.connect(self._on_answers_changed)
        reading_ahead.ended.connect(self._on_reading_ahead_ended)
        chat.changed.connect(self._on_chat_changed)
        conversations.changed.connect(self._on_conversations_changed)
        settings.changed.connect(self._on_settings_changed)

    def start(self) -> None:
        """Takes away what belongs to no conversation any more."""
        ids = [summary.id for summary in self._conversations.summaries]
        self._in_background(lambda: self._files.keep_only(ids))

    def clear(self) -> None:
        """Takes everything off the disk."""
        self._copied = None
        self._in_background(self._files.clear)

    def write_now(self) -> None:
        """Writes the copy that waits for it, once its conversation is saved."""
        self._pause.stop()
        if (copied := self._copied) and self._is_saved(copied[0]):
            self._copied = None
            self._in_background(lambda: self._files.write(*copied))

    def shut_down(self) -> None:
        """Copies and writes what is not written yet; to be called after the engine's worker has ended."""
        if due := self._due:
            self._copy(due[1], lambda saved: self._keep(due[0], saved))
        self.write_now()
        self._worker.shut_down()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        conversation_id = change.answer.conversation_id
        if change.part is AnswerPart.BEGAN:
            self._due = None
        elif change.part is AnswerPart.ENDED and conversation_id == self._chat.conversation.id:
            may_be_kept = self._settings.current.most_state_gb and not self._chat.is_new
            request = self._answers.upcoming_request() if may_be_kept else None
            self._due = (conversation_id, request) if request else None

    def _on_reading_ahead_ended(self, conversation_id: str) -> None:
        if self._due and self._due[0] == conversation_id:
            self._begin_copy(*self._due)

    def _begin_copy(self, conversation_id: str, request: TurnRequest) -> None:
        def work(cancel: threading.Event, report: Report) -> None:
            if not cancel.is_set():
                self._copy(request, report)

        stream = Stream(work, self)
        stream.item.connect(lambda saved: self._keep(conversation_id, saved))
        stream.finished.connect(lambda error: self._on_copy_ended(stream, conversation_id, error))
        self._engine_worker.start(stream, gives_way=True)

    def _on_copy_ended(self, stream: Stream, conversation_id: str, error: Exception | None) -> None:
        if error:
            log.error("Copying what the model remembers failed", exc_info=error)
        if not stream.is_cancelled and self._due and self._due[0] == conversation_id:
            self._due = None  # The model has nothing of it any more, as after a change of model.

    def _copy(self, request: TurnRequest, report: Report) -> None:
        """Takes a copy; for the thread that has the engine."""
        engine = self._engine
        if not engine.context_length or request.model_path != engine.model_path:
            return
        asked = request if engine.offers_tools else replace(request, tools=())
        try:
            saved = engine.copy_state(next_prompts(engine, asked, "")[0], asked.tools)
        except UserError as error:
            log.info("What the model remembers was not copied: %s", type(error).__name__)
            return
        if saved is not None:
            report(saved)

    def _keep(self, conversation_id: str, saved: object) -> None:
        assert isinstance(saved, SavedState)
        if self._copied and self._copied[0] != conversation_id:
            self.write_now()
        self._copied = conversation_id, saved
        if self._due and self._due[0] == conversation_id:
            self._due = None
        self._pause.start()

    def _is_saved(self, conversation_id: str) -> bool:
        return any(summary.id == conversation_id for summary in self._conversations.summaries)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if ChatPart.CREATED in change.parts and not self._pause.isActive():
            self.write_now()
        if change.concerns(ChatPart.SHOWN) and self._due and not self._answers.is_any_running:
            self._begin_copy(*self._due)

    def _on_conversations_changed(self, change: ListChange) -> None:
        for deleted_id in [summary.id for summary in change.deleted]:
            if self._copied and self._copied[0] == deleted_id:
                self._copied = None
            self._in_background(functools.partial(self._files.delete, deleted_id))

    def _on_settings_changed(self, change: SettingsChange) -> None:
        if change.concerns("most_state_gb"):
            most_bytes = most_state_bytes(change.now)
            self._in_background(lambda: self._files.limit(most_bytes))

    def _in_background(self, work: Callable[[], None]) -> None:
        def run(_cancel: threading.Event, report: Report) -> None:
            work()
            report(self._files.size)

        run_in_background(self._worker, self, run, self._set_size, log.info)

    def _set_size(self, size: int) -> None:
        if size != self.size:
            self.size = size
            self.changed.emit(size)


def most_state_bytes(settings: Settings) -> int:
    """How much of the disk the states may take."""
    return settings.most_state_gb * 1000**3
