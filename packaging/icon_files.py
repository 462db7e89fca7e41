"""The program's icon in the containers of Windows and macOS; both hold PNG files."""

from __future__ import annotations

import struct
from pathlib import Path

from source import ROOT

ICONS = ROOT / "resources" / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_ICNS_KINDS = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}


def png_file(size: int) -> Path:
    return ICONS / f"tarn-{size}.png"


def write_ico(path: Path) -> None:
    """An .ico with every size that the format has room for."""
    pictures = [(size, png_file(size).read_bytes()) for size in SIZES if size <= 256]
    offset = 6 + 16 * len(pictures)
    entries = b""
    for size, data in pictures:
        edge = size % 256  # 256 is written as 0.
        entries += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    path.write_bytes(
        struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(data for _, data in pictures)
    )


def write_icns(path: Path) -> None:
    """An .icns with every size that has a kind of its own."""
    chunks = b""
    for size, kind in _ICNS_KINDS.items():
        data = png_file(size).read_bytes()
        chunks += kind + struct.pack(">I", len(data) + 8) + data
    path.write_bytes(b"icns" + struct.pack(">I", len(chunks) + 8) + chunks)
