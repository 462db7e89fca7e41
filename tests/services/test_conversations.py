"""The list of conversations tells what has changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.conversations import ListChange
from tests.fakes.scripted_engine import ScriptedEngine
from tests.support.chat_harness import ChatHarness


@pytest.fixture
def me(qtbot: QtBot, tmp_path: Path) -> Iterator[ChatHarness]:
    chat = ChatHarness(qtbot, tmp_path, ScriptedEngine("One.", "Two."))
    chat.start()
    yield chat
    chat.shut_down()


def begins(me: ChatHarness, words: str) -> str:
    """Has a new chat begun with a question, and gives its id."""
    me.chat.start_new()
    me.answers.send(words)
    me.waits_for_answer()
    me.waits_until_saved()
    return me.chat.conversation.id


def test_to_read_another_chat_does_not_list_all_of_them_again(me: ChatHarness) -> None:
    first, second = begins(me, "First?"), begins(me, "Second?")
    for conversation_id in (first, second):  # The dates of the file are the list's from now on.
        assert me.chat.show(conversation_id)
    told: list[ListChange] = []
    me.services.conversations.changed.connect(told.append)
    for conversation_id in (first, second, first):
        assert me.chat.show(conversation_id)
    assert not [change for change in told if change.is_about_order]
    me.services.conversations.rename(first, "Another title")
    assert [change for change in told if change.is_about_order]


def test_a_chat_in_the_bin_leaves_a_folder_that_is_deleted(me: ChatHarness) -> None:
    conversation_id = begins(me, "First?")
    conversations, folder = me.services.conversations, me.services.folders.create("Work")
    conversations.move([conversation_id], folder.id)
    conversations.delete([conversation_id])
    me.services.folders.delete(folder.id)
    conversations.restore(conversations.deleted)
    me.waits(lambda: conversations.is_listed(conversation_id))
    assert conversations.folder_of(conversation_id) == ""
