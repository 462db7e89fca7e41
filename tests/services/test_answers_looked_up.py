"""Questions are looked up before the model is asked, which is told what was found, or that nothing was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.message import PassagesPart, Role
from app.core.passage import NOTHING_FOUND
from app.services.running_answer import AnswerChange, AnswerPart
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import ChatHarness


@pytest.fixture
def me(qtbot: QtBot, tmp_path: Path) -> Iterator[ChatHarness]:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "kettle.md").write_text("# Kettle\n\nThe kettle can be returned within 30 days.")
    (folder / "lamp.md").write_text("# Lamp\n\nThe lamp of the kettle blinks when it is dusty.")
    harness = ChatHarness(qtbot, tmp_path / "data", ScriptedEngine(*["Within 30 days [1]."] * 9))
    harness.start()
    made = harness.services.knowledge.create("Manuals", [folder])
    assert made is not None
    harness.waits_until_indexed(made.id)
    harness.conversation_settings.change_collections([made.id])
    yield harness
    harness.shut_down()


def asks(me: ChatHarness, text: str) -> PassagesPart | None:
    assert me.answers.send(text)
    me.waits_for_answer()
    question = me.chat.conversation.newest(Role.USER)
    assert question is not None
    return question.message.passages


def last_prompt(me: ChatHarness) -> str:
    return me.engine.questions[-1].messages[-1].raw


def test_the_model_is_told_what_was_found(me: ChatHarness) -> None:
    found = asks(me, "When can the kettle be returned?")
    assert found is not None
    assert found.collections == ("Manuals",)
    assert found.passages[0].name == "kettle.md"
    assert "> The kettle can be returned within 30 days." in last_prompt(me)
    assert last_prompt(me).endswith("When can the kettle be returned?")
    assert me.loaded().path() == me.chat.conversation.path()
    assert me.loaded().collections == me.chat.conversation.collections


def test_where_nothing_fits_the_model_is_told_so(me: ChatHarness) -> None:
    assert asks(me, "Who won in 1998?") == PassagesPart(("Manuals",))
    assert NOTHING_FOUND in last_prompt(me)


def test_a_question_that_is_asked_again_is_not_looked_up_again(me: ChatHarness) -> None:
    looked_up: list[AnswerChange] = []
    me.answers.changed.connect(
        lambda change: looked_up.append(change) if change.part is AnswerPart.LOOKED_UP else None
    )
    asks(me, "When can the kettle be returned?")
    me.answers.regenerate_last()
    me.waits_for_answer()
    assert len(looked_up) == 1
    assert "> The kettle" in last_prompt(me)


def test_a_passage_is_taken_out_and_the_answer_asked_again(me: ChatHarness) -> None:
    found = asks(me, "When can the kettle be returned?")
    assert found is not None
    assert len(found.passages) == 2
    question = me.chat.conversation.newest(Role.USER)
    assert question is not None
    me.answers.leave_out(question.id, 0, is_left_out=True)
    me.waits_for_answer()
    assert "30 days" not in last_prompt(me)
    assert "[2] lamp.md" in last_prompt(me)
    assert len(me.chat.conversation.children(question.id)) == 2
    me.answers.leave_out(question.id, 0, is_left_out=False)
    me.waits_for_answer()
    assert "30 days" in last_prompt(me)
    assert me.loaded().path() == me.chat.conversation.path()


def test_a_collection_is_asked_by_its_name_for_one_question(me: ChatHarness) -> None:
    me.conversation_settings.change_collections([])
    assert asks(me, "When can the kettle be returned?") is None
    found = asks(me, "#manuals When can the kettle be returned?")
    assert found is not None
    assert found.passages[0].name == "kettle.md"
    assert asks(me, "Thank you") is None


def test_a_message_that_waited_is_looked_up_too(me: ChatHarness) -> None:
    assert me.answers.send("When can the kettle be returned?")
    assert me.services.queue.add("And when does the lamp blink?")
    me.waits(lambda: not me.answers.is_answering and len(me.chat.conversation.path()) == 4)
    question = me.chat.conversation.newest(Role.USER)
    assert question is not None
    assert question.message.passages is not None


def test_an_index_that_cannot_be_read_is_said_in_the_answer(me: ChatHarness) -> None:
    me.services.knowledge._index._reader.close()
    asks(me, "When can the kettle be returned?")
    answer = me.chat.conversation.newest(Role.ASSISTANT)
    assert answer is not None
    assert answer.message.generation is not None
    assert "index of the collections" in answer.message.generation.error
