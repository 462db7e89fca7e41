"""The file that conversations are kept in: opening it, transactions, and its faults in plain words."""

from __future__ import annotations

import contextlib
import functools
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from app.core.errors import StoreError
from app.core.translation import tr
from app.store.faults import (
    DamagedFileError,
    DamagedKeyError,
    check_mark,
    damaged,
    in_plain_words,
    is_wrong_statement,
)
from app.store.migrations import (
    MIGRATIONS,
    Migration,
    applied_names,
    are_newer,
    is_beginning,
    migrate,
    pending,
)
from app.store.schema import has_tables, missing_tables, restore_indexes
from app.store.text_column import tolerant_text

log = logging.getLogger(__name__)

OLDEST_SQLITE = (3, 34, 0)  # The trigram tokenizer of the search came with it.
BUSY_SECONDS = 5.0
CHECKED_FULLY = 64_000_000
"""In bytes: up to here the rows are compared with the indexes after a crash, which takes some tenths of a
second; larger files have their pages checked only."""


_LOOKS_AGAIN_SECONDS = 0.05
Wait = Callable[[threading.Event], object]
Values = Sequence[Any] | Mapping[str, Any]
Connection = sqlite3.Connection
Row = sqlite3.Row

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One open file. May be used from any thread; one at a time gets its turn.

    Attributes:
        path: where the file is.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._repair: Callable[[bool], object] | None = None
        self._wait: Wait = threading.Event.wait
        self._is_repaired: threading.Event | None = None
        """Set at the end of the repair that is under way; None where there is none."""
        self._repairs = 0

    @property
    def repairs(self) -> int:
        """How often the file has been repaired since it was opened."""
        return self._repairs

    def set_repair(self, repair: Callable[[bool], object], wait: Wait = threading.Event.wait) -> None:
        """Sets what repairs the closed file when it is found damaged.

        Args:
            repair: given True, it recovers in any case. It is called on a thread of its own.
            wait: lets a thread that needs the file wait for the end of a repair, which takes minutes.
        """
        self._repair = repair
        self._wait = wait

    def repair(self, is_hopeless: bool, seen_repairs: int) -> None:
        """Has the file repaired and opens it again; others wait for it.

        Args:
            is_hopeless: recovers in any case.
            seen_repairs: `repairs` when damage was met. Nothing is done where another thread, which met it
                too, has had it repaired since.

        Raises:
            StoreError: it could not be repaired.
        """
        is_over, errors = threading.Event(), list[Exception]()

        def work() -> None:
            try:
                self._repair_once(is_hopeless, seen_repairs, is_over)
            except Exception as error:
                errors.append(error)
            finally:
                is_over.set()

        threading.Thread(target=work, name="recovery").start()
        self._wait(is_over)
        if errors:
            raise errors[0]

    def _repair_once(self, is_hopeless: bool, seen_repairs: int, is_over: threading.Event) -> None:
        with self._lock:
            repair = self._repair
            if repair is None:
                raise damaged(self.path)
            if self._repairs != seen_repairs:
                return
            self._is_repaired = is_over
            try:
                self.exchange(lambda: repair(is_hopeless))
                self._repairs += 1
            finally:
                self._is_repaired = None

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """The file for one thread; who comes while it is repaired waits as `set_repair` was told."""
        while not self._lock.acquire(timeout=_LOOKS_AGAIN_SECONDS):
            if (is_repaired := self._is_repaired) is not None:
                self._wait(is_repaired)
        try:
            yield
        finally:
            self._lock.release()

    def exchange(self, work: Callable[[], object]) -> None:
        """Closes the file, has something done to it, and opens it again; others wait for that."""
        with self._turn():
            self._connection.close()
            try:
                work()
            finally:
                with in_plain_words(self.path):
                    self._connection = _connect(self.path)

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
                tr(
                    "The SQLite library of this Python is too old ({sqlite_version}).",
                    sqlite_version=sqlite3.sqlite_version,
                ),
                tr("Use a Python that brings SQLite 3.34 or later."),
            )
        is_suspect = _is_suspect(path)
        with in_plain_words(path):
            connection = _connect(path)
            try:
                if is_suspect:
                    _check_pages(connection, path)
                if check_mark(path).exists():
                    raise damaged(path)  # A query failed although the pages are sound: an index is wrong.
                _prepare(connection, path, migrations)
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
        with self._turn(), in_plain_words(self.path):
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
        with self._turn(), in_plain_words(self.path):
            return rows_of(self._connection, sql, values)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Queries inside see the file at one moment, whatever another window writes."""
        with self._turn(), in_plain_words(self.path):
            self._connection.execute("begin")
            try:
                yield
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")

    def close(self) -> None:
        """Closes the file; doing it twice does no harm."""
        with self._turn():
            self._connection.close()


def rows_of(connection: Connection, sql: str, values: Values = ()) -> list[Row]:
    """Everything that a query finds, also where texts hold bytes that are none (see `restored`)."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    # Only for such rows: it is slower than SQLite's own way.
    connection.text_factory = tolerant_text
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.text_factory = str


def companions(path: Path) -> Iterable[Path]:
    """The database and the files that SQLite keeps beside it."""
    return (path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm"))


def _connect(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            tr(
                "The folder for chats, {parent}, cannot be created: {strerror}.",
                parent=path.parent,
                strerror=error.strerror,
            ),
            tr("Check the permissions of the folder above it, or choose another one with --data-dir."),
        ) from error
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma journal_mode = wal")
        # FULL: what was saved is on the disk, also when the power goes.
        connection.execute("pragma synchronous = full")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_suspect(path: Path) -> bool:
    """A clean end removes the write-ahead log: where it is there the program died, so pages are checked."""
    return any(file.exists() for file in (check_mark(path), path.with_name(path.name + "-wal")))


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    check = "integrity_check" if path.stat().st_size < CHECKED_FULLY else "quick_check"
    (verdict,) = connection.execute(f"pragma {check}(1)").fetchone()
    if verdict != "ok":
        log.error("The check of the database found: %s", verdict)
        raise damaged(path)


def _prepare(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    connection.text_factory = tolerant_text
    applied = applied_names(connection)
    if are_newer(applied, migrations):
        raise StoreError(
            tr("The chats in this folder were saved by a newer version of Tarn."),
            tr("Install the newest version, or choose another folder with --data-dir. Nothing was changed."),
        )
    if not is_beginning(applied, migrations) or (not applied and has_tables(connection)):
        log.error("The list of the schema's steps is damaged")
        raise damaged(path)
    if steps := pending(connection, migrations):
        if applied:
            _copy_aside(connection, path, steps[0].__name__)
        try:
            migrate(connection, migrations)
        except sqlite3.OperationalError as error:
            if not applied or not is_wrong_statement(error):
                raise
            raise damaged(path) from error  # Tables are not as the earlier steps left them.
        log.info("Brought the database up to date: %s", ", ".join(step.__name__ for step in steps))
    if missing := missing_tables(connection, migrations):
        log.error("The database has no %s", ", ".join(missing))
        raise damaged(path)
    restore_indexes(connection, migrations)
    connection.text_factory = str


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


class _HasDatabase(Protocol):
    _database: Database


S = TypeVar("S", bound=_HasDatabase)


def repairs_damage(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Has a file that turns out to be damaged repaired at once, and then does again what was asked.

    What the method had started to write was taken back before.
    """

    @functools.wraps(method)
    def repairing(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        is_hopeless = False
        for _ in range(2):
            seen_repairs = self._database.repairs
            try:
                return method(self, *args, **kwargs)
            except DamagedFileError as error:
                is_hopeless = is_hopeless or isinstance(error, DamagedKeyError)
                self._database.repair(is_hopeless, seen_repairs)
                is_hopeless = True
        return method(self, *args, **kwargs)

    return repairing
