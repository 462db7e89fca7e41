"""What is painted stands where the window is read from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from app.ui.reading_direction import in_direction, isolated, key_along, left_to_right, start_mark
from app.ui.widgets.path_delegate import PathDelegate
from app.ui.widgets.quiet_combo_box import QuietComboBox

BOUNDS = QRectF(10, 0, 100, 20)
AREA = QRectF(15, 0, 30, 20)


def test_an_area_keeps_its_distance_to_the_side_where_reading_begins() -> None:
    assert in_direction(AREA, BOUNDS, Qt.LayoutDirection.LeftToRight) == AREA
    assert in_direction(AREA, BOUNDS, Qt.LayoutDirection.RightToLeft) == QRectF(75, 0, 30, 20)


def test_words_keep_their_own_order_only_where_that_is_needed(qapp: QApplication) -> None:
    assert isolated("It rains.") == "It rains."
    assert left_to_right("/home/ann") == "/home/ann"


def test_a_path_begins_at_its_left_in_every_window(qtbot: QtBot, right_to_left: None) -> None:
    names = QListWidget()
    qtbot.addWidget(names)
    names.addItem("/home/سارة/models")
    plain = names.grab().toImage()
    names.setItemDelegate(PathDelegate(names))
    assert names.grab().toImage() != plain
    assert names.item(0).text() == "/home/سارة/models"
    assert names.itemDelegate().displayText("/a", names.locale()) == "\u2066/a\u2069"
    assert isolated("It rains.") == "\u2066It rains.\u2069"
    assert isolated("Python: قراءة ملف") == "\u2067Python: قراءة ملف\u2069"
    assert start_mark() == "\u200f"


def test_an_arrow_key_goes_on_in_the_direction_of_reading() -> None:
    to_the_left = Qt.LayoutDirection.RightToLeft
    assert key_along(Qt.Key.Key_Left, to_the_left) == Qt.Key.Key_Right
    assert key_along(Qt.Key.Key_Right, to_the_left) == Qt.Key.Key_Left
    assert key_along(Qt.Key.Key_Up, to_the_left) == Qt.Key.Key_Up
    assert key_along(Qt.Key.Key_Left, Qt.LayoutDirection.LeftToRight) == Qt.Key.Key_Left


def inked_columns(box: QuietComboBox) -> set[int]:
    image: QImage = box.grab().toImage()
    ground: QColor = image.pixelColor(0, 0)
    return {
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    }


def test_words_and_arrow_of_a_list_change_sides_with_the_direction(qtbot: QtBot) -> None:
    box = QuietComboBox("Model")
    qtbot.addWidget(box)
    box.addItem("Short")
    box.resize(300, 40)
    to_the_right = inked_columns(box)
    box.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    to_the_left = inked_columns(box)
    middle = set(range(100, 200))
    assert min(to_the_right) < 30
    assert max(to_the_right) > 270
    assert max(x for x in to_the_right if x < 150) > 30  # The words, which are wider than the arrow.
    assert min(to_the_left) < 30
    assert max(to_the_left) > 270
    assert min(x for x in to_the_left if x > 150) < 270
    assert not middle & (to_the_right | to_the_left)


def test_an_open_list_ends_where_the_words_begin(qtbot: QtBot, right_to_left: None) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = QuietComboBox("Model", parent=window)
    box.addItem("Short")
    box.set_popup_width(300)
    box.setGeometry(320, 10, 100, 36)
    window.resize(600, 400)
    with qtbot.waitActive(window):
        window.show()
    box.showPopup()
    popup = box.view().window()
    qtbot.waitUntil(popup.isVisible)
    right = box.mapToGlobal(box.rect().topRight()).x()
    assert abs(popup.geometry().right() - right) <= 1
    assert popup.y() >= box.mapToGlobal(box.rect().bottomLeft()).y()
    box.hidePopup()
