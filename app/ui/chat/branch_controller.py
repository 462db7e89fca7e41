"""Opens the map of branches of the conversation on screen, and goes to what is chosen there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect

from app.core.branch_map import BranchRow, branch_rows
from app.services.chat_change import ChatChange, ChatPart
from app.services.services import Services
from app.ui.chat.branch_map import BranchMap
from app.ui.main_window import MainWindow
from app.ui.transcript.view.transcript import Transcript


class BranchController(QObject):
    """Joins the map to the conversation; its button is there where there are branches.

    Attributes:
        map: the map.
    """

    def __init__(self, window: MainWindow, transcript: Transcript, services: Services) -> None:
        super().__init__(window)
        self._window = window
        self._page = window.chat_page
        self._transcript = transcript
        self._chat = services.chat
        self._versions = services.versions
        self.map = BranchMap(self._page)
        self.map.chosen.connect(self._on_chosen)
        self.map.left.connect(window.focus_composer)
        self._page.header.branches_requested.connect(self.open)
        window.menus.branches_action.triggered.connect(self.open)
        services.chat.changed.connect(self._on_chat_changed)
        self._show_button()

    def open(self) -> None:
        """Shows the branches, where there are some."""
        conversation = self._chat.conversation
        if not conversation.has_versions:
            return
        place = self._page.conversation_area
        area = QRect(place.mapTo(self._page, place.rect().topLeft()), place.size())
        self.map.open(branch_rows(conversation), area, is_held=self._chat.is_held(conversation.id))

    def _on_chosen(self, row: BranchRow) -> None:
        if row.is_shown or self._versions.show_branch(row.last_id):
            self._transcript.scroll_to(row.first.id)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN, ChatPart.PATH, ChatPart.BRANCH):
            self.map.hide()
        if change.is_shown:
            self._show_button()

    def _show_button(self) -> None:
        has_versions = self._chat.conversation.has_versions
        self._page.header.branches_button.setVisible(has_versions)
        self._window.menus.branches_action.setEnabled(has_versions)
