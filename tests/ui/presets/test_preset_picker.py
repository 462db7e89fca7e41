from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.presets.preset_picker import PresetPicker
from app.ui.theme_switcher import ThemeSwitcher


@pytest.fixture
def picker(qtbot: QtBot, themes: ThemeSwitcher) -> PresetPicker:
    picker = PresetPicker()
    qtbot.addWidget(picker)
    picker.resize(300, 36)
    with qtbot.waitExposed(picker):
        picker.show()
    return picker


def pick(qtbot: QtBot, picker: PresetPicker, text: str) -> None:
    """Opens the list, goes to a row and presses Enter."""
    picker.showPopup()
    picker.view().setCurrentIndex(picker.model().index(picker.findText(text), 0))
    qtbot.keyClick(picker.view(), Qt.Key.Key_Return)


def test_picking_a_preset_tells_its_name(qtbot: QtBot, picker: PresetPicker) -> None:
    with qtbot.assertNotEmitted(picker.preset_chosen):
        picker.set_presets(["Balanced", "Precise"], "Balanced")
    with qtbot.waitSignal(picker.preset_chosen) as chosen:
        pick(qtbot, picker, "Precise")
    assert chosen.args == ["Precise"]
    assert picker.current_name == "Precise"


def test_the_row_for_editing_presets_chooses_none(qtbot: QtBot, picker: PresetPicker) -> None:
    picker.set_presets(["Balanced", "Precise"], "Precise")
    with (
        qtbot.assertNotEmitted(picker.preset_chosen),
        qtbot.waitSignal(picker.edit_presets_requested),
    ):
        pick(qtbot, picker, "Manage presets…")
    assert picker.currentText() == "Precise"
