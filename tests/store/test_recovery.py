"""A damaged file is set aside, said so, and what is legible is brought over."""

import random
from contextlib import closing

import pytest

from app.core.conversation import Conversation
from app.store.database import Database
from app.store.faults import check_mark
from app.store.recovered_rows import RECOVERED
from app.store.store import open_store
from tests.support.sample_messages import a_conversation

PAGE = 4096


def text_of(index: int) -> str:
    return f"message {index} " + f"lake{index} " * 300


def a_file_with_many_messages(path) -> dict[str, Conversation]:
    conversations = {}
    store = open_store(path).conversations
    for index in range(12):
        texts = [text_of(index * 10 + number) for number in range(6)]
        conversation = a_conversation(*texts, title=f"Talk {index}")
        store.create(conversation)
        conversations[conversation.id] = conversation
    store.set_last_open_id(conversation.id)
    store.close()
    return conversations


def mark_as_suspect(path) -> None:
    """As after a crash, or after a query that failed: only then are all pages looked at."""
    check_mark(path).touch()


def test_a_file_that_is_no_database_is_set_aside_and_said(path):
    path.write_bytes(b"These are not the conversations you are looking for." * 100)
    store = open_store(path)
    (notice,) = store.notices.take()
    assert "was damaged" in notice
    assert "conversations.damaged-1.db" in notice
    assert "None of its chats could be recovered" in notice
    assert (path.parent / "conversations.damaged-1.db").read_bytes().startswith(b"These are not")
    store.conversations.create(a_conversation("Q"))
    store.conversations.close()
    again = open_store(path)
    assert (again.notices.take(), len(again.conversations.list_summaries())) == ((), 1)
    again.conversations.close()


def test_a_second_damaged_file_does_not_replace_the_first(path):
    for content in (b"first " * 1000, b"second " * 1000):
        path.write_bytes(content)
        open_store(path).conversations.close()
    assert (path.parent / "conversations.damaged-1.db").read_bytes() == b"first " * 1000
    assert (path.parent / "conversations.damaged-2.db").read_bytes() == b"second " * 1000


def test_an_empty_file_is_simply_begun(path):
    path.touch()
    store = open_store(path)
    assert store.notices.take() == ()
    store.conversations.close()


@pytest.mark.parametrize("seed", range(12))
def test_what_is_legible_of_a_damaged_file_is_brought_over(path, seed):
    chance = random.Random(seed)
    conversations = a_file_with_many_messages(path)
    data = bytearray(path.read_bytes())
    for _ in range(3):  # Not the first page: without it nothing says where the tables are.
        page = chance.randrange(2, len(data) // PAGE)
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    path.write_bytes(data)
    mark_as_suspect(path)

    store = open_store(path)
    assert len(store.notices.take()) == 1
    assert (path.parent / "conversations.damaged-1.db").read_bytes() == data
    loaded = [store.conversations.load(summary.id) for summary in store.conversations.list_summaries()]
    recovered = {node.message.text for it in loaded for node in it.nodes}
    original = {node.message.text for it in conversations.values() for node in it.nodes}
    # A message covers about one page; three bad pages may be tree nodes that lead to several.
    assert len(recovered & original) >= len(original) // 2
    for conversation in loaded:
        assert {node.id for node in conversation.path()} == {node.id for node in conversation.nodes}
    assert store.search.search("lake")
    store.conversations.close()
    again = open_store(path)
    assert again.notices.take() == ()
    again.conversations.close()


def test_messages_whose_conversation_was_lost_get_another(path):
    conversations = a_file_with_many_messages(path)
    lost = next(iter(conversations.values()))
    with closing(Database.open(path)) as database:
        database.rows("pragma foreign_keys = off")
        database.write("delete from conversation where id = ?", (lost.id,))
        database.write("delete from message where id = ?", (lost.nodes[2].id,))
    damage_an_index(path)
    store = open_store(path)
    found = store.conversations.load(lost.id)
    assert found.title == RECOVERED
    kept = [node.id for node in lost.nodes if node.id != lost.nodes[2].id]
    assert [node.id for node in found.path()] == kept
    assert store.conversations.last_open_id() == list(conversations)[-1]
    store.conversations.close()


def damage_an_index(path) -> None:
    with closing(Database.open(path)) as database:
        (row,) = database.rows("select rootpage from sqlite_master where name = 'message_below'")
    data = bytearray(path.read_bytes())
    start = (row["rootpage"] - 1) * PAGE
    data[start : start + PAGE] = b"\xff" * PAGE
    path.write_bytes(data)
    mark_as_suspect(path)


def test_a_cut_file_is_recovered_up_to_the_cut(path):
    conversations = a_file_with_many_messages(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // PAGE // 2 * PAGE])
    store = open_store(path)
    assert len(store.notices.take()) == 1
    assert 0 < len(store.conversations.list_summaries()) <= len(conversations)
    store.conversations.close()


def test_damage_found_during_use_is_mended_at_once(path):
    conversations = a_file_with_many_messages(path)
    with closing(Database.open(path)) as database:
        (row,) = database.rows("select rootpage from sqlite_master where name = 'message_of_conversation'")
    data = bytearray(path.read_bytes())
    start = (row["rootpage"] - 1) * PAGE
    data[start : start + PAGE] = b"\xff" * PAGE
    path.write_bytes(data)

    store = open_store(path)
    assert store.notices.take() == ()
    told = []
    store.notices.forward_to(told.append)
    for conversation in conversations.values():
        assert store.conversations.load(conversation.id) == conversation
    assert len(told) == 1
    assert "All 72 messages in 12 chats were recovered" in told[0]
    assert (path.parent / "conversations.damaged-1.db").read_bytes() == data
    store.conversations.close()
    again = open_store(path)
    assert again.notices.take() == ()
    again.conversations.close()


def test_a_damaged_search_index_is_made_anew_at_once(path):
    conversations = a_file_with_many_messages(path)
    with closing(Database.open(path)) as database:
        database.write("update message_search_data set block = x'00' where id > 10")
    store = open_store(path)
    assert_all_there(store, conversations)
    assert store.notices.take() == ()
    assert not check_mark(path).exists()
    store.conversations.close()


def test_a_lost_search_index_costs_no_message(path):
    conversations = a_file_with_many_messages(path)
    with closing(Database.open(path)) as database:
        database.write("delete from message_search_data")
    store = open_store(path)
    assert_all_there(store, conversations)
    store.conversations.close()


def assert_all_there(store, conversations):
    assert [hit.snippet[:10] for hit in store.search.search('"message 75"')] == ["message 75"]
    for conversation in conversations.values():
        assert store.conversations.load(conversation.id) == conversation


def test_a_recovery_that_was_interrupted_is_made_again(path):
    conversations = a_file_with_many_messages(path)
    damage_an_index(path)
    leftover = path.with_name(path.name + ".recovered")
    leftover.write_bytes(b"half a recovery")
    store = open_store(path)
    assert len(store.conversations.list_summaries()) == len(conversations)
    store.conversations.close()
    assert not leftover.exists()
