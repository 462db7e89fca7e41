"""Messages are put between others and taken out from between them; the file is as the memory is."""

import random

import pytest

from app.core.conversation import Conversation, MessageNode
from app.core.errors import StoreError
from app.core.message import Message, Role
from app.store.store import open_store
from tests.support.effort import EFFORT


def a_message(parent_id=None, words="words"):
    return MessageNode(Message.of_text(Role.USER, words), parent_id)


@pytest.mark.parametrize("seed", range(6 * EFFORT))
def test_after_any_changes_the_file_holds_what_the_memory_does(store, seed):
    chance = random.Random(seed)
    conversation = Conversation()
    store.conversations.create(conversation)
    for number in range(30):
        ids = [node.id for node in conversation.nodes]
        node = a_message(chance.choice([None, *ids]), f"unmistakable{number:03}")
        deed = chance.choice(["add", "add", "insert", "insert", "remove", "delete"])
        if deed == "add":
            conversation = conversation.with_node(node)
            store.conversations.add_node(conversation.id, node)
        elif deed == "insert":
            conversation = conversation.with_inserted(node)
            store.tree.insert_node(conversation, node)
        elif ids:
            gone = conversation.node(chance.choice(ids))
            if deed == "remove":
                conversation = conversation.without_message(gone.id)
                store.tree.remove_node(conversation, gone)
            else:
                conversation = conversation.without_version(gone.id)
                store.tree.delete_version(conversation, gone.id)
    loaded = store.conversations.load(conversation.id)
    assert loaded.path() == conversation.path()
    assert {node.id: node for node in loaded.nodes} == {node.id: node for node in conversation.nodes}
    for node in conversation.nodes:
        assert loaded.children(node.id) == conversation.children(node.id)
        assert [hit.node_id for hit in store.search.search(node.message.text)] == [node.id]
    assert len(store.search.search("unmistakable", 1000)) == len(conversation.nodes)


def test_an_inserted_message_outlives_a_recovery(store, path):
    conversation = Conversation()
    for words in ("first", "second", "third"):
        conversation = conversation.with_node(a_message(conversation.tip_id, words))
    store.conversations.create(conversation)
    node = a_message(conversation.nodes[0].id, "between")
    conversation = conversation.with_inserted(node)
    store.tree.insert_node(conversation, node)
    store.conversations.repair()
    assert store.conversations.load(conversation.id).path() == conversation.path()
    store.conversations.close()
    again = open_store(path)
    assert again.conversations.load(conversation.id).path() == conversation.path()
    again.conversations.close()


def test_what_is_done_twice_is_done_once(store):
    conversation = Conversation().with_node(a_message())
    store.conversations.create(conversation)
    node = a_message(conversation.tip_id)
    changed = conversation.with_inserted(node)
    for _ in range(2):
        store.tree.insert_node(changed, node)
    assert store.conversations.load(conversation.id) == changed
    for _ in range(2):
        store.tree.remove_node(changed.without_message(node.id), node)
    assert store.conversations.load(conversation.id).nodes == conversation.nodes


def test_a_conversation_that_is_gone_is_said_to_be(store):
    conversation = Conversation().with_node(a_message())
    with pytest.raises(StoreError, match="not in the file"):
        store.tree.insert_node(conversation, a_message(conversation.tip_id))
    assert store.conversations.list_summaries() == []
