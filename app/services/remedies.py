"""Has answers that went wrong on screen written again in another way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.services.answer_remedies import against_repetition, prefill_without_loop
from app.services.answers import AnswerService
from app.services.chat_session import ChatSession
from app.services.models import ModelService
from app.services.running_answer import RunningAnswer


class RemedyService(QObject):
    """What the buttons under an answer offer where it went into a loop, or thinks for too long."""

    def __init__(
        self,
        chat: ChatSession,
        answers: AnswerService,
        models: ModelService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._answers = answers
        self._models = models
        self._when_ended: dict[str, Callable[[], None]] = {}
        """What is to be done once an answer that was stopped has ended, by its conversation."""
        answers.ended.connect(self._on_answer_ended)

    def retry_against_repetition(self, node_id: str) -> None:
        """Has an answer that went into a loop written again, with repetition penalised."""
        self._answers.regenerate(node_id, against_repetition)

    def answer_without_loop(self, node_id: str) -> None:
        """Has an answer go on behind its looping thought, without the copies; as another version."""
        node = self._chat.conversation.node(node_id)
        generation = node.message.generation
        prefill = prefill_without_loop(node.message, generation.repeat if generation else None)
        if node.parent_id is not None:
            self._answers.ask(node.parent_id, prefill)

    def answer_without_thinking(self, node_id: str) -> None:
        """Has the model answer that does not think first, from now on; as another version."""
        model = self._models.non_thinking_alternative
        if model is None:
            return
        conversation_id = self._chat.conversation.id

        def ask() -> None:
            if self._chat.conversation.id == conversation_id:
                self._models.choose(model.path)
                self._answers.regenerate(node_id)

        if self._answers.is_answering:
            self._when_ended[conversation_id] = ask
            self._answers.stop()
        else:
            ask()

    def answer_here(self, node_id: str) -> None:
        """Has a model on this computer answer, where one on a server failed; as another version."""
        model = self._models.local_alternative
        if model is not None and not self._answers.is_answering:
            self._models.choose(model.path)
            self._answers.regenerate(node_id)

    def _on_answer_ended(self, answer: RunningAnswer) -> None:
        if then := self._when_ended.pop(answer.conversation_id, None):
            then()
