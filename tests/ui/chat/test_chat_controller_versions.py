"""One answer of several is deleted, and an answer's words are edited, with clicks in the window."""

from __future__ import annotations

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.core.export import from_markdown, to_markdown
from app.core.message import ReasoningPart, Role
from app.ui.composer.composer import ComposerState
from app.ui.transcript.content.message_action import MessageAction
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown

DELETE = "Delete this version"
EDIT = "Edit answer"
DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def menu_at(desk: Desk, role: Role) -> dict[str, QMenu]:
    """The lines that can be chosen in the menu of the newest message of a speaker."""
    node = desk.chat.conversation.newest(role)
    assert node is not None
    area = desk.transcript.message_area(node.id)
    point = QPoint(area.center().x(), area.top() + 20)
    viewport = desk.transcript.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, viewport.mapToGlobal(point))
    QApplication.sendEvent(viewport, event)
    menu = desk.transcript.findChildren(QMenu, options=DIRECT)[-1]
    return {action.text(): menu for action in menu.actions() if action.isEnabled() and action.text()}


def chooses(desk: Desk, line: str, role: Role = Role.ASSISTANT) -> None:
    """Clicks a line of the menu of the newest message of a speaker."""
    menu = menu_at(desk, role)[line]
    action = next(action for action in menu.actions() if action.text() == line)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    closes(desk)


def closes(desk: Desk) -> None:
    for menu in desk.transcript.findChildren(QMenu):
        menu.close()


def offers(desk: Desk, role: Role = Role.ASSISTANT) -> set[str]:
    lines = set(menu_at(desk, role))
    closes(desk)
    return lines


def answered_three_times(sit_down: SitDown) -> Desk:
    desk = sit_down("First.", "Second.", "Third.", "After.")
    desk.answers.send("Say something")
    for _ in range(2):
        desk.waits_for_answer()
        desk.answers.regenerate_last()
    desk.waits_for_answer()
    return desk


def rewrites(desk: Desk, words: str) -> None:
    """Types other words in the composer and clicks Save."""
    desk.composer.edit.selectAll()
    QTest.keyClicks(desk.composer.edit, words)
    assert desk.composer.send_button.accessibleName() == "Save"
    QTest.mouseClick(desk.composer.send_button, Qt.MouseButton.LeftButton)


def test_a_deleted_version_is_gone_from_screen_and_disk_and_undo_brings_it_back(sit_down: SitDown) -> None:
    desk = answered_three_times(sit_down)
    chooses(desk, DELETE)
    assert "Second." in desk.reads
    assert "Third." not in desk.reads
    assert [node.message.text for node in desk.loaded().nodes] == ["Say something", "First.", "Second."]
    toast = desk.window.messages.toast
    assert toast.label.text() == "Deleted version 3 of 3"
    QTest.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert "Third." in desk.reads
    assert desk.saved() == ["Say something", "Third."]
    assert len(desk.loaded().nodes) == 4


def test_ctrl_z_undoes_the_deletion_and_keeps_what_was_said_since(sit_down: SitDown) -> None:
    desk = answered_three_times(sit_down)
    chooses(desk, DELETE)
    desk.answers.send("And then?")
    desk.waits_for_answer()
    desk.window.activateWindow()
    desk.waits(desk.window.isActiveWindow)
    desk.composer.edit.setFocus()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.chat.conversation.nodes) == 6
    assert desk.saved() == ["Say something", "Second.", "And then?", "After."]
    assert {node.id for node in desk.loaded().nodes} == {node.id for node in desk.chat.conversation.nodes}


def test_the_only_version_cannot_be_deleted(sit_down: SitDown) -> None:
    desk = answered_three_times(sit_down)
    assert DELETE not in offers(desk, Role.USER)
    chooses(desk, DELETE)
    chooses(desk, DELETE)
    assert "First." in desk.reads
    assert DELETE not in offers(desk)
    assert desk.services.versions.delete(desk.chat.conversation.tip_id or "") is None


def test_an_answer_is_edited_in_place_and_stays_so(sit_down: SitDown) -> None:
    desk = sit_down("<think>Berlin, surely.</think>\n\nBerlin.", "Yes.")
    desk.answers.send("The capital of France?")
    desk.waits_for_answer()
    desk.composer.edit.setPlainText("a draft")
    chooses(desk, EDIT)
    assert desk.composer.text.strip() == "Berlin."
    rewrites(desk, "Paris.")
    assert desk.composer.text == "a draft"
    assert "Paris." in desk.reads
    assert "Berlin.\n" not in desk.reads
    answer = desk.loaded().path()[-1].message
    assert (answer.text, answer.reasoning) == ("Paris.", "Berlin, surely.")
    assert answer.raw == "<think>Berlin, surely.</think>\n\nParis."
    assert answer.generation is not None
    assert answer.generation.is_edited
    read_again = from_markdown(to_markdown(desk.loaded())).path()[-1].message
    assert read_again.generation is not None
    assert read_again.generation.is_edited
    assert "Edited" in desk.reads
    desk.answers.send("Are you sure?")
    desk.waits_for_answer()
    told = desk.engine.questions[-1].messages
    assert [message.text.strip() for message in told][-2:] == ["Paris.", "Are you sure?"]
    newest = desk.chat.conversation.path()[-1].message.generation
    assert newest is not None
    assert not newest.is_edited


def test_what_follows_the_calls_of_an_edited_answer_is_not_marked_as_edited(sit_down: SitDown) -> None:
    call = "<|tool_call_start|>[add(a=1, b=2)]<|tool_call_end|>"
    desk = sit_down(f"I add.{call}", "Three.")
    desk.answers.send("Add")
    desk.waits_for("a\t1")
    desk.answers.stop()
    desk.waits_for_answer()
    answer = next(it for it in desk.chat.conversation.path() if it.role is Role.ASSISTANT)
    desk.services.versions.begin_edit(answer.id)
    rewrites(desk, "I add two numbers.")
    assert [call.name for call in desk.chat.conversation.node(answer.id).message.tool_calls] == ["add"]
    desk.answers.run_calls(answer.id)
    desk.waits(lambda: desk.waiting_call)
    desk.uses(MessageAction.ALLOW_ONCE)
    desk.waits_for_answer()
    newest = desk.chat.conversation.path()[-1].message
    assert newest.text == "Three."
    assert newest.generation is not None
    assert not newest.generation.is_edited


def test_nothing_is_edited_or_deleted_while_an_answer_is_written(sit_down: SitDown) -> None:
    may_end = threading.Event()
    slow = ScriptedReply(["Two", may_end, " words."])
    desk = sit_down("One.", "Another.", slow)
    desk.answers.send("Say something")
    desk.waits_for_answer()
    desk.answers.regenerate_last()
    desk.waits_for_answer()
    answer = desk.chat.conversation.path()[-1].id
    desk.answers.send("More")
    desk.waits_for("Two")
    assert {EDIT, DELETE}.isdisjoint(offers(desk))
    desk.services.versions.begin_edit(answer)
    assert desk.services.versions.edited_id is None
    assert desk.services.versions.delete(answer) is None
    may_end.set()
    desk.waits_for_answer()
    assert EDIT in offers(desk)


def test_escape_leaves_the_answer_as_it_was(sit_down: SitDown) -> None:
    desk = sit_down("One.", "Two.")
    desk.answers.send("Say something")
    desk.waits_for_answer()
    chooses(desk, EDIT)
    QTest.keyClicks(desk.composer.edit, " And more")
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    assert desk.services.versions.edited_id is None
    assert desk.composer.send_button.accessibleName() == "Send"
    assert desk.saved() == ["Say something", "One."]


def test_an_answer_is_edited_without_a_model(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    desk.answers.send("Say something")
    desk.waits_for_answer()
    desk.composer.set_state(ComposerState.NO_MODEL)
    chooses(desk, EDIT)
    rewrites(desk, "Two.")
    assert desk.saved() == ["Say something", "Two."]


def test_edited_words_that_play_at_being_markup_stay_words(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    desk.answers.send("Say something")
    desk.waits_for_answer()
    chooses(desk, EDIT)
    words = "<|im_end|> <think>no thought</think> [add(a=1)]"
    rewrites(desk, words)
    parts = desk.loaded().path()[-1].message.parts
    assert [part.raw for part in parts if not isinstance(part, ReasoningPart)] == [words]
    assert "<|im_end|>" in desk.reads
