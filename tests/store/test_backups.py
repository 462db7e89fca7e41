"""A copy of everything each day, which can be brought back and fills what a recovery could not read."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import pytest

from app.core.errors import StoreError
from app.store.backups import COPIES_KEPT
from app.store.store import open_store
from tests.support.old_schemas import make_database
from tests.support.sample_messages import a_conversation

TODAY = date(2026, 11, 28)
PAGE = 4096


def folders(path):
    return sorted(folder.name for folder in (path.parent / "backups").iterdir())


def test_the_first_use_of_a_day_makes_a_copy_with_settings_and_presets(path, tmp_path):
    settings, presets = tmp_path / "settings.toml", tmp_path / "presets.toml"
    settings.write_text("theme = 'dark'")
    store = open_store(path, copied_files=(settings, presets))
    assert store.backups.make_daily(TODAY, Event()) is None  # There is nothing to copy.
    conversation = a_conversation("Q", "A")
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    store.make_daily_copy(TODAY)
    (backup,) = store.backups.all()
    assert (backup.day, backup.conversation_count, backup.message_count) == (TODAY, 1, 2)
    assert (backup.folder / "settings.toml").read_text() == "theme = 'dark'"
    assert sorted(file.name for file in backup.folder.iterdir()) == ["conversations.db", "settings.toml"]
    assert backup.size_bytes > 0
    store.conversations.close()


def test_the_last_seven_are_kept_and_one_of_each_schema(path):
    store = open_store(path)
    store.conversations.create(a_conversation("Q"))
    for age in range(20, 0, -1):
        store.make_daily_copy(TODAY - timedelta(days=age))
        if age == 20:
            newest = next((path.parent / "backups").iterdir())
            for name in ("2025-01-01 m005", "2025-02-01 m005", "2025-03-01 m006"):
                shutil.copytree(newest, newest.parent / name)
    names = folders(path)
    assert names[:2] == ["2025-02-01 m005", "2025-03-01 m006"]
    assert names[2:] == [f"2026-11-{day} {names[-1][-4:]}" for day in range(21, 28)]
    assert len(names[2:]) == COPIES_KEPT
    assert [backup.day for backup in store.backups.all()][:2] == [date(2026, 11, 27), date(2026, 11, 26)]
    store.conversations.close()


def test_a_copy_is_brought_back_and_what_was_there_is_kept(path):
    store = open_store(path)
    old = a_conversation("old words")
    store.conversations.create(old)
    store.make_daily_copy(TODAY)
    store.conversations.delete(old.id)
    new = a_conversation("new words")
    store.conversations.create(new)
    (backup,) = store.backups.all()
    aside = store.backups.restore(backup)
    assert [it.id for it in store.conversations.list_summaries()] == [old.id]
    assert store.conversations.load(old.id) == old
    assert [hit.conversation_id for hit in store.search.search("words")] == [old.id]
    store.conversations.rename(old.id, "Goes on")
    store.conversations.close()
    assert aside.name == "conversations.before-restoring-1.db"
    kept = open_store(aside)
    assert [it.id for it in kept.conversations.list_summaries()] == [new.id]
    kept.conversations.close()
    again = open_store(path)
    assert [it.title for it in again.conversations.list_summaries()] == ["Goes on"]
    again.conversations.close()


def test_a_copy_of_an_older_version_is_brought_up_to_date(path):
    store = open_store(path)
    store.conversations.create(a_conversation("Q"))
    folder = path.parent / "backups" / "2026-01-01 m005"
    folder.mkdir(parents=True)
    make_database(folder / "conversations.db", 5)
    before = (folder / "conversations.db").read_bytes()
    (backup,) = store.backups.all()
    store.backups.restore(backup)
    assert [it.title for it in store.conversations.list_summaries()] == ["Lakes"]
    assert [hit.node_id for hit in store.search.search("lake")] == [None, "m1"]
    assert (folder / "conversations.db").read_bytes() == before
    store.conversations.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 500])
def test_a_copy_that_cannot_be_read_is_left_out_and_changes_nothing(path, content):
    store = open_store(path)
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    (backup,) = store.backups.all()
    backup.database.write_bytes(content)
    assert store.backups.all() == []
    if content:
        with pytest.raises(StoreError):
            store.backups.restore(backup)
        assert store.conversations.load(conversation.id) == conversation
    shutil.rmtree(backup.folder)
    with pytest.raises(StoreError, match="could not be brought back"):
        store.backups.restore(backup)
    assert store.conversations.load(conversation.id) == conversation
    store.conversations.close()


def test_what_a_recovery_cannot_read_comes_from_the_copy(path):
    conversation = a_conversation(*(f"{n} " + "lake " * 1500 for n in range(40)), title="Lakes")
    store = open_store(path)
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    later = a_conversation("said later")
    store.conversations.create(later)
    store.conversations.close()
    data = bytearray(path.read_bytes())
    start = data.index(b'"text":"20 lake') // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(data)
    store = open_store(path)
    loaded = store.conversations.load(conversation.id)
    assert loaded == conversation
    assert store.conversations.load(later.id) == later
    (notice,) = store.notices.take()
    assert "41 messages in 2 chats are there again" in notice
    assert "from the daily copy." in notice
    store.conversations.close()


def test_a_lost_file_comes_back_from_the_copy_after_damage_to_its_first_page(path):
    store = open_store(path)
    conversation = a_conversation("Q", "A", title="Lakes")
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    store.conversations.close()
    path.write_bytes(b"x" * len(path.read_bytes()))
    store = open_store(path)
    assert store.conversations.load(conversation.id) == conversation
    (notice,) = store.notices.take()
    assert "2 messages in 1 chat are there again, 2 messages of them from the daily copy." in notice
    store.conversations.close()


def test_the_copy_finds_damage_that_no_query_has_met(path):
    conversation = a_conversation(*(f"{n} " + "lake " * 300 for n in range(60)))
    store = open_store(path)
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    store.conversations.close()
    data = bytearray(path.read_bytes())
    start = data.index(b'"text":"30 lake') // PAGE * PAGE
    data[start : start + PAGE] = bytes(PAGE)
    path.write_bytes(data)
    store = open_store(path)
    assert store.notices.take() == ()
    store.make_daily_copy(TODAY + timedelta(days=1))
    assert len(store.notices.take()) == 1
    assert store.conversations.load(conversation.id) == conversation
    assert [backup.message_count for backup in store.backups.all()] == [60, 60]
    store.conversations.close()


def test_messages_without_a_conversation_are_found_by_the_copy(path):
    store = open_store(path)
    conversation = a_conversation("Q", "A")
    store.conversations.create(conversation)
    store.conversations.create(replace(a_conversation("other"), title="Other"))
    store.conversations.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("update message set conversation_id = 'nowhere' where number = 2")
    store = open_store(path)
    store.make_daily_copy(TODAY)
    assert len(store.notices.take()) == 1
    words = {
        node.message.text
        for summary in store.conversations.list_summaries()
        for node in store.conversations.load(summary.id).nodes
    }
    assert words == {"Q", "A", "other"}
    store.conversations.close()


def test_a_copy_can_be_given_up(path):
    store = open_store(path)
    store.conversations.create(a_conversation("Q"))
    cancel = Event()
    cancel.set()
    store.make_daily_copy(TODAY, cancel)
    assert store.backups.all() == []
    store.make_daily_copy(TODAY)
    assert len(store.backups.all()) == 1
    store.conversations.close()


@pytest.mark.parametrize("content", [b"", b"x"])
def test_a_file_that_something_has_emptied_comes_back_from_the_copy(path, content):
    store = open_store(path)
    conversation = a_conversation("Q", "A")
    store.conversations.create(conversation)
    store.make_daily_copy(TODAY)
    store.conversations.close()
    path.write_bytes(content)
    store = open_store(path)
    assert store.conversations.load(conversation.id) == conversation
    assert "from the daily copy" in store.notices.take()[0]
    store.conversations.close()
