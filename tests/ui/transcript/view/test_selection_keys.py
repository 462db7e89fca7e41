"""Selecting with Shift and the arrows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, press, question

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def reading(transcript: Transcript) -> Transcript:
    transcript.show_entries([question("Why?"), answer("First words.\n\n```\ncode\n```\n\nLast.")])
    return transcript


def test_letters_and_words_are_selected_from_the_beginning_of_the_message(reading: Transcript) -> None:
    press(reading, *[Qt.Key.Key_Right] * 3, modifier=SHIFT)
    assert reading.selected_text() == "Fir"
    press(reading, Qt.Key.Key_Left, modifier=SHIFT)
    assert reading.selected_text() == "Fi"
    press(reading, Qt.Key.Key_Right, modifier=SHIFT | CONTROL)
    assert reading.selected_text() == "First "


def test_the_selection_goes_over_blocks_and_back(reading: Transcript) -> None:
    press(reading, Qt.Key.Key_End, modifier=SHIFT)
    assert reading.selected_text() == "First words."
    press(reading, *[Qt.Key.Key_Right] * 3, modifier=SHIFT)
    assert reading.selected_text() == "First words.\n\nco"
    press(reading, *[Qt.Key.Key_Left] * 4, modifier=SHIFT)
    assert reading.selected_text() == "First words"


def test_the_selection_goes_over_messages(reading: Transcript) -> None:
    press(reading, *[Qt.Key.Key_Left] * 3, modifier=SHIFT)
    assert reading.selected_text() == "y?"
    press(reading, *[Qt.Key.Key_Up] * 3, modifier=SHIFT)
    assert reading.selected_text() == "Why?"
    press(reading, *[Qt.Key.Key_Down] * 12, modifier=SHIFT)
    assert reading.selected_text() == "First words.\n\ncode\n\nLast."
    press(reading, Qt.Key.Key_Escape)
    assert reading.selected_text() == ""


def test_what_is_selected_out_of_sight_is_scrolled_to(transcript: Transcript) -> None:
    transcript.show_entries([answer("\n\n".join(f"Paragraph {n}." for n in range(100)))])
    transcript.verticalScrollBar().setValue(0)
    press(transcript, *[Qt.Key.Key_Down] * 60, modifier=SHIFT)
    assert transcript.verticalScrollBar().value() > 300


def test_keys_with_shift_are_nothing_where_there_is_no_message(transcript: Transcript) -> None:
    press(transcript, Qt.Key.Key_Right, modifier=SHIFT)
    assert transcript.selected_text() == ""
