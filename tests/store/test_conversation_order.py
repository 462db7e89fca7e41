"""Pins, the archive, folders and the bin, in a real file."""

import contextlib
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.core.conversation import Folder, now
from app.core.errors import StoreError
from app.store.store import DELETED_ARE_KEPT, Store, open_store
from tests.support.sample_messages import a_conversation


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def store(path: Path):
    opened = open_store(path)
    yield opened
    opened.conversations.close()


def write(path: Path, sql: str, values: tuple[object, ...]) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)


def of(store: Store, conversation_id: str):
    return next(it for it in store.conversations.list_summaries() if it.id == conversation_id)


def test_pins_archive_and_folders_are_kept_and_count_as_no_use(store, path):
    first, second = a_conversation("First"), a_conversation("Second")
    store.conversations.create(first)
    store.conversations.create(second)
    work = Folder("Work")
    store.order.save_folder(work)
    store.order.pin([first.id], True)
    store.order.archive([second.id], True)
    store.order.move([first.id, second.id], work.id)
    store.conversations.close()

    again = open_store(path)
    assert (of(again, first.id).is_pinned, of(again, first.id).is_archived) == (True, False)
    assert (of(again, second.id).is_pinned, of(again, second.id).is_archived) == (False, True)
    assert {it.folder_id for it in again.conversations.list_summaries()} == {work.id}
    assert again.order.folders() == [work]
    assert again.conversations.load(first.id) == first
    again.order.pin([first.id], False)
    again.order.archive([second.id], False)
    again.order.move([second.id], "")
    assert not of(again, first.id).is_pinned
    assert (of(again, second.id).is_archived, of(again, second.id).folder_id) == (False, "")
    again.conversations.close()


def test_saving_a_conversation_leaves_its_place_alone(store):
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    store.order.pin([conversation.id], True)
    store.order.move([conversation.id], "somewhere")
    store.conversations.save_details(replace(conversation, title="Other"))
    store.conversations.rename(conversation.id, "Mine")
    kept = of(store, conversation.id)
    assert (kept.title, kept.is_pinned, kept.folder_id) == ("Mine", True, "somewhere")


def test_a_folder_that_goes_leaves_what_was_in_it_one_level_higher(store):
    outer = Folder("Outer")
    inner = Folder("Inner", outer.id)
    conversation = a_conversation("Q")
    store.conversations.create(conversation)
    for folder in (outer, inner):
        store.order.save_folder(folder)
    store.order.move([conversation.id], inner.id)
    store.order.delete_folder(inner.id)
    assert of(store, conversation.id).folder_id == outer.id
    store.order.save_folder(inner)
    store.order.delete_folder(outer.id)
    assert of(store, conversation.id).folder_id == ""
    assert store.order.folders() == [replace(inner, parent_id="")]


def test_folders_are_renamed_and_listed_by_their_names(store):
    names = ["zebra", "Äpfel", "apples", "مجلد", "日本"]
    for name in names:
        store.order.save_folder(Folder(name))
    first = store.order.folders()[0]
    assert first.name == "apples"
    store.order.save_folder(replace(first, name="zz"))
    assert [it.name for it in store.order.folders()] == ["zebra", "zz", "Äpfel", "مجلد", "日本"]


def test_the_bin_keeps_for_thirty_days_and_gives_back(store, path):
    kept, restored, old = (a_conversation(it) for it in ("Kept", "Restored", "Old"))
    for conversation in (kept, restored, old):
        store.conversations.create(conversation)
        store.conversations.delete(conversation.id)
    assert {it.id for it in store.order.deleted()} == {kept.id, restored.id, old.id}
    assert all(it.deleted_at is not None for it in store.order.deleted())
    store.conversations.restore(restored.id)
    store.conversations.close()
    long_ago = now() - DELETED_ARE_KEPT - timedelta(minutes=1)
    moment = int(long_ago.timestamp() * 1_000_000)
    write(
        path, "update conversation set deleted_at = ?, created_at = ? where id = ?", (moment, moment, old.id)
    )

    again = open_store(path)
    assert [it.id for it in again.order.deleted()] == [kept.id]
    assert again.conversations.load(restored.id) == restored
    again.conversations.close()


def test_what_is_deleted_for_good_is_gone_with_its_words_and_nothing_else_is(store, path):
    secret, other, here = a_conversation("Xylophone"), a_conversation("Other"), a_conversation("Here")
    for conversation in (secret, other, here):
        store.conversations.create(conversation)
    store.conversations.delete(secret.id)
    store.conversations.delete(other.id)
    store.order.purge([secret.id, here.id])
    assert [it.id for it in store.order.deleted()] == [other.id]
    assert store.conversations.load(here.id) == here
    with pytest.raises(StoreError):
        store.conversations.restore(secret.id)
    store.conversations.close()
    files = path.parent.glob("conversations.db*")
    assert not any(b"Xylophone" in file.read_bytes() for file in files)
