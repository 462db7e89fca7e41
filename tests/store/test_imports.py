"""An imported chat is in the file whole or not at all, and where it came from is known afterwards."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from app.core.conversation import Conversation, MessageNode, now
from app.core.message import Message, Role
from app.store.imports import ImportRecord
from app.store.store import Store, open_store
from tests.support.effort import EFFORT

KILLS = 4 * EFFORT
MESSAGES = 20
_IMPORTING = """
import sys
from pathlib import Path
from app.store.imports import ImportRecord
from app.store.store import open_store
from tests.store.test_imports import a_conversation
store = open_store(Path(sys.argv[1]))
while True:
    conversation = a_conversation()
    store.imports.add(conversation, ImportRecord("claude:" + conversation.id, "f", 20))
    print(conversation.id, flush=True)
"""


def a_conversation() -> Conversation:
    conversation = Conversation(title="Lakes")
    for number in range(MESSAGES):
        role = Role.ASSISTANT if number % 2 else Role.USER
        message = Message.of_text(role, f"Words about lake {number}. " * 20)
        conversation = conversation.with_node(MessageNode(message, conversation.tip_id))
    return conversation


def test_where_a_chat_came_from_is_known_while_it_is_here(store: Store) -> None:
    conversation = a_conversation()
    record = ImportRecord("chatgpt:a b\nc", "f" * 64, MESSAGES)
    store.imports.add(conversation, record)
    assert store.imports.records() == {conversation.id: record}
    assert len(store.conversations.load(conversation.id).nodes) == MESSAGES
    store.conversations.delete(conversation.id)
    assert store.imports.records() == {}
    store.conversations.restore(conversation.id)
    assert store.imports.records() == {conversation.id: record}


def test_nothing_is_left_of_where_it_came_from_once_it_is_gone_for_good(store: Store, path: Path) -> None:
    gone = [a_conversation(), a_conversation()]
    for conversation in gone:
        store.imports.add(conversation, ImportRecord("claude:x", "f", 1))
        store.conversations.delete(conversation.id)
    store.order.purge([gone[0].id])
    store.upkeep.purge_deleted(now() + timedelta(days=1))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select * from remembered").fetchall() == []


def test_a_kill_during_an_import_leaves_whole_chats_only(tmp_path: Path) -> None:
    path = tmp_path / "conversations.db"
    moments = random.Random(3)
    told: set[str] = set()
    for _ in range(KILLS):
        command = [sys.executable, "-c", _IMPORTING, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            told.add(program.stdout.readline().strip())
            time.sleep(moments.uniform(0, 0.2))
            program.kill()
            told |= {line.strip() for line in program.stdout if line.endswith("\n")}
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
            counts = connection.execute("select count(*) from message group by conversation_id").fetchall()
            assert set(counts) == {(MESSAGES,)}
        store = open_store(path)
        kept = store.imports.records()
        listed = {summary.id for summary in store.conversations.list_summaries()}
        store.conversations.close()
        assert told - {""} <= listed
        assert set(kept) == listed
