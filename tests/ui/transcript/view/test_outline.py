"""The user's messages at the edge of a long conversation."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.outline import Outline, OutlineList
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, question

LONG_ANSWER = "\n\n".join(f"Paragraph {n}, with a few words." for n in range(30))


def talk(count: int) -> list[MessageEntry]:
    return [
        answer(LONG_ANSWER, f"a{n // 2}") if n % 2 else question(f"Question {n // 2}", f"q{n // 2}")
        for n in range(2 * count)
    ]


@pytest.fixture
def outline(transcript: Transcript) -> Outline:
    return transcript.findChild(Outline)


@pytest.fixture
def listed(transcript: Transcript) -> OutlineList:
    return transcript.findChild(OutlineList)


def test_it_stands_beside_conversations_longer_than_three_screens(
    transcript: Transcript, outline: Outline
) -> None:
    transcript.show_entries([question(f"Question {n}", f"q{n}") for n in range(5)])
    assert not outline.isVisible()
    transcript.show_entries(talk(5))
    assert outline.isVisible()
    assert outline.geometry().right() <= transcript.viewport().geometry().right()
    transcript.remove_from("q1")
    assert not outline.isVisible()


def test_it_can_be_unwanted(transcript: Transcript, outline: Outline) -> None:
    transcript.show_entries(talk(5))
    transcript.set_shows_outline(False)
    assert not outline.isVisible()


def test_a_click_lists_the_messages_and_another_goes_to_one(
    qtbot: QtBot, transcript: Transcript, outline: Outline, listed: OutlineList
) -> None:
    transcript.show_entries(talk(20))
    qtbot.mouseClick(outline, Qt.MouseButton.LeftButton)
    assert listed.isVisible()
    words = [listed.model().index(row, 0).data() for row in range(listed.model().rowCount())]
    assert words == [f"Question {n}" for n in range(20)]
    listed.scrollToTop()
    place = listed.visualRect(listed.model().index(2, 0)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not listed.isVisible()
    assert 0 <= transcript.message_area("q2").top() < 60
    assert transcript.hasFocus()


def test_keys_go_from_the_message_at_hand_to_another(
    qtbot: QtBot, transcript: Transcript, listed: OutlineList
) -> None:
    transcript.show_entries(talk(20))
    transcript.scroll_to("q10")
    transcript.open_outline()
    qtbot.waitUntil(listed.hasFocus)
    assert listed.currentIndex().data() == "Question 10"
    QTest.keyClick(listed, Qt.Key.Key_Up)
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert 0 <= transcript.message_area("q9").top() < 60
    transcript.open_outline()
    QTest.keyClick(listed, Qt.Key.Key_Escape)
    assert not listed.isVisible()
    assert transcript.hasFocus()


def test_the_pointer_opens_it_for_a_look(
    qtbot: QtBot, transcript: Transcript, outline: Outline, listed: OutlineList
) -> None:
    transcript.show_entries(talk(5))
    QTest.mouseMove(transcript.window(), QPoint(200, 200))
    QTest.mouseMove(outline, outline.rect().center())
    qtbot.waitUntil(listed.isVisible)
    assert not listed.hasFocus()
    QTest.mouseMove(transcript.window(), QPoint(100, 300))
    qtbot.waitUntil(lambda: not listed.isVisible())


def test_ten_thousand_messages_share_the_room(transcript: Transcript, outline: Outline) -> None:
    transcript.show_entries([question(f"Question {n}", str(n)) for n in range(10_000)])
    assert outline.height() <= transcript.viewport().height()
    at_end = outline.grab().toImage()
    transcript.scroll_to("0")
    assert outline.grab().toImage() != at_end
