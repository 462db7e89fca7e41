"""The list of conversations: what the user does there, done with the store."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.errors import UserError
from app.store.conversations import ConversationStore
from app.store.search import ConversationSearch
from app.ui.messages import Messages
from app.ui.sidebar.sidebar import Sidebar


class ConversationsController(QObject):
    """Keeps the sidebar's list true.

    Signals:
        opened: the id of the conversation that the user wants to see.
        hit_opened: the id of a conversation, and of the message in it that a search found.
        renamed: the id and the new title.
        deleted: the id; the conversation can still be restored.
        restored: the id.
    """

    opened = Signal(str)
    hit_opened = Signal(str, str)
    renamed = Signal(str, str)
    deleted = Signal(str)
    restored = Signal(str)

    def __init__(
        self,
        store: ConversationStore,
        search: ConversationSearch,
        sidebar: Sidebar,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._search = search
        self._sidebar = sidebar
        self._messages = messages
        sidebar.conversation_selected.connect(self.opened)
        sidebar.hit_selected.connect(self.hit_opened)
        sidebar.rename_requested.connect(self.rename)
        sidebar.delete_requested.connect(self.delete)
        sidebar.search_changed.connect(self._on_search_changed)

    def refresh(self) -> None:
        """Reads the list again."""
        try:
            self._sidebar.set_conversations(self._store.list_summaries())
        except UserError as error:
            self._messages.show_error(error)

    def show_current(self, conversation: Conversation) -> None:
        """Marks the conversation that is on screen."""
        self._sidebar.set_shown(conversation.id)

    def rename(self, conversation_id: str, title: str) -> None:
        try:
            self._store.rename(conversation_id, title)
        except UserError as error:
            self._messages.show_error(error)
            return
        self.renamed.emit(conversation_id, title)
        self.refresh()

    def delete(self, conversation_id: str) -> None:
        """Takes a conversation away and offers to bring it back."""
        try:
            title = self._title(conversation_id)
            self._store.delete(conversation_id)
        except UserError as error:
            self._messages.show_error(error)
            return
        self.deleted.emit(conversation_id)
        self.refresh()
        self._messages.show_undo(f"Deleted “{title}”", lambda: self.restore(conversation_id))

    def restore(self, conversation_id: str) -> None:
        try:
            self._store.restore(conversation_id)
        except UserError as error:
            self._messages.show_error(error)
            return
        self.refresh()
        self.restored.emit(conversation_id)

    def _title(self, conversation_id: str) -> str:
        summaries = self._store.list_summaries()
        return next((found.title for found in summaries if found.id == conversation_id), "conversation")

    def _on_search_changed(self, query: str) -> None:
        try:
            self._sidebar.set_search_results(self._search.search(query))
        except UserError as error:
            self._messages.show_error(error)
