"""A temporary chat says that it is one, and is kept by a click."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.support.chat_desk import SitDown


def test_a_temporary_chat_says_so_until_it_is_kept_or_left(qtbot: QtBot, sit_down: SitDown) -> None:
    desk = sit_down("Yes.", "No.")
    button = desk.window.chat_page.header.temporary_button
    assert button.isHidden()
    desk.window.menus.temporary_chat_action.trigger()
    assert button.isVisible()
    desk.composer.set_text("Is this kept?")
    desk.composer.send()
    desk.waits_for_answer()
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.waits_until_saved()
    assert button.isHidden()
    assert [it.title for it in desk.services.conversations.summaries] == ["Is this kept?"]
    desk.window.menus.temporary_chat_action.trigger()
    assert button.isVisible()
    desk.window.menus.new_chat_action.trigger()
    assert button.isHidden()
