"""Buttons with popups look as the pointer is once the popup has closed."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.quiet_combo_box import QuietComboBox


def window_of(qtbot: QtBot, widget: QWidget) -> QWidget:
    window = QWidget()
    QVBoxLayout(window).addWidget(widget)
    qtbot.addWidget(window)
    window.resize(400, 300)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_a_list_that_was_closed_elsewhere_leaves_its_button_calm(qtbot: QtBot) -> None:
    box = QuietComboBox("Model")
    box.addItems(["One", "Two"])
    window = window_of(qtbot, box)
    box.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    box.showPopup()
    QCursor.setPos(window.mapToGlobal(QPoint(390, 290)))
    box.hidePopup()
    assert not box.underMouse()
    box.showPopup()
    QCursor.setPos(box.mapToGlobal(box.rect().center()))
    box.hidePopup()
    assert box.underMouse()


def test_a_menu_that_was_closed_elsewhere_leaves_its_button_calm(qtbot: QtBot) -> None:
    button = IconButton("wrench", "Tools")
    menu = QMenu(button)
    menu.addAction("Calculator")
    button.setMenu(menu)
    window = window_of(qtbot, button)
    button.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QCursor.setPos(window.mapToGlobal(QPoint(390, 290)))
    menu.popup(button.mapToGlobal(QPoint(0, 40)))
    menu.close()
    assert not button.underMouse()
