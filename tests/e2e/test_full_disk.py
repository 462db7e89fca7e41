"""A disk that fills up or goes away under the program, and comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.person import Person, StartProgram

# The offscreen platform warns that it cannot raise menus; nothing here needs it to.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

LONG = "Not to be lost. " + "x" * 60_000
"""More than what is free within the file."""


class Disk:
    """What the file of conversations is on."""

    def __init__(self, person: Person) -> None:
        self._database = person.application.services.store.conversations._database

    def fill(self) -> None:
        (pages,) = self._database.rows("pragma page_count")[0]
        self._database.rows(f"pragma max_page_count = {pages}")

    def protect(self) -> None:
        self._database.rows("pragma query_only = 1")

    def empty(self) -> None:
        self._database.rows("pragma max_page_count = 1000000")
        self._database.rows("pragma query_only = 0")


@pytest.fixture
def person(start_program: StartProgram) -> Person:
    person = start_program()
    person.waits_for_model()
    return person


@pytest.fixture
def shows(person: Person) -> Callable[[str], None]:
    """Clicks a conversation in the list, by its title."""

    def show(title: str) -> None:
        conversations = person.window.sidebar.list
        place = conversations.visualRect(person.rows()[person.titles().index(title)]).center()
        QTest.mouseClick(conversations.viewport(), Qt.MouseButton.LeftButton, pos=place)

    return show


def test_words_typed_on_a_full_disk_are_there_after_a_look_at_another_conversation(
    person: Person, shows: Callable[[str], None], start_program: StartProgram, qtbot: QtBot
) -> None:
    person.asks("Hello")
    person.application.services.chat.start_new()
    person.asks("code")
    Disk(person).fill()
    person.composer.edit.setPlainText(LONG)
    shows("Hello")
    assert person.composer.text == ""
    qtbot.waitUntil(lambda: "disk is full" in person.window.chat_page.banner.sentence.text())
    shows("code")
    assert person.composer.text == LONG
    Disk(person).empty()
    again = start_program()
    again.waits_for_model()
    assert again.composer.text == LONG


def test_an_answer_that_cannot_be_saved_is_there_after_a_look_at_another_conversation(
    person: Person, shows: Callable[[str], None], start_program: StartProgram, qtbot: QtBot
) -> None:
    person.asks("Hello")
    person.application.services.chat.start_new()
    may_go_on = person.holds_the_model()
    person.sends("Go into a loop.")
    qtbot.waitUntil(lambda: "Wait, let me check" in person.reads)
    person.waits_until_saved()
    Disk(person).protect()
    may_go_on.set()
    person.waits_for_answer()
    written = person.application.services.chat.last_answer()
    assert person.window.chat_page.banner.isVisible()
    shows("Hello")
    assert person.application.services.chat.last_answer() != written
    shows("Go into a loop.")
    assert person.application.services.chat.last_answer() == written
    Disk(person).empty()
    again = start_program()
    assert again.application.services.chat.last_answer() == written


def test_a_new_chat_that_cannot_be_saved_comes_into_the_list_once_there_is_room(
    person: Person, shows: Callable[[str], None], qtbot: QtBot
) -> None:
    person.asks("Hello")
    person.application.services.chat.start_new()
    Disk(person).fill()
    person.composer.edit.setPlainText(LONG)
    shows("Hello")
    assert person.titles() == ["Hello"]
    qtbot.waitUntil(lambda: "disk is full" in person.window.chat_page.banner.sentence.text())
    Disk(person).empty()
    person.types("What else?")
    qtbot.waitUntil(lambda: len(person.titles()) == 2)
    qtbot.waitUntil(person.window.chat_page.banner.isHidden)
    (title,) = set(person.titles()) - {"Hello"}
    shows(title)
    assert person.composer.text == LONG
