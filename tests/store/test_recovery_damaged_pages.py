"""With one page of twenty damaged, 95 of 100 messages come back at least; with a daily copy, all of them."""

import contextlib
import random
import sqlite3
from datetime import date

import pytest

from app.core.message import Role
from app.store.faults import check_mark
from app.store.store import open_store
from tests.support.effort import EFFORT
from tests.support.sample_messages import a_conversation

PAGE = 4096
WORDS = "lake water stone weather deep boat pine rock shore island river valley".split()  # noqa: SIM905
CONVERSATIONS, MESSAGES = 16, 40


def filled(path, seed, has_copy):
    """A file with many messages of different lengths; their first words, by which they are known."""
    chance = random.Random(seed)
    store = open_store(path)
    names = []
    for number in range(CONVERSATIONS):
        texts = []
        for place in range(MESSAGES):
            names.append(f"name{number:03}x{place:03}")
            texts.append(f"{names[-1]} {' '.join(chance.choices(WORDS, k=chance.choice([5, 40, 150])))}")
        store.conversations.create(a_conversation(*texts, title=f"Talk {number}"))
    if has_copy:
        store.make_daily_copy(date.today())
    store.conversations.close()
    return names


def damaged(path, seed):
    """Overwrites one page of twenty, but not the first, which has a test of its own.

    Returns:
        The numbers of the pages, from 0.
    """
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    pages = chance.sample(range(1, len(data) // PAGE), len(data) // PAGE // 20)
    for page in pages:
        data[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    path.write_bytes(data)
    check_mark(path).touch()
    return pages


def found_in(path):
    store = open_store(path)
    loaded = [store.conversations.load(summary.id) for summary in store.conversations.list_summaries()]
    texts = [node.message.text for conversation in loaded for node in conversation.nodes]
    assert store.notices.take()
    assert all(node.role in (Role.USER, Role.ASSISTANT) for it in loaded for node in it.nodes)
    store.conversations.close()
    return {text.split()[0] for text in texts if text}


@pytest.mark.parametrize("seed", range(2 * EFFORT))
def test_only_what_stood_on_the_damaged_pages_is_lost(path, seed):
    names = filled(path, seed, has_copy=False)
    before = path.read_bytes()
    pages = set(damaged(path, seed))
    after = path.read_bytes()
    # Its words stand in two columns of its row.
    legible = {name for name in names if after.count(name.encode()) == before.count(name.encode()) > 0}
    assert len(pages) == len(before) // PAGE // 20
    found = found_in(path)
    assert legible <= found
    # More than one message of twenty stands on those pages; the index of the search has their words.
    assert len(found & set(names)) >= len(names) * 0.95


@pytest.mark.parametrize("seed", range(EFFORT))
def test_a_daily_copy_fills_what_is_missing(path, seed):
    names = filled(path, seed, has_copy=True)
    damaged(path, seed)
    assert found_in(path) == set(names)


def test_the_words_of_lost_rows_come_back_from_the_index_of_the_search(path):
    """Three letters and their places: put together again they are the message, in lower case."""
    texts = [f"Talk {number} of Größe, 東京都 and café " + "stone " * 700 for number in range(20)]
    conversation = a_conversation(*texts, title="Talk")
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    data = bytearray(path.read_bytes())
    for number in (5, 6, 12):
        start = data.index(f'"text":"Talk {number} '.encode()) // PAGE * PAGE
        data[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(data)
    check_mark(path).touch()
    store = open_store(path)
    (told,) = store.notices.take()
    loaded = store.conversations.load(conversation.id)
    assert [node.id for node in loaded.path()] == [node.id for node in conversation.path()]
    from_index = [node for node in loaded.nodes if node.is_damaged]
    assert 3 <= len(from_index) < 20
    assert f"Of {len(from_index)} messages only the words came back, in lower case." in told
    assert "could not" not in told
    for node, before in zip(loaded.nodes, conversation.nodes, strict=True):
        expected = before.message.text.lower() if node.is_damaged else before.message.text
        assert node.message.text == expected
        assert node.role is before.role
    assert store.search.search("東京都 café", 100)
    store.conversations.close()


def test_words_come_back_also_where_nothing_says_where_the_tables_are(path):
    """The first page has the schema. A lost message between two of a chat belongs to it."""
    texts = [f"Talk {number} of Größe " + "stone " * 700 for number in range(20)]
    conversation = a_conversation(*texts, title="Talk")
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    data = bytearray(path.read_bytes())
    start = data.index(b'"text":"Talk 8 ') // PAGE * PAGE
    data[start : start + PAGE] = data[:PAGE] = bytes(PAGE)
    path.write_bytes(data)
    store = open_store(path)
    (told,) = store.notices.take()
    assert "only the words came back" in told
    loaded = store.conversations.load(conversation.id)
    assert [node.message.text.lower() for node in loaded.nodes] == [text.lower() for text in texts]
    assert [node.message.text for node in loaded.nodes if not node.is_damaged]
    store.conversations.close()


def test_a_block_of_the_search_that_is_gone_costs_some_letters_only(path):
    """What a term is found by is lost with its block; the terms beside it hold two of its letters each."""
    chance = random.Random(4)
    texts = [f"name{number:02} " + " ".join(chance.choices(WORDS, k=300)) for number in range(60)]
    conversation = a_conversation(*texts, title="Talk")
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("delete from message_search_data where id > 100 and id % 9 = 4")
        connection.execute("delete from message_search_data where id = 10")
        connection.execute("delete from message_search_config")
        connection.commit()
    data = bytearray(path.read_bytes())
    start = data.index(b'"text":"name30 ') // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(data)
    check_mark(path).touch()
    store = open_store(path)
    assert "only the words came back" in store.notices.take()[0]
    loaded = store.conversations.load(conversation.id)
    assert len(loaded.nodes) == 60
    for node, text in zip(loaded.nodes, texts, strict=True):
        same = sum(a == b for a, b in zip(node.message.text.ljust(len(text)), text, strict=False))
        assert same >= len(text) * (0.7 if node.is_damaged else 1)
    store.conversations.close()
