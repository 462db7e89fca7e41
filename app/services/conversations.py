"""The list of conversations: what there is, what goes on in each, and what the user does with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.core.conversation import UNKNOWN_TIME, Conversation, ConversationSummary, now
from app.services.answers import AnswerService
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_session import ChatSession
from app.services.conversation_settings import ConversationSettings
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.store_writer import StoreWriter
from app.store.conversation_order import ConversationOrder
from app.store.conversations import ConversationStore


class Activity(Enum):
    """What goes on in a conversation."""

    ANSWERING = auto()
    WAITING = auto()  # For the user's permission of a tool call.
    ANSWERED = auto()  # With an answer that nobody has seen yet.


@dataclass(frozen=True, slots=True)
class ListChange:
    """The conversations, their titles, their order or what goes on in them has changed."""

    is_about_order: bool = True
    """Not set where it is only about what goes on in a conversation."""
    deleted: tuple[ConversationSummary, ...] = ()
    """Those that were put into the bin, if that is what happened."""
    archived: tuple[ConversationSummary, ...] = ()
    """Those that were put into the archive."""


class ConversationService(QObject):
    """All conversations, kept in memory: the store is read once, at the start.

    Signals:
        changed: a `ListChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: ConversationStore,
        order: ConversationOrder,
        writer: StoreWriter,
        chat: ChatSession,
        conversation_settings: ConversationSettings,
        answers: AnswerService,
        parent: QObject | None = None,
    ) -> None:
        """
        Raises:
            StoreError: the conversations cannot be read.
        """
        super().__init__(parent)
        self._store = store
        self._order = order
        self._writer = writer
        self._chat = chat
        self._conversation_settings = conversation_settings
        self._answers = answers
        self._summaries = {summary.id: summary for summary in store.list_summaries()}
        self._deleted = {summary.id: summary for summary in order.deleted()}
        self._activities: dict[str, Activity] = {}
        chat.changed.connect(self._on_chat_changed)
        answers.changed.connect(self._on_answers_changed)

    @property
    def summaries(self) -> list[ConversationSummary]:
        """All conversations but those in the bin, the one that was used last first."""
        return sorted(self._summaries.values(), key=lambda summary: summary.updated_at, reverse=True)

    @property
    def deleted(self) -> list[ConversationSummary]:
        """What is in the bin, the last deleted first."""
        return sorted(self._deleted.values(), key=lambda it: it.deleted_at or UNKNOWN_TIME, reverse=True)

    def is_listed(self, conversation_id: str) -> bool:
        """Whether a conversation is saved and was not deleted."""
        return conversation_id in self._summaries

    def title_of(self, conversation_id: str) -> str:
        """The title of a conversation; empty where there is none of that id."""
        summary = self._summaries.get(conversation_id)
        return summary.title if summary else ""

    def folder_of(self, conversation_id: str) -> str:
        """The id of the folder that a conversation is in; empty where it is in none."""
        summary = self._summaries.get(conversation_id)
        return summary.folder_id if summary else ""

    @property
    def activities(self) -> Mapping[str, Activity]:
        """What goes on in conversations, by their ids."""
        return dict(self._activities)

    def add(self, summaries: Iterable[ConversationSummary]) -> None:
        """Lists conversations that were saved without having been on screen, such as imported ones."""
        self._summaries.update((summary.id, summary) for summary in summaries)
        self.changed.emit(ListChange())

    def reload(self) -> None:
        """Reads the list again, as the file is another one now."""
        self._summaries = {summary.id: summary for summary in self._store.list_summaries()}
        self._deleted = {summary.id: summary for summary in self._order.deleted()}
        self.changed.emit(ListChange())

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation the title that the user typed."""
        if summary := self._summaries.get(conversation_id):
            self._summaries[conversation_id] = replace(summary, title=title)
        self._conversation_settings.change_title(conversation_id, title)
        self.changed.emit(ListChange())

    def pin(self, ids: Collection[str], is_pinned: bool) -> None:
        """Keeps conversations at the top of the list, or no longer."""
        self._change_places(ids, lambda known: self._order.pin(known, is_pinned), is_pinned=is_pinned)

    def archive(self, ids: Collection[str], is_archived: bool) -> None:
        """Puts conversations out of the list without deleting them, or back."""
        self._change_places(
            ids, lambda known: self._order.archive(known, is_archived), is_archived=is_archived
        )

    def move(self, ids: Collection[str], folder_id: str) -> None:
        """Puts conversations into a folder, out of all folders where it is empty, and out of the archive."""
        self._change_places(ids, lambda known: self._order.move(known, folder_id), folder_id=folder_id)
        self.archive(ids, False)

    def leave_folder(self, folder_id: str, outer_id: str) -> None:
        """Takes conversations out of a folder that has been deleted, into the one that it was in."""
        for known in (self._summaries, self._deleted):
            for summary in [it for it in known.values() if it.folder_id == folder_id]:
                known[summary.id] = replace(summary, folder_id=outer_id)
        self.changed.emit(ListChange())

    def delete(self, ids: Collection[str]) -> None:
        """Puts conversations into the bin; `restore` brings them back."""
        gone = tuple(summary for it in ids if (summary := self._summaries.pop(it, None)))
        if not gone:
            return
        at = now()
        for summary in gone:
            self._deleted[summary.id] = replace(summary, deleted_at=at)
            self._answers.stop(summary.id)
            self._chat.forget(summary.id)

        def forget() -> None:
            for summary in gone:
                self._writer.forget(summary.id)

        def delete() -> None:
            for summary in gone:
                self._store.delete(summary.id)

        self._writer.run(delete, forget, lambda: self._put_back(gone))
        self.changed.emit(ListChange(deleted=gone))

    def restore(self, summaries: Sequence[ConversationSummary]) -> None:
        """Brings deleted conversations back, and the first of them on screen."""

        def restore() -> None:
            for summary in summaries:
                self._store.restore(summary.id)

        def show() -> None:
            self._put_back(summaries)
            self._chat.show(summaries[0].id)

        if summaries:
            self._writer.run(restore, show)

    def purge(self, ids: Collection[str]) -> None:
        """Deletes for good what is in the bin."""
        gone = [summary for it in ids if (summary := self._deleted.pop(it, None))]

        def put_back() -> None:
            self._deleted.update({summary.id: summary for summary in gone})
            self.changed.emit(ListChange())

        self._writer.run(lambda: self._order.purge([summary.id for summary in gone]), lambda: None, put_back)
        self.changed.emit(ListChange())

    def _change_places(self, ids: Collection[str], save: Callable[[list[str]], None], **places: Any) -> None:
        """Changes where conversations are; those that are there already are left alone."""
        before = [self._summaries[it] for it in ids if it in self._summaries]
        before = [summary for summary in before if replace(summary, **places) != summary]
        if not before:
            return
        after = tuple(replace(summary, **places) for summary in before)
        self._summaries.update({summary.id: summary for summary in after})

        def put_back() -> None:
            for summary in before:
                if summary.id in self._summaries:
                    self._summaries[summary.id] = summary
            self.changed.emit(ListChange())

        self._writer.run(lambda: save([summary.id for summary in before]), lambda: None, put_back)
        self.changed.emit(ListChange(archived=after if places.get("is_archived") else ()))

    def _put_back(self, summaries: Iterable[ConversationSummary]) -> None:
        for summary in summaries:
            self._deleted.pop(summary.id, None)
            self._summaries[summary.id] = replace(summary, deleted_at=None)
        self.changed.emit(ListChange())

    def _on_chat_changed(self, change: ChatChange) -> None:
        conversation = change.conversation
        is_listed = conversation.id in self._summaries
        if ChatPart.CREATED in change.parts or (is_listed and ChatPart.DETAILS in change.parts):
            summary = self._summary_of(conversation)
            if self._summaries.get(conversation.id) != summary:  # Else it is only on screen now.
                self._summaries[conversation.id] = summary
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

    def _summary_of(self, conversation: Conversation) -> ConversationSummary:
        id_, title, updated_at = conversation.id, conversation.title, conversation.updated_at
        if known := self._summaries.get(id_):
            return replace(known, title=title, updated_at=updated_at)
        return ConversationSummary(id_, title, updated_at, conversation.created_at)
