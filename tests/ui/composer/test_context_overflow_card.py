"""A conversation that has outgrown the context is asked about once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation
from app.core.errors import EngineError
from app.core.model_file import LoadOptions
from app.engine.longer_context import LongerContext
from app.ui.composer.context_overflow_card import ContextOverflowCard
from app.ui.main_window import MainWindow
from app.ui.transcript.content.blocks import MEMORY_MARK_TEXT
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.context_desk import PLAIN, ContextDesk, Sit, words


def press(button: QPushButton) -> None:
    assert not button.isHidden()
    button.click()


TALK = [words(20)] * 8


def outgrown(
    sit: Sit, *replies: ScriptedReply | str, context_length: int = 160
) -> tuple[ContextDesk, Conversation]:
    desk = sit(ScriptedEngine(*replies, context_length=context_length))
    conversation = desk.holds(*TALK)
    desk.waits(lambda: desk.card.is_offering)
    return desk, conversation


def test_the_line_is_drawn_where_the_memory_begins(sit: Sit) -> None:
    desk, _ = outgrown(sit)
    above, below = desk.transcript.to_plain_text().split(MEMORY_MARK_TEXT)
    assert above.count("word") + below.count("word") == 160
    assert 40 <= below.count("word") <= 100


def test_going_on_is_asked_once_for_each_conversation(sit: Sit) -> None:
    desk, conversation = outgrown(sit)
    press(desk.card.go_on_button)
    assert desk.card.isHidden()
    desk.pauses()
    assert desk.card.isHidden()
    desk.holds(*TALK)
    desk.waits(lambda: desk.card.is_offering)
    desk.chat.show(conversation.id)
    assert desk.card.isHidden()
    desk.pauses()
    assert desk.card.isHidden()
    assert desk.is_choice_made(conversation)


def test_a_longer_context_is_asked_for_and_the_choice_stays_open(sit: Sit) -> None:
    desk, conversation = outgrown(sit)
    assert "320" in desk.card.longer_button.text()
    press(desk.card.longer_button)
    assert desk.card.isHidden()
    desk.waits(lambda: len(desk.engine.loads) == 2)
    assert desk.engine.loads[1] == (TINY_MODEL, LoadOptions(context_length=320))
    assert not desk.is_choice_made(conversation)


def test_the_card_goes_when_there_is_room_again(sit: Sit) -> None:
    desk, _ = outgrown(sit)
    desk.engine.context_length = 4096
    desk.services.context_usage.refresh()
    desk.waits(desk.card.isHidden)
    assert MEMORY_MARK_TEXT not in desk.transcript.to_plain_text()


LONG_TALK = [words(60)] * 8


def long_outgrown(sit: Sit, *replies: ScriptedReply | str) -> tuple[ContextDesk, Conversation]:
    """The same with a context that a summary can be written in."""
    desk = sit(ScriptedEngine(*replies, context_length=400))
    conversation = desk.holds(*LONG_TALK)
    desk.waits(lambda: desk.card.is_offering)
    return desk, conversation


def test_a_summary_begins_a_new_conversation_held_as_the_old_one_was(sit: Sit) -> None:
    desk, before = long_outgrown(sit, *["They said word."] * 20)
    desk.holds_under(replace(PLAIN, system_prompt="Be kind."))
    press(desk.card.summary_button)
    assert "summary" in desk.card.sentence.text()
    desk.waits(lambda: desk.chat.conversation.id != before.id)
    conversation = desk.chat.conversation
    assert conversation.title == "Long talk (continued)"
    assert conversation.system_prompt.startswith("Be kind.")
    assert conversation.system_prompt.endswith("They said word.")
    assert desk.loaded().system_prompt == conversation.system_prompt
    assert "They said word." in desk.messages.banner.hint.text()
    assert desk.card.isHidden()
    press(desk.messages.banner.action_button)
    assert desk.chat.conversation.id == before.id
    desk.pauses()
    assert desk.card.isHidden()


def test_who_reads_elsewhere_meanwhile_is_not_carried_off(sit: Sit) -> None:
    go_on = threading.Event()
    slow = ScriptedReply(["They ", go_on, "talked."])
    desk, before = long_outgrown(sit, slow, *["They said word."] * 20)
    press(desk.card.summary_button)
    desk.waits(lambda: "1 word written" in desk.card.hint.text())
    other = desk.holds("Hello")
    assert desk.card.isHidden()
    desk.chat.show(before.id)
    assert "1 word written" in desk.card.hint.text()
    desk.chat.show(other.id)
    go_on.set()
    desk.waits(lambda: len(desk.services.conversations.summaries) == 3)
    assert desk.chat.conversation.id == other.id
    assert "Long talk (continued)" in desk.messages.banner.sentence.text()
    press(desk.messages.banner.action_button)
    assert desk.chat.conversation.title == "Long talk (continued)"


def test_a_summary_that_is_cancelled_leaves_the_choice(sit: Sit) -> None:
    go_on = threading.Event()
    slow = ScriptedReply(["They ", go_on, "talked."])
    desk, before = long_outgrown(sit, slow)
    press(desk.card.summary_button)
    desk.waits(lambda: "1 word written" in desk.card.hint.text())
    press(desk.card.cancel_button)
    go_on.set()
    desk.waits(lambda: desk.card.is_offering)
    assert desk.chat.conversation.id == before.id
    assert len(desk.services.conversations.summaries) == 1
    assert not desk.is_choice_made(before)


def test_a_model_that_writes_no_summary_is_said_and_leaves_the_choice(sit: Sit) -> None:
    desk, before = long_outgrown(sit, ScriptedReply(refusal=EngineError("The engine failed.", "Try again.")))
    press(desk.card.summary_button)
    desk.waits(lambda: desk.failures == ["The engine failed."])
    desk.waits(lambda: desk.card.is_offering)
    assert desk.chat.conversation.id == before.id


@pytest.mark.parametrize(
    ("longer", "words"),
    [
        (None, "maximum"),
        (LongerContext(8192, 3_000_000_000, 1_000_000_000), "3.0 GB more memory, and only 1.0 GB are free"),
    ],
)
def test_a_context_that_cannot_be_longer_is_not_offered(
    qtbot: QtBot, longer: LongerContext | None, words: str
) -> None:
    card = ContextOverflowCard()
    qtbot.addWidget(card)
    card.show_offer(4096, longer)
    assert card.longer_button.isHidden()
    assert not card.summary_button.isHidden()
    assert words in card.hint.text()
    assert "4,096" in card.accessibleName()


def test_in_a_narrow_window_the_buttons_take_a_second_row(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1200, 700)
    window.show()
    card = window.chat_page.context_overflow_card
    card.show_offer(4096, LongerContext(8192, 50_000_000, 8_000_000_000))
    qtbot.waitUntil(lambda: card.width() > 700)
    assert card.go_on_button.y() == card.summary_button.y()
    card.window().setStyleSheet("QPushButton { font-size: 26px; }")
    window.resize(720, 700)
    qtbot.waitUntil(lambda: card.go_on_button.y() < card.summary_button.y())
    for button in (card.go_on_button, card.longer_button, card.summary_button):
        assert button.geometry().right() <= card.width()
        assert button.height() >= button.sizeHint().height()
    assert card.geometry().right() <= window.width()
