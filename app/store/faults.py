"""What can go wrong with the file of the conversations, in plain words."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import StoreError
from app.core.translation import tr, tr_later


class DamagedFileError(StoreError):
    """The file is not a database any more, or its pages contradict each other."""


class DamagedKeyError(DamagedFileError):
    """The id of a row is not legible: the pages are sound, but the file has to be recovered all the same."""

    def __init__(self) -> None:
        super().__init__(tr("The file with the chats is damaged."), _DAMAGED_HINT)


_DAMAGED_HINT = tr("Start Tarn again: the file is then kept aside, and what is legible of it is recovered.")


def check_mark(path: Path) -> Path:
    """A file that stands beside a database whose pages should be checked when it is opened next."""
    return path.with_name(path.name + "-check")


def damaged(path: Path) -> DamagedFileError:
    """The fault that has the file repaired."""
    return DamagedFileError(tr("The file with the chats is damaged: {path}.", path=path), _DAMAGED_HINT)


def is_wrong_statement(error: sqlite3.Error) -> bool:
    """Whether a statement names what is not there: where it was right before, the file has changed."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_ERROR


@contextlib.contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turns the world's faults into sentences; a mistake in a statement stays what it is."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's own words quote what is damaged.
        raise damaged(path) from error
    except sqlite3.Error as error:
        # The lowest byte is the kind of fault, the rest its details (sqlite.org/rescode.html).
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
        is_gone = is_wrong_statement(error) and str(error).startswith(_GONE)
        # The index of the search says no more when it finds itself damaged; constraints of tables have names.
        is_index = kind == sqlite3.SQLITE_CONSTRAINT and str(error) == "constraint failed"
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or is_gone or is_index:
            with contextlib.suppress(OSError):
                check_mark(path).touch()
            raise damaged(path) from error
        if kind not in _FAULTS:
            raise
        told = (tr(words, path=path, folder=path.parent) for words in _FAULTS[kind])
        raise StoreError(*told) from error


_GONE = (
    "no such table: main.",
    "no such table: message",
    "no such table: conversation",
    "vtable constructor",
)
"""How SQLite names tables that were there when the program was written."""
_SPACE = (
    tr_later("The disk is full, so the chat could not be saved."),
    tr_later("Free up space on the disk with {folder}, then try again."),
)
_IN_USE = (
    tr_later("Another program is using the file with the chats."),
    tr_later("Close other windows of Tarn and programs that read {path}, then try again."),
)
_NO_WRITE = (
    tr_later("The file with the chats cannot be written: {path}."),
    tr_later("Check that you may write in {folder} and that the disk is not write-protected."),
)
_NO_OPEN = (
    tr_later("The file with the chats cannot be opened: {path}."),
    tr_later("Check that the folder exists and that you may read and write in it."),
)
_DISK_FAULT = (
    tr_later("The disk reported a fault while chats were read or saved."),
    tr_later("Check the disk that holds {folder} and whether it is still connected."),
)
_TOO_LONG = (tr_later("The text is too long to be saved."), tr_later("Texts up to 900 MB can be kept."))

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
