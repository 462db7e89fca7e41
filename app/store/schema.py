"""What the tables of the file should be, and what is missing of them.

The steps of the schema say it: they are made once in memory, and the file is compared with what they made.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from app.store.migrations import MIGRATIONS, Migration, migrate, rebuild_search

log = logging.getLogger(__name__)

CORE_TABLES = ("conversation", "message", "remembered", "instructions", "folder", "applied_migration")
"""The tables that hold what people wrote; everything else can be made anew from them."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Tables with the names of their columns, and the statements that make indexes and triggers."""

    tables: dict[str, tuple[str, ...]]
    statements: dict[str, str]


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether a file was ever a database of conversations."""
    (count,) = connection.execute(
        "select count(*) from sqlite_master where name in ('conversation', 'message')"
    ).fetchone()
    return bool(count)


def missing_tables(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Tables, or columns of tables, that the file should have and has not."""
    wanted, found = expected_schema(tuple(migrations)).tables, schema_of(connection).tables
    return [
        name for name, columns in wanted.items() if name not in found or not set(columns) <= set(found[name])
    ]


def restore_indexes(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Makes indexes and triggers again that have gone; no word is in them."""
    wanted, found = expected_schema(tuple(migrations)).statements, schema_of(connection).statements
    missing = [name for name in wanted if name not in found]
    if not missing:
        return
    connection.execute("begin immediate")
    try:
        for name in missing:
            connection.execute(wanted[name])
        rebuild_search(connection)
        connection.execute("commit")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("rollback")
        raise
    log.warning("Made again what the database had lost: %s", ", ".join(missing))


@functools.cache
def expected_schema(migrations: tuple[Migration, ...] = MIGRATIONS) -> Schema:
    """What the steps make of an empty file."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, migrations)
        return schema_of(connection)


def schema_of(connection: sqlite3.Connection) -> Schema:
    """What a file says that it holds."""
    tables: dict[str, tuple[str, ...]] = {}
    statements = {}
    for kind, name, sql in connection.execute("select type, name, sql from sqlite_master").fetchall():
        if kind == "table":
            columns = connection.execute("select name from pragma_table_info(?)", (name,))
            tables[name] = tuple(column for (column,) in columns)
        elif sql:  # The indexes of primary keys are their tables'.
            statements[name] = sql
    return Schema(tables, statements)
