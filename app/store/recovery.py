"""Brings what is legible of a damaged file into a new one. The damaged one is kept aside whole."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import StoreError
from app.core.recovery_progress import OnProgress, RecoveryProgress, RecoveryStep, no_progress
from app.core.translation import sentences, tr, tr_count
from app.store.database import Database, companions, unused_name
from app.store.faults import check_mark
from app.store.migrations import applied_names, is_beginning, rebuild_search
from app.store.page_scan import text_column
from app.store.recovered_rows import Recovered, RecoveredRows
from app.store.schema import CORE_TABLES, missing_tables
from app.store.write_ahead_log import bring_in_log

log = logging.getLogger(__name__)

LONGEST_FILE = 64 * 1024**3
"""In bytes; a header that claims more than that is damaged itself."""

SMALLEST_FILE = 512
"""In bytes: no database with anything in it is smaller than its smallest page."""

COPIED_AT_ONCE = 4 * 1024**2
"""In bytes."""


def repair(path: Path, is_hopeless: bool, on_progress: OnProgress = no_progress) -> str:
    """Mends a damaged file; gives the sentence for the user, or an empty text where no word was touched.

    Args:
        path: the file, which nobody has open.
        is_hopeless: has everything recovered into a new file, also where only indexes seem to be wrong.
        on_progress: hears how the recovery goes on.

    Raises:
        StoreError: it could not be repaired; the file is as it was.
    """
    try:
        if is_hopeless or not _has_indexes_renewed(path, on_progress):
            return replace_damaged(path, on_progress)
        for leftover in companions(_put_in_place(path)):
            leftover.unlink(missing_ok=True)
    finally:
        on_progress(RecoveryProgress(RecoveryStep.INDEXING, is_over=True))
    log.warning("Made the indexes of the database anew")
    return ""


def replace_damaged(path: Path, on_progress: OnProgress = no_progress) -> str:
    """Puts a sound file in the place of a damaged one; gives the sentence that tells the user.

    Raises:
        StoreError: the damaged file cannot be moved, or the new one cannot be written.
    """
    new_path = _new_path(path)
    for leftover in companions(new_path):
        leftover.unlink(missing_ok=True)
    with (
        _copy_to_read(path, on_progress) as copy,
        contextlib.closing(Database.open(new_path)) as target,
        contextlib.closing(_opened_for_reading(copy)) as source,
        target.transaction() as connection,
    ):
        recovered = RecoveredRows(source, copy, on_progress).bring_into(connection, newest_copy(path))
    on_progress(RecoveryProgress(RecoveryStep.INDEXING, messages=recovered.messages))
    Database.open(new_path).close()  # Makes the index of the search.
    aside = _put_in_place(path)
    log.error("The database was damaged and replaced: %s", recovered)
    kept = tr("The file with the chats was damaged. It was kept as {name}.", name=aside.name)
    return sentences(kept, _told(recovered), _told_of_words(recovered.from_index))


def backups_folder(path: Path) -> Path:
    """Where the daily copies of a file are."""
    return path.with_name("backups")


def newest_copy(path: Path) -> Path | None:
    """The newest daily copy of a file; None where there is none."""
    found = sorted(backups_folder(path).glob("????-??-?? m???/conversations.db"))
    return found[-1] if found else None


def is_emptied(path: Path, was_used: bool) -> bool:
    """Whether something has cut a file to nothing.

    Args:
        path: the file.
        was_used: the program was used before: a first start may have died when the file was just made.
    """
    if not path.exists() or path.stat().st_size >= SMALLEST_FILE:
        return False
    log_path = path.with_name(path.name + "-wal")
    is_log_there = log_path.exists() and log_path.stat().st_size > 0
    return was_used or is_log_there or path.stat().st_size > 0 or newest_copy(path) is not None


def finish_interrupted(path: Path) -> None:
    """Gives a recovered file its name where the program died after the damaged one had been moved away."""
    if not path.exists() and _new_path(path).exists():
        _new_path(path).replace(path)
        log.warning("Finished a recovery that was interrupted")


def _new_path(path: Path) -> Path:
    """Where a sound file is made; it is moved only when it is whole."""
    return path.with_name(path.name + ".recovered")


def _put_in_place(path: Path) -> Path:
    """Moves the damaged file away and the sound one to its place; gives where the damaged one is now."""
    aside = _set_aside(path)
    _new_path(path).replace(path)
    check_mark(path).unlink(missing_ok=True)
    return aside


def _told(recovered: Recovered) -> str:
    conversations = tr_count("{count:,} chat", "{count:,} chats", recovered.conversations)
    messages = tr_count("{count:,} message", "{count:,} messages", recovered.messages)
    if not recovered.conversations:
        return tr("None of its chats could be recovered.")
    if not recovered.messages:
        return tr("No message in {conversations} could be recovered.", conversations=conversations)
    if recovered.from_copy:
        copied = tr_count("{count:,} message", "{count:,} messages", recovered.from_copy)
        here = tr(
            "{messages} in {conversations} are there again, {copied} of them from the daily copy.",
            messages=messages,
            conversations=conversations,
            copied=copied,
        )
        if not recovered.lost_messages:
            return here
        lost = tr_count("{count:,} message is not.", "{count:,} messages are not.", recovered.lost_messages)
        return sentences(here, lost)
    if recovered.lost_messages:
        lost = tr_count("{count:,} message", "{count:,} messages", recovered.lost_messages)
        return tr(
            "{messages} in {conversations} could be recovered; {lost} could not.",
            messages=messages,
            conversations=conversations,
            lost=lost,
        )
    if recovered.is_complete:
        return tr(
            "All {messages} in {conversations} were recovered.",
            messages=messages,
            conversations=conversations,
        )
    return tr(
        "{messages} in {conversations} could be recovered; there may have been more.",
        messages=messages,
        conversations=conversations,
    )


def _told_of_words(messages: int) -> str:
    """Of how many messages the index of the search gave back the words alone; empty where of none."""
    if not messages:
        return ""
    return tr_count(
        "Of {count:,} message only the words came back, in lower case.",
        "Of {count:,} messages only the words came back, in lower case.",
        messages,
    )


def _has_indexes_renewed(path: Path, on_progress: OnProgress) -> bool:
    """Whether making the indexes anew is enough, as the tables are sound; the result is at `_new_path`."""
    try:
        with _copy_to_read(path, on_progress) as copy:
            on_progress(RecoveryProgress(RecoveryStep.CHECKING))
            if not _are_indexes_renewed(copy):
                return False
            copy.replace(_new_path(path))
            return True
    except (sqlite3.Error, UnicodeDecodeError) as error:
        log.warning("The indexes cannot be made anew (%s)", type(error).__name__)
        return False


def _are_indexes_renewed(copy: Path) -> bool:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        applied = applied_names(connection)
        if not applied or not is_beginning(applied):
            return False
        if missing_tables(connection) or not all(_is_sound(connection, name) for name in CORE_TABLES):
            return False
        if connection.execute("pragma foreign_key_check").fetchone():
            return False
        connection.execute("reindex")
        rebuild_search(connection)
        (verdict,) = connection.execute("pragma quick_check(1)").fetchone()
        connection.execute("pragma journal_mode = delete")  # All of it is in the one file then.
        return bool(verdict == "ok")


def _is_sound(connection: sqlite3.Connection, table: str) -> bool:
    (verdict,) = connection.execute(f"pragma quick_check({table})").fetchone()
    if verdict != "ok":
        log.error("The check of %s found: %s", table, verdict)
    return bool(verdict == "ok")


def _set_aside(path: Path) -> Path:
    aside = unused_name(path, "damaged")
    try:
        for old, new in zip(companions(path), companions(aside), strict=True):
            if old.exists():
                old.rename(new)
    except OSError as error:
        raise StoreError(
            tr("The file with the chats is damaged and cannot be moved: {path}.", path=path),
            tr("Close programs that use it, move it to another folder, and start Tarn again."),
        ) from error
    return aside


@contextlib.contextmanager
def _copy_to_read(damaged: Path, on_progress: OnProgress) -> Iterator[Path]:
    """A copy, as opening a database may change it. A file that was cut is made as long as it says it is."""
    copy = damaged.with_name(damaged.name + ".reading")
    try:
        for original, copied in zip(companions(damaged), companions(copy), strict=True):
            copied.unlink(missing_ok=True)
            if original.exists() and original.suffix != ".db-shm":
                _copy_file(original, copied, on_progress)
        _lengthen(copy)
        yield copy
    except OSError as error:
        raise StoreError(
            tr(
                "The file with the chats is damaged and could not be copied: {strerror}.",
                strerror=error.strerror,
            ),
            tr("Free up space on the disk with {parent}, then start Tarn again.", parent=damaged.parent),
        ) from error
    finally:
        for leftover in companions(copy):
            leftover.unlink(missing_ok=True)


def _copy_file(original: Path, copied: Path, on_progress: OnProgress) -> None:
    size, done = original.stat().st_size, 0
    with original.open("rb") as source, copied.open("wb") as target:
        while piece := source.read(COPIED_AT_ONCE):
            target.write(piece)
            done += len(piece)
            on_progress(RecoveryProgress(RecoveryStep.COPYING, done, max(size, done)))


def _lengthen(path: Path) -> None:
    # SQLite will not read a file that has fewer pages than its header says (sqlite.org/fileformat.html, 1.3).
    with path.open("r+b") as file:
        header = file.read(100)
        page_size = int.from_bytes(header[16:18], "big")
        page_count = int.from_bytes(header[28:32], "big")
        length = page_count * (65536 if page_size == 1 else page_size)
        if header.startswith(b"SQLite format 3\0") and path.stat().st_size < length < LONGEST_FILE:
            file.truncate(length)


def _has_schema(path: Path) -> bool:
    if path.stat().st_size < SMALLEST_FILE:  # SQLite would throw its log away.
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            connection.execute("select count(*) from sqlite_master")
        except (sqlite3.Error, UnicodeDecodeError):
            return False
    return True


def _opened_for_reading(path: Path) -> sqlite3.Connection:
    if not _has_schema(path) and (pages := bring_in_log(path)):
        log.warning("Brought %d pages of the write-ahead log into the damaged database", pages)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = text_column
    # The write-ahead log goes into the file, so that its pages can be looked at as well.
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        connection.execute("pragma wal_checkpoint(truncate)")
    return connection
