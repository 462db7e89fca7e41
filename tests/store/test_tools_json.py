"""Which tools are on in a conversation, and what was decided for them, is there after a restart."""

from dataclasses import replace

import pytest

from app.core.permission import Permissions
from app.store.store import open_store
from app.store.tools_json import tools_from_json, tools_to_json
from tests.support.sample_messages import a_conversation


def reopened(path, conversation):
    store = open_store(path)
    try:
        return store.conversations.load(conversation.id)
    finally:
        store.conversations.close()


def test_nothing_chosen_stays_nothing_chosen(path):
    conversation = a_conversation("Q")
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    loaded = reopened(path, conversation)
    assert loaded.tools is None
    assert loaded.permissions == Permissions()


def test_tools_and_decisions_come_back(path):
    conversation = a_conversation("Q")
    store = open_store(path)
    store.conversations.create(conversation)
    chosen = replace(
        conversation,
        tools=("calculator", "surrogate \ud83d"),
        permissions=Permissions(frozenset({"calculator"}), frozenset({"fetch_web_page"})),
    )
    store.conversations.save_tools(chosen)
    store.conversations.close()
    loaded = reopened(path, conversation)
    assert loaded.tools == chosen.tools
    assert loaded.permissions == chosen.permissions
    assert loaded.updated_at == conversation.updated_at


def test_all_tools_off_is_a_choice(path):
    conversation = replace(a_conversation("Q"), tools=())
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.save_details(conversation)
    store.conversations.close()
    assert reopened(path, conversation).tools == ()


@pytest.mark.parametrize("broken", ["{", "[]", '{"on": 3}', '{"on": ["a"], "always": "b", "never": []}'])
def test_what_is_not_legible_allows_nothing(broken):
    assert tools_from_json(broken) == ((None, Permissions()), False)


def test_an_empty_text_is_written_where_nothing_was_chosen():
    assert tools_to_json(None, Permissions()) == ""
