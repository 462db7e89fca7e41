from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.widgets.rounded_popup import round_off


def test_on_x11_the_corners_of_a_menu_are_cut_off(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
    menu = QMenu()
    qtbot.addWidget(menu)
    round_off(menu)
    for text in ("Rename", "Delete the conversation"):
        menu.addAction(text)
        menu.adjustSize()
        menu.show()
        shape, right, bottom = menu.mask(), menu.width() - 1, menu.height() - 1
        for corner in (QPoint(0, 0), QPoint(right, 0), QPoint(0, bottom), QPoint(right, bottom)):
            assert not shape.contains(corner)
        for inside in (menu.rect().center(), QPoint(menu.width() // 2, 1), QPoint(1, menu.height() // 2)):
            assert shape.contains(inside)
        menu.hide()
