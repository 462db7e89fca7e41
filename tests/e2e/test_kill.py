"""What is left after the program was killed in the middle of an answer, or of any other change."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.core.answer_builder import SAVE_INTERVAL_SECONDS
from app.core.conversation import MessageState
from app.core.message import Message, Role
from app.store.attachments import AttachmentStore
from app.store.message_json import parts_from_json
from app.store.store import ATTACHMENTS, open_store
from tests.support.effort import EFFORT

KILLS = 4 * EFFORT
KILLS_AMONG_CHANGES = 3

Facts = dict[str, object]


def _stream_and_kill(data_dir: Path, after_s: float) -> tuple[int, int]:
    """Kills the program some time after its first word.

    Returns:
        How many characters it said were streamed, and how many were saved.
    """
    command = [sys.executable, "-m", "tests.e2e.answering_program", str(data_dir)]
    told = {"streamed": 0, "saved": 0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        try:
            kill_at = 0.0
            for line in program.stdout:
                what, count = line.split()
                told[what] = int(count)
                kill_at = kill_at or (time.monotonic() + after_s if told["streamed"] else 0.0)
                if what == "ended" or (kill_at and time.monotonic() >= kill_at):
                    break
        finally:  # Also where this test is stopped for its time: leaving the block waits for the program.
            program.kill()
    return told["streamed"], told["saved"]


def test_a_kill_in_mid_answer_loses_nothing_that_was_saved(data_dir: Path) -> None:
    """An answer is saved every `SAVE_INTERVAL_SECONDS` while it is written."""
    moments = random.Random(7)
    most_saved = 0
    for number in range(1, KILLS + 1):
        streamed, saved = _stream_and_kill(data_dir, moments.uniform(0.2, 3 * SAVE_INTERVAL_SECONDS))
        most_saved = max(most_saved, saved)
        with closing(sqlite3.connect(data_dir / "conversations.db")) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        store = open_store(data_dir / "conversations.db").conversations
        summaries = store.list_summaries()
        answer = store.load(summaries[0].id).path()[-1]
        store.close()
        assert streamed
        assert len(summaries) == number
        # Some stories end by themselves before the program is killed.
        assert answer.state in (MessageState.STOPPED, MessageState.COMPLETE)
        assert len(answer.message.text) >= saved, f"kill {number}"
    assert most_saved, "nothing was saved while it was written"


def _change_and_kill(data_dir: Path, seed: int, after_s: float, confirmed: Facts) -> dict[str, list[object]]:
    """Kills somebody who changes chats some time after the first change is told.

    Returns:
        What each key may hold now that is not as it was confirmed, which `confirmed` is told.
    """
    command = [sys.executable, "-m", "tests.e2e.changing_program", str(data_dir), str(seed)]
    waiting: dict[str, list[object]] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        killing = threading.Timer(after_s, program.kill)
        try:
            for line in program.stdout:
                if not line.endswith("\n"):
                    break  # It was killed while it said this.
                what, facts = json.loads(line)
                for key, fact in facts.items():
                    if what == "will":
                        waiting.setdefault(key, []).append(fact)
                    else:
                        waiting.pop(key, None)
                        confirmed[key] = fact
                if confirmed and killing.ident is None:  # Not before anything was done.
                    killing.start()
        finally:
            killing.cancel()
            program.kill()
    return waiting


def _facts_in(path: Path) -> Facts:
    """What the file holds, by the keys of `changing_program`; None for what is not there."""
    facts: Facts = {}
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("select * from message"):
            message = Message(Role.USER, parts_from_json(row["parts"], row["plain"])[0])
            words = message.text.strip()
            facts[f"message {row['id']}"] = [row["conversation_id"], row["parent_id"], row["role"], words]
        for row in connection.execute("select * from conversation"):
            places = [bool(row["is_pinned"]), bool(row["is_archived"]), row["folder_id"] or ""]
            facts[f"chat {row['id']}"] = [row["title"], *places, row["deleted_at"] is not None]
            facts[f"tip {row['id']}"] = row["tip_id"]
        for row in connection.execute("select * from folder"):
            facts[f"folder {row['id']}"] = row["name"]
    return facts


def _check_pictures(path: Path) -> None:
    """Every picture that a message names is there whole."""
    pictures = AttachmentStore(path.with_name(ATTACHMENTS))
    with closing(sqlite3.connect(path)) as connection:
        for (names,) in connection.execute("select attachments from message where attachments is not null"):
            assert all(pictures.read(name) is not None for name in names.split())


@pytest.mark.parametrize("seed", range(EFFORT))
def test_a_kill_among_any_changes_loses_nothing_that_was_confirmed(data_dir: Path, seed: int) -> None:
    """50 kills by hand: `TARN_TEST_EFFORT=17 uv run pytest tests/e2e/test_kill.py -k changes`."""
    moments = random.Random(seed)
    confirmed: Facts = {}
    path = data_dir / "conversations.db"
    for number in range(KILLS_AMONG_CHANGES):
        waiting = _change_and_kill(
            data_dir, seed * KILLS_AMONG_CHANGES + number, moments.uniform(0.0, 1.5), confirmed
        )
        assert confirmed, "nothing was done before the kill"
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        found = _facts_in(path)
        for key, fact in confirmed.items():
            now = found.get(key)
            is_newer_tip = key.startswith("tip ") and f"message {now}" not in confirmed
            assert now in (fact, *waiting.get(key, ())) or is_newer_tip, f"kill {number}: {key}"
        confirmed |= {key: found.get(key) for key in (*confirmed, *waiting)}
        _check_pictures(path)
        store = open_store(path)
        for summary in store.conversations.list_summaries():
            conversation = store.conversations.load(summary.id)
            assert not conversation.is_damaged
            assert not any(node.is_damaged for node in conversation.nodes)
            for node in [node for node in conversation.nodes if node.message.text.strip()][-1:]:
                words = node.message.text.strip()
                assert node.id in {hit.node_id for hit in store.search.search(words, 10_000)}
        store.conversations.close()
