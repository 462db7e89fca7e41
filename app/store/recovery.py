"""Saves what can be read of a damaged file into a new one. The damaged one is set aside, never deleted."""

from __future__ import annotations

import contextlib
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import StoreError
from app.store.database import Database, companions, unused_name

log = logging.getLogger(__name__)

RECOVERED = "Recovered chat"
LONGEST_FILE = 64 * 1024**3
"""In bytes; a header that claims more than that is damaged itself."""
MOST_FAILURES = 10_000
"""How many rows one after the other may be illegible before the rest is given up."""


def replace_damaged(path: Path) -> str:
    """Puts a sound file in the place of a damaged one; gives the sentence that tells the user.

    The recovery is whole before anything is renamed, so that one that was interrupted can be made again.

    Raises:
        StoreError: the damaged file cannot be moved, or the new one cannot be written.
    """
    recovered = path.with_name(path.name + ".recovered")
    for leftover in companions(recovered):
        leftover.unlink(missing_ok=True)
    with contextlib.closing(Database.open(recovered)) as target:
        with _copy_to_read(path) as source:
            _bring_over(source, target)
        (row,) = target.rows("select count(*) as count from conversation")
    aside = _set_aside(path)
    recovered.replace(path)
    saved = {0: "None of its conversations", 1: "One conversation"}.get(
        row["count"], f"{row['count']} conversations"
    )
    notice = (
        f"The file with the conversations was damaged. It was kept as {aside.name}. "
        f"{saved} could be recovered."
    )
    log.error("The database was damaged and replaced; %d conversations were recovered", row["count"])
    return notice


def _set_aside(path: Path) -> Path:
    aside = unused_name(path, "damaged")
    try:
        for old, new in zip(companions(path), companions(aside), strict=True):
            if old.exists():
                old.rename(new)
    except OSError as error:
        raise StoreError(
            f"The file with the conversations is damaged and cannot be moved: {path}.",
            "Close programs that use it, move it to another folder, and start Tarn again.",
        ) from error
    return aside


@contextlib.contextmanager
def _copy_to_read(damaged: Path) -> Iterator[sqlite3.Connection]:
    """A copy, as opening a database may change it. A file that was cut is made as long as it says it is."""
    copy = damaged.with_name(damaged.name + ".reading")
    try:
        for original, copied in zip(companions(damaged), companions(copy), strict=True):
            copied.unlink(missing_ok=True)
            if original.exists() and original.suffix != ".db-shm":
                shutil.copyfile(original, copied)
        _lengthen(copy)
        with contextlib.closing(_opened_for_reading(copy)) as connection:
            yield connection
    except OSError as error:
        raise StoreError(
            f"The file with the conversations is damaged and could not be copied: {error.strerror}.",
            f"Make room on the disk that holds {damaged.parent}, then start Tarn again.",
        ) from error
    finally:
        for leftover in companions(copy):
            leftover.unlink(missing_ok=True)


def _lengthen(path: Path) -> None:
    # SQLite will not read a file that has fewer pages than its header says (sqlite.org/fileformat.html, 1.3).
    with path.open("r+b") as file:
        header = file.read(100)
        page_size = int.from_bytes(header[16:18], "big")
        page_count = int.from_bytes(header[28:32], "big")
        length = page_count * (65536 if page_size == 1 else page_size)
        if header.startswith(b"SQLite format 3\0") and path.stat().st_size < length < LONGEST_FILE:
            file.truncate(length)


def _bring_over(source: sqlite3.Connection, database: Database) -> None:
    """Copies row by row what can be read; every readable message finds a place."""
    with database.transaction() as target:
        for row in _legible_rows(source, "conversation"):
            _insert(target, "conversation", row)
        _bring_messages_over(source, target)
        for row in _legible_rows(source, "remembered"):
            _insert(target, "remembered", row)
        _mend_tips(target)


def _bring_messages_over(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Where a conversation or a parent was lost, the message gets another: no words are left out."""
    conversations = {str(row["id"]) for row in target.execute("select id from conversation")}
    newest_of: dict[str, str] = {}
    messages: set[str] = set()
    for row in _legible_rows(source, "message"):
        home = str(row["conversation_id"])
        if home not in conversations:
            _insert(target, "conversation", _recovered_conversation(home, row["created_at"]))
            conversations.add(home)
        if row["parent_id"] not in messages:
            row["parent_id"] = newest_of.get(home)
        _insert(target, "message", row)
        messages.add(str(row["id"]))
        newest_of[home] = str(row["id"])


def _recovered_conversation(conversation_id: str, at: object) -> dict[str, object]:
    return {"id": conversation_id, "title": RECOVERED, "created_at": at, "updated_at": at}


def _mend_tips(target: sqlite3.Connection) -> None:
    target.execute(
        """update conversation set tip_id =
            (select id from message where conversation_id = conversation.id order by number desc limit 1)
            where tip_id is null or tip_id not in (select id from message)"""
    )


def _insert(target: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    known = {column["name"] for column in target.execute(f"pragma table_info({table})")}
    kept = {name: value for name, value in row.items() if name in known}
    names = ", ".join(kept)
    with contextlib.suppress(sqlite3.IntegrityError):  # A row that a bad page garbled.
        target.execute(
            f"insert into {table} ({names}) values ({', '.join('?' * len(kept))})", list(kept.values())
        )


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _legible_rows(source: sqlite3.Connection, table: str) -> Iterator[dict[str, object]]:
    """Rows in their order. A bad page ends a walk, so the next walk begins behind it."""
    rowid, failures = 0, 0
    while failures < MOST_FAILURES:
        try:
            walk = source.execute(
                f"select rowid as place, * from {table} where rowid > ? order by rowid", (rowid,)
            )
            for row in walk:
                rowid, failures = row["place"], 0
                yield {name: row[name] for name in row.keys() if name != "place"}  # noqa: SIM118 - no dict
            return
        except sqlite3.DatabaseError:
            rowid, failures = rowid + 1, failures + 1
