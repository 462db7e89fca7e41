"""The Chat menu, done with the conversation on screen."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from app.ui.chat.chat_controller import ChatController
from app.ui.main_window import MainWindow
from app.ui.sidebar.conversations_controller import ConversationsController


class ChatMenu(QObject):
    """Joins the entries of the Chat menu to the controllers."""

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        conversations: ConversationsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._chat = chat
        self._conversations = conversations
        menus = window.menus
        menus.stop_action.triggered.connect(chat.stop)
        menus.regenerate_action.triggered.connect(chat.regenerate_last)
        menus.copy_answer_action.triggered.connect(self._copy_answer)
        menus.rename_action.triggered.connect(self._rename)
        menus.delete_action.triggered.connect(self._delete)
        menus.next_chat_action.triggered.connect(lambda: self._go(1))
        menus.previous_chat_action.triggered.connect(lambda: self._go(-1))

    def _copy_answer(self) -> None:
        if text := self._chat.last_answer():
            QGuiApplication.clipboard().setText(text)
            self._window.messages.show_done("Copied the last answer")

    def _rename(self) -> None:
        self._window.menus.sidebar_action.setChecked(True)
        self._window.sidebar.start_rename(self._chat.conversation.id)

    def _delete(self) -> None:
        if self._chat.is_saved:
            self._conversations.delete(self._chat.conversation.id)

    def _go(self, step: int) -> None:
        if conversation_id := self._window.sidebar.list.neighbour(step):
            self._chat.show(conversation_id)
