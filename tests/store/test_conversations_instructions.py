"""What an answer was told is kept with it, once for all answers that were told the same."""

import sqlite3
from contextlib import closing
from dataclasses import replace

from app.core.conversation import MessageNode, now
from app.core.generation import Generation, Instructions
from app.core.message import Message, Role
from app.store.store import open_store
from tests.support.old_schemas import make_database
from tests.support.sample_messages import a_conversation

TOOL = {
    "type": "function",
    "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}},
}
TOLD = Instructions("Be brief. " * 100, (TOOL,))


def answer(parent_id: str, instructions: Instructions | None) -> MessageNode:
    generation = Generation("LFM", instructions=instructions)
    return MessageNode(replace(Message.of_text(Role.ASSISTANT, "Yes."), generation=generation), parent_id)


def count_of_instructions(path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select count(*) from instructions").fetchone()[0]


def test_an_answer_comes_back_with_what_it_was_told(store):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    node = answer(conversation.nodes[0].id, TOLD)
    store.conversations.add_node(conversation.id, node)
    assert store.conversations.load(conversation.id).nodes[-1] == node
    changed = replace(
        node, message=replace(node.message, generation=Generation("LFM", instructions=Instructions()))
    )
    store.conversations.update_node(changed)
    found = store.conversations.load(conversation.id).nodes[-1]
    assert found == changed
    assert found.message.generation.instructions == Instructions("", ())


def test_the_same_instructions_are_kept_once_and_go_with_their_last_answer(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    for told in (TOLD, TOLD, replace(TOLD, system_prompt="Other"), None):
        store.conversations.add_node(conversation.id, answer(conversation.nodes[0].id, told))
    assert count_of_instructions(path) == 2
    store.conversations.delete(conversation.id)
    assert store.upkeep.purge_deleted(now()) == 1
    assert count_of_instructions(path) == 0


def test_any_character_can_be_told(store):
    told = Instructions("lone \ud800 and \0 and \U0001f600", ({"name": "f", "description": "\udfff"},))
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    node = answer(conversation.nodes[0].id, told)
    store.conversations.add_node(conversation.id, node)
    assert store.conversations.load(conversation.id).nodes[-1] == node


def test_the_names_of_tools_are_told_in_both_common_forms():
    assert Instructions("", (TOOL, {"name": "plain"}, {"function": None}, {})).tool_names == (
        "get_time",
        "plain",
    )


def test_an_old_conversation_keeps_the_preset_that_it_was_last_answered_with(path):
    make_database(path, 5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            """update message set generation = '{"model_name":"LFM","preset_name":"Careful"}' """
        )
        connection.execute("update conversation set preset_name = 'Another'")
        connection.commit()
    store = open_store(path)
    conversation = store.conversations.load("c1")
    assert conversation.preset_name == "Careful"
    assert conversation.nodes[-1].message.generation.instructions is None
    store.conversations.close()


def test_an_illegible_answer_does_not_keep_an_old_file_from_opening(path):
    make_database(path, 5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update message set generation = x'ff' || '{'")
        connection.commit()
    store = open_store(path)
    assert store.conversations.load("c1").preset_name == "P"
    store.conversations.close()
