"""With one page of twenty damaged, about 95 of 100 messages come back; with a daily copy, all of them."""

import random
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
    """Overwrites one page of twenty, but not the first: without it nothing says where the tables are.

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
    # So many pages are damaged, and a message stands on one or two of them.
    assert len(found & set(names)) >= len(names) * 0.9


@pytest.mark.parametrize("seed", range(EFFORT))
def test_a_daily_copy_fills_what_is_missing(path, seed):
    names = filled(path, seed, has_copy=True)
    damaged(path, seed)
    assert found_in(path) == set(names)
