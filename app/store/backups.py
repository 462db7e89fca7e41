"""Daily copies of the conversations, with settings and presets: made, listed, and brought back."""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.core.errors import Cancelled, StoreError
from app.core.translation import tr
from app.store.database import Database, companions, rows_of, unused_name
from app.store.faults import DamagedFileError
from app.store.migrations import applied_names

log = logging.getLogger(__name__)

COPIES_KEPT = 7
"""The newest ones; beyond these the newest of each version of the schema stays."""
PAGES_AT_ONCE = 500
PAUSE_SECONDS = 0.005
"""Between two pieces of a copy, so that saving never waits long for it."""

_FOLDER_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}) (m\d{3})")


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of everything that was written."""

    folder: Path
    day: date
    schema: str
    """The newest step of the schema that it has, such as m007."""
    conversation_count: int
    message_count: int
    size_bytes: int

    @property
    def database(self) -> Path:
        return self.folder / "conversations.db"


class Backups:
    """The copies in one folder, a folder for each day. Methods may be called from any thread."""

    def __init__(self, folder: Path, database: Database, files: Sequence[Path] = ()) -> None:
        """Names what is copied.

        Args:
            folder: where the copies are; it is made with the first one.
            database: the conversations.
            files: settings and presets; those that are not there are left out.
        """
        self._folder = folder
        self._database = database
        self._files = tuple(files)

    def make_daily(self, today: date, cancel: threading.Event) -> Backup | None:
        """Makes today's copy if there is none yet, and removes those that are too old.

        Returns:
            The new copy; None where there was one, nothing to copy, or `cancel` was set.

        Raises:
            DamagedFileError: the copy shows that the file is damaged; the older copies are kept.
            StoreError: it could not be written.
        """
        (row,) = self._database.rows("select count(*) as count from message")
        names = [
            row["name"] for row in self._database.rows("select name from applied_migration order by rowid")
        ]
        folder = self._folder / f"{today.isoformat()} {names[-1][:4]}"
        if folder.exists() or not row["count"]:
            return None
        part = self._folder / "unfinished"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            if not _copy_database(self._database.path, part / "conversations.db", cancel):
                return None
            for file in self._files:
                if file.is_file():
                    shutil.copy2(file, part / file.name)
            part.replace(folder)
        except OSError as error:
            raise StoreError(
                tr("Today's copy of the chats could not be made: {value}.", value=error.strerror or error),
                tr("Free up space on the disk with {folder}.", folder=self._folder),
            ) from error
        self._remove_old_ones()
        log.info("Made the daily copy %s", folder.name)
        return _read(folder)

    def all(self) -> list[Backup]:
        """The copies that can be read, the newest first."""
        folders = sorted(self._folders(), reverse=True)
        return [found for folder in folders if (found := _read(folder)) is not None]

    def restore(self, backup: Backup) -> Path:
        """Puts a copy of the conversations in the place of those of now, which are kept beside it.

        Settings and presets are left alone; their copies lie in the copy's folder.

        Returns:
            Where the conversations of now are kept.

        Raises:
            StoreError: the copy cannot be read or written; then all is as it was.
        """
        path = self._database.path
        ready = path.with_name(path.name + ".restoring")
        aside = unused_name(path, "before-restoring")
        for leftover in companions(ready):
            leftover.unlink(missing_ok=True)

        def exchange() -> None:
            path.replace(aside)
            ready.replace(path)

        try:
            shutil.copyfile(backup.database, ready)
            Database.open(ready).close()  # Brings an older one up to date, and refuses what is no database.
            self._database.exchange(exchange)
        except OSError as error:
            raise StoreError(
                tr(
                    "The copy of {day} could not be brought back: {value}.",
                    day=backup.day,
                    value=error.strerror or error,
                ),
                tr("Check the disk that holds {parent}, then try again.", parent=path.parent),
            ) from error
        for leftover in ready.parent.glob(f"{ready.stem}.before-m*"):
            leftover.unlink(missing_ok=True)
        log.warning(
            "Brought back the copy %s; the conversations before it are %s", backup.folder.name, aside.name
        )
        return aside

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [folder for folder in self._folder.iterdir() if _FOLDER_NAME.fullmatch(folder.name)]

    def _remove_old_ones(self) -> None:
        newest_first = sorted(self._folders(), reverse=True)
        schemas: set[str] = set()
        for number, folder in enumerate(newest_first):
            schema = folder.name.split()[-1]
            if number >= COPIES_KEPT and schema in schemas:
                shutil.rmtree(folder, ignore_errors=True)
            schemas.add(schema)


def _copy_database(path: Path, copy_path: Path, cancel: threading.Event) -> bool:
    """Whether the copy is whole: not where it was cancelled."""

    def look(_status: int, _remaining: int, _total: int) -> None:
        if cancel.is_set():
            raise Cancelled

    try:
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(copy_path, isolation_level=None)) as copy,
        ):
            source.backup(copy, pages=PAGES_AT_ONCE, progress=look, sleep=PAUSE_SECONDS)
            # One file that can be moved; a write-ahead log would be two more.
            copy.execute("pragma journal_mode = delete")
            (verdict,) = copy.execute("pragma quick_check(1)").fetchone()
            orphan = copy.execute("pragma foreign_key_check").fetchone()
    except Cancelled:
        return False
    except sqlite3.Error as error:
        raise DamagedFileError(tr("The chats could not be copied: {error}.", error=error)) from error
    if verdict != "ok" or orphan:
        raise DamagedFileError(tr("The daily copy of the chats shows that their file is damaged."))
    return True


def _read(folder: Path) -> Backup | None:
    name = _FOLDER_NAME.fullmatch(folder.name)
    path = folder / "conversations.db"
    try:
        day = date.fromisoformat(name[1]) if name else None
        if day is None or name is None:
            return None
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            applied_names(connection)
            (row,) = rows_of(
                connection,
                """select (select count(*) from conversation where deleted_at is null) as conversations,
                    (select count(*) from message) as messages""",
            )
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        return Backup(folder, day, name[2], row["conversations"], row["messages"], size)
    except (sqlite3.Error, OSError, ValueError) as error:
        log.warning("The copy %s cannot be read (%s)", folder.name, type(error).__name__)
        return None
