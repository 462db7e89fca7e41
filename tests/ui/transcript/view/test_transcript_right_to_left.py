"""The conversation in a window that is read from right to left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.core.message import ReasoningPart, TextPart
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, click, of_parts, press, question

CODE = "Look:\n\n```python\nprint(1)\n```"
MIDDLE = 450
pytestmark = pytest.mark.usefixtures("right_to_left")


def area_of(transcript: Transcript, label: str) -> QRect:
    return next(area for found, area in transcript.visible_targets() if found.startswith(label))


def columns_of(image: QImage, colour: QColor) -> list[int]:
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y).rgb() == colour.rgb() for y in range(0, image.height(), 2))
    ]


def test_the_users_bubble_is_at_the_left_and_its_buttons_below_it(transcript: Transcript) -> None:
    transcript.show_entries([question("لماذا؟"), answer("لأن.")])
    bubble = columns_of(transcript.viewport().grab().toImage(), DARK.colour("bubble"))
    assert max(bubble) < MIDDLE
    transcript.select_message("question")
    press(transcript, Qt.Key.Key_Home)
    press(transcript, Qt.Key.Key_Down, Qt.Key.Key_Up)
    assert area_of(transcript, "Edit message").right() < MIDDLE


def test_what_can_be_done_with_an_answer_begins_at_the_right(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    copy, again = area_of(transcript, "Copy message"), area_of(transcript, "Regenerate answer")
    assert copy.left() > again.right() > MIDDLE
    with qtbot.waitSignal(transcript.regenerate_requested) as signal:
        click(transcript, "Regenerate answer")
    assert signal.args == ["answer"]


def test_a_card_stands_at_the_right_and_opens_where_it_is_seen(transcript: Transcript) -> None:
    transcript.show_entries([of_parts(ReasoningPart("Deep thought", ""), TextPart("42", "42"))])
    card = area_of(transcript, "Open")
    assert card.left() > MIDDLE
    click(transcript, "Open")
    assert "Deep thought" in transcript.to_plain_text()


def test_code_is_never_mirrored(transcript: Transcript) -> None:
    transcript.show_entries([answer(CODE)])
    copy = area_of(transcript, "Copy code")
    assert copy.left() > MIDDLE
    below = QRect(0, copy.bottom() + 8, transcript.viewport().width(), 30)
    image = transcript.viewport().grab(below).toImage()
    lit = [x for x in range(image.width()) for y in range(30) if image.pixelColor(x, y).lightness() > 120]
    assert lit
    assert max(lit) < MIDDLE


def test_words_are_aligned_by_their_own_letters(transcript: Transcript) -> None:
    text = DARK.colour("text")
    transcript.show_entries([answer("مرحبا")])
    assert min(columns_of(transcript.viewport().grab().toImage(), text)) > MIDDLE
    transcript.show_entries([answer("Hi")])
    assert max(columns_of(transcript.viewport().grab().toImage(), text)) < MIDDLE


def test_the_left_arrow_goes_on_to_the_next_button(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    press(transcript, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left)
    with qtbot.waitSignal(transcript.edit_requested) as signal:
        press(transcript, Qt.Key.Key_Return)
    assert signal.args == ["question"]


def test_the_column_stands_in_the_middle_though_the_scroll_bar_is_at_the_left(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_entries([answer("\n\n".join(["- - -"] * 100))])
    qtbot.waitUntil(lambda: transcript.viewport().x() > 0)
    rule = columns_of(transcript.viewport().grab().toImage(), DARK.colour("line"))
    left = min(rule) + transcript.viewport().x()
    right = max(rule) + transcript.viewport().x()
    assert abs(left - (transcript.width() - 1 - right)) <= 2
