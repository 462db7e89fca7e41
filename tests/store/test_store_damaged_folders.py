"""Whatever bytes the data folder holds, the program starts and every conversation opens."""

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from app.core.conversation import UNKNOWN_TIME, MessageState
from app.core.message import Role, TextPart
from app.core.recovery_progress import RecoveryProgress, RecoveryStep
from app.store.store import open_store
from tests.support.damaged_folders import PAGE, check
from tests.support.effort import EFFORT
from tests.support.sample_messages import a_conversation

SEEDS = range(12 * EFFORT)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_folder_opens_and_can_be_used(seed):
    check(seed)


def test_a_list_from_a_wrong_index_is_right_once_the_file_was_repaired():
    """Ten bits: an index names a chat that the table has under another id."""
    check(90082)


@pytest.fixture
def conversation(path):
    conversation = replace(a_conversation("Which lake?", "Ohrid.", "How deep?", "288 m."), title="Lakes")
    with closing(open_store(path).conversations) as conversations:
        conversations.create(conversation)
        conversations.set_last_open_id(conversation.id)
    return conversation


def execute(path, *statements):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def column(path, name, where):
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        return connection.execute(f"select {name} from {where}").fetchone()[0]


def opened(path, conversation):
    """The conversation as the program shows it, which notices nothing to recover."""
    store = open_store(path)
    assert store.notices.take() == ()
    assert store.conversations.last_open_id() == conversation.id
    assert [it.id for it in store.conversations.list_summaries()] == [conversation.id]
    loaded = store.conversations.load(conversation.id)
    store.search.search("lake")
    store.conversations.close()
    return loaded


def test_a_bad_byte_in_a_title_is_shown_as_a_sign_and_stays_in_the_file(path, conversation):
    execute(path, "update conversation set title = cast(x'4cff6b' as text)")
    loaded = opened(path, conversation)
    assert (loaded.title, loaded.is_damaged) == ("L\ufffdk", True)
    store = open_store(path)
    store.conversations.save_details(replace(loaded, draft="later"))
    assert store.conversations.load(loaded.id).draft == "later"
    assert column(path, "title", "conversation") == b"L\xffk"
    store.conversations.rename(loaded.id, "Mended")
    assert store.conversations.load(loaded.id) == replace(
        loaded, title="Mended", draft="later", is_titled_by_user=True, is_damaged=False
    )
    store.conversations.close()


def test_a_bad_byte_in_the_words_costs_one_sign_and_marks_the_message(path, conversation):
    execute(
        path,
        """update message set parts =
            cast(replace(cast(parts as blob), cast('hrid' as blob), x'ff726964') as text) where number = 2""",
        "update message set plain = cast(x'ff' as text) where number = 3",
    )
    before = column(path, "parts", "message where number = 2")
    nodes = opened(path, conversation).nodes
    assert [node.is_damaged for node in nodes] == [False, True, True, False]
    assert nodes[1].message.text.startswith("O")
    assert "\ufffd" in nodes[1].message.text
    assert nodes[2].message.text == "How deep?"
    store = open_store(path)
    store.conversations.update_node(replace(nodes[1], state=MessageState.STOPPED))
    assert column(path, "parts", "message where number = 2") == before
    assert store.conversations.load(conversation.id).nodes[1].state is MessageState.STOPPED
    store.conversations.close()


@pytest.mark.parametrize("value", ["'usar'", "cast(x'ff' as text)", "''", "7"])
def test_an_unknown_speaker_is_guessed_from_the_neighbours(path, conversation, value):
    execute(path, f"update message set role = {value}, state = 'compleue'")
    nodes = opened(path, conversation).nodes
    assert [node.role for node in nodes] == [Role.USER, Role.ASSISTANT, Role.USER, Role.ASSISTANT]
    assert [node.message.text for node in nodes] == ["Which lake?", "Ohrid.", "How deep?", "288 m."]
    assert all(node.is_damaged for node in nodes)


@pytest.mark.parametrize("value", ["'x'", "4611686018427387904", "-4611686018427387904", "3.5", "x'00'"])
def test_a_date_that_cannot_be_is_unknown_and_the_order_stays(path, conversation, value):
    other = a_conversation("Q", title="Other")
    store = open_store(path)
    store.conversations.create(replace(other, updated_at=conversation.updated_at.replace(year=2027)))
    store.conversations.close()
    execute(
        path,
        f"update message set created_at = {value} where number = 2",
        f"update conversation set updated_at = {value} where title = 'Lakes'",
        f"update conversation set created_at = {value}",
    )
    store = open_store(path)
    summaries = store.conversations.list_summaries()
    assert [it.title for it in summaries] == ["Other", "Lakes"]
    assert summaries[1].updated_at == conversation.nodes[-1].created_at
    loaded = store.conversations.load(conversation.id)
    assert loaded.created_at == loaded.nodes[1].created_at == UNKNOWN_TIME
    assert loaded.updated_at == conversation.nodes[-1].created_at
    assert [node.id for node in loaded.path()] == [node.id for node in conversation.nodes]
    store.conversations.close()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ('{"parts":[{"kind":"text","text":null},{"kind":"text","text":"rest"}]}', "rest"),
        ('{"parts":[{"kind":"text","text":12}]}', "12"),
        ('{"parts":[{"kind":"poem","text":"words"}]}', "words"),
        ('{"parts":["words",null,3,[]]}', "words"),
        ('{"parts":{}}', "Ohrid."),
        ('{"parts":[{"kind":"text","text":"Ohrid. And mo', "Ohrid. And mo"),
        ("[" * 200_000, "Ohrid."),
        ("", "Ohrid."),
    ],
)
def test_what_is_legible_of_the_parts_is_shown(path, conversation, parts, words):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("update message set parts = ? where number = 2", (parts,))
    node = opened(path, conversation).nodes[1]
    assert (node.message.text, node.is_damaged) == (words, True)


def test_a_thought_is_read_also_where_its_json_is_cut(path, conversation):
    execute(
        path,
        """update message set parts =
            '{"version":1,"parts":[{"kind":"reasoning","text":"hm \\"so\\"","raw":"x' where number = 2""",
    )
    message = opened(path, conversation).nodes[1].message
    assert (message.reasoning, message.text) == ('hm "so"', "Ohrid.")


@pytest.mark.parametrize(
    "statement",
    [
        "update message set parent_id = id where number = 3",
        "update message set parent_id = (select id from message where number = 4) where number = 3",
        "update message set parent_id = (select id from message where number = 4) where number = 1",
        "update message set parent_id = 'nobody' where number = 2",
    ],
)
def test_a_circle_in_the_tree_is_cut_and_every_message_can_be_reached(path, conversation, statement):
    execute(path, statement)
    loaded = opened(path, conversation)
    assert len(loaded.path()) == 4
    for node in loaded.nodes:
        assert loaded.newest_tip_below(node.id) == loaded.nodes[-1].id


def test_an_unknown_end_is_the_last_message(path, conversation):
    execute(path, "update conversation set tip_id = 'nobody'")
    assert opened(path, conversation).tip_id == conversation.nodes[-1].id


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("drop table message", "Of 4 messages only the words came back, in lower case."),
        ("drop table message_search", "All 4 messages in 1 chat were recovered"),
        ("drop table applied_migration", "All 4 messages in 1 chat were recovered"),
        ("delete from applied_migration", "All 4 messages in 1 chat were recovered"),
        ("drop table conversation", "All 4 messages in 1 chat were recovered"),
        ("drop table remembered", "All 4 messages in 1 chat were recovered"),
    ],
)
def test_a_missing_table_is_recovered_and_told_once_with_numbers(path, conversation, statement, words):
    execute(path, "pragma foreign_keys = off", statement)
    before = path.read_bytes()
    store = open_store(path)
    (notice,) = store.notices.take()
    assert "conversations.damaged-1.db" in notice
    assert words in notice
    assert (path.parent / "conversations.damaged-1.db").read_bytes() == before
    if statement[-13:] == "table message":
        summaries = store.conversations.list_summaries()
        found = [node.message.text for it in summaries for node in store.conversations.load(it.id).nodes]
        assert found == [node.message.text.lower() for node in conversation.nodes]
    else:
        assert len(store.conversations.list_summaries()) == 1
        loaded = store.conversations.load(conversation.id)
        assert [node.message for node in loaded.path()] == [node.message for node in conversation.nodes]
    store.conversations.close()
    again = open_store(path)
    assert again.notices.take() == ()
    again.conversations.close()


@pytest.mark.parametrize("name", ["conversation_list", "message_of_conversation", "message_streaming"])
def test_a_missing_index_is_made_again_without_a_word(path, conversation, name):
    execute(path, f"drop index {name}", "drop trigger message_search_insert")
    assert opened(path, conversation) == conversation
    store = open_store(path)
    assert [hit.conversation_id for hit in store.search.search("Ohrid")] == [conversation.id]
    store.conversations.close()


def test_the_rest_survives_the_loss_of_the_first_page(path):
    conversations = [a_conversation(*(f"{n} {m} " + "lake " * 300 for m in range(20))) for n in range(10)]
    store = open_store(path)
    for conversation in conversations:
        store.conversations.create(conversation)
    store.conversations.close()
    data = random.Random(1).randbytes(PAGE) + path.read_bytes()[PAGE:]
    path.write_bytes(data)
    store = open_store(path)
    (notice,) = store.notices.take()
    assert "200 messages in 10 chats could be recovered; there may have been more." in notice
    for conversation in conversations:
        assert store.conversations.load(conversation.id) == conversation
    assert (path.parent / "conversations.damaged-1.db").read_bytes() == data
    store.conversations.close()


def test_what_did_not_come_back_is_counted(path):
    conversation = a_conversation(*(f"{n} " + "lake " * 1500 for n in range(40)))
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    execute(path, "delete from message_search_data")  # It would have had the words.
    data = bytearray(path.read_bytes())
    start = data.index(b'"text":"20 lake') // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(data)
    store = open_store(path)
    told = [*store.notices.take()]
    store.notices.forward_to(told.append)
    loaded = store.conversations.load(conversation.id)
    assert len(told) == 1
    lost = 40 - len(loaded.nodes)
    assert lost >= 1
    assert f"{len(loaded.nodes)} messages in 1 chat could be recovered; {lost} message" in told[0]
    assert len(loaded.path()) == len(loaded.nodes)
    store.conversations.close()


def test_a_long_recovery_tells_how_far_it_is(path):
    conversation = a_conversation(*("lake " * 2000 for _ in range(1200)))
    store = open_store(path)
    store.conversations.create(conversation)
    store.conversations.close()
    path.write_bytes(bytes(PAGE) + path.read_bytes()[PAGE:])
    seen: list[RecoveryProgress] = []
    store = open_store(path, seen.append)
    assert [step for step in RecoveryStep if any(one.step is step for one in seen)] == [
        *(RecoveryStep.COPYING, RecoveryStep.CHECKING, RecoveryStep.SEARCHING),
        *(RecoveryStep.PUTTING_TOGETHER, RecoveryStep.INDEXING),
    ]
    for step in (RecoveryStep.SEARCHING, RecoveryStep.PUTTING_TOGETHER):
        done = [(one.done_bytes, one.all_bytes) for one in seen if one.step is step]
        assert done == sorted(done)
    assert all(0 <= one.done_bytes <= one.all_bytes for one in seen)
    assert (seen[-2].messages, seen[-1].is_over) == (1200, True)
    assert isinstance(store.conversations.load(conversation.id).nodes[0].message.parts[0], TextPart)
    store.conversations.close()


@pytest.mark.parametrize("length", [0, 50, PAGE])
def test_what_only_the_log_holds_comes_back_where_the_file_itself_is_cut(path, tmp_path, length):
    conversation = a_conversation("Q", "only in the log", title="Lakes")
    store = open_store(path)
    store.conversations.create(conversation)
    kept = tmp_path / "kept"
    kept.mkdir()
    for name in (path.name, path.name + "-wal"):  # As if the program had died now.
        shutil.copyfile(path.parent / name, kept / name)
    store.conversations.close()
    died = kept / path.name
    died.write_bytes(died.read_bytes()[:length])
    store = open_store(died)
    (summary,) = store.conversations.list_summaries()
    texts = [node.message.text for node in store.conversations.load(summary.id).nodes]
    assert texts == ["Q", "only in the log"]
    store.conversations.close()


@pytest.mark.parametrize("left", [b"", b"S", b"SQLite format 3"])
def test_a_file_that_was_cut_to_nothing_is_told_where_there_were_chats(path, tmp_path, conversation, left):
    """As a disk that was full or lost power leaves it; without log and copy nothing can come back."""
    settings = tmp_path / "settings.toml"
    settings.write_text("theme = 'dark'\n", encoding="utf-8")
    path.write_bytes(left)
    store = open_store(path, copied_files=[settings])
    (told,) = store.notices.take()
    assert "None of its chats could be recovered." in told
    assert store.conversations.list_summaries() == []
    store.conversations.close()
    again = open_store(path, copied_files=[settings])
    assert again.notices.take() == ()
    again.conversations.close()


def test_a_first_start_that_died_at_once_says_nothing(path):
    path.write_bytes(b"")
    store = open_store(path, copied_files=[path.with_name("settings.toml")])
    assert store.notices.take() == ()
    store.conversations.close()
