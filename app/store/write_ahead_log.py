"""Brings a write-ahead log into a database that SQLite itself cannot open any more.

The format is described in sqlite.org/fileformat2.html, section 4.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = (0x377F0682, 0x377F0683)


def bring_in_log(path: Path) -> int:
    """Writes what was committed in a log over the pages of its database, and removes the log.

    Frames are told from leftovers by the header's salts; their checksums are not looked at, as what is
    damaged is to be read all the same.

    Returns:
        How many pages were written.
    """
    log_path = path.with_name(path.name + "-wal")
    try:
        data = log_path.read_bytes()
    except FileNotFoundError:
        return 0
    written = 0
    if len(data) > _HEADER.size:
        magic, _version, page_size, _number, *salts, _check, _check_2 = _HEADER.unpack_from(data)
        if magic in _MAGIC and page_size in {2**bits for bits in range(9, 17)}:
            written = _write_pages(path, data, page_size, salts)
    log_path.unlink()
    return written


def _write_pages(path: Path, data: bytes, page_size: int, salts: list[int]) -> int:
    frames: list[tuple[int, int]] = []
    committed = 0
    for place in range(_HEADER.size, len(data) - _FRAME.size - page_size + 1, _FRAME.size + page_size):
        number, pages_after, *frame_salts, _check, _check_2 = _FRAME.unpack_from(data, place)
        if frame_salts != salts or not number:
            break
        frames.append((number, place + _FRAME.size))
        if pages_after:
            committed = len(frames)
    with path.open("r+b") as file:
        for number, place in frames[:committed]:
            file.seek((number - 1) * page_size)
            file.write(data[place : place + page_size])
    return committed
