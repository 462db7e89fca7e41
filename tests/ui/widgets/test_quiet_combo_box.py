from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.widgets.quiet_combo_box import QuietComboBox


def test_the_list_opens_on_what_is_chosen_and_not_where_the_arrow_keys_left_it(qtbot: QtBot) -> None:
    box = QuietComboBox("Letters")
    qtbot.addWidget(box)
    box.addItems(["a", "b", "c"])
    box.show()
    box.showPopup()
    assert box.view().currentIndex().row() == 0
    QTest.keyClick(box.view(), Qt.Key.Key_End)
    assert box.view().currentIndex().row() == 2
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not box.view().isVisible())

    box.showPopup()

    assert box.view().currentIndex().row() == 0
    box.hidePopup()
