"""Messages that were written while an answer was: each is sent when the one before it is answered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.core.conversation import Conversation, MessageState
from app.core.message import AttachmentPart, Message, Role
from app.services.answers import AnswerService
from app.services.chat_session import ChatSession
from app.services.running_answer import RunningAnswer


class MessageQueue(QObject):
    """Each conversation has a queue of its own, which goes on behind another conversation.

    Where an answer is stopped or fails, nobody knows whether what waits for it is still meant: it comes back
    into the composer.
    """

    def __init__(self, chat: ChatSession, answers: AnswerService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chat = chat
        self._answers = answers
        self._urgent: set[str] = set()
        """Conversations whose answer was stopped to send what waits for it."""
        answers.ended.connect(self._on_ended)

    def add(self, text: str, attachments: Sequence[AttachmentPart] = ()) -> bool:
        """Has a message sent when the answer under way on screen is done.

        Returns:
            Whether it waits now: not where nothing is being answered.
        """
        if not self._answers.is_answering:
            return False
        conversation = self._chat.conversation
        message = Message.of_text(Role.USER, text, attachments)
        self._chat.change_queue(conversation.id, (*conversation.queued, message), Message(Role.USER))
        return True

    def take_back(self, place: int = -1) -> None:
        """Puts a message that waits on screen before what stands in the composer; the last one by itself."""
        conversation = self._chat.conversation
        queued = list(conversation.queued)
        if queued:
            taken = queued.pop(place)
            text = "\n\n".join(text for text in (taken.text, conversation.draft) if text.strip())
            attached = (*taken.attachments, *conversation.draft_attachments)
            self._chat.change_queue(conversation.id, queued, Message.of_text(Role.USER, text, attached))

    def send_now(self) -> None:
        """Stops the answer on screen and sends the first message that waits for it."""
        conversation = self._chat.conversation
        if conversation.queued and self._answers.is_answering:
            self._urgent.add(conversation.id)
            self._answers.stop()

    def _on_ended(self, answer: RunningAnswer) -> None:
        conversation = self._chat.find(answer.conversation_id)
        is_urgent = answer.conversation_id in self._urgent
        self._urgent.discard(answer.conversation_id)
        if conversation is None or not conversation.queued:
            return
        is_whole = answer.node.state is MessageState.COMPLETE and not answer.cancel.is_set()
        if not (is_whole or is_urgent) or not self._answers.send_queued(conversation.id):
            self._return_all(conversation)

    def _return_all(self, conversation: Conversation) -> None:
        draft = Message.of_text(Role.USER, conversation.kept_draft, conversation.kept_attachments)
        self._chat.change_queue(conversation.id, (), draft)
