"""The index of the search of a damaged file, made legible again in a file of its own.

SQLite gives an index up where one block of it is gone. Here the blocks that are left are put into a new file,
empty ones take the places of those that are not, and what leads to them is made anew. The format is described
at the head of SQLite's `ext/fts5/fts5_index.c`.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.store.page_scan import Column, read_varint

log = logging.getLogger(__name__)

_STRUCTURE = 10
"""The number of the block that lists the segments."""
_SEGMENT_BITS = 37
_LEAVES = (1 << 31) - 1
"""A leaf's number within its segment; the bits above it tell other kinds of blocks."""
_EMPTY_LEAF = b"\0\0\0\4"
_MAIN = b"0"
"""In front of each term."""
_MOST_SEGMENTS = 2_000
"""The index never has more."""
_MISSING = 100
"""So many leaves may be missing besides as many as are there; else the numbers themselves are garbled."""


@contextlib.contextmanager
def legible_search(path: Path, rows: Iterable[tuple[int, list[Column]]]) -> Iterator[sqlite3.Connection]:
    """A file with an index of the search that can be read, as far as its blocks are left.

    Args:
        path: where it is made; it is gone afterwards.
        rows: all rows of the damaged file, of which those are taken that are blocks.
    """
    path.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("pragma journal_mode = off")
            connection.execute("pragma synchronous = off")
            connection.execute("begin")
            connection.execute(
                """create virtual table message_search using fts5
                    (plain, folded, content = '', tokenize = 'trigram')"""
            )
            _fill(connection, rows)
            connection.execute("commit")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            yield connection
    finally:
        path.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, rows: Iterable[tuple[int, list[Column]]]) -> None:
    """Writes the blocks that are left, and what leads to them."""
    leaves: dict[int, set[int]] = {}
    structure = b""
    for number, values in rows:
        match values:
            case [None, bytes() as block] if _is_leaf(number, block):
                leaves.setdefault(number >> _SEGMENT_BITS, set()).add(number & _LEAVES)
                _write(connection, number, block)
            case [None, bytes() as block] if number == _STRUCTURE and len(block) > len(structure):
                structure = block
    leaves = {segment: known for segment, known in leaves.items() if max(known) < 2 * len(known) + _MISSING}
    order = _segments_in(structure)  # Of two that hold the same message, the later one is newer.
    segments = sorted(leaves, key=lambda it: (order.index(it) if it in order else -1, it))
    connection.execute("delete from message_search_idx")
    for segment, known in leaves.items():
        for leaf in range(1, max(known) + 1):
            if leaf not in known:
                _write(connection, segment << _SEGMENT_BITS | leaf, _EMPTY_LEAF)
        for leaf, term in _first_terms(connection, segment, known):
            found = (segment, term, leaf << 1)
            connection.execute("insert or replace into message_search_idx values (?, ?, ?)", found)
    listed = [number for segment in segments for number in (segment, 1, max(leaves[segment]))]
    numbers = (1, len(segments), 0, 0, len(segments), *listed)
    _write(connection, _STRUCTURE, bytes(4) + b"".join(map(_written, numbers)))


def _write(connection: sqlite3.Connection, number: int, block: bytes) -> None:
    connection.execute("insert or replace into message_search_data values (?, ?)", (number, block))


def _is_leaf(number: int, block: bytes) -> bool:
    segment, kind = number >> _SEGMENT_BITS, number & ((1 << _SEGMENT_BITS) - 1)
    if not (0 < segment <= _MOST_SEGMENTS and 0 < kind <= _LEAVES and len(block) >= 4):
        return False
    first_row, end = struct.unpack_from(">HH", block)
    return bool(4 <= end <= len(block) and (first_row == 0 or 4 <= first_row < end))


def _segments_in(structure: bytes) -> list[int]:
    """The numbers of the segments as the index lists them, the oldest first; empty where that is gone."""
    found: list[int] = []
    with contextlib.suppress(IndexError):
        levels, place = read_varint(structure, 4)
        _, place = read_varint(structure, place)
        _, place = read_varint(structure, place)
        for _level in range(min(levels, _MOST_SEGMENTS)):
            level: list[int] = []
            _, place = read_varint(structure, place)
            count, place = read_varint(structure, place)
            for _segment in range(min(count, _MOST_SEGMENTS)):
                number, place = read_varint(structure, place)
                _, place = read_varint(structure, place)
                _, place = read_varint(structure, place)
                level.append(number)
            found = level + found  # A higher level holds what is older.
    return found


def _first_terms(
    connection: sqlite3.Connection, segment: int, leaves: set[int]
) -> Iterator[tuple[int, bytes]]:
    """The first term of each leaf that one begins on, by which the leaf is found."""
    yield 1, b""
    for leaf in sorted(leaves - {1}):
        (block,) = connection.execute(
            "select block from message_search_data where id = ?", (segment << _SEGMENT_BITS | leaf,)
        ).fetchone()
        (end,) = struct.unpack_from(">H", block, 2)
        with contextlib.suppress(IndexError):
            if end < len(block):
                place, _ = read_varint(block, end)
                length, place = read_varint(block, place)
                if (term := block[place : place + length])[:1] == _MAIN:
                    yield leaf, term


def _written(number: int) -> bytes:
    """A number as SQLite writes one of up to eight bytes."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
