"""A day with the program without a mouse: every key goes to whatever has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.ui.exchange.export_dialog import ExportDialog
from app.ui.model_manager.model_manager_page import ModelManagerPage
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


class Typist:
    """Somebody without a mouse."""

    def __init__(self, qtbot: QtBot, person: Person) -> None:
        self._qtbot = qtbot
        self.person = person
        self.window = person.window
        self.services = person.application.services
        self.window.resize(1200, 800)
        self.window.activateWindow()
        self.waits(lambda: self.is_in_composer)

    @property
    def keyboard(self) -> QWidget:
        """What takes the next key."""
        popup = QApplication.activePopupWidget()
        widget = (popup.focusWidget() or popup) if popup else QApplication.focusWidget()
        assert widget is not None, "nothing has the keyboard"
        return widget

    def presses(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        for _ in range(times):
            self._qtbot.keyClick(self.keyboard, key, modifiers)

    def types(self, text: str) -> None:
        for letter in text:  # The first one may lead elsewhere.
            self._qtbot.keyClicks(self.keyboard, letter)

    def tabs_to(self, object_name: str, *, backwards: bool = False) -> None:
        """Goes from one part to the next until it has come to that one."""
        key = Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab
        for _ in range(80):
            if self.keyboard.objectName() == object_name:
                return
            self.presses(key, SHIFT if backwards else NONE)
        raise AssertionError(f"the Tab key does not lead to {object_name}")

    def waits(self, is_so: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(is_so()), timeout=ANSWER_MS)

    def writes(self, text: str) -> str:
        """Types a message, sends it and reads the answer."""
        assert self.is_in_composer
        self.types(text)
        self.presses(Qt.Key.Key_Return)
        self.person.waits_for_answer()
        return self.services.chat.last_answer()

    @property
    def is_in_composer(self) -> bool:
        is_alone = QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None
        return is_alone and self.window.focusWidget() is self.person.composer.edit

    def is_back(self) -> bool:
        """Whether the keyboard came back to the composer; some screens have nobody to activate windows."""
        self.window.activateWindow()
        return self.is_in_composer


@pytest.fixture
def typist(qtbot: QtBot, start_program: StartProgram) -> Typist:
    person = start_program()
    person.waits_for_model()
    return Typist(qtbot, person)


def test_a_chat_is_begun_stopped_edited_and_made_anew(typist: Typist) -> None:
    typist.writes("Hello")
    typist.presses(Qt.Key.Key_N, CTRL)
    assert typist.writes("What is the capital of France?") == "The capital of France is **Paris**."
    typist.person.holds_the_model()
    typist.types("Tell me a long story.")
    typist.presses(Qt.Key.Key_Return)
    typist.waits(lambda: typist.services.answers.is_answering)
    typist.presses(Qt.Key.Key_Escape)
    typist.person.waits_for_answer()
    assert typist.services.chat.conversation.path()[-1].state is MessageState.STOPPED
    typist.presses(Qt.Key.Key_Up)
    assert typist.person.composer.text == "Tell me a long story."
    typist.presses(Qt.Key.Key_A, CTRL)
    typist.types("Hello")
    typist.presses(Qt.Key.Key_Return)
    typist.person.waits_for_answer()
    assert "Tell me a long story." not in typist.person.reads
    count = len(typist.services.chat.conversation.nodes)
    typist.presses(Qt.Key.Key_R, CTRL)
    typist.person.waits_for_answer()
    assert len(typist.services.chat.conversation.nodes) == count + 1
    assert typist.is_in_composer


def test_a_chat_is_set_up_and_its_preset_chosen_made_and_managed(typist: Typist) -> None:
    panel = typist.window.chat_page.settings_panel
    typist.presses(Qt.Key.Key_B, CTRL_SHIFT)
    typist.types("You are a pirate.")
    assert typist.services.chat.conversation.system_prompt == "You are a pirate."
    typist.tabs_to("save_as_preset_button")
    typist.presses(Qt.Key.Key_Space)
    typist.presses(Qt.Key.Key_A, CTRL)
    typist.types("Pirate")
    typist.presses(Qt.Key.Key_Return)
    assert typist.services.chat.conversation.preset_name == "Pirate"
    assert typist.is_in_composer
    typist.tabs_to("preset_picker")
    typist.presses(Qt.Key.Key_Down)
    typist.presses(Qt.Key.Key_Home)
    typist.presses(Qt.Key.Key_Return)
    typist.waits(lambda: typist.services.chat.conversation.preset_name != "Pirate")
    typist.presses(Qt.Key.Key_Down)
    typist.presses(Qt.Key.Key_End)
    typist.presses(Qt.Key.Key_Return)
    dialog = typist.window.findChild(QDialog, "presets_dialog")
    typist.waits(lambda: typist.keyboard.window() is dialog)
    typist.tabs_to("preset_filter_field", backwards=True)
    typist.types("pirate")
    typist.presses(Qt.Key.Key_Down, times=2)
    typist.presses(Qt.Key.Key_Delete)
    assert typist.services.presets.store.get("Pirate") is None
    typist.presses(Qt.Key.Key_Z, CTRL)
    assert typist.services.presets.store.get("Pirate") is not None
    typist.presses(Qt.Key.Key_Escape)
    typist.waits(lambda: typist.window.focusWidget() is panel.preset_row.picker)
    typist.window.activateWindow()
    typist.waits(panel.preset_row.picker.hasFocus)
    typist.presses(Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert typist.is_in_composer


def test_the_models_screen_is_walked_through_and_left(typist: Typist) -> None:
    page = typist.window.findChild(ModelManagerPage, "model_manager")
    assert page is not None
    typist.presses(Qt.Key.Key_M, CTRL_SHIFT)
    typist.waits(lambda: page.isAncestorOf(typist.keyboard))
    typist.presses(Qt.Key.Key_F, CTRL)
    assert typist.keyboard.objectName() == "model_search_field"
    typist.presses(Qt.Key.Key_Escape)
    typist.waits(lambda: typist.window.current_page is typist.window.chat_page)
    assert typist.is_in_composer
    typist.presses(Qt.Key.Key_M, CTRL)
    typist.presses(Qt.Key.Key_Escape)
    typist.types("typed on")
    assert typist.person.composer.text == "typed on"


def test_chats_are_found_renamed_deleted_brought_back_and_exported(
    typist: Typist, qtbot: QtBot, tmp_path: Path
) -> None:
    typist.writes("Hello")
    typist.presses(Qt.Key.Key_N, CTRL)
    typist.writes("What is the capital of France?")
    typist.presses(Qt.Key.Key_K, CTRL)
    typist.types("Tiny LFM")
    typist.waits(lambda: len(typist.person.rows()) == 1)
    typist.presses(Qt.Key.Key_Down)
    typist.presses(Qt.Key.Key_Return)
    typist.waits(lambda: "Hello" in typist.person.reads)
    typist.presses(Qt.Key.Key_K, CTRL)
    typist.presses(Qt.Key.Key_Escape)
    typist.waits(lambda: len(typist.person.rows()) == 2)
    typist.presses(Qt.Key.Key_L, CTRL)
    assert typist.is_in_composer
    typist.presses(Qt.Key.Key_F2)
    typist.waits(lambda: isinstance(typist.keyboard, QLineEdit))
    typist.presses(Qt.Key.Key_A, CTRL)
    typist.types("Greetings")
    typist.presses(Qt.Key.Key_Return)
    typist.waits(lambda: "Greetings" in typist.person.titles())
    typist.presses(Qt.Key.Key_L, CTRL)
    typist.presses(Qt.Key.Key_Backspace, CTRL_SHIFT)
    typist.waits(lambda: "Greetings" not in typist.person.titles())
    typist.presses(Qt.Key.Key_Z, CTRL)
    typist.waits(lambda: "Greetings" in typist.person.titles())
    typist.waits(lambda: "Hello" in typist.person.reads)
    typist.presses(Qt.Key.Key_E, CTRL)
    choices = typist.window.findChild(ExportDialog)
    typist.waits(lambda: typist.keyboard.window() is choices)
    typist.presses(Qt.Key.Key_Return)
    dialog = typist.window.findChild(QFileDialog, "export_dialog")
    typist.waits(lambda: typist.keyboard.window() is dialog)
    target = tmp_path / "greetings.md"
    typist.presses(Qt.Key.Key_A, CTRL)
    typist.types(str(target))
    typist.presses(Qt.Key.Key_Return)
    typist.waits(target.exists)
    assert "Hello" in target.read_text(encoding="utf-8")
    typist.waits(typist.is_back)


def test_the_tab_key_walks_around_the_window_both_ways_and_back(typist: Typist) -> None:
    typist.writes("Hello")
    for backwards in (False, True):
        typist.tabs_to("conversation_settings_button", backwards=backwards)
        typist.tabs_to("conversation_list", backwards=backwards)
        typist.tabs_to("composer", backwards=backwards)


def test_another_model_is_chosen(qtbot: QtBot, start_program: StartProgram) -> None:
    person = start_program(TINY_MODEL)
    person.waits_for_model()
    typist = Typist(qtbot, person)
    typist.presses(Qt.Key.Key_M, CTRL)
    typist.waits(lambda: typist.window.chat_page.header.model_picker.view().isVisible())
    picker = typist.window.chat_page.header.model_picker
    for _ in range(picker.count()):
        if "SmolLM2" in (picker.view().currentIndex().data() or ""):
            break
        typist.presses(Qt.Key.Key_Down)
    typist.presses(Qt.Key.Key_Return)
    typist.waits(lambda: bool(typist.services.models.info) and "Smol" in typist.services.models.info.name)
    typist.waits(typist.is_back)
