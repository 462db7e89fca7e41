from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.theme_switcher import ThemeSwitcher
from app.ui.widgets.quiet_combo_box import QuietComboBox
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


@pytest.mark.parametrize("items", [1, 2, 9])
def test_on_x11_nothing_of_a_menu_is_left_that_shines_through(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, themes: ThemeSwitcher, items: int
) -> None:
    """Without a compositor it would be black."""
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
    menu = QMenu()
    qtbot.addWidget(menu)
    round_off(menu)
    for number in range(items):
        menu.addAction(f"Line {number}")
    menu.show()
    shape = menu.mask()
    menu.clearMask()  # So that all of it is in the picture.
    image = menu.grab().toImage()
    places = [QPoint(x, y) for x in range(menu.width()) for y in range(menu.height())]
    see_through = {(at.x(), at.y()) for at in places if image.pixelColor(at).alpha() < 240}
    assert see_through, "the corners are round"
    assert not any(shape.contains(QPoint(*at)) for at in see_through)


def test_on_x11_the_corners_of_a_list_are_cut_off_each_time_it_opens(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
    box = QuietComboBox("Model")
    box.addItems(["One", "Two"])
    qtbot.addWidget(box)
    box.show()
    for _ in range(2):
        box.showPopup()
        popup = box.view().window()
        assert not popup.mask().contains(QPoint(0, 0))
        assert not popup.mask().contains(QPoint(popup.width() - 1, popup.height() - 1))
        assert popup.mask().contains(popup.rect().center())
        box.hidePopup()
