from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.shortcuts_dialog import ShortcutsDialog


def test_keys_of_the_menus_and_of_single_parts_are_listed(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ShortcutsDialog(window.menus.shortcuts(), window)
    with qtbot.waitExposed(dialog):
        dialog.open()
    words = [label.text() for label in dialog.findChildren(QLabel)]
    for expected in ("Chat settings", "Ctrl+Shift+B", "Edit the last message", "Up", "F2", "Duplicate"):
        assert expected in words
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
