"""The file that conversations are kept in: opening it, transactions, and its faults in plain words."""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.errors import StoreError
from app.store.migrations import (
    MIGRATIONS,
    Migration,
    applied_names,
    migrate,
    pending,
    rebuild_search,
    unknown_names,
)

log = logging.getLogger(__name__)

OLDEST_SQLITE = (3, 34, 0)  # The trigram tokenizer of the search came with it.
BUSY_SECONDS = 5.0

_INDEX_FAULT = re.compile(r"inverted index for FTS5 table \S*message_search")
"""How SQLite words a fault of the search index (fts5_main.c, fts5IntegrityMethod)."""

Values = Sequence[Any] | Mapping[str, Any]


class DamagedFileError(StoreError):
    """The file is not a database any more, or its pages contradict each other."""


class Database:
    """One open file. May be used from any thread; one at a time gets its turn.

    Attributes:
        path: where the file is.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Database:
        """Opens the file, creates it where there is none, and brings an older one up to date.

        Before an older file is changed, a copy of it is put beside it.

        Raises:
            DamagedFileError: the file cannot be read as a database.
            StoreError: it was written by a newer program, is in use, or cannot be written.
        """
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreError(
                f"The SQLite library of this Python is too old ({sqlite3.sqlite_version}).",
                "Use a Python that brings SQLite 3.34 or later.",
            )
        with _in_plain_words(path):
            connection = _connect(path)
            try:
                _prepare(connection, path, migrations)
                _renew_indexes_if_marked(connection, path)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that is written inside is kept together, or nothing of it where something fails.

        Raises:
            StoreError: it could not be written; the file is as it was before.
        """
        with self._lock, _in_plain_words(self.path):
            self._connection.execute("begin immediate")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def write(self, sql: str, values: Values = ()) -> int:
        """One statement as a transaction of its own; gives the number of rows it changed."""
        with self.transaction() as connection:
            return connection.execute(sql, values).rowcount

    def rows(self, sql: str, values: Values = ()) -> list[sqlite3.Row]:
        """Everything that a query finds."""
        with self._lock, _in_plain_words(self.path):
            return self._connection.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Queries inside see the file at one moment, whatever another window writes."""
        with self._lock, _in_plain_words(self.path):
            self._connection.execute("begin")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")

    def close(self) -> None:
        """Closes the file; doing it twice does no harm."""
        with self._lock:
            self._connection.close()


def check_mark(path: Path) -> Path:
    """A file that stands beside a database whose pages should be checked when it is opened next."""
    return path.with_name(path.name + "-check")


def companions(path: Path) -> Iterable[Path]:
    """The database and the files that SQLite keeps beside it."""
    return (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder for conversations, {path.parent}, cannot be created: {error.strerror}.",
            "Check the permissions of the folder above it, or choose another one with --data-dir.",
        ) from error
    # A clean end removes the write-ahead log; one that is there means a crash, so the pages are checked.
    is_suspect = any(file.exists() for file in (check_mark(path), path.with_name(path.name + "-wal")))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma journal_mode = wal")
        # FULL: what was saved is on the disk, also when the power goes.
        connection.execute("pragma synchronous = full")
        if is_suspect:
            _check_pages(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    verdicts = [verdict for (verdict,) in connection.execute("pragma quick_check")]
    if verdicts == ["ok"]:
        return
    log.error("The check of the database found: %s", verdicts[0])
    # From 3.44 on SQLite looks into the search index too. That can be made anew; nothing else is touched.
    if not all(_INDEX_FAULT.search(verdict) for verdict in verdicts):
        raise _damaged(path)
    with contextlib.suppress(OSError):
        check_mark(path).touch()


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    if unknown_names(connection, migrations):
        raise StoreError(
            "The conversations in this folder were saved by a newer version of Tarn.",
            "Install the newest version, or choose another folder with --data-dir. Nothing was changed.",
        )
    steps = pending(connection, migrations)
    if not steps:
        return
    if applied_names(connection):
        _copy_aside(connection, path, steps[0].__name__)
    migrate(connection, migrations)
    log.info("Brought the database up to date: %s", ", ".join(step.__name__ for step in steps))


def _renew_indexes_if_marked(connection: sqlite3.Connection, path: Path) -> None:
    """The pages were found sound although a query had failed: an index is wrong then, and can be renewed."""
    mark = check_mark(path)
    if mark.exists():
        connection.execute("reindex")
        rebuild_search(connection)
        mark.unlink(missing_ok=True)
        log.warning("Made the indexes of the database anew")


def _copy_aside(connection: sqlite3.Connection, path: Path, step_name: str) -> None:
    """Copies a whole, consistent database, its write-ahead log included."""
    copy_path = unused_name(path, f"before-{step_name.partition('_')[0]}")
    part_path = copy_path.with_name(copy_path.name + ".part")
    part_path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(part_path)) as copy:
        connection.backup(copy)
        # The copy is to be one file that can be moved; WAL would want two more beside it.
        copy.execute("pragma journal_mode = delete")
    part_path.replace(copy_path)
    log.info("Copied the database to %s before changing its schema", copy_path.name)


def unused_name(path: Path, word: str) -> Path:
    """A name beside a file that nothing has yet: `name.word-1.suffix`, `name.word-2.suffix` and so on."""
    number = 1
    while (candidate := path.with_name(f"{path.stem}.{word}-{number}{path.suffix}")).exists():
        number += 1
    return candidate


def _damaged(path: Path) -> DamagedFileError:
    return DamagedFileError(
        f"The file with the conversations is damaged: {path}.",
        "Start Tarn again: the file is then set aside, and what can still be read of it is brought over.",
    )


@contextlib.contextmanager
def _in_plain_words(path: Path) -> Iterator[None]:
    """Turns the world's faults into sentences; a mistake in a statement stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        # The lowest byte is the kind of fault, the rest its details (sqlite.org/rescode.html).
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            with contextlib.suppress(OSError):
                check_mark(path).touch()
            raise _damaged(path) from error
        if kind not in _FAULTS:
            raise
        sentence, hint = _FAULTS[kind]
        raise StoreError(sentence.format(path=path), hint.format(path=path, folder=path.parent)) from error


_SPACE = (
    "The disk is full, so the conversation could not be saved.",
    "Make room on the disk that holds {folder}, then try again.",
)
_IN_USE = (
    "Another program is using the file with the conversations.",
    "Close other windows of Tarn and programs that read {path}, then try again.",
)
_NO_WRITE = (
    "The file with the conversations cannot be written: {path}.",
    "Check that you may write in {folder} and that the disk is not write-protected.",
)
_NO_OPEN = (
    "The file with the conversations cannot be opened: {path}.",
    "Check that the folder exists and that you may read and write in it.",
)
_DISK_FAULT = (
    "The disk reported a fault while conversations were read or saved.",
    "Check the disk that holds {folder} and whether it is still connected.",
)
_TOO_LONG = ("The text is too long to be saved.", "Texts up to 900 MB can be kept.")

_FAULTS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: _SPACE,
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_READONLY: _NO_WRITE,
    sqlite3.SQLITE_PERM: _NO_OPEN,
    sqlite3.SQLITE_CANTOPEN: _NO_OPEN,
    sqlite3.SQLITE_IOERR: _DISK_FAULT,
    sqlite3.SQLITE_TOOBIG: _TOO_LONG,
}
