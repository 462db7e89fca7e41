"""The keys to find words with, in the chat as it is used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from tests.support.chat_desk import SitDown

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_ctrl_f_finds_in_the_conversation_and_f3_goes_on(sit_down: SitDown) -> None:
    desk = sit_down("An apple is an apple.")
    desk.answers.send("Apples?")
    desk.waits_for_answer()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_F, CTRL)
    field = desk.window.findChild(QLineEdit, "find_field")
    count = desk.window.findChild(QLabel, "find_count")
    assert focused() is field
    QTest.keyClicks(field, "apple")
    desk.waits(lambda: count.text() == "1 of 3")
    QTest.keyClick(field, Qt.Key.Key_F3, PLAIN)
    assert count.text() == "2 of 3"
    desk.composer.edit.setFocus()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_F3, SHIFT)
    assert count.text() == "1 of 3"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QTest.keyClicks(focused(), "x")
    assert desk.composer.text == "x"


def test_ctrl_f_searches_all_conversations_before_there_is_one(sit_down: SitDown) -> None:
    desk = sit_down()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_F, CTRL)
    assert focused() is desk.window.sidebar.search_field


def test_ctrl_f_is_left_to_other_screens(sit_down: SitDown) -> None:
    desk = sit_down()
    page = QWidget()
    desk.window.add_page(page)
    desk.window.show_page(page)
    assert not desk.window.menus.find_action.isEnabled()
    desk.window.show_page(desk.window.chat_page)
    assert desk.window.menus.find_action.isEnabled()


def test_a_result_of_the_search_of_all_chats_is_opened_with_its_words_marked(sit_down: SitDown) -> None:
    desk = sit_down("A zebra. Nothing more. And a zebra.", "Other.")
    desk.answers.send("Stripes?")
    desk.waits_for_answer()
    desk.chat.start_new()
    desk.answers.send("Else?")
    desk.waits_for_answer()
    desk.waits_until_saved()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(focused(), "zebra")
    rows = desk.window.sidebar.list
    desk.waits(lambda: len(rows.rows) == 2)
    QTest.keyClick(desk.window.sidebar.search_field, Qt.Key.Key_Down)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    count = desk.window.findChild(QLabel, "find_count")
    desk.waits(lambda: count.text() == "1 of 2")
    assert focused() is desk.composer.edit
    QTest.keyClick(focused(), Qt.Key.Key_F3)
    assert count.text() == "2 of 2"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert desk.window.sidebar.search_text == ""


def test_escape_in_the_composer_ends_a_search_of_all_chats(sit_down: SitDown) -> None:
    desk = sit_down()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(focused(), "zebra")
    desk.composer.edit.setFocus()
    QTest.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    assert desk.window.sidebar.search_text == ""
