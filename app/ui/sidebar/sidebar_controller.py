"""The list of conversations in the sidebar: what the user does there, done with the services."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.services.chat_change import ChatChange, ChatPart
from app.services.conversations import ListChange
from app.services.search import SearchResults
from app.services.services import Services
from app.ui.main_window import MainWindow
from app.ui.transcript.view.transcript import Transcript


class SidebarController(QObject):
    """Keeps the sidebar's list true, and does what the menus ask for with its conversations."""

    def __init__(
        self,
        window: MainWindow,
        transcript: Transcript,
        services: Services,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._window = window
        self._sidebar = window.sidebar
        self._chat = services.chat
        self._conversations = services.conversations
        self._search = services.search
        self._messages = window.messages
        self._connect()
        self._sidebar.set_conversations(self._conversations.summaries)
        self._offer_actions()

    def _connect(self) -> None:
        sidebar, menus = self._sidebar, self._window.menus
        sidebar.conversation_selected.connect(self._chat.show)
        sidebar.hit_selected.connect(self._on_hit_selected)
        sidebar.rename_requested.connect(self._conversations.rename)
        sidebar.delete_requested.connect(self._conversations.delete)
        sidebar.search_changed.connect(self._search.search)
        menus.rename_action.triggered.connect(self._rename_shown)
        menus.delete_action.triggered.connect(lambda: self._conversations.delete(self._chat.conversation.id))
        menus.next_chat_action.triggered.connect(lambda: self._go(1))
        menus.previous_chat_action.triggered.connect(lambda: self._go(-1))
        self._conversations.changed.connect(self._on_conversations_changed)
        self._chat.changed.connect(self._on_chat_changed)
        self._search.changed.connect(self._on_search_changed)

    def _offer_actions(self) -> None:
        """Rename and Delete are for conversations that are in the list, as a new one is once it is saved."""
        is_listed = self._conversations.is_listed(self._chat.conversation.id)
        self._window.menus.rename_action.setEnabled(is_listed)
        self._window.menus.delete_action.setEnabled(is_listed)

    def _rename_shown(self) -> None:
        self._window.menus.sidebar_action.setChecked(True)
        self._sidebar.start_rename(self._chat.conversation.id)

    def _go(self, step: int) -> None:
        if conversation_id := self._sidebar.list.neighbour(step):
            self._chat.show(conversation_id)

    def _on_hit_selected(self, conversation_id: str, node_id: str) -> None:
        if self._chat.show_message(conversation_id, node_id):
            self._transcript.scroll_to(node_id)

    def _on_conversations_changed(self, change: ListChange) -> None:
        if change.is_about_order:
            self._sidebar.set_conversations(self._conversations.summaries)
            self._sidebar.set_shown(self._chat.conversation.id)
            self._offer_actions()
        self._sidebar.set_activities(self._conversations.activities)
        if gone := change.deleted:
            self._messages.show_undo(f"Deleted “{gone.title}”", lambda: self._conversations.restore(gone))

    def _on_search_changed(self, results: SearchResults) -> None:
        if results.query == self._sidebar.search_text:
            self._sidebar.set_search_results(results.hits)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN):
            self._sidebar.set_shown(change.conversation.id)
            self._offer_actions()
