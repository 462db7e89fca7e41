from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.flow_layout import FlowLayout


class Box(QWidget):
    """Wants a size of its own."""

    def sizeHint(self) -> QSize:
        return QSize(60, 20)


def laid_out(qtbot: QtBot, width: int, count: int = 3, **how: bool) -> tuple[QWidget, list[Box]]:
    window = QWidget()
    qtbot.addWidget(window)
    layout = FlowLayout(window, 10, **how)
    layout.setContentsMargins(5, 4, 5, 4)
    boxes = [Box(window) for _ in range(count)]
    for box in boxes:
        layout.addWidget(box)
    window.resize(width, layout.heightForWidth(width))
    window.show()
    layout.activate()
    return window, boxes


def places(boxes: list[Box]) -> list[tuple[int, int]]:
    return [(box.x(), box.y()) for box in boxes]


def test_what_does_not_fit_begins_another_row(qtbot: QtBot) -> None:
    window, boxes = laid_out(qtbot, 150)
    assert places(boxes) == [(5, 4), (75, 4), (5, 34)]
    assert window.height() == 20 + 10 + 20 + 8


def test_rows_may_stand_in_the_middle_or_reach_from_side_to_side(qtbot: QtBot) -> None:
    _window, centred = laid_out(qtbot, 150, is_centred=True)
    assert places(centred) == [(10, 4), (80, 4), (45, 34)]
    _other, spread = laid_out(qtbot, 150, is_spread=True)
    assert places(spread) == [(5, 4), (85, 4), (5, 34)]


def test_from_right_to_left_rows_begin_at_the_right(qtbot: QtBot) -> None:
    window, boxes = laid_out(qtbot, 150)
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    layout = window.layout()
    assert layout is not None
    layout.setGeometry(window.rect())
    assert places(boxes) == [(85, 4), (15, 4), (85, 34)]
