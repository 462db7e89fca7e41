"""Clicks the mark of a box or of a radio button: beside its words a click does nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QRadioButton, QStyle, QStyleOptionButton
from pytestqt.qtbot import QtBot


def tick(qtbot: QtBot, box: QCheckBox | QRadioButton) -> None:
    qtbot.waitUntil(box.isVisible)
    option = QStyleOptionButton()
    box.initStyleOption(option)
    elements = QStyle.SubElement
    is_radio = isinstance(box, QRadioButton)
    mark = elements.SE_RadioButtonIndicator if is_radio else elements.SE_CheckBoxIndicator
    place = box.style().subElementRect(mark, option, box).center()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=place)
