"""What is painted stands where the window is read from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.ui.widgets.quiet_combo_box import QuietComboBox
from app.ui.widgets.reading_direction import in_direction

BOUNDS = QRectF(10, 0, 100, 20)
AREA = QRectF(15, 0, 30, 20)


def test_an_area_keeps_its_distance_to_the_side_where_reading_begins() -> None:
    assert in_direction(AREA, BOUNDS, Qt.LayoutDirection.LeftToRight) == AREA
    assert in_direction(AREA, BOUNDS, Qt.LayoutDirection.RightToLeft) == QRectF(75, 0, 30, 20)


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
