"""Where the settings of a conversation stand, and how one comes to them and back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.presets.conversation_settings_panel import ConversationSettingsPanel

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(window: MainWindow) -> ConversationSettingsPanel:
    return window.chat_page.settings_panel


def press_key(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_B, CTRL_SHIFT)


def test_from_1100_pixels_the_conversation_gets_narrower_beside_it(
    qtbot: QtBot, window: MainWindow, panel: ConversationSettingsPanel
) -> None:
    area = window.chat_page.conversation_area
    width = area.width()
    press_key(qtbot, window)
    qtbot.waitUntil(lambda: area.width() == width - panel.width())
    assert not area.geometry().intersects(panel.geometry())
    assert panel.height() > area.height()
    press_key(qtbot, window)
    qtbot.waitUntil(lambda: area.width() == width)
    assert panel.isHidden()


def test_in_a_narrower_window_it_lies_over_the_conversation(
    qtbot: QtBot, window: MainWindow, panel: ConversationSettingsPanel
) -> None:
    press_key(qtbot, window)
    area = window.chat_page.conversation_area
    for width, height in ((1099, 760), (720, 480)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: area.width() == window.chat_page.width())
        qtbot.waitUntil(lambda: area.geometry().contains(panel.geometry()))
        assert panel.isVisible()
    window.resize(1100, 760)
    qtbot.waitUntil(lambda: not area.geometry().intersects(panel.geometry()))


def test_the_key_the_icon_and_the_menu_open_and_close_the_same(
    qtbot: QtBot, window: MainWindow, panel: ConversationSettingsPanel
) -> None:
    button, action = window.chat_page.header.settings_button, window.menus.chat_settings_action
    told: list[bool] = []

    def is_open() -> set[bool]:
        return {panel.isVisible(), action.isChecked(), button.isChecked()}

    window.settings_panel_toggled.connect(told.append)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert is_open() == {True}
    assert panel.form.rows["system_prompt"].field.hasFocus()
    action.trigger()
    assert is_open() == {False}
    assert window.chat_page.composer.edit.hasFocus()
    press_key(qtbot, window)
    assert is_open() == {True}
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert is_open() == {False}
    assert window.chat_page.composer.edit.hasFocus()
    press_key(qtbot, window)
    qtbot.mouseClick(panel.close_button, Qt.MouseButton.LeftButton)
    assert panel.isHidden()
    assert told == [True, False, True, False, True, False]


def test_it_comes_back_open_without_taking_the_keyboard(
    window: MainWindow, panel: ConversationSettingsPanel
) -> None:
    window.set_settings_panel_visible(True)
    assert panel.isVisible()
    assert window.chat_page.composer.edit.hasFocus()


def test_the_key_is_in_the_list_of_shortcuts(window: MainWindow) -> None:
    assert ("View", "Chat settings", "Ctrl+Shift+B") in window.menus.shortcuts()


def test_the_rows_stand_from_the_system_prompt_to_the_graphics_card(
    qtbot: QtBot, window: MainWindow, panel: ConversationSettingsPanel
) -> None:
    panel.set_graphics(True)
    press_key(qtbot, window)
    names = ("system_prompt", "temperature", "context_length", "thinking_limit", "tools", "gpu_layers")
    rows = [panel.form.rows[name] for name in names]
    heights = [row.y() for row in (rows[0], panel.preset_row, *rows[1:])]
    assert heights == sorted(heights)
