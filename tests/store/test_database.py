"""The world's faults come out as sentences, and nothing is half written."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest

from app.core.conversation import MessageNode, MessageState
from app.core.errors import StoreError
from app.core.message import Message, Role
from app.store import database as database_module
from app.store.conversations import ConversationStore
from app.store.database import Database
from app.store.store import open_store
from tests.support.sample_messages import a_conversation, said


def assert_helpful(caught, *words):
    text = f"{caught.value} {caught.value.hint}"
    assert all(word in text for word in words), text
    assert str(caught.value).endswith(".")
    assert caught.value.hint.endswith(".")


def test_what_the_user_wrote_is_on_the_disk_when_the_call_returns(path):
    with closing(Database.open(path)) as database:
        settings = [
            database.rows(f"pragma {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1]


def test_a_full_disk_is_said_and_costs_only_what_did_not_fit(store, path):
    conversation = a_conversation("kept")
    store.conversations.create(conversation)
    store.conversations.close()

    database = Database.open(path)
    (pages,) = database.rows("pragma page_count")[0]
    database.rows(f"pragma max_page_count = {pages + 4}")
    full = ConversationStore(database)
    with pytest.raises(StoreError) as caught:
        full.add_node(conversation.id, said(Role.USER, "too long " * 10_000))
    assert_helpful(caught, "disk is full", str(path.parent))
    assert full.load(conversation.id) == conversation
    database.rows("pragma max_page_count = 100000")
    node = said(Role.USER, "too long " * 10_000, conversation.nodes[0])
    full.add_node(conversation.id, node)
    assert full.load(conversation.id).path() == [conversation.nodes[0], node]
    full.close()


def test_a_disk_that_fills_up_during_an_answer_keeps_what_was_saved_before(store, path):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    store.conversations.close()
    database = Database.open(path)
    (pages,) = database.rows("pragma page_count")[0]
    database.rows(f"pragma max_page_count = {pages + 20}")
    conversations = ConversationStore(database)
    node = replace(said(Role.ASSISTANT, "", conversation.nodes[0]), state=MessageState.STREAMING)
    conversations.add_node(conversation.id, node)
    saved: list[MessageNode] = []

    def stream():
        for count in range(1, 1000):
            grown = replace(node, message=Message.of_text(Role.ASSISTANT, "word " * 200 * count))
            conversations.update_node(grown)
            saved.append(grown)

    with pytest.raises(StoreError, match="full"):
        stream()
    assert conversations.load(conversation.id).nodes[-1] == saved[-1]

    conversations.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_a_file_that_another_program_holds_is_said(store, path, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.05)
    impatient = open_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError) as caught:
            impatient.conversations.create(a_conversation("Q"))
        assert_helpful(caught, "Another program", str(path))
        assert impatient.conversations.list_summaries() == []
        with pytest.raises(StoreError, match="Another program"):
            open_store(path)
    impatient.conversations.create(a_conversation("Q"))
    assert len(impatient.conversations.list_summaries()) == 1
    impatient.conversations.close()


def test_a_folder_that_may_not_be_written_is_said(folder_without_write_permission):
    with pytest.raises(StoreError) as caught:
        open_store(folder_without_write_permission / "conversations.db")
    assert_helpful(caught, str(folder_without_write_permission))
    with pytest.raises(StoreError) as caught:
        open_store(folder_without_write_permission / "below" / "conversations.db")
    assert_helpful(caught, "cannot be created", "Permission denied")


def test_a_file_that_may_not_be_written_is_said(path, folder_without_write_permission):
    target = folder_without_write_permission / "conversations.db"
    uid = os.geteuid()
    if uid != os.getuid():
        os.seteuid(os.getuid())
    target.parent.chmod(0o755)
    Database.open(target).close()
    target.parent.chmod(0o555)
    target.chmod(0o444)
    os.seteuid(uid)
    with pytest.raises(StoreError) as caught:
        open_store(target)
    assert_helpful(caught, "cannot be", str(target))


def test_a_folder_in_the_place_of_the_file_is_said(path):
    path.mkdir()
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert_helpful(caught, "cannot be opened", str(path))


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path):
    (tmp_path / "data").write_text("x")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "data" / "conversations.db")
    assert_helpful(caught, "cannot be created")


def test_a_mistake_in_a_statement_is_not_dressed_up(store, path):
    with closing(Database.open(path)) as database, pytest.raises(sqlite3.OperationalError):
        database.rows("select nothing from nowhere")


def write_twice(database):
    with database.transaction() as connection:
        connection.execute("insert into remembered values ('a', 'b')")
        connection.execute("insert into remembered values ('a', 'b')")


def test_half_a_transaction_is_taken_back(path):
    with closing(Database.open(path)) as database:
        with pytest.raises(sqlite3.IntegrityError):
            write_twice(database)

        assert database.rows("select * from remembered") == []
        database.write("insert into remembered values ('a', 'c')")
        assert [tuple(row) for row in database.rows("select * from remembered")] == [("a", "c")]


def test_closing_twice_does_no_harm(path):
    database = Database.open(path)
    database.close()
    database.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from app.core.conversation import MessageNode, MessageState
from app.core.message import Message, Role
from app.store.store import open_store

store = open_store(Path(sys.argv[1])).conversations
conversation_id = sys.argv[2]
node = MessageNode(Message(Role.ASSISTANT), state=MessageState.STREAMING)
store.add_node(conversation_id, node)
count = 0
while True:
    count += 1
    text = " ".join(str(number) for number in range(count * 40))
    store.update_node(replace(node, message=Message.of_text(Role.ASSISTANT, text)))
    print(count, flush=True)
"""


@pytest.mark.parametrize("saves_before_kill", [1, 2, 5, 9, 14, 20, 33, 47])
def test_nothing_that_was_saved_is_lost_when_the_program_is_killed(path, saves_before_kill):
    """The child is killed while it saves without a pause, so in the middle of some write."""
    conversation = a_conversation("Q")
    store = open_store(path).conversations
    store.create(conversation)
    store.close()
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), conversation.id], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child, child.stdout as lines:
        for _ in range(saves_before_kill):
            lines.readline()
        child.kill()
        confirmed = saves_before_kill + sum(1 for line in lines if line.endswith("\n"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    store = open_store(path)
    assert store.notices.take() == ()
    loaded = store.conversations.load(conversation.id)
    words = loaded.path()[-1].message.text.split(" ")
    assert words == [str(number) for number in range(len(words))]
    assert len(words) // 40 in (confirmed, confirmed + 1)  # One more may have been saved and not yet told.
    assert loaded.path()[-1].state == MessageState.STOPPED
    assert len(store.search.search("38 39")) == 1
    store.conversations.close()
