"""The whole chat page with a scripted model and one tool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from app.core.message import Role
from app.paths import resources
from app.tools.tool import Tool
from app.ui.chat.chat_controller import ChatController
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.settings.settings_controller import SettingsController
from app.ui.sidebar.sidebar_controller import SidebarController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.view.transcript import Transcript
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


class Desk(ChatHarness):
    """A chat page with a scripted model and one tool, which is on."""

    def __init__(
        self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher, *replies: ScriptedReply | str
    ) -> None:
        super().__init__(qtbot, folder, ScriptedEngine(*replies), [Tool.of(add)])
        self.transcript = Transcript(themes.theme)
        self.window = MainWindow(self.transcript, app_icon(resources() / "icons"))
        qtbot.addWidget(self.window)
        self.composer = self.window.chat_page.composer
        settings_dialog = SettingsController(self.window, self.settings, "1.0")
        self.page = ChatController(self.window, self.transcript, self.services, themes, settings_dialog)
        self.sidebar = SidebarController(self.window, self.transcript, self.services)
        self.window.resize(1200, 800)
        self.window.show()
        self.settings.change(new_chat_tools=("add",))
        self.start()

    def waits_for(self, words: str) -> None:
        self.waits(lambda: words in self.reads)

    @property
    def reads(self) -> str:
        return self.transcript.to_plain_text()

    def uses(self, action: MessageAction, payload: str = "") -> None:
        """Uses a button of the newest answer that has one."""
        node = next(node for node in reversed(self.chat.conversation.path()) if node.role is Role.ASSISTANT)
        self.transcript.action_requested.emit(node.id, action, payload or self.waiting_call or "0")

    def tools_shown(self) -> list[QAction]:
        """The tools in the menu of the tools button that were added by the test."""
        return [action for action in self.composer.tools_button.menu().actions() if action.text() == "Add"]


SitDown = Callable[..., Desk]
