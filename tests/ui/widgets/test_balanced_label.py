from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from app.ui.widgets.balanced_label import BalancedLabel, balanced_width

TEXT = "Chat with language models that run on this computer. A small model is ready: press Enter."


def lines(metrics: QFontMetrics, text: str, width: int) -> int:
    area = metrics.boundingRect(QRect(0, 0, width, 10_000), Qt.TextFlag.TextWordWrap, text)
    return round(area.height() / metrics.lineSpacing())


def test_a_text_takes_no_more_lines_and_none_of_them_is_short(qtbot: QtBot) -> None:
    label = BalancedLabel()
    qtbot.addWidget(label)
    metrics = label.fontMetrics()
    whole = metrics.horizontalAdvance(TEXT)
    room = round(whole * 0.9)
    width = balanced_width(metrics, TEXT, room)
    assert lines(metrics, TEXT, room) == lines(metrics, TEXT, width) == 2
    assert whole * 0.5 <= width < whole * 0.65


def test_one_word_keeps_its_width(qtbot: QtBot) -> None:
    label = BalancedLabel()
    qtbot.addWidget(label)
    metrics = label.fontMetrics()
    assert balanced_width(metrics, "Welcome", 500) >= metrics.horizontalAdvance("Welcome")


def test_the_lines_are_drawn_in_the_middle(qtbot: QtBot) -> None:
    label = BalancedLabel()
    qtbot.addWidget(label)
    label.setText(TEXT)
    label.resize(round(label.fontMetrics().horizontalAdvance(TEXT) * 0.9), 60)
    image = label.grab().toImage()
    ground = image.pixel(0, 0)
    inked = [
        x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))
    ]
    left, right = inked[0], image.width() - 1 - inked[-1]
    assert min(left, right) > image.width() * 0.1
    assert abs(left - right) <= image.width() * 0.05
