"""Where the chat is scrolled to when an answer begins, with keys and clicks."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.core.generation import StopReason
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown

LONG = "A line of the answer.\n\n" * 60
CTRL = Qt.KeyboardModifier.ControlModifier


def reads_further_up(desk: Desk) -> None:
    bar = desk.transcript.verticalScrollBar()
    bar.setValue(0)
    assert bar.maximum() > 0


def is_at_end(desk: Desk) -> bool:
    bar = desk.transcript.verticalScrollBar()
    return bar.value() == bar.maximum()


def says(desk: Desk, text: str) -> None:
    QTest.keyClicks(desk.composer.edit, text)
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Return)
    desk.waits_for_answer()


def test_an_answer_made_anew_by_a_key_is_seen_also_by_who_had_scrolled_up(sit_down: SitDown) -> None:
    desk = sit_down(LONG, "Second.", "Anew.")
    says(desk, "First")
    says(desk, "And then?")
    reads_further_up(desk)
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_R, CTRL)
    desk.waits_for("Anew.")
    desk.waits_for_answer()
    assert is_at_end(desk)


def test_an_answer_that_is_continued_is_seen(sit_down: SitDown) -> None:
    desk = sit_down(ScriptedReply([LONG], stop_reason=StopReason.TOKEN_LIMIT), " It goes on.")
    says(desk, "First")
    reads_further_up(desk)
    desk.transcript.continue_requested.emit(desk.chat.conversation.path()[-1].id)
    desk.waits_for("It goes on.")
    desk.waits_for_answer()
    assert is_at_end(desk)


def test_an_answer_to_a_message_that_waited_leaves_the_reader_where_he_is(sit_down: SitDown) -> None:
    may_end = threading.Event()
    desk = sit_down(ScriptedReply([LONG, may_end, " End."]), "Second answer.")
    QTest.keyClicks(desk.composer.edit, "First")
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Return)
    desk.waits_for("A line of the answer.")
    QTest.keyClicks(desk.composer.edit, "Second")
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Return)
    reads_further_up(desk)
    may_end.set()
    desk.waits(lambda: "Second answer." in desk.reads and not desk.answers.is_answering)
    assert desk.transcript.verticalScrollBar().value() == 0
