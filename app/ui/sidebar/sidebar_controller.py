"""The list of conversations in the sidebar: what the user does there, done with the services."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject

from app.core.translation import tr
from app.services.chat_change import ChatChange, ChatPart
from app.services.conversations import ListChange
from app.services.search import SearchResults
from app.services.services import Services
from app.services.settings import SettingsChange
from app.ui.main_window import MainWindow
from app.ui.sidebar.conversation_rows import Listing, ListOrder
from app.ui.transcript.view.transcript import Transcript
from app.ui.widgets.question_dialog import QuestionDialog


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
        self._folders = services.folders
        self._settings = services.settings
        self._search = services.search
        self._messages = window.messages
        self._connect()
        self._list()
        self._offer_actions()

    def _connect(self) -> None:
        sidebar, menus = self._sidebar, self._window.menus
        sidebar.conversation_selected.connect(self._on_conversation_selected)
        sidebar.hit_selected.connect(self._on_hit_selected)
        sidebar.rename_requested.connect(self._conversations.rename)
        sidebar.delete_requested.connect(self._conversations.delete)
        sidebar.emptying_requested.connect(
            lambda: self._ask_to_purge([summary.id for summary in self._conversations.deleted])
        )
        sidebar.menu.sort_chosen.connect(lambda sort: self._settings.change(conversation_sort=sort))
        rows = sidebar.list
        rows.pin_requested.connect(self._conversations.pin)
        rows.archive_requested.connect(self._conversations.archive)
        rows.move_requested.connect(self._on_move_requested)
        rows.new_folder_requested.connect(self._on_new_folder_requested)
        rows.restore_requested.connect(self._on_restore_requested)
        rows.purge_requested.connect(self._ask_to_purge)
        rows.folder_renamed.connect(self._folders.rename)
        rows.folder_moved.connect(self._folders.move)
        rows.folder_toggled.connect(self._on_folder_toggled)
        rows.folder_delete_requested.connect(self._folders.delete)
        sidebar.search_changed.connect(self._search.search)
        sidebar.escaped.connect(self._window.focus_composer)
        self._window.chat_page.composer.escaped.connect(sidebar.clear_search)
        menus.rename_action.triggered.connect(self._rename_shown)
        menus.delete_action.triggered.connect(
            lambda: self._conversations.delete([self._chat.conversation.id])
        )
        menus.next_chat_action.triggered.connect(lambda: self._go(1))
        menus.previous_chat_action.triggered.connect(lambda: self._go(-1))
        self._conversations.changed.connect(self._on_conversations_changed)
        self._folders.changed.connect(self._list)
        self._settings.changed.connect(self._on_settings_changed)
        self._chat.changed.connect(self._on_chat_changed)
        self._search.changed.connect(self._on_search_changed)

    def _list(self) -> None:
        settings = self._settings.current
        order = ListOrder(settings.conversation_sort, self._folders.all, frozenset(settings.closed_folders))
        self._sidebar.set_conversations(
            self._conversations.summaries, deleted=self._conversations.deleted, order=order
        )
        self._sidebar.set_shown(self._chat.conversation.id)

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

    def _on_hit_selected(self, conversation_id: str, node_id: str, word: str) -> None:
        if self._chat.show_message(conversation_id, node_id):
            self._transcript.scroll_to(node_id)
            self._transcript.mark_words(word)

    def _on_conversation_selected(self, conversation_id: str) -> None:
        if conversation_id == self._chat.conversation.id:
            self._window.focus_composer()  # As where another one comes on screen.
        else:
            self._chat.show(conversation_id)

    def _on_conversations_changed(self, change: ListChange) -> None:
        if change.is_about_order:
            self._list()
            self._offer_actions()
        self._sidebar.set_activities(self._conversations.activities)
        if gone := change.deleted:
            text = (
                tr("Deleted “{title}”", title=gone[0].title)
                if len(gone) == 1
                else tr("Deleted {gone:,} chats", gone=len(gone))
            )
            self._messages.show_undo(text, lambda: self._conversations.restore(gone))
        if archived := change.archived:
            ids = [summary.id for summary in archived]
            text = (
                tr("Archived “{title}”", title=archived[0].title)
                if len(ids) == 1
                else tr("Archived {ids:,} chats", ids=len(ids))
            )
            self._messages.show_undo(text, lambda: self._conversations.archive(ids, False))

    def _on_settings_changed(self, change: SettingsChange) -> None:
        if change.concerns("conversation_sort", "closed_folders"):
            self._list()

    def _on_move_requested(self, ids: tuple[str, ...], folder_id: str) -> None:
        self._open_folder(folder_id)
        self._conversations.move(ids, folder_id)

    def _on_new_folder_requested(self, ids: tuple[str, ...], outer_id: str) -> None:
        self._open_folder(outer_id)
        if self._sidebar.listing is not Listing.CHATS:
            self._sidebar.show_listing(Listing.CHATS)
        folder = self._folders.create(tr("New folder"), outer_id)
        self._conversations.move(ids, folder.id)
        self._sidebar.list.start_folder_rename(folder.id)

    def _on_folder_toggled(self, folder_id: str) -> None:
        closed = set(self._settings.current.closed_folders) & {folder.id for folder in self._folders.all}
        self._settings.change(closed_folders=tuple(sorted(closed ^ {folder_id})))

    def _open_folder(self, folder_id: str) -> None:
        """Opens a folder that something comes into, so that it is seen there."""
        closed = self._settings.current.closed_folders
        self._settings.change(closed_folders=tuple(it for it in closed if it != folder_id))

    def _on_restore_requested(self, ids: tuple[str, ...]) -> None:
        self._sidebar.show_listing(Listing.CHATS)
        self._conversations.restore([it for it in self._conversations.deleted if it.id in ids])

    def _ask_to_purge(self, ids: Collection[str]) -> None:
        if len(ids) == 1:
            words = tr("Delete this chat permanently?"), tr("It cannot be restored.")
        else:
            words = tr("Delete {ids:,} chats permanently?", ids=len(ids)), tr("They cannot be restored.")
        dialog = QuestionDialog(*words, tr("Delete"), self._window)
        dialog.confirmed.connect(lambda: self._conversations.purge(ids))
        dialog.open()

    def _on_search_changed(self, results: SearchResults) -> None:
        if results.query == self._sidebar.search_text:
            self._sidebar.set_search_results(results.hits)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN):
            self._sidebar.set_shown(change.conversation.id)
            self._offer_actions()
