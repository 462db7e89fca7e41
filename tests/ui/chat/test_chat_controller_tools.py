"""A conversation in which a scripted model calls tools: what is asked, kept, stopped and put right."""

from __future__ import annotations

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.core.conversation import MessageState
from app.core.generation import StopReason
from app.core.message import ReasoningPart, Role
from app.core.permission import Decision, Permissions
from app.core.preset import Preset
from app.core.repetition import Repeat
from app.core.sampling import Sampling
from app.core.stream import parse_reply
from app.services.answer_remedies import against_repetition, prefill_without_loop
from app.store.store import open_store
from app.ui.chat.call_editor import CallEditor
from app.ui.transcript.content.message_action import MessageAction
from tests.fakes.scripted_engine import TINY_MODEL
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import SitDown
from tests.support.transcript_reader import click

CALL = "<|tool_call_start|>[add(a=1, b=2)]<|tool_call_end|>"
TWO_CALLS = "<|tool_call_start|>[add(a=1, b=2), add(a=3, b=4)]<|tool_call_end|>"
BROKEN = "<|tool_call_start|>[add(a=1, b=<|tool_call_end|>"


def test_each_call_of_an_answer_is_asked_for_and_has_a_result(sit_down: SitDown) -> None:
    desk = sit_down(TWO_CALLS, "Three and seven.")
    desk.answers.send("Add")
    desk.waits_for("a\t1")
    desk.uses(MessageAction.ALLOW_ONCE)
    desk.waits_for("a\t3")
    desk.uses(MessageAction.REFUSE)
    desk.waits_for_answer()
    assert [(result.raw, result.is_refused) for result in desk.results()] == [
        ("3", False),
        ("Tool call was denied by the user.", True),
    ]
    assert desk.saved() == ["Add", TWO_CALLS, "3", "Tool call was denied by the user.", "Three and seven."]
    told = desk.engine.questions[1].messages
    assert [message.role for message in told[-3:]] == [Role.ASSISTANT, Role.TOOL, Role.TOOL]


def test_a_call_and_its_result_are_one_card_from_the_question_on(sit_down: SitDown) -> None:
    desk = sit_down(CALL, "Three.")
    desk.answers.send("Add")
    desk.waits_for("Allow Add?")
    desk.uses(MessageAction.ALLOW_ONCE)
    desk.waits_for_answer()
    shown = "Add\n\nTiny LFM2.5\n\nAdd · a: 1, b: 2 → 3\n\nThree."
    assert desk.reads.startswith(shown)
    click(desk.transcript, "Open: Add")
    assert "Result after" in desk.reads
    asked = desk.chat.conversation.id
    desk.chat.start_new()
    desk.chat.show(asked)
    click(desk.transcript, "Close: Add")
    assert desk.reads.startswith(shown)


def test_what_reads_nothing_of_the_user_s_runs_without_a_question(sit_down: SitDown) -> None:
    desk = sit_down('<|tool_call_start|>[calculator(expression="2 * 3")]<|tool_call_end|>', "Six.")
    desk.conversation_settings.change_tools(("calculator",))
    desk.answers.send("Two times three?")
    desk.waits_for_answer()
    assert "Calculator · 2 * 3 → 6" in desk.reads
    assert desk.loaded().permissions == Permissions(), "nothing was decided by the user"


def test_what_the_user_never_wants_is_denied_also_where_nothing_is_asked(sit_down: SitDown) -> None:
    desk = sit_down('<|tool_call_start|>[calculator(expression="2 * 3")]<|tool_call_end|>', "No.")
    desk.conversation_settings.change_tools(("calculator",))
    desk.conversation_settings.change_permissions(Permissions(never=frozenset({"calculator"})))
    desk.answers.send("Two times three?")
    desk.waits_for_answer()
    assert "Denied: Calculator · 2 * 3" in desk.reads


def test_words_of_a_result_are_found_in_its_card(sit_down: SitDown) -> None:
    desk = sit_down("<|tool_call_start|>[add(a=7000, b=77)]<|tool_call_end|>", "There.")
    desk.conversation_settings.change_permissions(Permissions(frozenset({"add"})))
    desk.answers.send("Add")
    desk.waits_for_answer()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(desk.window.findChild(QLineEdit, "find_field"), "7077")
    desk.waits(lambda: desk.window.findChild(QLabel, "find_count").text() == "1 of 1")
    assert "\n\n7077" in desk.reads


def test_a_result_that_the_search_of_all_chats_found_is_opened(sit_down: SitDown) -> None:
    desk = sit_down("<|tool_call_start|>[add(a=7000, b=77)]<|tool_call_end|>", "There.")
    desk.conversation_settings.change_permissions(Permissions(frozenset({"add"})))
    desk.answers.send("Add")
    desk.waits_for_answer()
    desk.chat.start_new()
    QTest.keyClicks(desk.window.sidebar.search_field, "7077")
    rows = desk.window.sidebar.list.model()
    spoken = Qt.ItemDataRole.AccessibleTextRole
    desk.waits(lambda: "7077" in str(rows.index(rows.rowCount() - 1, 0).data(spoken)))
    QTest.keyClick(desk.window.sidebar.search_field, Qt.Key.Key_Down)
    QTest.keyClick(desk.window.sidebar.list, Qt.Key.Key_Return)
    assert "\n\n7077" in desk.reads


def test_a_second_click_does_not_decide_the_next_call(sit_down: SitDown) -> None:
    desk = sit_down(TWO_CALLS, "Done.")
    desk.answers.send("Add")
    desk.waits_for("a\t1")
    first = desk.waiting_call
    desk.uses(MessageAction.ALLOW_ONCE, first)
    desk.uses(MessageAction.ALLOW_ONCE, first)
    desk.waits_for("a\t3")
    assert desk.answers.is_answering
    assert "Allow Add?" in desk.reads


def test_a_turn_goes_on_where_its_results_cannot_be_saved_and_is_saved_later(sit_down: SitDown) -> None:
    desk = sit_down(CALL, "Three.")
    desk.answers.send("Add")
    desk.waits_for("Allow Add?")
    desk.waits_until_saved()
    desk.services.store.conversations._database.rows("pragma query_only = 1")
    desk.uses(MessageAction.ALLOW_ONCE)
    desk.waits_for_answer()
    assert "Three." in desk.reads
    assert [part.text for part in desk.results()] == ["3"]
    assert desk.saved() == ["Add", CALL]
    assert len(desk.failures) == 1
    asked = desk.chat.conversation
    desk.chat.start_new()
    desk.chat.show(asked.id)
    assert "Three." in desk.reads
    desk.services.store.conversations._database.rows("pragma query_only = 0")
    desk.composer.edit.setPlainText("And then?")
    desk.chat.save_draft()
    assert desk.saved() == ["Add", CALL, "3", "Three."]


def test_always_is_kept_with_the_conversation_and_can_be_taken_back(sit_down: SitDown) -> None:
    desk = sit_down(CALL, "3.", CALL, "3.", CALL, "3.")
    desk.answers.send("Add")
    desk.waits_for("Allow Add?")
    desk.uses(MessageAction.ALLOW_ALWAYS)
    desk.waits_for_answer()
    assert desk.loaded().permissions == Permissions(frozenset({"add"}))
    desk.answers.send("Again")
    desk.waits_for_answer()
    assert [result.raw for result in desk.results()] == ["3", "3"]
    desk.waits_for_answer()
    asking = [action for action in desk.composer.tools_button.menu().actions() if action.isVisible()]
    next(action for action in asking if action.text() == "Reset permissions for this chat").trigger()
    desk.answers.send("Once more")
    desk.waits_for("Allow Add?")
    assert desk.loaded().permissions == Permissions()


def test_tools_are_switched_for_one_conversation_and_kept(sit_down: SitDown) -> None:
    desk = sit_down("One.", "Two.")
    button = desk.composer.tools_button
    assert button.text() == "1"
    desk.tools_shown()[0].trigger()
    assert button.text() == ""
    desk.answers.send("Hello")
    desk.waits_for_answer()
    assert desk.engine.questions[0].tools == ()
    assert desk.loaded().tools == ()
    desk.chat.start_new()
    assert button.text() == "1"
    desk.answers.send("Hello")
    desk.waits_for_answer()
    assert [tool["function"]["name"] for tool in desk.engine.questions[1].tools] == ["add"]


def test_a_model_that_cannot_be_told_of_tools_is_not(sit_down: SitDown) -> None:
    desk = sit_down("add(a=1, b=2)")
    desk.engine.offers_tools = False
    desk.models.open_file(TINY_MODEL)
    desk.waits(lambda: len(desk.engine.loads) == 2)
    button = desk.composer.tools_button
    desk.waits(lambda: button.toolTip() == "This model does not support tools")
    button.menu().popup(button.mapToGlobal(QPoint(0, 0)))
    tools, reason = desk.tools_shown()[0], "This model does not support tools"
    assert reason in [action.text() for action in button.menu().actions() if action.isVisible()]
    QTest.mouseClick(
        button.menu(), Qt.MouseButton.LeftButton, pos=button.menu().actionGeometry(tools).center()
    )
    assert tools.isChecked(), "it cannot be switched while it is of no use"
    button.menu().close()
    desk.answers.send("Add")
    desk.waits_for_answer()
    assert desk.engine.questions[0].tools == ()
    assert desk.chat.last_answer() == "add(a=1, b=2)"


def test_a_model_whose_calls_cannot_be_read_is_told_of(sit_down: SitDown) -> None:
    desk = sit_down()
    button = desk.composer.tools_button
    told = "Tarn cannot read this model's tool calls, so they stay text"
    assert told not in [action.text() for action in button.menu().actions() if action.isVisible()]
    desk.engine.understands_calls = False
    desk.models.open_file(TINY_MODEL)
    desk.waits(lambda: button.toolTip() == told)
    assert button.isEnabled()
    assert told in [action.text() for action in button.menu().actions() if action.isVisible()]


def test_a_call_made_again_and_again_is_not_run_and_can_be(sit_down: SitDown) -> None:
    desk = sit_down(CALL, CALL, CALL, "Enough.")
    desk.conversation_settings.change_permissions(Permissions(frozenset({"add"})))
    desk.answers.send("Add")
    desk.waits_for_answer()
    generation = desk.chat.conversation.path()[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    assert generation.statistics.stop_reason is StopReason.REPEATED_CALL
    assert "again and again" in desk.reads
    desk.uses(MessageAction.RUN_CALL)
    desk.waits_for_answer()
    assert desk.chat.last_answer() == "Enough."
    assert len(desk.results()) == 3


def test_more_rounds_than_the_settings_allow_are_not_run(sit_down: SitDown) -> None:
    desk = sit_down(CALL, CALL.replace("1", "2"), "Never said.")
    desk.settings.change(most_tool_rounds=1)
    desk.conversation_settings.change_permissions(Permissions(frozenset({"add"})))
    desk.answers.send("Add")
    desk.waits_for_answer()
    assert "limit of tool calls in a row" in desk.reads
    assert len(desk.results()) == 1


def test_a_fault_is_told_to_the_model_with_a_result_for_every_call(sit_down: SitDown) -> None:
    both = "<|tool_call_start|>[add(a=1, b=2), add(a=]<|tool_call_end|>"
    desk = sit_down(both, "Sorry.")
    desk.answers.send("Add")
    desk.waits_for_answer()
    desk.uses(MessageAction.ASK_AGAIN)
    desk.waits_for_answer()
    good, bad = desk.results()
    assert good.raw == "Error: Not run, because another call in the same answer was at fault."
    assert bad.raw.startswith("Error: ")
    assert bad.raw.endswith("Write the call again.")
    assert desk.chat.last_answer() == "Sorry."
    assert "Add · not run · a: 1, b: 2" in desk.reads
    assert "Invalid call to Add" in desk.reads
    click(desk.transcript, "Open: Invalid call to Add")
    assert f"The model was told\n\n{bad.raw}" in desk.reads


def test_a_corrected_call_is_another_version_and_what_was_written_stays(sit_down: SitDown) -> None:
    desk = sit_down(f"I add.{BROKEN}", "It is 7.")
    desk.conversation_settings.change_permissions(Permissions(frozenset({"add"})))
    desk.answers.send("Add")
    desk.waits_for_answer()
    written = desk.chat.conversation.path()[-1]
    desk.uses(MessageAction.EDIT_CALL, "1")
    editor = desk.window.findChild(CallEditor, "call_editor")
    assert editor is not None
    editor.edit.setPlainText("add(a=3, b=4)")
    editor.run_button.click()
    desk.waits_for_answer()
    path = desk.chat.conversation.path()
    assert [node.message.text for node in path] == ["Add", "I add.", "7", "It is 7."]
    assert path[1].message.tool_calls[0].arguments == {"a": 3, "b": 4}
    assert desk.chat.conversation.node(written.id).message.raw == f"I add.{BROKEN}"
    assert len(desk.saved()) == 4


def test_a_tool_that_is_off_is_not_run_by_hand(sit_down: SitDown) -> None:
    desk = sit_down(CALL)
    desk.conversation_settings.change_tools(())
    desk.answers.send("Add")
    desk.waits_for_answer()
    desk.uses(MessageAction.RUN_CALL)
    assert desk.failures == ["The tool “Add” is not switched on in this chat."]
    assert not desk.answers.is_answering


def test_a_deleted_conversation_that_waits_for_permission_is_let_go(sit_down: SitDown) -> None:
    desk = sit_down(CALL, "Never said.")
    desk.answers.send("Add")
    desk.waits_for("Allow Add?")
    conversation_id = desk.chat.conversation.id
    desk.waits(lambda: desk.services.conversations.summaries)
    desk.services.conversations.delete([conversation_id])
    desk.waits(lambda: not desk.answers.is_any_running)
    desk.waits_until_saved()
    assert desk.services.store.conversations.list_summaries() == []
    assert desk.failures == []


def test_a_call_that_waits_at_the_end_is_stopped_with_a_result(sit_down: SitDown) -> None:
    desk = sit_down(CALL)
    desk.answers.send("Add")
    desk.waits_for("Allow Add?")
    conversation_id = desk.chat.conversation.id
    desk.shut_down()
    store = open_store(desk.services.paths.conversations).conversations
    path = store.load(conversation_id).path()
    assert [node.message.raw for node in path] == ["Add", CALL, "Tool call was stopped by the user."]
    assert path[1].state is MessageState.COMPLETE
    store.close()


def test_the_list_tells_what_goes_on_in_a_conversation_behind(sit_down: SitDown) -> None:
    desk = sit_down(CALL, "Three.", "Again three.")

    def spoken() -> str:
        return str(desk.window.sidebar.list.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole))

    desk.answers.send("Add")
    behind = desk.chat.conversation.id
    desk.waits(lambda: spoken() == "Add, Needs permission")
    waiting = desk.waiting_call
    desk.chat.start_new()
    desk.answers.decide(waiting, Decision.ONCE, behind)
    desk.waits(lambda: spoken() == "Add, New answer")
    desk.chat.show(behind)
    assert spoken() == "Add"
    desk.answers.regenerate_last()
    assert spoken() == "Add, Answering…"
    desk.waits_for_answer()
    assert spoken() == "Add"


def test_the_preset_s_tools_are_on_until_a_conversation_chooses_its_own(sit_down: SitDown) -> None:
    desk = sit_down()
    button = desk.composer.tools_button
    desk.holds_under(Preset("Without", tools=()))
    assert button.text() == ""
    desk.settings.change(new_chat_tools=())
    desk.holds_under(Preset("With", tools=("add",)))
    assert button.text() == "1"
    desk.tools_shown()[0].trigger()
    assert desk.chat.conversation.tools == ()
    assert button.text() == ""


def test_the_preset_s_limit_closes_a_thought(sit_down: SitDown) -> None:
    desk = sit_down("<think>" + "word " * 60, "So.")
    desk.holds_under(Preset("Short", Sampling(), thinking_limit=12))
    desk.answers.send("Think")
    desk.waits_for_answer()
    assert desk.chat.last_answer() == "So."
    (thought, *_) = desk.chat.conversation.path()[-1].message.parts
    assert isinstance(thought, ReasoningPart)
    assert thought.token_count == 12


def test_answer_now_closes_the_thought_of_the_answer_under_way(sit_down: SitDown) -> None:
    thinks, may_go_on = threading.Event(), threading.Event()
    desk = sit_down(
        ScriptedReply(["<think>", "One ", thinks.set, may_go_on, "two ", *["more "] * 50]),
        "So.",
    )
    desk.answers.send("Think")
    desk.waits(thinks.is_set)
    desk.waits_for("Answer now")
    desk.uses(MessageAction.ANSWER_NOW)
    may_go_on.set()
    desk.waits_for_answer()
    assert desk.chat.last_answer() == "So."
    assert desk.chat.conversation.path()[-1].message.reasoning == "One two"
    assert len(desk.chat.conversation.nodes) == 2


def test_an_answer_goes_on_behind_a_looping_thought_without_the_copies() -> None:
    raw = "<think>Look. " + "Again and again. " * 9
    prefill = prefill_without_loop(parse_reply(raw), Repeat(13, len(raw), 17))
    assert prefill.text == "<think>Look. Again and again. \n</think>\n\n"


def test_a_retry_penalises_repetition_and_stays_within_the_limits() -> None:
    changed = against_repetition(Sampling())
    assert (changed.dry_multiplier, changed.repeat_penalty, changed.penalty_window) == (0.8, 1.1, 256)
    strict = Sampling(repeat_penalty=2.0, dry_multiplier=3.0, penalty_window=-1)
    assert against_repetition(strict) == strict
