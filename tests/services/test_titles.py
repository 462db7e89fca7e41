"""A conversation is named by the model after its first answer, while nothing else is asked of it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role
from app.core.next_prompts import next_prompts
from app.core.title import TASK
from app.engine.engine import Engine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness, OpenChat

pytestmark = pytest.mark.titles


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.titles.PAUSE_MS", 20)


def asks(chat: ChatHarness, text: str = "How do rainbows form?") -> None:
    assert chat.answers.send(text)
    chat.waits_for_answer()


def are_asked(chat: ChatHarness) -> list[str]:
    return [question.messages[-1].text for question in chat.engine.questions]


def settles(chat: ChatHarness) -> None:
    """Until the model has been read ahead, and whatever follows that."""
    titles = chat.services.titles
    chat.waits(lambda: not titles._pause.isActive() and not titles._engine_worker.is_busy)


def test_the_first_words_until_the_model_has_written_a_title(open_chat: OpenChat) -> None:
    chat = open_chat("In drops of water.", '"Rainbows in Water Drops."')
    assert chat.answers.send("How do rainbows form?")
    assert chat.chat.conversation.title == "How do rainbows form?"
    chat.waits_for_answer()
    before = chat.chat.conversation.updated_at
    chat.waits(lambda: chat.chat.conversation.title == "Rainbows in Water Drops")
    assert chat.chat.conversation.updated_at == before
    assert not chat.chat.conversation.is_titled_by_user
    assert chat.loaded().title == "Rainbows in Water Drops"
    chat.waits(
        lambda: chat.services.conversations.title_of(chat.chat.conversation.id) == "Rainbows in Water Drops"
    )
    assert are_asked(chat) == ["How do rainbows form?", TASK]
    assert [node.message.text for node in chat.chat.conversation.path()][1:] == ["In drops of water."]


def test_nonsense_leaves_the_first_words_and_is_not_asked_for_again(open_chat: OpenChat) -> None:
    chat = open_chat("In drops of water.", "I'm sorry, I cannot do that.", "Yes.")
    asks(chat)
    chat.waits(lambda: TASK in are_asked(chat))
    settles(chat)
    asks(chat, "At night too?")
    settles(chat)
    assert chat.chat.conversation.title == "How do rainbows form?"
    assert are_asked(chat).count(TASK) == 1


def test_what_the_user_called_it_stays(open_chat: OpenChat) -> None:
    reached, may_end = threading.Event(), threading.Event()
    slow = ScriptedReply(["Rainbows", reached.set, may_end, " in Water"])
    chat = open_chat("In drops of water.", slow)
    asks(chat)
    chat.waits(reached.is_set)
    chat.services.conversations.rename(chat.chat.conversation.id, "Mine")
    may_end.set()
    settles(chat)
    assert chat.chat.conversation.title == "Mine"
    assert chat.loaded().title == "Mine"


def test_a_title_gives_way_to_a_question_and_to_another_model(open_chat: OpenChat) -> None:
    reached, may_end = threading.Event(), threading.Event()
    slow = ScriptedReply(["Rainbows", reached.set, may_end, " in Water"])
    chat = open_chat("In drops of water.", slow, "Yes.")
    asks(chat)
    chat.waits(reached.is_set)
    assert chat.answers.send("At night too?")
    may_end.set()
    chat.waits_for_answer()
    assert chat.chat.last_answer() == "Yes."
    settles(chat)
    assert chat.chat.conversation.title == "How do rainbows form?"


def test_no_title_where_the_setting_is_off(open_chat: OpenChat) -> None:
    chat = open_chat("In drops of water.")
    chat.settings.change(writes_titles=False)
    asks(chat)
    settles(chat)
    assert are_asked(chat) == ["How do rainbows form?"]


def test_an_imported_conversation_keeps_its_title(open_chat: OpenChat) -> None:
    chat = open_chat("Yes.")
    question = MessageNode(Message.of_text(Role.USER, "How do rainbows form?"))
    answer = MessageNode(Message.of_text(Role.ASSISTANT, "In drops."), question.id)
    imported = Conversation(title="How do rainbows form?").with_node(question).with_node(answer)
    chat.chat.add(imported, is_shown=True)
    asks(chat, "At night too?")
    settles(chat)
    assert chat.chat.conversation.title == "How do rainbows form?"
    assert TASK not in are_asked(chat)


def test_an_answer_that_failed_or_was_stopped_has_no_title(open_chat: OpenChat) -> None:
    reached, may_end = threading.Event(), threading.Event()
    chat = open_chat(ScriptedReply(["In", reached.set, may_end, " drops"]))
    assert chat.answers.send("How do rainbows form?")
    chat.waits(reached.is_set)
    chat.answers.stop()
    may_end.set()
    chat.waits_for_answer()
    settles(chat)
    assert TASK not in are_asked(chat)


def test_the_memory_of_the_conversation_stays_of_use(qtbot: QtBot, tmp_path: Path) -> None:
    engine = Engine()
    chat = ChatHarness(qtbot, tmp_path, engine)  # type: ignore[arg-type]
    try:
        chat.start()
        asks(chat, "Tell me about rainbows")
        request = chat.answers.upcoming_request()
        assert request is not None
        request = replace(request, tools=())
        prompt = next_prompts(engine, request, "And at night?")[0]
        before = engine.count_unread_tokens(prompt)
        titles = chat.services.titles
        chat.waits(lambda: chat.chat.conversation.id not in titles._answered)  # Asked, and answered somehow.
        settles(chat)
        assert engine.count_unread_tokens(prompt) <= before
    finally:
        chat.shut_down()
