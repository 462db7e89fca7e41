"""A chat page with its context meter, and somebody who watches what the meter says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.paths import resources
from app.tools.tool import Tool
from app.ui.chat.chat_controller import ChatController
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.settings.settings_controller import SettingsController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.support.chat_harness import ChatHarness

PLAIN = Preset("Plain", Sampling())


def words(count: int) -> str:
    return " ".join(["word"] * count)


def tell_a_story(length: int) -> str:
    """Tells a story of some length."""
    return words(length)


class ContextDesk(ChatHarness):
    """A chat page with its meter and its card, and a scripted model instead of an engine."""

    def __init__(self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher, engine: ScriptedEngine) -> None:
        super().__init__(qtbot, folder, engine, [Tool.of(tell_a_story)])
        self.transcript = Transcript(themes.theme)
        self.window = MainWindow(self.transcript, app_icon(resources() / "icons"))
        qtbot.addWidget(self.window)
        page = self.window.chat_page
        self.composer, self.meter = page.composer, page.header.context_meter
        self.card, self.messages = page.context_overflow_card, self.window.messages
        settings_dialog = SettingsController(self.window, self.settings, "1.0")
        self.page = ChatController(self.window, self.transcript, self.services, themes, settings_dialog)
        self.services.notices.posted.connect(self.messages.show)
        self.window.resize(1200, 800)
        self.window.show()
        self.holds_under(PLAIN)
        self.services.presets.make_standard(TINY_MODEL.name, PLAIN.name)
        self.start()

    def holds(self, *texts: str) -> Conversation:
        """Shows a saved conversation of these messages."""
        conversation = Conversation(title="Long talk")
        for index, text in enumerate(texts):
            message = Message.of_text(Role.ASSISTANT if index % 2 else Role.USER, text)
            conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
        self.chat.add(conversation, is_shown=True)
        return conversation

    def counts(self, name: str, tokens: int) -> None:
        """Waits until the meter tells a figure."""
        self.waits(lambda: f"{name}: {tokens:,}" in self.meter.accessibleDescription())

    def pauses(self) -> None:
        """Until a count that was due is over."""
        with self._qtbot.waitSignal(self.services.context_usage.changed):
            self.services.context_usage.refresh()

    def is_choice_made(self, conversation: Conversation) -> bool:
        self.waits_until_saved()
        return self.services.store.conversations.is_memory_choice_made(conversation.id)


Sit = Callable[[ScriptedEngine], ContextDesk]
