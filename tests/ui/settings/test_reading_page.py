from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox
from pytestqt.qtbot import QtBot

from app.core.spoken_answers import SpokenAnswers
from app.settings import ColumnWidth, Settings
from app.ui.settings.reading_page import ReadingPage


def test_every_choice_is_told_at_once_and_keeps_the_others(qtbot: QtBot) -> None:
    page = ReadingPage(Settings())
    qtbot.addWidget(page)
    told: list[Settings] = []
    page.changed.connect(told.append)
    for field in ("column_width_field", "spacing_field", "spoken_answers_field"):
        qtbot.keyClick(page.findChild(QComboBox, field), Qt.Key.Key_Down)
    for box in ("outline_box", "speed_box", "line_numbers_box", "motion_box"):
        qtbot.keyClick(page.findChild(QCheckBox, box), Qt.Key.Key_Space)
    assert len(told) == 7
    assert told[-1] == Settings(
        column_width=ColumnWidth.WIDE,
        is_compact=True,
        spoken_answers=SpokenAnswers.BY_SENTENCE,
        shows_outline=False,
        shows_speed=True,
        shows_line_numbers=True,
        reduces_motion=True,
    )


def test_values_from_outside_are_shown_and_told_to_nobody(qtbot: QtBot) -> None:
    page = ReadingPage(Settings())
    qtbot.addWidget(page)
    with qtbot.assertNotEmitted(page.changed):
        page.set_settings(
            Settings(
                column_width=ColumnWidth.FULL,
                is_compact=True,
                spoken_answers=SpokenAnswers.NEVER,
                reduces_motion=True,
            )
        )
    assert page.width_field.currentText() == "As wide as the window"
    assert page.spacing_field.currentText() == "Compact"
    assert page.spoken_field.currentText() == "Not by itself"
    assert page.motion_box.isChecked()
