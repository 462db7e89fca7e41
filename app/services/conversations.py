"""The list of conversations: what there is, what goes on in each, and what the user does with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation, ConversationSummary
from app.services.answers import AnswerService
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.store_writer import StoreWriter
from app.store.conversations import ConversationStore


class Activity(Enum):
    """What goes on in a conversation."""

    ANSWERING = auto()
    WAITING = auto()  # For the user's permission of a tool call.
    ANSWERED = auto()  # With an answer that nobody has seen yet.


@dataclass(frozen=True, slots=True)
class ListChange:
    """The conversations, their titles, their order or what goes on in them has changed.

    `deleted` is the conversation that was taken away, if that is what happened.
    """

    is_about_order: bool = True
    """Not set where it is only about what goes on in a conversation."""
    deleted: ConversationSummary | None = None


class ConversationService(QObject):
    """All conversations, kept in memory: the store is read once, at the start.

    Signals:
        changed: a `ListChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: ConversationStore,
        writer: StoreWriter,
        chat: ChatSession,
        answers: AnswerService,
        parent: QObject | None = None,
    ) -> None:
        """
        Raises:
            StoreError: the conversations cannot be read.
        """
        super().__init__(parent)
        self._store = store
        self._writer = writer
        self._chat = chat
        self._answers = answers
        self._summaries = {summary.id: summary for summary in store.list_summaries()}
        self._activities: dict[str, Activity] = {}
        chat.changed.connect(self._on_chat_changed)
        answers.changed.connect(self._on_answers_changed)

    @property
    def summaries(self) -> list[ConversationSummary]:
        """All conversations, the one that was used last first."""
        return sorted(self._summaries.values(), key=lambda summary: summary.updated_at, reverse=True)

    def is_listed(self, conversation_id: str) -> bool:
        """Whether a conversation is saved and was not deleted."""
        return conversation_id in self._summaries

    def title_of(self, conversation_id: str) -> str:
        """The title of a conversation; empty where there is none of that id."""
        summary = self._summaries.get(conversation_id)
        return summary.title if summary else ""

    @property
    def activities(self) -> Mapping[str, Activity]:
        """What goes on in conversations, by their ids."""
        return dict(self._activities)

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation the title that the user typed."""
        if summary := self._summaries.get(conversation_id):
            self._summaries[conversation_id] = ConversationSummary(conversation_id, title, summary.updated_at)
        self._chat.set_title(conversation_id, title)
        self.changed.emit(ListChange())

    def delete(self, conversation_id: str) -> None:
        """Takes a conversation away; `restore` brings it back."""
        summary = self._summaries.pop(conversation_id, None)
        if summary is None:
            return
        self._answers.stop(conversation_id)
        self._chat.forget(conversation_id)
        self._writer.run(
            lambda: self._store.delete(conversation_id),
            lambda: self._writer.forget(conversation_id),
            lambda: self._put_back(summary),
        )
        self.changed.emit(ListChange(deleted=summary))

    def restore(self, summary: ConversationSummary) -> None:
        """Brings a deleted conversation back, and on screen."""

        def show() -> None:
            self._put_back(summary)
            self._chat.show(summary.id)

        self._writer.run(lambda: self._store.restore(summary.id), show)

    def _put_back(self, summary: ConversationSummary) -> None:
        self._summaries[summary.id] = summary
        self.changed.emit(ListChange())

    def _on_chat_changed(self, change: ChatChange) -> None:
        conversation = change.conversation
        is_listed = conversation.id in self._summaries
        if ChatPart.CREATED in change.parts or (is_listed and ChatPart.DETAILS in change.parts):
            self._summaries[conversation.id] = _summary_of(conversation)
            self.changed.emit(ListChange())
        if change.concerns(ChatPart.SHOWN) and self._activities.get(conversation.id) is Activity.ANSWERED:
            self._set_activity(conversation.id, None)  # It is seen now.

    def _on_answers_changed(self, change: AnswerChange) -> None:
        answer = change.answer
        if change.part is AnswerPart.ENDED:
            is_seen = answer.conversation_id == self._chat.conversation.id
            self._set_activity(answer.conversation_id, None if is_seen else Activity.ANSWERED)
        elif change.part in (AnswerPart.BEGAN, AnswerPart.CALLS, AnswerPart.NEXT_ROUND):
            activity = Activity.WAITING if answer.waiting_call else Activity.ANSWERING
            self._set_activity(answer.conversation_id, activity)

    def _set_activity(self, conversation_id: str, activity: Activity | None) -> None:
        if self._activities.get(conversation_id) is activity:
            return
        if activity is None:
            del self._activities[conversation_id]
        else:
            self._activities[conversation_id] = activity
        self.changed.emit(ListChange(is_about_order=False))


def _summary_of(conversation: Conversation) -> ConversationSummary:
    return ConversationSummary(conversation.id, conversation.title, conversation.updated_at)
