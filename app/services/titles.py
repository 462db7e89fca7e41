"""Has the model name conversations after their first answers, while nothing else is asked of it."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from app.core.conversation import Conversation, MessageState, title_from
from app.core.errors import UserError
from app.core.message import Role
from app.core.title import write_title
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.conversation_settings import ConversationSettings
from app.services.reading_ahead import ReadingAheadService
from app.services.running_answer import RunningAnswer
from app.services.settings import SettingsService

log = logging.getLogger(__name__)

PAUSE_MS = 400
"""Between two looks at whether the model is idle."""


class TitleService(QObject):
    """Gives a conversation that still has the first words as its title one that the model wrote.

    What the user called it stays, and so do the titles of conversations that were not answered here. The work
    gives way to everything else; what was cancelled is tried again when the model is idle again.
    """

    def __init__(
        self,
        engine: ChatEngine,
        engine_worker: Worker,
        chat: ChatSession,
        conversation_settings: ConversationSettings,
        answers: AnswerService,
        reading_ahead: ReadingAheadService,
        settings: SettingsService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._chat = chat
        self._conversation_settings = conversation_settings
        self._answers = answers
        self._settings = settings
        self._answered: set[str] = set()
        """Conversations that got their first answer in this run and have no title yet."""
        self._wanted = ""
        """The conversation that is to be named once the model is idle."""
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._start_if_idle)
        answers.ended.connect(self._on_answer_ended)
        reading_ahead.ended.connect(self._on_read_ahead)

    def shut_down(self) -> None:
        """Begins nothing any more; to be called before the engine's worker ends."""
        self._pause.stop()
        self._pause.timeout.disconnect(self._start_if_idle)

    def _on_answer_ended(self, answer: RunningAnswer) -> None:
        conversation = self._chat.find(answer.conversation_id)
        if conversation is not None and self._is_unnamed(conversation):
            self._answered.add(answer.conversation_id)

    def _on_read_ahead(self, conversation_id: str) -> None:
        if conversation_id in self._answered and self._settings.current.writes_titles:
            self._wanted = conversation_id
            self._pause.start()

    def _start_if_idle(self) -> None:
        conversation = self._chat.conversation
        if conversation.id != self._wanted or self._answers.is_any_running:
            return
        if self._engine_worker.is_busy:
            self._pause.start()  # It saves what it has read.
            return
        request = self._answers.upcoming_request()
        if request is None or not self._is_unnamed(conversation):
            self._answered.discard(conversation.id)
            return

        def work(cancel: threading.Event, report: Report) -> None:
            if request.model_path == self._engine.model_path and not cancel.is_set():
                asked = request if self._engine.offers_tools else replace(request, tools=())
                report(write_title(self._engine, asked, cancel))

        stream = Stream(work, self)
        stream.item.connect(lambda title: self._on_written(stream, conversation, title))
        stream.finished.connect(_note_failure)
        self._engine_worker.start(stream, gives_way=True)

    def _on_written(self, stream: Stream, asked: Conversation, title: str) -> None:
        if stream.is_cancelled:
            return
        self._answered.discard(asked.id)
        now = self._chat.find(asked.id)
        if title and now is not None and not now.is_titled_by_user and now.title == asked.title:
            self._conversation_settings.take_title(asked.id, title)

    def _is_unnamed(self, conversation: Conversation) -> bool:
        """Whether it has its first answer, and the first words of its question as its title."""
        path = conversation.path()
        if (
            conversation.is_temporary
            or conversation.is_titled_by_user
            or not path
            or path[-1].role is not Role.ASSISTANT
        ):
            return False
        questions = [node for node in path if node.role is Role.USER]
        is_answered = path[-1].state is MessageState.COMPLETE and bool(path[-1].message.text.strip())
        is_first = len(questions) == 1 and conversation.title == title_from(questions[0].message.text)
        return is_answered and is_first


def _note_failure(error: Exception | None) -> None:
    if isinstance(error, UserError):
        log.info("No title was written: %s", type(error).__name__)
    elif error:
        log.error("Writing a title failed", exc_info=error)
