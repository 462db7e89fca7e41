"""A message that is too long for the model cannot be sent, and can be cut, with keys and clicks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.core.message import Role
from app.core.model_file import ModelInfo
from app.services.model_status import ModelState
from app.ui.composer.pasted_words import LONGEST_IN_FIELD
from app.ui.theme_switcher import ThemeSwitcher
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.support.context_desk import ContextDesk, words

FITS_AT_MOST = 67
"""Words: of 100 tokens a quarter is kept for the answer, and eight for what stands around the message."""


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[ContextDesk]:
    desk = ContextDesk(qtbot, tmp_path, themes, ScriptedEngine("An answer.", "Another.", context_length=100))
    yield desk
    desk.shut_down()


def pastes(desk: ContextDesk, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    if len(text) > LONGEST_IN_FIELD:  # It is attached, unless that is taken back.
        QTest.keyClick(desk.composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def presses_enter(desk: ContextDesk) -> None:
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Return)


def test_too_long_a_message_says_by_how_much_and_stays(desk: ContextDesk) -> None:
    pastes(desk, words(1_307))
    desk.waits(lambda: desk.composer.excess_label.isVisible())
    assert desk.composer.excess_label.text() == "1,240 tokens too long"
    assert not desk.composer.send_button.isEnabled()
    presses_enter(desk)
    QTest.mouseClick(desk.composer.send_button, Qt.MouseButton.LeftButton)
    assert desk.composer.text == words(1_307)
    assert desk.chat.conversation.tip_id is None
    assert desk.failures == []


def test_enter_at_once_after_a_long_paste_sends_nothing_that_is_too_long(desk: ContextDesk) -> None:
    pastes(desk, words(200))
    presses_enter(desk)  # Before anybody has counted.
    desk.waits(lambda: desk.composer.excess_label.isVisible())
    assert desk.chat.conversation.tip_id is None
    assert desk.composer.text == words(200)


def test_enter_at_once_after_a_paste_that_fits_sends_it(desk: ContextDesk) -> None:
    desk.pauses()
    pastes(desk, words(FITS_AT_MOST))
    presses_enter(desk)
    desk.waits(lambda: desk.engine.questions and not desk.answers.is_answering)
    assert desk.chat.conversation.path()[0].message.text == words(FITS_AT_MOST)
    assert desk.composer.text == ""


def test_who_types_on_after_enter_has_not_sent(desk: ContextDesk) -> None:
    desk.pauses()
    pastes(desk, words(60))
    presses_enter(desk)
    QTest.keyClicks(desk.composer.edit, " more")
    desk.counts("Draft", 61)
    assert desk.chat.conversation.tip_id is None
    presses_enter(desk)
    desk.waits(lambda: not desk.answers.is_answering and desk.chat.conversation.tip_id)
    assert desk.chat.conversation.path()[0].message.text == words(60) + " more"


def test_the_end_can_be_cut_and_comes_back_with_undo(desk: ContextDesk) -> None:
    pastes(desk, words(500))
    desk.waits(lambda: desk.composer.cut_button.isVisible())
    QTest.mouseClick(desk.composer.cut_button, Qt.MouseButton.LeftButton)
    desk.waits(lambda: desk.composer.cut_button.isHidden())
    assert desk.composer.text == words(FITS_AT_MOST)
    assert desk.composer.edit.hasFocus()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.composer.text == words(500)
    desk.waits(lambda: desk.composer.cut_button.isVisible())
    QTest.mouseClick(desk.composer.cut_button, Qt.MouseButton.LeftButton)
    desk.waits(lambda: desk.composer.cut_button.isHidden())
    presses_enter(desk)
    desk.waits(lambda: desk.engine.questions and not desk.answers.is_answering)
    assert desk.engine.questions[0].messages[-1].text == words(FITS_AT_MOST)


def test_another_chat_is_not_too_long(desk: ContextDesk) -> None:
    pastes(desk, words(500))
    desk.waits(lambda: desk.composer.excess_label.isVisible())
    desk.page.start_new_chat()
    assert desk.composer.excess_label.isHidden()
    QTest.keyClicks(desk.composer.edit, "Hello")
    desk.waits(lambda: desk.composer.send_button.isEnabled())
    presses_enter(desk)
    desk.waits(lambda: not desk.answers.is_answering and desk.chat.conversation.tip_id)


def test_an_answer_that_is_edited_may_be_as_long_as_it_likes(desk: ContextDesk) -> None:
    QTest.keyClicks(desk.composer.edit, "Hello")
    presses_enter(desk)
    desk.waits(lambda: desk.engine.questions and not desk.answers.is_answering)
    answer = desk.chat.conversation.newest(Role.ASSISTANT)
    assert answer is not None
    desk.services.versions.begin_edit(answer.id)
    pastes(desk, words(500))
    desk.pauses()
    assert desk.composer.excess_label.isHidden()
    assert desk.composer.send_button.isEnabled()


@pytest.fixture
def may_load(desk: ContextDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The next model does not get loaded before the test says so."""
    may_load, load = threading.Event(), desk.engine.load

    def load_when_allowed(*arguments: Any, **more: Any) -> ModelInfo:
        may_load.wait()
        return load(*arguments, **more)

    monkeypatch.setattr(desk.engine, "load", load_when_allowed)
    desk.models.open_file(TINY_MODEL)
    desk.waits(lambda: desk.models.status.state is ModelState.LOADING)
    yield may_load
    may_load.set()


def test_a_long_message_waits_for_the_model_and_is_not_sent_where_it_does_not_fit(
    desk: ContextDesk, may_load: threading.Event
) -> None:
    pastes(desk, words(300))
    presses_enter(desk)
    assert desk.composer.hint.text() == "Sent when the model is loaded"
    desk.pauses()
    desk.pauses()
    assert desk.chat.conversation.tip_id is None
    may_load.set()
    desk.waits(lambda: desk.composer.excess_label.isVisible())
    assert desk.chat.conversation.tip_id is None
    assert desk.composer.text == words(300)
    assert desk.failures == []


def test_a_long_message_goes_out_by_itself_once_the_model_can_take_it(
    desk: ContextDesk, may_load: threading.Event
) -> None:
    desk.engine.context_length = 4_096
    pastes(desk, words(300))
    presses_enter(desk)
    desk.pauses()
    assert desk.chat.conversation.tip_id is None
    may_load.set()
    desk.waits(lambda: desk.engine.questions and not desk.answers.is_answering)
    assert desk.chat.conversation.path()[0].message.text == words(300)
    assert desk.composer.text == ""


def test_who_types_on_while_the_model_loads_has_not_sent(
    desk: ContextDesk, may_load: threading.Event
) -> None:
    desk.engine.context_length = 4_096
    pastes(desk, words(300))
    presses_enter(desk)
    QTest.keyClicks(desk.composer.edit, " more")
    assert "You can already send" in desk.composer.hint.text()
    may_load.set()
    desk.counts("Draft", 301)
    assert desk.chat.conversation.tip_id is None


def test_a_short_message_goes_out_while_the_model_loads(desk: ContextDesk, may_load: threading.Event) -> None:
    QTest.keyClicks(desk.composer.edit, "Hello")
    presses_enter(desk)
    assert desk.composer.text == ""
    may_load.set()
    desk.waits(lambda: desk.engine.questions and not desk.answers.is_answering)
