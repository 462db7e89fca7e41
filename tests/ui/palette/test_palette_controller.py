"""The command palette through real keys: actions, chats, models and presets."""

from __future__ import annotations

import shutil

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.palette.command_palette import CommandPalette
from app.ui.palette.palette_controller import PaletteController
from app.ui.palette.palette_list import FOUND_ROLE
from app.ui.presets.preset_controller import PresetController
from tests.fakes.scripted_engine import TINY_MODEL
from tests.support.chat_desk import Desk, SitDown
from tests.support.preset_samples import CAREFUL


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    desk = sit_down("1.", "2.")
    presets = PresetController(desk.window, desk.services)
    desk.palette = PaletteController(desk.window, desk.services, presets)  # type: ignore[attr-defined]
    for title in ("Lakes of Macedonia", "Bread"):
        desk.chat.start_new()
        desk.answers.send(title)
        desk.waits_for_answer()
    desk.waits_until_saved()
    desk.window.activateWindow()
    desk.composer.edit.setFocus()
    return desk


def opened(desk: Desk) -> CommandPalette:
    desk.window.menus.palette_action.trigger()
    return desk.window.findChild(CommandPalette)


def shown(palette: CommandPalette) -> list[str]:
    model = palette.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def types(qtbot: QtBot, palette: CommandPalette, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    qtbot.keyClicks(palette.field, text)
    qtbot.keyClick(palette.field, key)


def test_a_few_letters_do_what_a_menu_does(qtbot: QtBot, desk: Desk) -> None:
    palette = opened(desk)
    with qtbot.waitSignal(desk.window.menus.theme_light_action.triggered):
        types(qtbot, palette, "lig")
    assert palette.isHidden()
    assert desk.composer.edit.hasFocus()


def test_the_last_chats_are_at_hand_and_others_found(qtbot: QtBot, desk: Desk) -> None:
    palette = opened(desk)
    assert shown(palette)[0] == "Lakes of Macedonia"
    assert "Bread" not in shown(palette)  # It is on screen.
    types(qtbot, palette, "mace")
    assert desk.chat.conversation.title == "Lakes of Macedonia"


def test_actions_stand_with_their_keys_and_only_where_they_can_be_done(desk: Desk) -> None:
    palette = opened(desk)
    entries = {
        found.entry.title: found.entry
        for row in range(palette.list.model().rowCount())
        if (found := palette.list.model().index(row, 0).data(FOUND_ROLE))
    }
    assert entries["New chat"].shortcut == "Ctrl+N"
    assert "Dark theme" in entries
    assert "Stop" not in entries  # Nothing is being written.
    assert "Command palette" not in entries


def test_a_model_and_a_preset_are_chosen(qtbot: QtBot, desk: Desk) -> None:
    folder = desk.folder / "others"
    folder.mkdir()
    other = folder / "Otter-1B-Q4_K_M.gguf"
    shutil.copy(TINY_MODEL, other)
    desk.settings.change(model_folders=(folder,))
    desk.waits(lambda: any(it.path == other for it in desk.models.models))
    desk.services.presets.store.create(CAREFUL)
    name = next(it.name for it in desk.models.models if it.path == other)
    types(qtbot, opened(desk), name)
    desk.waits(lambda: desk.models.chosen is not None and desk.models.chosen.path == other)
    types(qtbot, opened(desk), CAREFUL.name[:5])
    assert desk.models.preset_in(desk.chat.conversation).name == CAREFUL.name


def test_keys_move_and_leave_and_the_keyboard_comes_back(qtbot: QtBot, desk: Desk) -> None:
    palette = opened(desk)
    assert palette.field.hasFocus()
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == palette.list.model().rowCount() - 1
    qtbot.keyClicks(palette.field, "nothing at all")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert desk.composer.edit.hasFocus()


def test_the_palette_leaves_when_the_keyboard_goes_elsewhere(qtbot: QtBot, desk: Desk) -> None:
    palette = opened(desk)
    desk.window.sidebar.list.setFocus()
    assert palette.isHidden()
    assert QApplication.focusWidget() is desk.window.sidebar.list


def test_copy_copies_from_where_the_keyboard_was(qtbot: QtBot, desk: Desk) -> None:
    desk.composer.edit.setPlainText("these words")
    desk.composer.edit.selectAll()
    palette = opened(desk)
    with qtbot.waitSignal(desk.window.menus.cut_action.triggered):
        types(qtbot, palette, "cut")
    assert desk.composer.edit.hasFocus()


def test_a_pointer_at_rest_does_not_choose_what_keys_scroll_below_it(qtbot: QtBot, desk: Desk) -> None:
    palette = opened(desk)
    viewport = palette.list.viewport()
    QTest.mouseMove(viewport, QPoint(40, 30))
    qtbot.keyClick(palette.field, Qt.Key.Key_Home)
    for _ in range(4):
        qtbot.keyClick(palette.field, Qt.Key.Key_PageDown)
    chosen = palette.list.currentIndex().row()
    palette.list.entered.emit(palette.list.indexAt(QPoint(40, 30)))  # As Qt does when rows move below it.
    assert palette.list.currentIndex().row() == chosen
    QCursor.setPos(viewport.mapToGlobal(QPoint(60, 50)))
    QTest.mouseMove(viewport, QPoint(60, 50))
    qtbot.waitUntil(lambda: palette.list.currentIndex() == palette.list.indexAt(QPoint(60, 50)))
