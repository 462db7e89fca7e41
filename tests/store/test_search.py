"""A person types a word and finds the place."""

import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.conversation import Folder, MessageState
from app.core.generation import Generation
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.store.database import Database
from app.store.store import open_store
from tests.support.sample_messages import a_conversation, any_text, said


def found(store, query):
    return [hit.snippet for hit in store.search.search(query)]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("glacier", "Most lakes were carved by a glacier."),
        ("glac", "Most lakes were carved by a glacier."),
        ("GLACIER", "Most lakes were carved by a glacier."),
        ("lac", "Most lakes were carved by a glacier."),
        ("by lakes", "Most lakes were carved by a glacier."),
        ('"carved by a"', "Most lakes were carved by a glacier."),
        ("湖", "日本で一番大きい湖は琵琶湖です。"),
        ("琵琶湖", "日本で一番大きい湖は琵琶湖です。"),
        ("大きい 湖", "日本で一番大きい湖は琵琶湖です。"),
        ("大きい\u3000琵琶", "日本で一番大きい湖は琵琶湖です。"),
        ("بحيرة", "أكبر بحيرة في العالم"),
        ("озеро", "Самое глубокое Озеро"),
        ("ÜBER", "Ein Steg führt über den See."),
        ("ü", "Ein Steg führt über den See."),
        ("u\u0308ber", "Ein Steg führt über den See."),
        ("é", "Cafe\u0301 au lac"),
        ("a_b", "x = a_b"),
        ("%", "17 % of 2"),
        ("c:\\", "in C:\\temp"),
        ('say "hi', 'they say "hi" there'),
        ("AND", "this and that"),
        ("NEAR(a b)", "it is NEAR(a b) there"),
        ("plain:", "in plain: words"),
        ("-x*", "y -x* z"),
        ("it's", "it's late"),
        ("🏔", "A 🏔 and a lake"),
    ],
)
def test_a_message_is_found_by_what_was_typed(store, query, text):
    store.conversations.create(a_conversation("nothing to see", text, "or here"))
    assert found(store, query) == [text.replace("e\u0301", "é")]


@pytest.mark.parametrize("query", ["", "   ", '"', '""', '" "', "\u3000", "\0"])
def test_a_query_without_words_finds_nothing(store, query):
    store.conversations.create(a_conversation('a "quoted" lake'))
    assert found(store, query) == []


@pytest.mark.parametrize("query", ["lake sea", "lake z", '"lake deep"', "glaciers", "a%b", "a_b"])
def test_all_words_must_be_there(store, query):
    store.conversations.create(a_conversation("a deep lake and a glacier, aXb"))
    assert found(store, query) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=12) | any_text)
def test_nothing_that_can_be_typed_breaks_the_search(store, query):
    assert store.search.search(query) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    word=st.text(
        st.characters(categories=["L", "N", "P", "S"], exclude_characters='"'), min_size=1, max_size=8
    )
)
def test_any_word_finds_the_message_it_stands_in(store, word):
    conversation = a_conversation(f"before {word} after")
    store.conversations.create(conversation)
    hits = store.search.search(word, limit=10_000)
    assert conversation.nodes[0].id in {hit.node_id for hit in hits}


def test_a_hit_says_where_and_marks_the_words(store):
    text = "First. " * 30 + "Then the Deep lake of\nOhrid, deep and old. " + "Last. " * 40
    conversation = a_conversation("Q", text, title="Balkans")
    store.conversations.create(conversation)
    (hit,) = store.search.search("deep ohrid")
    assert (hit.conversation_id, hit.node_id, hit.title) == (
        conversation.id,
        conversation.nodes[1].id,
        "Balkans",
    )
    assert hit.at == conversation.nodes[1].created_at
    assert (hit.snippet[0], hit.snippet[-1]) == ("…", "…")
    assert "\n" not in hit.snippet
    assert len(hit.snippet) <= 130
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["Deep", "Ohrid", "deep"]


def test_titles_come_first_then_the_newest_messages(store):
    old, new = a_conversation("a lake"), a_conversation("no", "another lake")
    titled = a_conversation("nothing", title="Lake Ohrid")
    for conversation in (old, new, titled):
        store.conversations.create(conversation)
    hits = store.search.search("lake")
    assert [hit.node_id for hit in hits] == [None, new.nodes[1].id, old.nodes[0].id]
    assert hits[0].conversation_id == titled.id
    assert store.search.search("lake", limit=2) == hits[:2]
    assert store.search.search("lake", limit=1) == hits[:1]


def test_thinking_is_not_searched(store):
    message = Message(Role.ASSISTANT, (ReasoningPart("xylophone", "xylophone"), TextPart("A", "A")))
    store.conversations.create(
        a_conversation("Q").with_node(replace(said(Role.ASSISTANT, ""), message=message))
    )
    assert found(store, "xylophone") == []


def test_a_deleted_conversation_is_not_found_until_it_is_restored(store):
    conversation = a_conversation("a lake", title="lake")
    store.conversations.create(conversation)
    store.conversations.delete(conversation.id)
    assert found(store, "lake") == []
    store.conversations.restore(conversation.id)
    assert found(store, "lake") == ["lake", "a lake"]


def test_the_index_follows_an_answer_from_its_first_piece_to_its_last_change(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    node = replace(said(Role.ASSISTANT, "", conversation.nodes[0]), state=MessageState.STREAMING)
    store.conversations.add_node(conversation.id, node)
    for text, state in [
        ("glac", MessageState.STREAMING),
        ("glacier", MessageState.STREAMING),
        ("glacier lake", MessageState.COMPLETE),
        ("fjord", MessageState.COMPLETE),
        ("fjord again", MessageState.STREAMING),
        ("a fjord again", MessageState.STOPPED),
    ]:
        node = replace(node, message=Message.of_text(Role.ASSISTANT, text), state=state)
        store.conversations.update_node(node)
        check_index(path)
    assert found(store, "glacier") == []
    assert found(store, "fjord") == ["a fjord again"]
    store.conversations.delete(conversation.id)
    store.upkeep.purge_deleted(before=node.created_at + timedelta(days=10_000))
    check_index(path)


def check_index(path):
    """FTS5 raises where the index and the messages do not agree."""
    with closing(Database.open(path)) as database, database.transaction() as connection:
        connection.execute("insert into message_search (message_search) values ('integrity-check')")
        (indexed,) = connection.execute("select count(*) from message_search_docsize").fetchone()
        (whole,) = connection.execute("select count(*) from message where state != 'streaming'").fetchone()
    assert indexed == whole


def test_an_interrupted_answer_is_found_after_the_next_start(store, path):
    node = replace(said(Role.ASSISTANT, "half a glacier"), state=MessageState.STREAMING)
    store.conversations.create(a_conversation().with_node(node))
    store.conversations.close()
    again = open_store(path)
    assert found(again, "glacier") == ["half a glacier"]
    again.conversations.close()


@pytest.mark.measures
def test_twenty_thousand_messages_are_searched_while_typing(store):
    texts = [f"Message {number} of many about water, stones and weather." for number in range(20_000)]
    texts[777] = "Only here is a glacier."
    store.conversations.create(a_conversation(*texts))
    for query in ("glacier", "gl", "only gla"):
        start = time.perf_counter()
        assert "Only here is a glacier." in found(store, query)
        assert time.perf_counter() - start < 0.5


def test_a_search_is_narrowed_by_role_model_folder_and_date(store):
    asked = a_conversation("Which lake is deep?", "Ohrid is a deep lake.", title="Lakes")
    question, answer = asked.nodes
    generation = Generation(model_name="LFM2.5 1.2B")
    answer = replace(answer, message=replace(answer.message, generation=generation))
    store.conversations.create(replace(asked, nodes=(question, answer)))
    other = a_conversation("A deep lake in a folder", title="Elsewhere")
    store.conversations.create(other)
    folder = Folder("Trips & lakes")
    store.order.save_folder(folder)
    store.order.move([other.id], folder.id)

    def ids(query):
        return [hit.node_id for hit in store.search.search(query)]

    assert set(ids("deep")) == {question.id, answer.id, other.nodes[0].id}
    assert set(ids("deep role:user")) == {question.id, other.nodes[0].id}
    assert ids("deep role:assistant") == ids("deep model:lfm") == [answer.id]
    assert ids("deep model:granite") == []
    assert ids("in:trips deep") == [other.nodes[0].id]
    assert ids('in:"trips & lakes"') == [other.nodes[0].id]
    assert ids("in:nowhere deep") == []
    assert set(ids("role:user")) == {question.id, other.nodes[0].id}
    assert ids("role:user lakes") == []  # A title is nobody's.
    assert None in ids("lakes")
    day = question.created_at.astimezone().date()
    assert set(ids(f"deep after:{day}")) == {question.id, answer.id, other.nodes[0].id}
    assert ids(f"deep before:{day}") == []
    assert ids(f"lakes before:{day}") == []


def test_an_answer_whose_details_are_damaged_does_not_break_the_search(store, path):
    store.conversations.create(a_conversation("Q", "A lake"))
    database = Database.open(path)
    database.write("update message set generation = '{{'")
    database.close()
    assert found(store, "lake model:lfm") == []
    assert found(store, "lake") == ["A lake"]
