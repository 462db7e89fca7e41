"""Shows the exact prompt of the next answer, made on a thread of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.errors import UserError
from app.core.message import Message, Role
from app.core.shown_prompt import ShownPrompt, shown_prompt
from app.core.translation import tr
from app.services.answers import AnswerService
from app.services.background import Report, Stream, Worker, run_in_background
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession

NO_TOOLS = tr("The tools are left out: the model's chat template has no place for them.")

NOT_LOOKED_UP = tr("Passages of your collections come to your message when it is sent.")


@dataclass(frozen=True, slots=True)
class PromptChange:
    """The prompt is known, or why it cannot be made."""

    prompt: ShownPrompt | None = None
    error: UserError | None = None


class PromptViewService(QObject):
    """Makes the prompt of the conversation on screen by the code that makes the real one.

    Signals:
        changed: a `PromptChange`.
    """

    changed = Signal(object)

    def __init__(
        self, engine: ChatEngine, chat: ChatSession, answers: AnswerService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._chat = chat
        self._answers = answers
        self._worker = Worker("prompt", self)
        self._asked: Stream | None = None

    def request(self, typed: str) -> None:
        """Has the prompt made; while an answer is written, the one that it was asked with.

        Args:
            typed: what is in the composer, which would be asked next.
        """
        self.cancel()
        engine, request = self._engine, self._answers.upcoming_request()
        if request is None or not engine.context_length or request.model_path != engine.model_path:
            hint = tr("Choose a model at the top of the window, and wait until it is loaded.")
            self.changed.emit(PromptChange(error=UserError(tr("No model is ready."), hint)))
            return
        draft = Message(Role.USER)
        if self._answers.message_under_way is None:
            attachments = self._chat.conversation.draft_attachments
            draft = Message.of_text(Role.USER, typed.strip(), attachments)
        notes: tuple[str, ...] = ()
        asked = request
        if request.tools and not engine.offers_tools:
            notes, asked = (NO_TOOLS,), replace(request, tools=())
        if draft.text and self._chat.conversation.collections:
            notes = (*notes, NOT_LOOKED_UP)

        def work(_cancel: threading.Event, report: Report) -> None:
            prompt = shown_prompt(engine, asked, draft)
            report(PromptChange(replace(prompt, notes=(*prompt.notes, *notes))))

        self._asked = run_in_background(
            self._worker,
            self,
            work,
            self.changed.emit,
            lambda error: self.changed.emit(PromptChange(error=error)),
        )

    def cancel(self) -> None:
        """Tells nothing any more of what was asked for."""
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def shut_down(self) -> None:
        """Ends the work; the model must not be unloaded before."""
        self.cancel()
        self._worker.shut_down()
