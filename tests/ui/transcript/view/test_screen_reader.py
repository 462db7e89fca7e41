"""What those hear who cannot see the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.message import ToolCallPart
from app.core.spoken_answers import SpokenAnswers
from app.core.stream import PartGrew
from app.core.tool_call_status import CallState, CallStatus
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, click, of_parts, press, question, unfinished, written

DOWN, UP, RIGHT = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right


@pytest.fixture
def listening() -> Iterator[None]:
    """A screen reader is running."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def heard(transcript: Transcript) -> str:
    """What a screen reader finds when it asks about the conversation."""
    interface = QAccessible.queryAccessibleInterface(transcript)
    return interface.text(QAccessible.Text.Description)


def at_keyboard(transcript: Transcript) -> str:
    """What a screen reader says of where the keyboard is."""
    interface = QAccessible.queryAccessibleInterface(transcript)
    return interface.focusChild().text(QAccessible.Text.Name)


def test_the_arrows_say_the_message_they_go_to_and_who_wrote_it(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("Because of **this**:\n\n- one")])
    press(transcript, DOWN)
    assert at_keyboard(transcript) == "LFM2.5-1.2B\n\nBecause of this:\n\n• one"
    press(transcript, UP)
    assert at_keyboard(transcript) == "You\n\nWhy?"


def test_the_buttons_of_a_message_are_said_one_by_one(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("[Here](https://a.example)")])
    press(transcript, DOWN, RIGHT)
    assert at_keyboard(transcript) == "https://a.example"
    press(transcript, RIGHT)
    assert at_keyboard(transcript) == "Copy message"


def test_coming_by_tab_says_where_one_is(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?")])
    transcript.clearFocus()
    transcript.setFocus(Qt.FocusReason.TabFocusReason)
    assert at_keyboard(transcript) == "You\n\nWhy?"
    QTest.keyClick(transcript, Qt.Key.Key_Tab)
    assert at_keyboard(transcript) == "Copy message"


def test_an_answer_is_said_when_it_is_finished(transcript: Transcript, listening: None) -> None:
    transcript.show_entries([question("Why?")])
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["Because", " so."]))
    transcript.redraw_reply()
    assert heard(transcript) == ""
    transcript.finish_reply(answer("Because so."))
    assert heard(transcript) == "LFM2.5-1.2B\n\nBecause so."


def test_a_tool_that_asks_is_said_once_with_what_it_would_do(transcript: Transcript, listening: None) -> None:
    call = ToolCallPart("get_weather", {"city": "Paris"}, "raw")
    waiting = CallStatus(0, CallState.WAITING, "call-1")
    transcript.show_entries([question("Weather?"), of_parts(call)])
    asking = of_parts(call, calls=(waiting,))
    transcript.replace_entry(asking)
    for words in ("Allow Get weather?", "city", "Paris", "Allow once", "Deny"):
        assert words in heard(transcript)
    transcript.copied.emit("message")
    transcript.replace_entry(replace(asking, note="Still waiting."))
    assert heard(transcript) == "Copied"


def test_what_was_copied_is_said(transcript: Transcript) -> None:
    transcript.show_entries([answer("```python\nx = 1\n```")])
    click(transcript, "Copy code")
    assert heard(transcript) == "Copied"
    assert QApplication.clipboard().text().strip() == "x = 1"


def test_another_conversation_is_met_without_words_of_the_one_before(
    transcript: Transcript, listening: None
) -> None:
    transcript.show_entries([])
    transcript.begin_reply(unfinished())
    transcript.finish_reply(answer("Because so."))
    assert heard(transcript)
    transcript.show_entries([question("How?", "other")])
    assert heard(transcript) == ""


def test_an_answer_is_said_sentence_by_sentence_where_that_is_wanted(
    transcript: Transcript, listening: None
) -> None:
    transcript.set_spoken_answers(SpokenAnswers.BY_SENTENCE)
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["It **rained**. Then"]))
    transcript.redraw_reply()
    assert heard(transcript) == "It rained."
    transcript.feed_reply([PartGrew(0, " it stopped.")])
    transcript.redraw_reply()
    assert heard(transcript) == "It rained."  # What ends a sentence may go on, as in 1.2.
    transcript.finish_reply(answer("It **rained**. Then it stopped."))
    assert heard(transcript) == "Then it stopped."


def test_no_answer_is_said_where_that_is_unwanted_but_a_tool_that_asks_is(
    transcript: Transcript, listening: None
) -> None:
    transcript.set_spoken_answers(SpokenAnswers.NEVER)
    transcript.begin_reply(unfinished())
    transcript.finish_reply(answer("It rained."))
    assert heard(transcript) == ""
    call = ToolCallPart("get_weather", {"city": "Paris"}, "raw")
    waiting = CallStatus(0, CallState.WAITING, "call-1")
    transcript.begin_reply(unfinished("second"))
    transcript.finish_reply(of_parts(call, entry_id="second", calls=(waiting,)))
    assert "Allow Get weather?" in heard(transcript)
