"""The map of branches, with clicks, keys and what a screen reader is told."""

from __future__ import annotations

import threading

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.chat.branch_map import BranchMap
from tests.fakes.scripted_model import ScriptedReply
from tests.support.chat_desk import Desk, SitDown


def answered_twice(sit_down: SitDown, *more: ScriptedReply | str) -> Desk:
    desk = sit_down("First.", "Second.", *more)
    desk.answers.send("Say something")
    desk.waits_for_answer()
    desk.answers.regenerate_last()
    desk.waits_for_answer()
    return desk


def opens(desk: Desk) -> BranchMap:
    (branches,) = desk.window.findChildren(BranchMap)
    QTest.mouseClick(desk.window.chat_page.header.branches_button, Qt.MouseButton.LeftButton)
    assert branches.isVisible()
    return branches


def reads(branches: BranchMap) -> list[str]:
    """What a screen reader is told of the rows."""
    model = branches.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def clicks(branches: BranchMap, row: int) -> None:
    area = branches.visualRect(branches.model().index(row, 0))
    QTest.mouseClick(branches.viewport(), Qt.MouseButton.LeftButton, pos=area.center())


def test_the_button_is_there_where_there_are_branches(sit_down: SitDown) -> None:
    desk = sit_down("First.", "Second.")
    button = desk.window.chat_page.header.branches_button
    action = desk.window.menus.branches_action
    desk.answers.send("Say something")
    desk.waits_for_answer()
    assert (button.isVisible(), action.isEnabled()) == (False, False)
    desk.answers.regenerate_last()
    desk.waits_for_answer()
    assert (button.isVisible(), action.isEnabled()) == (True, True)
    desk.chat.start_new()
    assert (button.isVisible(), action.isEnabled()) == (False, False)


def test_a_click_goes_to_a_branch(sit_down: SitDown) -> None:
    desk = answered_twice(sit_down)
    branches = opens(desk)
    assert reads(branches) == [
        "You: Say something, 1 message, on screen",
        "Assistant: First., version 1 of 2, 1 message",
        "Assistant: Second., version 2 of 2, 1 message, on screen",
    ]
    clicks(branches, 1)
    assert not branches.isVisible()
    assert "First." in desk.reads
    assert desk.saved() == ["Say something", "First."]


def test_keys_go_to_a_branch_and_esc_leaves(sit_down: SitDown) -> None:
    desk = answered_twice(sit_down)
    desk.window.activateWindow()
    desk.waits(desk.window.isActiveWindow)
    desk.window.menus.branches_action.trigger()
    branches = opens(desk)
    assert branches.hasFocus()
    QTest.keyClick(branches, Qt.Key.Key_Escape)
    assert not branches.isVisible()
    assert desk.composer.edit.hasFocus()
    branches = opens(desk)
    QTest.keyClick(branches, Qt.Key.Key_Up)
    QTest.keyClick(branches, Qt.Key.Key_Return)
    assert desk.saved() == ["Say something", "First."]


def test_while_an_answer_is_written_only_what_is_on_screen_is_gone_to(sit_down: SitDown) -> None:
    may_end = threading.Event()
    desk = answered_twice(sit_down, ScriptedReply(["Third", may_end, "."]))
    desk.answers.send("More")
    desk.waits_for("Third")
    branches = opens(desk)
    clicks(branches, 1)
    assert branches.isVisible()
    assert "Second." in desk.reads
    clicks(branches, 0)
    assert not branches.isVisible()
    may_end.set()
    desk.waits_for_answer()


def test_a_message_that_has_just_gone_is_not_gone_to(sit_down: SitDown) -> None:
    desk = answered_twice(sit_down)
    first = desk.chat.conversation.nodes[1].id
    desk.services.versions.delete(first)
    assert not desk.services.versions.show_branch(first)
