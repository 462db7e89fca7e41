"""The search in earlier conversations, on the real store."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.core.conversation import Conversation, MessageNode
from app.core.message import Message, Role, ToolResultPart
from app.store.store import Store, open_store
from app.tools.past_conversations import MOST_FOUND, conversation_search_tool
from app.tools.running import run_tool


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "conversations.db")
    yield opened
    opened.conversations.close()


def save(store: Store, title: str, text: str) -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    node = MessageNode(Message.of_text(Role.USER, text), created_at=at)
    store.conversations.create(Conversation(title=title).with_node(node))


def search(store: Store, query: str) -> ToolResultPart:
    return run_tool(conversation_search_tool(store.search.search), {"query": query}, threading.Event())


def test_what_was_said_before_is_found_with_its_date_and_title(store: Store) -> None:
    save(store, "Holiday", "We want to see the lighthouse of Ar Men.")
    save(store, "Work", "The report is due on Friday.")

    assert search(store, "lighthouse").raw == "2026-03-04 “Holiday”: We want to see the lighthouse of Ar Men."


def test_nothing_found_is_an_answer_and_no_error(store: Store) -> None:
    result = search(store, "lighthouse")

    assert result.raw == "Nothing was found for “lighthouse”. Fewer or other words may help."
    assert not result.is_error


def test_a_common_word_gives_a_bearable_number_of_places(store: Store) -> None:
    for number in range(MOST_FOUND + 5):
        save(store, f"Chat {number}", "the same words")

    assert len(search(store, "same words").raw.splitlines()) == MOST_FOUND


def test_a_store_that_cannot_be_read_is_a_failed_result(store: Store) -> None:
    store.conversations.close()

    result = search(store, "anything")

    assert result.is_error
    assert result.raw.startswith("Error: ")
