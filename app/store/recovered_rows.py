"""The rows of a damaged file: found by SQLite as far as it gets, and then page by page."""

from __future__ import annotations

import bisect
import contextlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.conversation import new_id
from app.core.recovery_progress import OnProgress, RecoveryProgress, RecoveryStep
from app.core.translation import tr
from app.store.imports import IMPORTED
from app.store.message_indexes import MessageIndexes, indexed_words, is_mostly_legible
from app.store.message_json import attachments_column, parts_from_json
from app.store.page_scan import Column, DamagedText, scan_rows, text_column
from app.store.schema import expected_schema
from app.store.search_blocks import legible_search
from app.store.search_text import folded_column
from app.store.text_column import restored

log = logging.getLogger(__name__)

RECOVERED = tr("Recovered chat")
RECOVERED_FOLDER = tr("Recovered folder")
MOST_FAILURES = 10_000
"""How many rows one after the other may be illegible before the walk through a table is given up."""

_TABLES = ("conversation", "folder", "instructions", "message", "remembered")
_BEYOND = 1_000
"""So far above the numbers that are known a message is looked for whose number only the search has."""
_REMEMBERED = ("last_open_conversation", "memory_choice_of_", IMPORTED)

Row = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Recovered:
    """How much came back."""

    conversations: int
    messages: int
    lost_messages: int
    """Those whose numbers are still in an index, but whose rows are not legible."""
    from_copy: int
    """How many of the messages came from the newest daily copy."""
    from_index: int
    """Of how many the words alone came back, in small letters, from the index of the search."""
    is_complete: bool
    """Whether an index, read to its end, names nothing that did not come back."""


class RecoveredRows:
    """Brings the rows of a damaged file into a sound one."""

    def __init__(self, source: sqlite3.Connection, path: Path, on_progress: OnProgress) -> None:
        self._source = source
        self._indexes = MessageIndexes(source)
        self._path = path
        self._on_progress = on_progress
        self._size = path.stat().st_size
        self._is_whole = True
        self._expected = self._count_messages()
        self._inserted = 0
        self._messages = 0

    def bring_into(self, target: sqlite3.Connection, copy: Path | None = None) -> Recovered:
        """Copies everything legible; every message finds a place, whatever its conversation or parent.

        Args:
            target: where the rows go.
            copy: the newest daily copy, which has what is not legible here and was there already.
        """
        columns = expected_schema().tables
        # Rows come in any order, and some refer to others that are lost.
        target.execute("pragma defer_foreign_keys = on")
        for event in ("insert", "delete", "update"):
            target.execute(f"drop trigger message_search_{event}")  # The next opening indexes all at once.
        for table in _TABLES:
            for number, row in self._walk(table):
                self._insert(target, table, columns[table], {**row, "number": number})
        if not self._is_whole:
            for number, values in scan_rows(self._path, self._on_page):
                if found := _table_of(values):
                    row = dict(zip(columns[found], values, strict=False))
                    self._insert(target, found, columns[found], {**row, "number": number})
        from_copy = self._fill_from(copy, target, columns) if copy and not self._is_whole else 0
        from_index = 0 if self._is_whole else self._fill_from_indexes(target, columns["message"])
        _find_places(target)
        return self._counted(target, from_copy, from_index)

    def _count_messages(self) -> int:
        """About how many messages there were; 1 where that cannot be told."""
        try:
            (highest,) = self._source.execute("select max(rowid) from message").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            return 1
        return highest if isinstance(highest, int) and highest > 0 else 1

    def _walk(self, table: str) -> Iterator[tuple[int, Row]]:
        """Rows in their order. A bad page ends a walk, so the next walk begins behind it."""
        rowid, failures = -(1 << 62), 0
        while failures < MOST_FAILURES:
            try:
                rows = self._source.execute(
                    f"select rowid, * from {table} where rowid > ? order by rowid", (rowid,)
                )
                names = [name for name, *_ in rows.description][1:]
                for number, *values in rows:
                    rowid, failures = number, 0
                    yield number, dict(zip(names, values, strict=True))
                return
            except (sqlite3.OperationalError, UnicodeDecodeError) as error:
                log.warning("The rows of %s cannot be walked through: %s", table, type(error).__name__)
                self._is_whole = False
                return
            except sqlite3.DatabaseError as error:
                self._is_whole = False
                if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
                    return
                rowid, failures = max(rowid, 0) + 1, failures + 1

    def _insert(self, target: sqlite3.Connection, table: str, columns: tuple[str, ...], row: Row) -> None:
        row = _complete(table, row)
        names = [name for name in columns if name in row]
        values = [row[name] for name in names]
        places = ["cast(? as text)" if isinstance(value, DamagedText) else "?" for value in values]
        statement = f"insert or ignore into {table} ({', '.join(names)}) values ({', '.join(places)})"
        changed = target.execute(statement, values).rowcount
        is_taken = table == "message" and not changed
        if is_taken and not target.execute("select 1 from message where id = ?", (row["id"],)).fetchone():
            # Only its number is taken, by a row that is another one.
            target.execute(statement, [None if name == "number" else row[name] for name in names])
        self._inserted += 1
        self._messages += table == "message" and bool(changed)
        if self._is_whole and self._inserted % 256 == 0:
            done = self._size * self._messages // max(self._expected, self._messages)
            self._on_progress(RecoveryProgress(RecoveryStep.READING, done, self._size, self._messages))

    def _on_page(self, done: int, size: int) -> None:
        self._on_progress(RecoveryProgress(RecoveryStep.SEARCHING, done, size, self._messages))

    def _counted(self, target: sqlite3.Connection, from_copy: int, from_index: int) -> Recovered:
        numbers = {number for (number,) in target.execute("select number from message")}
        (conversations,) = target.execute(
            "select count(*) from conversation where deleted_at is null"
        ).fetchone()
        named, is_known = self._indexes.numbers(max(numbers, default=0))
        lost = len(named - numbers)
        return Recovered(conversations, len(numbers), lost, from_copy, from_index, is_known and not lost)

    def _fill_from(self, copy: Path, target: sqlite3.Connection, columns: dict[str, tuple[str, ...]]) -> int:
        """Adds the messages that are in a copy, and in the damaged file by name only; gives their number.

        Where the damaged file does not even name its messages, all that the copy has are added.
        """
        have = {number for (number,) in target.execute("select number from message")}
        named, is_known = self._indexes.numbers(max(have, default=0))
        before = len(have)
        try:
            with contextlib.closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as source:
                source.text_factory = text_column
                for number, row in _all_rows(source, "message"):
                    if number not in have and (number in named or not is_known):
                        self._insert(target, "message", columns["message"], {**row, "number": number})
                homes = {id_ for (id_,) in target.execute("select distinct conversation_id from message")}
                for table in ("conversation", "folder", "instructions", "remembered"):
                    for number, row in _all_rows(source, table):
                        if table != "conversation" or row.get("id") in homes:
                            self._insert(target, table, columns[table], {**row, "number": number})
        except (sqlite3.Error, UnicodeDecodeError) as error:
            log.warning("The daily copy cannot be read to its end (%s)", type(error).__name__)
        (after,) = target.execute("select count(*) from message").fetchone()
        return int(after) - before

    def _fill_from_indexes(self, target: sqlite3.Connection, columns: tuple[str, ...]) -> int:
        """Adds the messages whose rows are gone, as far as the indexes hold them; gives their number."""
        places = dict(target.execute("select number, conversation_id from message order by number"))
        named, is_known = self._indexes.numbers(max(places, default=0))
        if is_known and named <= places.keys():
            return 0
        words = self._words_but_of(set(places))
        known = {name: self._indexes.entries(name)[0] for name in ("id", "conversation_id", "parent_id")}
        order = list(places)
        highest = max(places, default=0) + _BEYOND
        numbers = sorted(
            number
            for number in words
            if number in named or (not is_known and number <= highest and is_mostly_legible(words[number]))
        )
        for number in numbers:
            row: Row = {name: values[number] for name, values in known.items() if number in values}
            row.setdefault("conversation_id", _place_between(order, places, number))
            row.setdefault("parent_id", "lost")  # The message before it takes its place.
            self._insert(target, "message", columns, {**row, "plain": words[number], "number": number})
        return len(numbers)

    def _words_but_of(self, have: set[int]) -> dict[int, str]:
        path = self._path.with_name(self._path.name + ".search")
        try:
            with legible_search(path, scan_rows(self._path, self._on_block)) as search:
                return indexed_words(search, have, self._on_part)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            log.warning("The index of the search is not legible: %s", type(error).__name__)
            return {}

    def _on_block(self, done: int, _size: int) -> None:
        self._on_words(done // 2)

    def _on_part(self, done: int, parts: int) -> None:
        self._on_words(self._size // 2 + self._size * done // parts // 2)

    def _on_words(self, done: int) -> None:
        step = RecoveryStep.PUTTING_TOGETHER
        self._on_progress(RecoveryProgress(step, done, self._size, self._messages))


def _place_between(numbers: Sequence[int], places: Mapping[int, str], number: int) -> str | None:
    """The conversation of the messages on both sides of a lost one, where it is the same; else None."""
    above = bisect.bisect(numbers, number)
    sides = {places[it] for it in (*numbers[max(0, above - 1) : above], *numbers[above : above + 1])}
    return sides.pop() if len(sides) == 1 else None


def _all_rows(source: sqlite3.Connection, table: str) -> Iterator[tuple[int, Row]]:
    rows = source.execute(f"select rowid, * from {table} order by rowid")
    names = [name for name, *_ in rows.description][1:]
    for number, *values in rows:
        yield number, dict(zip(names, values, strict=True))


def _table_of(values: list[Column]) -> str | None:
    """The table that a row without a name belongs to, told by what its columns hold."""
    match values:
        case [None, str(), str(), _, _, _, _, str() | bytes(), *more] if len(more) >= 2:
            return "message"
        case [str() as id_, str() | bytes(), 0 | 1, _, _, *more] if len(more) >= 6 and id_:
            return "conversation"
        case [str() as name, str() | bytes()] if name.startswith(_REMEMBERED):
            return "remembered"
        case [str() as hash_, str() | bytes()] if len(hash_) == 64:
            return "instructions"
        case [str() as id_, str() | bytes(), str() | None, int()] if len(id_) == 32:
            return "folder"
    return None


def _complete(table: str, row: Row) -> Row:
    """The row with something in each column that must not be empty; ids are what can be looked up."""
    if table in ("remembered", "instructions"):
        return row
    row = dict(row)
    if not isinstance(row.get("id"), str) or not row["id"]:
        row["id"] = new_id()
    at = row.get("created_at")
    if at is None:
        row["created_at"] = 0
    if table == "folder":
        row.pop("number", None)
        row["name"] = row.get("name") or RECOVERED_FOLDER
        return row
    if table == "conversation":
        row.pop("number", None)
        for name, otherwise in (("title", RECOVERED), ("updated_at", row["created_at"])):
            if row.get(name) is None:
                row[name] = otherwise
        for name in (
            "system_prompt",
            "model_path",
            "preset_name",
            "draft",
            "draft_attachments",
            "sampling_changes",
            "tools",
            "collections",
        ):
            if row.get(name) is None:
                row[name] = ""
        for name in ("is_titled_by_user", "is_pinned", "is_archived"):
            if row.get(name) is None:
                row[name] = 0
        return row
    if not isinstance(row.get("conversation_id"), str):
        row["conversation_id"] = "recovered"
    for name in ("role", "state", "parts", "plain"):
        if row.get(name) is None:
            row[name] = ""
    row["folded"] = folded_column(restored(row["plain"])[0])
    if not row.get("attachments") and "sha256" in restored(row["parts"])[0]:
        row["attachments"] = attachments_column(parts_from_json(row["parts"], "")[0])
    if row.get("parent_id") is not None and not isinstance(row["parent_id"], str):
        row["parent_id"] = "lost"
    return row


def _find_places(target: sqlite3.Connection) -> None:
    """Where a conversation or a parent was lost, the message gets another: no words are left out."""
    target.execute(
        """insert into conversation (id, title, created_at, updated_at, tip_id)
            select conversation_id, ?, min(created_at), max(created_at), 'lost' from message
            where conversation_id not in (select id from conversation) group by conversation_id""",
        (RECOVERED,),
    )
    # A parent is above its message, in the same conversation; otherwise the one before takes its place.
    target.execute(
        """update message set parent_id =
            (select id from message as before where before.conversation_id = message.conversation_id
                and before.number < message.number order by before.number desc limit 1)
            where parent_id is not null and not exists
            (select 1 from message as parent where parent.id = message.parent_id
                and parent.conversation_id = message.conversation_id and parent.number < message.number)"""
    )
    target.execute(
        """update conversation set tip_id =
            (select id from message where conversation_id = conversation.id order by number desc limit 1)
            where tip_id not in
                (select id from message where conversation_id = conversation.id)"""
    )
