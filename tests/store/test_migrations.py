"""A file of any age opens, keeps what was in it, and is copied before it is changed."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from app.core.conversation import MessageState
from app.core.errors import StoreError
from app.store.database import Database
from app.store.migrations import MIGRATIONS, applied_names, migrate
from app.store.store import open_store
from tests.support.old_schemas import make_database
from tests.support.sample_messages import a_conversation

ALL_NAMES = [step.__name__ for step in MIGRATIONS]


def schema_of(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "select type, name, sql from sqlite_master where name not like 'sqlite_%' order by name"
        ).fetchall()


@pytest.mark.parametrize("step_count", range(1, len(MIGRATIONS) + 1))
def test_a_file_of_any_age_opens_with_all_it_had(path, step_count):
    make_database(path, step_count)
    store = open_store(path)
    (summary,) = store.conversations.list_summaries()
    loaded = store.conversations.load(summary.id)
    assert (loaded.title, loaded.is_titled_by_user, loaded.draft) == ("Lakes", True, "dra")
    assert loaded.updated_at == datetime(1970, 1, 1, 0, 0, 0, 2000, tzinfo=UTC)
    assert [node.message.text for node in loaded.path()] == ["Which lake is deep?", "Ohrid"]
    assert loaded.path()[1].state == MessageState.STOPPED
    assert [hit.node_id for hit in store.search.search("lake deep")] == ["m1"]
    assert [hit.node_id for hit in store.search.search("ohrid")] == ["m2"]
    store.conversations.set_last_open_id("c1")
    assert store.conversations.last_open_id() == "c1"
    store.conversations.close()


@pytest.mark.parametrize("step_count", range(len(MIGRATIONS)))
def test_every_way_leads_to_the_same_schema(path, tmp_path, step_count):
    make_database(path, step_count)
    new = tmp_path / "new.db"
    Database.open(path).close()
    Database.open(new).close()
    assert schema_of(path) == schema_of(new)
    with closing(sqlite3.connect(path)) as connection:
        assert applied_names(connection) == ALL_NAMES


def test_an_older_file_is_copied_before_it_is_changed(path):
    make_database(path, 1)
    before = schema_of(path)
    Database.open(path).close()
    (copy,) = path.parent.glob("conversations.before-*.db")
    assert copy.name == "conversations.before-m002-1.db"
    assert schema_of(copy) == before
    assert len(schema_of(path)) > len(before)


def test_the_copy_holds_what_was_still_in_the_write_ahead_log(path):
    make_database(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("update conversation set title = 'Only in the log' where id = 'c1'")
        Database.open(path).close()
    (copy,) = path.parent.glob("conversations.before-*.db")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("select title from conversation where id = 'c1'").fetchone() == (
            "Only in the log",
        )


def test_a_new_or_current_file_is_not_copied(path):
    Database.open(path).close()
    Database.open(path).close()
    assert [file.name for file in path.parent.iterdir()] == ["conversations.db"]


def test_a_step_that_fails_leaves_the_file_as_it_was(path):
    make_database(path, len(MIGRATIONS))
    before = schema_of(path)

    def m004_first(connection):
        connection.execute("create table half_done (x)")

    def m005_fails(connection):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Database.open(path, (*MIGRATIONS, m004_first, m005_fails))
    assert schema_of(path) == before
    store = open_store(path)
    assert [it.title for it in store.conversations.list_summaries()] == ["Lakes"]
    store.conversations.close()


def test_the_file_of_a_newer_program_is_refused_and_left_alone(path):
    store = open_store(path)
    store.conversations.create(a_conversation("Q"))
    store.conversations.close()

    def m999_from_the_future(connection):
        connection.execute("create table wonders (x)")

    Database.open(path, (*MIGRATIONS, m999_from_the_future)).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version of Tarn") as caught:
        open_store(path)
    assert "newest version" in caught.value.hint
    assert path.read_bytes() == before


def test_two_windows_that_open_an_old_file_at_once_migrate_it_once(path):
    make_database(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as slower:
        Database.open(path).close()
        migrate(slower)
        assert applied_names(slower) == ALL_NAMES
