"""The file that the index is kept in. It can be made again from the files that it was made of."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path

from app.knowledge import cutting, terms

log = logging.getLogger(__name__)

VERSION = 1_000_000 + cutting.VERSION * 1_000 + terms.VERSION
"""Of the tables and of what is in them; a file with another one is made anew."""

_TABLES = """
create table file (
    number integer primary key,
    collection text not null,
    path text not null,
    size integer not null,
    modified_ns integer not null,
    passage_count integer not null default 0,
    problem text not null default '',
    remarks text not null default '',
    unique (collection, path)
);
create table passage (
    number integer primary key,
    file integer not null,
    page integer,
    label text not null,
    heading text not null,
    text text not null
);
create index passage_file on passage (file);
create virtual table passage_search using fts5 (terms, content = '', tokenize = 'ascii');
create virtual table passage_term using fts5vocab (passage_search, row);
create table vector (
    passage integer primary key,
    model text not null,
    signs blob not null,
    numbers blob not null
);
create index vector_model on vector (model, passage);
"""


def open_index(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """The connection that writes and the one that reads.

    A file that is damaged, or of another version, is deleted and made anew.

    Raises:
        sqlite3.Error, OSError: the folder cannot be written.
    """
    try:
        return _opened(path)
    except sqlite3.DatabaseError:
        log.warning("The index of the collections is made anew")
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + ending).unlink()
        return _opened(path)


def _opened(path: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    writer = _connected(path)
    try:
        version = writer.execute("pragma user_version").fetchone()[0]
        if version == 0:
            writer.executescript(f"begin; {_TABLES} pragma user_version = {VERSION}; commit;")
        elif version != VERSION:
            raise sqlite3.DatabaseError("another version")
        writer.execute("select count(*) from (select 1 from passage_search limit 1)").fetchone()
        return writer, _connected(path)
    except BaseException:
        writer.close()
        raise


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute("pragma cache_size = -8000")  # Kibibytes.
    except sqlite3.Error:  # The file is none, for one.
        connection.close()
        raise
    return connection
