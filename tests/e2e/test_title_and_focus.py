"""The window's title follows the conversation, and the keyboard comes back to where one goes on typing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.person import ANSWER_MS, Person, StartProgram

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier

pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)


@pytest.fixture
def person(qtbot: QtBot, start_program: StartProgram) -> Person:
    person = start_program()
    person.waits_for_model()
    person.window.resize(1200, 800)
    person.window.activateWindow()
    qtbot.waitUntil(person.window.sidebar.new_chat_button.isVisible)
    return person


def middle_of_row(person: Person, number: int) -> QPoint:
    return person.window.sidebar.list.visualRect(person.rows()[number]).center()


def renames(person: Person, qtbot: QtBot, number: int, title: str) -> None:
    rows = person.window.sidebar.list
    rows.setCurrentIndex(person.rows()[number])
    qtbot.keyClick(rows, Qt.Key.Key_F2)
    (field,) = [one for one in rows.viewport().findChildren(QLineEdit) if not one.isHidden()]
    field.selectAll()
    qtbot.keyClicks(field, title)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not rows.viewport().findChildren(QLineEdit))


def test_the_windows_title_follows_what_is_done_with_conversations(person: Person, qtbot: QtBot) -> None:
    def is_titled(title: str) -> None:
        qtbot.waitUntil(lambda: person.window.windowTitle() == title)

    is_titled("Tarn")
    person.asks("Apples")
    is_titled("Apples · Tarn")
    qtbot.mouseClick(person.window.sidebar.new_chat_button, Qt.MouseButton.LeftButton)
    is_titled("Tarn")
    person.asks("Pears")
    renames(person, qtbot, 0, "Pears & plums")
    is_titled("Pears & plums · Tarn")
    qtbot.mouseClick(
        person.window.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=middle_of_row(person, 1)
    )
    is_titled("Apples · Tarn")
    rows = person.window.sidebar.list
    rows.setCurrentIndex(person.rows()[1])
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    is_titled("Tarn")
    qtbot.mouseClick(person.window.messages.toast.undo_button, Qt.MouseButton.LeftButton)
    is_titled("Apples · Tarn")


def is_in_composer(person: Person) -> bool:
    return QApplication.focusWidget() is person.composer.edit


def picks(qtbot: QtBot, picker: QComboBox, text: str, *, by_mouse: bool) -> None:
    """Opens a list with the keyboard on it, and picks a row."""
    qtbot.waitUntil(lambda: picker.findText(text) >= 0, timeout=ANSWER_MS)
    picker.setFocus()
    picker.showPopup()
    view = picker.view()
    index = picker.model().index(picker.findText(text), 0)
    view.scrollTo(index)
    if by_mouse:
        qtbot.wait(
            QApplication.doubleClickInterval() + 50
        )  # Qt takes a quicker one for that which opened it.
        qtbot.mouseMove(view.viewport(), view.visualRect(index).center())
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    else:
        view.setCurrentIndex(index)
        qtbot.keyClick(view, Qt.Key.Key_Return)


@pytest.mark.parametrize("by_mouse", [False, True])
def test_one_types_on_after_a_model_was_picked(person: Person, qtbot: QtBot, by_mouse: bool) -> None:
    picker = person.window.chat_page.header.model_picker
    for name in ("SmolLM2 135M Instruct", "SmolLM2 135M Instruct"):  # The one that is there already, too.
        picks(qtbot, picker, name, by_mouse=by_mouse)
        qtbot.waitUntil(lambda: is_in_composer(person))
        assert person.application.services.models.chosen.name == name  # type: ignore[union-attr]
    person.waits_for_model()


@pytest.mark.parametrize("by_mouse", [False, True])
def test_one_types_on_after_a_preset_was_picked(person: Person, qtbot: QtBot, by_mouse: bool) -> None:
    qtbot.keyClick(person.window, Qt.Key.Key_B, CTRL_SHIFT)
    picker = person.window.chat_page.settings_panel.preset_row.picker
    picks(qtbot, picker, "Default", by_mouse=by_mouse)
    qtbot.waitUntil(picker.hasFocus)
    qtbot.keyClicks(picker, "Hello")
    assert is_in_composer(person)
    assert person.composer.text == "Hello"


def test_one_types_on_after_a_preset_was_saved_in_the_panel(person: Person, qtbot: QtBot) -> None:
    presets = person.application.screens.presets
    qtbot.keyClick(person.window, Qt.Key.Key_B, CTRL_SHIFT)
    assert presets.panel.form.rows["system_prompt"].field.hasFocus()
    field = presets.panel.form.rows["temperature"].field
    field.lineEdit().selectAll()
    qtbot.keyClicks(field.lineEdit(), "0.2")
    qtbot.mouseClick(presets.panel.save_as_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(presets.panel.cancel_button, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is presets.panel.save_as_button
    qtbot.mouseClick(presets.panel.save_as_button, Qt.MouseButton.LeftButton)
    presets.panel.name_field.selectAll()
    qtbot.keyClicks(presets.panel.name_field, "Calm")
    qtbot.keyClick(presets.panel.name_field, Qt.Key.Key_Return)
    assert person.application.services.presets.store.get("Calm") is not None
    assert is_in_composer(person)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert presets.panel.isHidden()
    assert is_in_composer(person)


def test_one_goes_on_in_the_panel_after_the_presets_were_edited(person: Person, qtbot: QtBot) -> None:
    qtbot.keyClick(person.window, Qt.Key.Key_B, CTRL_SHIFT)
    picker = person.window.chat_page.settings_panel.preset_row.picker
    picks(qtbot, picker, "Manage presets…", by_mouse=False)
    dialog = person.application.screens.presets.dialog.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    close = dialog.findChild(QPushButton, "close_presets_button")
    assert close is not None
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(picker.hasFocus)
