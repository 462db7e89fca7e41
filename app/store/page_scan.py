"""Reads rows straight from the pages of a SQLite file, without its schema and without its tree.

Where the pages that lead to the rows are damaged, SQLite cannot find what is still there. The format is
described in sqlite.org/fileformat2.html; its sections are named below.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

LEAF_OF_TABLE = 0x0D
HEADER_BYTES = 100
USUAL_PAGE_BYTES = 4096
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
"""By the serial type of a column (section 2.1)."""

Column = None | int | float | str | bytes


class DamagedText(bytes):
    """A text column with bytes that are no UTF-8."""


def text_column(data: bytes) -> str | DamagedText:
    """A text as it stands in a row."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return DamagedText(data)


def scan_rows(
    path: Path, on_progress: Callable[[int, int], object] = lambda _done, _all: None
) -> Iterator[tuple[int, list[Column]]]:
    """Every row on a leaf page of a table, as its number and its columns, in the order of the pages.

    Rows of all tables come, as well as some that were deleted lately. Columns that were cut off are cut.

    Args:
        path: a database whose write-ahead log has been brought into it.
        on_progress: told now and then how many bytes of how many were looked through.
    """
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pages = _Pages(data)
        free = pages.free_pages()
        for number in range(1, pages.count + 1):
            if number % 1024 == 0:
                on_progress(number * pages.size, len(data))
            if number not in free:
                yield from pages.rows_of(number)


class _Pages:
    """The pages of one file, counted from 1."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        size = int.from_bytes(data[16:18], "big")
        is_power = size in {2**bits for bits in range(9, 16)}
        self.size = 65536 if size == 1 else size if is_power else USUAL_PAGE_BYTES
        self.count = len(data) // self.size

    def page(self, number: int) -> bytes:
        return self._data[(number - 1) * self.size : number * self.size]

    def free_pages(self) -> frozenset[int]:
        """Pages that hold nothing any more (section 1.5), as far as their list is legible."""
        found: set[int] = set()
        trunk = int.from_bytes(self._data[32:36], "big")
        while 0 < trunk <= self.count and trunk not in found:
            found.add(trunk)
            page = self.page(trunk)
            following, length = struct.unpack_from(">II", page)
            length = min(length, self.size // 4 - 2)
            leaves = struct.unpack_from(f">{length}I", page, 8)
            if any(not 0 < leaf <= self.count for leaf in leaves):
                break  # This is no list; its pages may hold rows.
            found.update(leaves)
            trunk = following
        return frozenset(found)

    def rows_of(self, number: int) -> Iterator[tuple[int, list[Column]]]:
        """The rows on a page; none where it is no leaf of a table (section 1.6)."""
        start = HEADER_BYTES if number == 1 else 0
        if self._data[(number - 1) * self.size + start] != LEAF_OF_TABLE:
            return
        page = self.page(number)
        (cell_count,) = struct.unpack_from(">H", page, start + 3)
        for index in range(min(cell_count, (self.size - start - 8) // 2)):
            (place,) = struct.unpack_from(">H", page, start + 8 + 2 * index)
            try:
                row = self._row(page, place)
            except (IndexError, struct.error, ValueError, OverflowError):
                continue
            if row is not None:
                yield row

    def _row(self, page: bytes, place: int) -> tuple[int, list[Column]] | None:
        length, place = read_varint(page, place)
        rowid, place = read_varint(page, place)
        if rowid >= 1 << 63 or not 0 < length <= len(self._data):
            return None
        return rowid, _columns(self._payload(page, place, length))

    def _payload(self, page: bytes, place: int, length: int) -> bytes:
        """A row's bytes; those that do not fit into its page are in a chain of others (section 1.5)."""
        most = self.size - 35
        if length <= most:
            return page[place : place + length]
        least = (self.size - 12) * 32 // 255 - 23
        local = least + (length - least) % (self.size - 4)
        local = local if local <= most else least
        pieces = [page[place : place + local]]
        (following,) = struct.unpack_from(">I", page, place + local)
        missing = length - local
        seen: set[int] = set()
        while missing > 0 and 0 < following <= self.count and following not in seen:
            seen.add(following)
            more = self.page(following)
            pieces.append(more[4 : 4 + missing])
            missing -= self.size - 4
            (following,) = struct.unpack_from(">I", more)
        return b"".join(pieces)


def _columns(payload: bytes) -> list[Column]:
    """The columns of a record (section 2.1)."""
    header_length, place = read_varint(payload, 0)
    kinds = []
    while place < header_length:
        kind, place = read_varint(payload, place)
        kinds.append(kind)
    columns: list[Column] = []
    place = header_length
    for kind in kinds:
        value, place = _column(payload, place, kind)
        columns.append(value)
    return columns


def _column(payload: bytes, place: int, kind: int) -> tuple[Column, int]:
    if kind >= 12:
        length = (kind - 12) // 2
        data = payload[place : place + length]
        return (text_column(data) if kind % 2 else data), place + length
    if kind in (8, 9):
        return kind - 8, place
    if kind == 7:
        (number,) = struct.unpack_from(">d", payload, place)
        return number, place + 8
    if kind > 9:
        raise ValueError("no column has this type")
    length = _INTEGER_BYTES[kind]
    if kind == 0:
        return None, place
    return int.from_bytes(payload[place : place + length], "big", signed=True), place + length


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the place behind it."""
    value = 0
    for index in range(8):
        byte = data[place + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + index + 1
    return value << 8 | data[place + 8], place + 9
