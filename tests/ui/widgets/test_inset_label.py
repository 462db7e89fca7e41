"""The empty space around words comes back with the next change of the look."""

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.inset_label import InsetLabel


def test_margins_that_qt_took_off_are_there_again_after_a_change_of_the_look(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    labels = (QLabel("plain", window), InsetLabel("inset", (20, 1, 2, 3), window))
    window.show()
    for label in labels:
        label.setContentsMargins(20, 1, 2, 3)
        label.setFrameShape(QLabel.Shape.Box)
        label.setFrameRect(label.rect())
    window.setStyleSheet("QLabel { color: red; }")
    assert [label.contentsMargins().left() == 20 for label in labels] == [False, True]
