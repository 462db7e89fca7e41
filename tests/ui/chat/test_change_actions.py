"""A conversation is changed in its middle from the menus of its messages."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.core.message import Role
from app.ui.chat.message_editor import MessageEditor
from app.ui.transcript.content.message_action import MessageAction
from tests.support.chat_desk import Desk, SitDown


def actions_in(menu: QMenu, before: str = "") -> dict[str, QAction]:
    """The lines of a menu and of those that it opens, "outer > inner"."""
    found: dict[str, QAction] = {}
    for action in menu.actions():
        words = before + action.text()
        if inner := action.menu():
            found |= actions_in(inner, f"{words} > ") if action.isEnabled() else {}  # type: ignore[arg-type]
        elif action.text() and action.isEnabled():
            found[words] = action
    return found


def opens_menu(desk: Desk, node_id: str) -> dict[str, QAction]:
    area = desk.transcript.message_area(node_id)
    point = QPoint(area.center().x(), area.top() + 20)
    viewport = desk.transcript.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, viewport.mapToGlobal(point))
    QApplication.sendEvent(viewport, event)
    menus = [menu for menu in desk.transcript.findChildren(QMenu) if menu.isVisible()]
    return actions_in(menus[-1])


def chooses(desk: Desk, node_id: str, line: str) -> None:
    opens_menu(desk, node_id)[line].trigger()
    closes(desk)


def offers(desk: Desk, node_id: str) -> set[str]:
    lines = set(opens_menu(desk, node_id))
    closes(desk)
    return lines


def closes(desk: Desk) -> None:
    for menu in desk.transcript.findChildren(QMenu):
        menu.close()


def writes(desk: Desk, words: str, role: Role | None = None) -> None:
    (editor,) = (it for it in desk.window.findChildren(MessageEditor) if it.isVisible())
    if role is not None:
        editor.role_box.setCurrentIndex(editor.role_box.findData(role))
    assert not editor.insert_button.isEnabled()
    QTest.keyClicks(editor.edit, words)
    QTest.mouseClick(editor.insert_button, Qt.MouseButton.LeftButton)


def answered(sit_down: SitDown, *replies: str) -> Desk:
    desk = sit_down(*replies)
    desk.answers.send("Say something")
    desk.waits_for_answer()
    return desk


def test_messages_are_inserted_above_and_below_and_undone(sit_down: SitDown) -> None:
    desk = answered(sit_down, "One.")
    question, answer = desk.chat.conversation.path()
    chooses(desk, question.id, "Insert message > Above…")
    writes(desk, "Be brief.", Role.SYSTEM)
    assert "System message\n\nBe brief." in desk.reads
    chooses(desk, answer.id, "Insert message > Below…")
    writes(desk, "And then?")
    assert desk.saved() == ["Be brief.", "Say something", "One.", "And then?"]
    toast = desk.window.messages.toast
    assert toast.label.text() == "Inserted a message"
    QTest.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert desk.saved() == ["Be brief.", "Say something", "One."]


def test_a_message_below_an_answer_with_calls_stands_behind_their_results(sit_down: SitDown) -> None:
    desk = sit_down("I add.<|tool_call_start|>[add(a=1, b=2)]<|tool_call_end|>", "Three.")
    desk.answers.send("Add")
    desk.waits(lambda: desk.waiting_call)
    desk.uses(MessageAction.ALLOW_ONCE)
    desk.waits_for_answer()
    call = desk.chat.conversation.path()[1]
    assert "Insert message > Below…" in offers(desk, call.id)
    assert not {line for line in offers(desk, call.id) if line.startswith(("Change", "Delete"))}
    chooses(desk, call.id, "Insert message > Below…")
    writes(desk, "Go on.", Role.SYSTEM)
    roles = [node.role for node in desk.loaded().path()]
    assert roles == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.SYSTEM, Role.ASSISTANT]


def test_a_message_gets_another_role_and_is_shown_as_that(sit_down: SitDown) -> None:
    desk = answered(sit_down, "One.")
    answer = desk.chat.conversation.path()[-1]
    assert "Change role > Assistant" not in offers(desk, answer.id)
    chooses(desk, answer.id, "Change role > System")
    assert "System message\n\nOne." in desk.reads
    lines = offers(desk, answer.id)
    assert "Edit system message" in lines
    assert "Regenerate" not in lines
    chooses(desk, answer.id, "Change role > Assistant")
    assert "Edited" in desk.reads
    assert [node.role for node in desk.loaded().path()] == [Role.USER, Role.ASSISTANT]


def test_a_message_is_deleted_alone_and_ctrl_z_brings_it_back(sit_down: SitDown) -> None:
    desk = answered(sit_down, "One.")
    question = desk.chat.conversation.path()[0]
    chooses(desk, question.id, "Delete this message")
    assert desk.saved() == ["One."]
    assert "Regenerate" not in offers(desk, desk.chat.conversation.path()[0].id)
    desk.window.activateWindow()
    desk.waits(desk.window.isActiveWindow)
    desk.composer.edit.setFocus()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.saved() == ["Say something", "One."]


def test_a_branch_is_on_screen_and_in_the_list(sit_down: SitDown) -> None:
    desk = answered(sit_down, "One.", "Two.")
    question = desk.chat.conversation.path()[0]
    chooses(desk, question.id, "Branch into new chat")
    desk.waits_until_saved()
    assert "One." not in desk.reads
    assert {it.title for it in desk.services.conversations.summaries} == {
        "Say something",
        "Say something (branch)",
    }
    desk.answers.regenerate_last()
    desk.waits_for_answer()
    assert desk.saved() == ["Say something", "Two."]


def test_a_temporary_chat_says_why_it_has_no_branches(sit_down: SitDown) -> None:
    desk = sit_down("One.")
    desk.chat.start_new(is_temporary=True)
    desk.answers.send("Say something")
    desk.waits_for_answer()
    before = desk.chat.conversation.id
    chooses(desk, desk.chat.conversation.path()[0].id, "Branch into new chat")
    assert desk.chat.conversation.id == before
    assert desk.told[-1].sentence == "A temporary chat has no branches of its own."


def test_what_the_editor_was_open_for_may_go_meanwhile(sit_down: SitDown) -> None:
    desk = answered(sit_down, "One.")
    chooses(desk, desk.chat.conversation.path()[1].id, "Insert message > Below…")
    desk.chat.start_new()
    writes(desk, "Too late.")
    assert desk.chat.conversation.path() == []
