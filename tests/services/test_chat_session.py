"""The conversation on screen and those behind it, with a scripted model and a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.generation import Instructions
from app.core.message import Role
from app.core.permission import Decision
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.store.database import Database
from app.tools.tool import Tool
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_harness import ChatHarness


def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


Open = Callable[..., ChatHarness]


@pytest.fixture
def open_chat(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """Opens a chat on one folder; opening it again ends the one before."""
    running: list[ChatHarness] = []

    def end() -> None:
        while running:
            running.pop().shut_down()

    def start(*replies: ScriptedReply | str) -> ChatHarness:
        end()
        chat = ChatHarness(qtbot, tmp_path, ScriptedEngine(*replies), [Tool.of(add)])
        running.append(chat)
        chat.start()
        return chat

    yield start
    end()


def slow(may_go_on: threading.Event) -> ScriptedReply:
    """An answer in two halves, the second when it may go on."""
    return ScriptedReply(["One ", may_go_on, "two."])


def test_sending_a_message_waits_for_no_disk(open_chat: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    me = open_chat("One.", "Two.")
    threads: list[str] = []
    transaction, rows = Database.transaction, Database.rows
    here = threading.current_thread().name

    def noted(name: str, original: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            if threading.current_thread().name == here:
                threads.append(name)
            return original(*arguments)

        return call

    monkeypatch.setattr(Database, "transaction", noted("transaction", transaction))
    monkeypatch.setattr(Database, "rows", noted("rows", rows))
    me.answers.send("Hello")
    me.waits_for_answer()
    me.answers.send("And again?")
    me.waits_for_answer()
    me.waits_until_saved()
    assert threads == []
    monkeypatch.undo()
    assert me.saved() == ["Hello", "One.", "And again?", "Two."]


def test_the_list_is_read_once_and_follows_what_is_said(open_chat: Open) -> None:
    me = open_chat("One.", "Two.", "Three.")
    titles = lambda: [summary.title for summary in me.services.conversations.summaries]  # noqa: E731
    me.answers.send("Apples")
    me.waits_for_answer()
    me.waits(lambda: titles() == ["Apples"])
    first = me.chat.conversation.id
    me.chat.start_new()
    me.answers.send("Pears")
    me.waits_for_answer()
    me.waits(lambda: titles() == ["Pears", "Apples"])
    me.chat.show(first)
    me.answers.send("More apples")
    me.waits_for_answer()
    assert titles() == ["Apples", "Pears"]
    me.waits_until_saved()
    stored = me.services.store.conversations.list_summaries()
    assert [summary.title for summary in stored] == ["Apples", "Pears"]


def test_an_answer_goes_on_behind_another_conversation_and_is_there_again(open_chat: Open) -> None:
    may_go_on = threading.Event()
    me = open_chat(slow(may_go_on), "Pears.")
    me.answers.send("Apples")
    me.waits(lambda: me.answers.current and me.answers.current.events)
    behind = me.chat.conversation.id
    me.chat.start_new()
    assert not me.answers.is_answering
    may_go_on.set()
    me.waits(lambda: not me.answers.is_any_running)
    me.chat.show(behind)
    assert me.chat.last_answer() == "One two."
    assert me.saved() == ["Apples", "One two."]


def test_a_conversation_that_is_answered_cannot_be_edited_or_branched(open_chat: Open) -> None:
    may_go_on = threading.Event()
    me = open_chat("First.", slow(may_go_on))
    me.answers.send("Apples")
    me.waits_for_answer()
    question, answer = me.chat.conversation.path()
    me.answers.regenerate(answer.id)
    me.chat.begin_edit(question.id)
    assert me.chat.edited_id is None
    tip = me.chat.conversation.tip_id
    me.services.versions.show(me.chat.conversation.tip_id or "", 1)
    assert me.chat.conversation.tip_id == tip
    assert not me.answers.send("Too early")
    may_go_on.set()
    me.waits_for_answer()


def test_a_draft_is_there_after_a_restart_however_soon_that_is(open_chat: Open) -> None:
    me = open_chat()
    me.chat.change_draft("half a thought")
    me = open_chat()
    assert me.chat.conversation.draft == "half a thought"
    me.chat.change_draft("")
    me = open_chat()
    assert me.chat.conversation.draft == ""


def test_a_draft_is_kept_when_another_conversation_is_shown_at_once(open_chat: Open) -> None:
    me = open_chat("One.")
    me.answers.send("Apples")
    me.waits_for_answer()
    first = me.chat.conversation.id
    me.chat.change_draft("for later")
    me.chat.start_new()
    me.chat.show(first)
    assert me.chat.conversation.draft == "for later"


def test_an_answer_under_way_at_the_end_of_the_program_is_kept_as_far_as_it_came(open_chat: Open) -> None:
    me = open_chat(slow(threading.Event()))
    me.answers.send("Apples")
    me.waits(lambda: me.answers.current and me.answers.current.events)
    me = open_chat()
    question, answer = me.chat.conversation.path()
    assert question.message.text == "Apples"
    assert answer.state is MessageState.STOPPED
    assert answer.message.text.startswith("One")


def test_without_a_model_nothing_is_said_and_the_user_is_told_why(qtbot: QtBot, tmp_path: Path) -> None:
    me = ChatHarness(qtbot, tmp_path, ScriptedEngine())
    assert not me.answers.send("Hello")
    assert me.failures == ["No model is chosen."]
    assert me.chat.conversation.nodes == ()
    me.shut_down()


def test_a_deleted_conversation_comes_back_with_its_answer(open_chat: Open) -> None:
    may_go_on = threading.Event()
    me = open_chat(slow(may_go_on))
    me.answers.send("Apples")
    me.waits(lambda: me.answers.current and me.answers.current.events)
    me.waits(lambda: me.services.conversations.summaries)
    (summary,) = me.services.conversations.summaries
    me.services.conversations.delete([summary.id])
    assert me.services.conversations.summaries == []
    assert me.chat.is_new
    may_go_on.set()
    me.waits(lambda: not me.answers.is_any_running)
    me.services.conversations.restore([summary])
    me.waits(lambda: me.chat.conversation.id == summary.id)
    assert me.chat.last_answer().startswith("One")
    assert me.failures == []


def test_a_new_title_is_kept_through_a_question_that_is_asked_at_once(open_chat: Open) -> None:
    me = open_chat("One.", "Two.")
    me.answers.send("Apples")
    me.waits_for_answer()
    me.waits(lambda: me.services.conversations.summaries)
    me.services.conversations.rename(me.chat.conversation.id, "Fruit")
    me.answers.send("And pears?")
    me.waits_for_answer()
    assert me.loaded().title == "Fruit"
    assert me.loaded().is_titled_by_user
    assert [summary.title for summary in me.services.conversations.summaries] == ["Fruit"]


# What the model was really told


def told(me: ChatHarness) -> Instructions:
    generation = me.loaded().path()[-1].message.generation
    assert generation is not None
    assert generation.instructions is not None
    return generation.instructions


def test_what_an_answer_was_told_is_kept_whatever_is_changed_later(open_chat: Open) -> None:
    me = open_chat("Yes.")
    me.settings.change(new_chat_tools=("add",))
    me.holds_under(Preset("Kind", Sampling(temperature=0.5), "Be kind."))
    me.answers.send("Hello")
    me.waits_for_answer()
    me.holds_under(Preset("Kind", Sampling(temperature=0.9), "Be strict."))
    me.settings.change(new_chat_tools=())
    assert told(me).system_prompt == "Be kind."
    assert told(me).tool_names == ("add",)
    generation = me.loaded().path()[-1].message.generation
    assert generation is not None
    assert generation.sampling == Sampling(temperature=0.5)


def test_tools_that_a_model_could_not_be_told_of_are_not_said_to_be_told(open_chat: Open) -> None:
    me = open_chat("Yes.")
    me.settings.change(new_chat_tools=("add",))
    me.engine.offers_tools = False
    me.answers.send("Hello")
    me.waits_for_answer()
    assert told(me).tools == ()


def test_each_answer_of_a_turn_with_tools_knows_what_it_was_told(open_chat: Open) -> None:
    me = open_chat("<|tool_call_start|>[add(a=1, b=2)]<|tool_call_end|>", "Three.")
    me.conversation_settings.change_tools(("add",))
    assert me.answers.send("Add")
    me.waits(lambda: me.waiting_call)
    answer = me.answers.current
    assert answer is not None
    me.answers.regenerate_last()
    assert me.answers.current is answer, "nothing else is begun meanwhile"
    me.answers.decide(me.waiting_call, Decision.ONCE)
    me.waits_for_answer()
    answers = [node for node in me.loaded().path() if node.role is Role.ASSISTANT]
    assert len(answers) == 2
    for node in answers:
        assert node.message.generation is not None
        assert node.message.generation.instructions is not None
        assert node.message.generation.instructions.tool_names == ("add",)


def test_an_old_conversation_shows_the_preset_of_its_last_answer(open_chat: Open) -> None:
    me = open_chat("One.", "Two.")
    me.holds_under(Preset("Mine", Sampling(temperature=0.3)))
    me.answers.send("Hello")
    me.waits_for_answer()
    me = open_chat()
    assert me.models.preset_in(me.chat.conversation).name == "Mine"
    me.chat.start_new()
    assert me.models.preset_in(me.chat.conversation).name == "Default"
    assert me.models.chosen is not None
    assert me.models.chosen.path == TINY_MODEL


def test_a_chat_that_is_left_while_it_is_saved_for_the_first_time_is_listed(open_chat: Open) -> None:
    me = open_chat()
    me.chat.change_draft("Only a draft")
    left = me.chat.conversation.id
    me.chat.save_draft()
    me.services.writer.wait()  # It is on the disk, and nobody has heard of it yet.
    me.chat.start_new()
    me.waits_until_saved()
    assert [it.id for it in me.services.conversations.summaries] == [left]
