"""What is saved comes back, whatever it is."""

import json
import tempfile
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, given, settings

from app.core.conversation import Conversation, MessageNode, MessageState, now
from app.core.errors import StoreError
from app.core.message import Message, Role, TextPart, ToolCallPart, ToolResultPart
from app.core.preset_overrides import with_overrides
from app.store.conversations import to_microseconds
from app.store.database import Database
from app.store.message_json import parts_from_json
from app.store.rows import SUMMARY_COLUMNS
from app.store.store import open_store
from tests.support import sample_messages as sample
from tests.support.sample_messages import a_conversation, an_answer_with_everything, said


def test_a_conversation_comes_back_as_it_was(store, path):
    conversation = replace(
        a_conversation("Which lake is deep?"),
        is_titled_by_user=True,
        system_prompt="Be brief.",
        model_path="/models/a b.gguf",
        preset_name="Careful",
        overrides=(("system_prompt", ""), ("temperature", 0.9), ("stop", ("\n", "\ud800", "\0"))),
        draft="and the",
    ).with_node(MessageNode(an_answer_with_everything()))
    store.conversations.create(conversation)
    store.conversations.close()
    assert open_and_load(path, conversation.id) == conversation


def write(path: Path, sql: str, values: tuple[object, ...]) -> None:
    database = Database.open(path)
    database.write(sql, values)
    database.close()


def open_and_load(path: Path, conversation_id: str) -> Conversation:
    store = open_store(path)
    try:
        return store.conversations.load(conversation_id)
    finally:
        store.conversations.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample.nodes)
def test_any_message_comes_back_as_it_was(node):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "c.db")
        conversation = Conversation()
        store.conversations.create(conversation)
        store.conversations.add_node(conversation.id, node)
        assert store.conversations.load(conversation.id).nodes == (node,)
        store.conversations.close()


@settings(max_examples=50, deadline=None)
@given(sample.any_text, sample.any_text)
def test_any_title_and_draft_come_back_as_they_were(title, draft):
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "c.db")
        conversation = Conversation(title="", system_prompt=draft)
        store.conversations.create(conversation)
        store.conversations.rename(conversation.id, title)
        store.conversations.save_draft(conversation.id, draft)
        loaded = store.conversations.load(conversation.id)
        assert (loaded.title, loaded.draft, loaded.system_prompt) == (title, draft, draft)
        assert store.conversations.list_summaries()[0].title == title
        store.conversations.close()


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "\ud83d\ude00",  # Two halves of a pair that are not one character.
        "\udcff alone",
        "\r\n\r \u2028 \ufeff",
        "e\u0301 and \u00e9",
        "日本語 العربية 👩‍👩‍👧",
        "ten million " * 900_000,
    ],
    ids=["nul", "pair", "surrogate", "line ends", "accents", "scripts", "10 MB"],
)
def test_a_difficult_text_comes_back_as_it_was(store, text):
    conversation = a_conversation(text)
    store.conversations.create(conversation)
    assert store.conversations.load(conversation.id).nodes[0].message.text == text


def test_arguments_that_json_cannot_hold_do_not_cost_the_answer(store):
    odd = ToolCallPart("f", {"x": {1, 2}}, "[f(x={1, 2})]")
    frozen = ToolCallPart("g", MappingProxyType({"y": 1}), "[g(y=1)]")
    conversation = Conversation().with_node(MessageNode(Message(Role.ASSISTANT, (odd, frozen))))
    store.conversations.create(conversation)
    message = store.conversations.load(conversation.id).nodes[0].message
    assert message.raw == "[f(x={1, 2})][g(y=1)]"
    assert "could not be saved" in (message.tool_calls[0].error or "")
    assert message.tool_calls[1] == ToolCallPart("g", {"y": 1}, "[g(y=1)]")


def test_a_new_message_becomes_the_tip_and_the_conversation_the_newest(store):
    old, new = a_conversation("old"), a_conversation("new")
    store.conversations.create(old)
    store.conversations.create(replace(new, updated_at=new.updated_at + timedelta(hours=1)))
    assert [it.id for it in store.conversations.list_summaries()] == [new.id, old.id]
    node = said(Role.ASSISTANT, "again", old.nodes[0], minutes=120)
    store.conversations.add_node(old.id, node)
    assert store.conversations.load(old.id).path() == [old.nodes[0], node]
    assert [it.id for it in store.conversations.list_summaries()] == [old.id, new.id]


def test_branches_stay_apart_and_the_tip_can_be_moved(store):
    conversation = a_conversation("Q", "first")
    store.conversations.create(conversation)
    second = said(Role.ASSISTANT, "second", conversation.nodes[0])
    store.conversations.add_node(conversation.id, second)
    assert [node.message.text for node in store.conversations.load(conversation.id).path()] == ["Q", "second"]
    store.conversations.set_tip(conversation.id, conversation.nodes[1].id)
    loaded = store.conversations.load(conversation.id)
    assert [node.message.text for node in loaded.path()] == ["Q", "first"]
    assert [node.message.text for node in loaded.siblings(second.id)] == ["first", "second"]
    store.conversations.set_tip(conversation.id, None)
    assert store.conversations.load(conversation.id).path() == []


def test_a_growing_answer_is_there_in_another_window_after_each_save(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    other = open_store(path)
    node = replace(said(Role.ASSISTANT, "", conversation.nodes[0]), state=MessageState.STREAMING)
    store.conversations.add_node(conversation.id, node)
    for text in ("one", "one two", "one two three"):
        node = replace(node, message=Message.of_text(Role.ASSISTANT, text))
        store.conversations.update_node(node)
        assert other.conversations.load(conversation.id).nodes[-1] == node
    other.conversations.close()


@pytest.mark.measures
def test_saving_a_long_growing_answer_is_cheap(store):
    """100,000 characters, ten times the length of a long answer; a redraw of the window has 16 ms."""
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    text = "Lakes form where water gathers in a hollow. " * 2300
    node = replace(said(Role.ASSISTANT, text, conversation.nodes[0]), state=MessageState.STREAMING)
    store.conversations.add_node(conversation.id, node)
    times = []
    for count in range(9):
        node = replace(node, message=Message.of_text(Role.ASSISTANT, text + str(count)))
        start = time.perf_counter()
        store.conversations.update_node(node)
        times.append(time.perf_counter() - start)
    assert sorted(times)[4] < 0.1  # Generous: other work may have the disk.


def test_an_answer_that_was_interrupted_is_stopped_at_the_next_start(store, path):
    conversation = a_conversation("Q", "half an ans")
    streaming = replace(conversation.nodes[1], state=MessageState.STREAMING)
    store.conversations.create(conversation.with_replaced(streaming))
    store.conversations.close()
    node = open_and_load(path, conversation.id).nodes[1]
    assert (node.state, node.message.text) == (MessageState.STOPPED, "half an ans")


def test_renaming_keeps_automatic_titles_away(store):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    store.conversations.rename(conversation.id, "Mine")
    loaded = store.conversations.load(conversation.id)
    assert (loaded.title, loaded.is_titled_by_user) == ("Mine", True)


def test_saving_details_leaves_the_messages_alone(store):
    conversation = a_conversation("Q", "A")
    store.conversations.create(conversation)
    changed = replace(
        conversation, nodes=(), title="New", system_prompt="P", model_path="m", preset_name="p", draft="d"
    )
    store.conversations.save_details(changed)
    assert store.conversations.load(conversation.id) == replace(changed, nodes=conversation.nodes)


def test_a_draft_does_not_move_a_conversation_up_the_list(store):
    old, new = a_conversation("old"), a_conversation("new")
    store.conversations.create(old)
    store.conversations.create(replace(new, updated_at=new.updated_at + timedelta(hours=1)))
    store.conversations.save_draft(old.id, "half a quest")
    assert [it.id for it in store.conversations.list_summaries()] == [new.id, old.id]


def test_deleting_can_be_undone(store):
    conversation = a_conversation("Q", "A")
    store.conversations.create(conversation)
    store.conversations.delete(conversation.id)
    assert store.conversations.list_summaries() == []
    with pytest.raises(StoreError, match="not in the file any more"):
        store.conversations.load(conversation.id)
    store.conversations.restore(conversation.id)
    assert store.conversations.load(conversation.id) == conversation


def test_what_is_purged_is_gone_from_the_disk_as_well(store, path):
    kept, deleted = a_conversation("keep me"), a_conversation("Saarinen's secret word is xylotomist")
    store.conversations.create(kept)
    store.conversations.create(deleted)
    store.conversations.delete(deleted.id)
    assert store.upkeep.purge_deleted(before=now() - timedelta(hours=1)) == 0
    assert store.upkeep.purge_deleted(before=now() + timedelta(seconds=1)) == 1
    with pytest.raises(StoreError):
        store.conversations.restore(deleted.id)
    store.conversations.close()
    assert b"xylotomist" not in path.read_bytes()
    assert open_and_load(path, kept.id) == kept


def test_a_choice_made_once_is_remembered_as_long_as_its_conversation(store, path):
    conversations = store.conversations
    kept, gone = Conversation(), Conversation()
    for conversation in (kept, gone):
        conversations.create(conversation)
        assert not conversations.is_memory_choice_made(conversation.id)
        conversations.set_memory_choice_made(conversation.id)
    conversations.delete(gone.id)
    store.upkeep.purge_deleted(before=now() + timedelta(seconds=1))
    conversations.close()
    conversations = open_store(path).conversations
    assert conversations.is_memory_choice_made(kept.id)
    assert not conversations.is_memory_choice_made(gone.id)
    conversations.close()


def test_a_conversation_deleted_long_ago_is_purged_at_the_start(store, path):
    recent, old = a_conversation("recent"), a_conversation("old")
    for conversation in (recent, old):
        store.conversations.create(conversation)
        store.conversations.delete(conversation.id)
    two_months_ago = to_microseconds(now() - timedelta(days=60))
    write(path, "update conversation set deleted_at = ? where id = ?", (two_months_ago, old.id))
    store.conversations.close()
    again = open_store(path).conversations
    again.restore(recent.id)
    with pytest.raises(StoreError):
        again.restore(old.id)
    again.close()


def test_the_conversation_last_open_is_remembered_until_it_is_deleted(store, path):
    first, second = a_conversation("1"), a_conversation("2")
    store.conversations.create(first)
    store.conversations.create(second)
    assert store.conversations.last_open_id() is None
    store.conversations.set_last_open_id(first.id)
    store.conversations.set_last_open_id(second.id)
    store.conversations.close()
    again = open_store(path)
    assert again.conversations.last_open_id() == second.id
    again.conversations.delete(second.id)
    assert again.conversations.last_open_id() is None
    again.conversations.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda store, conversation: store.rename(conversation.id, "x"),
        lambda store, conversation: store.set_tip(conversation.id, None),
        lambda store, conversation: store.save_draft(conversation.id, "x"),
        lambda store, conversation: store.save_details(conversation),
        lambda store, conversation: store.add_node(conversation.id, said(Role.USER, "x")),
        lambda store, conversation: store.update_node(said(Role.USER, "x")),
        lambda store, conversation: store.load(conversation.id),
        lambda store, conversation: store.restore(conversation.id),
    ],
)
def test_changing_what_is_not_there_is_said_in_words(store, change):
    with pytest.raises(StoreError, match="not in the file any more") as caught:
        change(store.conversations, a_conversation("Q"))
    assert caught.value.hint


def test_a_message_whose_parts_are_illegible_still_shows_its_words(store, path):
    conversation = a_conversation("Q", "A lake is water.")
    store.conversations.create(conversation)
    write(path, "update message set parts = 'garbage' where id = ?", (conversation.tip_id,))
    loaded = store.conversations.load(conversation.id)
    assert loaded.nodes[1].message.parts == (TextPart("A lake is water.", "A lake is water."),)


@pytest.mark.measures
def test_ten_thousand_conversations_are_listed_quickly(store, path):
    database = Database.open(path)
    with database.transaction() as connection:
        connection.executemany(
            """insert into conversation (id, title, created_at, updated_at, draft) values (?, ?, 0, ?, ?)""",
            (
                (f"c{number}", f"Chat {number}", number * 7919 % 10_007, "long draft " * 200)
                for number in range(10_000)
            ),
        )
    times = []
    for _ in range(3):
        start = time.perf_counter()
        summaries = store.conversations.list_summaries()
        times.append(time.perf_counter() - start)
    assert len(summaries) == 10_000
    assert summaries == sorted(summaries, key=lambda it: (-it.updated_at.timestamp(), it.id))
    assert min(times) < 0.5  # Other work may have the processor.
    (plan,) = database.rows(
        f"""explain query plan select {SUMMARY_COLUMNS} from conversation where deleted_at is null
            order by updated_at desc, id"""
    )
    database.close()
    assert "COVERING INDEX conversation_list" in plan["detail"]


def test_two_windows_on_one_file_do_not_lose_each_others_messages(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    other = open_store(path)

    def add(to, name):
        for number in range(20):
            to.add_node(conversation.id, said(Role.USER, f"{name} {number}", conversation.nodes[0]))

    threads = [
        threading.Thread(target=add, args=(store.conversations, "one")),
        threading.Thread(target=add, args=(other.conversations, "two")),
        threading.Thread(target=add, args=(store.conversations, "three")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = {node.message.text for node in store.conversations.load(conversation.id).nodes}
    assert texts == {"Q"} | {f"{name} {number}" for name in ("one", "two", "three") for number in range(20)}
    other.conversations.close()


def test_what_differs_from_the_preset_is_kept_and_does_not_count_as_a_use(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    changed = with_overrides(conversation, (("system_prompt", "Be brief."), ("top_k", 3)))
    store.conversations.save_preset(replace(changed, title="Not saved", updated_at=now()))
    store.conversations.close()
    assert open_and_load(path, conversation.id) == changed


@pytest.mark.parametrize("value", ["no json", "[1]", "3", '{"top_k": "many", "stop": [""]}', '{"x": 1}'])
def test_changes_that_are_not_legible_do_not_cost_the_conversation(store, path, value):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    store.conversations.close()
    write(path, "update conversation set sampling_changes = ?", (value,))
    assert open_and_load(path, conversation.id) == replace(conversation, is_damaged=True)


@pytest.mark.parametrize(
    ("saved", "is_stopped"),
    [
        ({"raw": "Tool call was stopped by the user.", "is_error": True}, True),
        ({"raw": "Tool call was stopped by the user.", "is_error": False}, False),
        ({"raw": "Error: no such city", "is_error": True}, False),
        ({"raw": "Geannuleerd.", "is_error": True, "is_stopped": True}, True),
        ({"raw": "Tool call was stopped by the user.", "is_error": True, "is_stopped": False}, False),
    ],
)
def test_a_stopped_call_is_known_also_from_files_of_older_versions(saved, is_stopped):
    value = json.dumps({"version": 1, "parts": [{"kind": "tool_result", "name": "f", **saved}]})
    (part,), is_whole = parts_from_json(value, "")
    assert is_whole
    assert isinstance(part, ToolResultPart)
    assert part.is_stopped is is_stopped


def a_branched_conversation():
    conversation = a_conversation("Q", "first answer", "more", "end")
    question = conversation.nodes[0]
    others = [said(Role.ASSISTANT, text, question, minutes=9) for text in ("second answer", "third answer")]
    return replace(conversation, nodes=(*conversation.nodes, *others), tip_id=others[0].id)


@pytest.mark.parametrize(
    ("deleted", "tip", "left"),
    [
        ("second answer", "third answer", 5),
        ("first answer", "second answer", 3),
        ("third answer", "second answer", 5),
        ("more", "second answer", 4),
        ("Q", None, 0),
    ],
)
def test_one_version_of_several_is_deleted_and_brought_back(store, deleted, tip, left):
    conversation = a_branched_conversation()
    store.conversations.create(conversation)
    node = next(node for node in conversation.nodes if node.message.text == deleted)
    changed = conversation.without_version(node.id)
    store.tree.delete_version(changed, node.id)
    loaded = store.conversations.load(conversation.id)
    assert loaded == changed
    assert len(loaded.nodes) == left
    assert (loaded.path()[-1].message.text if loaded.path() else None) == tip
    assert store.search.search(f'"{deleted}"') == []
    store.tree.restore_version(conversation)
    back = store.conversations.load(conversation.id)
    assert back.path() == conversation.path()
    assert sorted(node.id for node in back.nodes) == sorted(node.id for node in conversation.nodes)


def test_the_last_version_leads_back_to_the_message_before():
    conversation = a_conversation("Q", "A", "more")
    assert conversation.without_version(conversation.nodes[1].id).path() == [conversation.nodes[0]]


def test_an_answers_words_are_edited_and_its_thought_stays_a_thought(store):
    node = MessageNode(an_answer_with_everything())
    store.conversations.create(replace(a_conversation(), nodes=(node,), tip_id=node.id))
    edited = replace(node, message=node.message.with_words("Other words."))
    store.conversations.update_node(edited)
    (summary,) = store.conversations.list_summaries()
    message = store.conversations.load(summary.id).nodes[0].message
    assert message == edited.message
    assert message.reasoning == node.message.reasoning
    assert message.tool_calls == node.message.tool_calls
    assert [part.text for part in message.parts if isinstance(part, TextPart)] == ["Other words."]
    assert message.generation.is_edited
    assert not node.message.generation.is_edited
    assert Message.of_text(Role.USER, "a").with_words("b") == Message.of_text(Role.USER, "b")
