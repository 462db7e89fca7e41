"""Makes model files that are damaged in every way we could think of, from real ones."""

import os
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gguf

from tests.support.gguf_file import gguf_bytes

HUGE = (0, 2**31, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
U32_VALUES = (0, 1, 3, 2**31 - 1, 2**32 - 1)


@dataclass(frozen=True)
class Damaged:
    """A file on the disk, with what was done to it; `is_hopeless`: no program could make a model of it."""

    path: Path
    what: str
    is_hopeless: bool


class Workshop:
    """Damages one real model and writes the results into a folder."""

    def __init__(self, original: Path, folder: Path, keeps_weights: bool) -> None:
        """Without its weights a large model becomes a sparse file: written in a moment, as long as before."""
        reader = gguf.GGUFReader(original)
        self._size = original.stat().st_size
        self._data_start = int(reader.data_offset)
        with original.open("rb") as file:
            self._data = file.read(-1 if keeps_weights else self._data_start)
        self._fields = {key: field for key, field in reader.fields.items() if not key.startswith("GGUF.")}
        self._table_start = int(reader.tensors[0].field.offset)
        self._tensors = [(int(t.field.offset), t.name, len(t.shape)) for t in reader.tensors]
        self._folder = folder
        self._name = original.stem
        self._made = 0

    def write(self, what: str, data: bytes, is_hopeless: bool = False, size: int | None = None) -> Damaged:
        path = self._folder / f"{self._name}-{self._made}.gguf"
        self._made += 1
        with path.open("wb") as file:
            file.write(data[: self._size if size is None else size])
            file.truncate(self._size if size is None else size)
        return Damaged(path, f"{self._name}: {what}", is_hopeless)

    def patched(self, what: str, offset: int, patch: bytes, is_hopeless: bool = False) -> Damaged:
        data = bytearray(self._data)
        data[offset : offset + len(patch)] = patch
        return self.write(f"{what} ({patch.hex()} at {offset})", bytes(data), is_hopeless)

    def cuts(self) -> Iterator[Damaged]:
        """Cut at the borders of everything in the file, and in between."""
        places = {1, 3, 4, 7, 8, 15, 16, 23, 24, 25, self._size - 1, self._size // 2, self._data_start}
        for field in list(self._fields.values())[::2]:
            places |= {int(field.offset), int(field.offset) + 5}
        for offset, _, _ in self._tensors[::9]:
            places |= {offset, offset + 9}
        for place in sorted(places):
            yield self.write(f"cut after {place} bytes", self._data, is_hopeless=True, size=place)

    def flips(self, count_each: int, generator: random.Random) -> Iterator[Damaged]:
        """Single bytes changed in the header, the tensor table and the weights."""
        spans = {
            "header": (4, self._table_start),
            "table": (self._table_start, self._data_start),
            "weights": (self._data_start, len(self._data)),
        }
        for name, (start, end) in spans.items():
            for _ in range(count_each if start < end else 0):
                place = generator.randrange(start, end)
                yield self.patched(f"a flip in the {name}", place, bytes([generator.randrange(256)]))

    def counts(self) -> Iterator[Damaged]:
        """Absurd counts of tensors, values, list items and letters."""
        for number in HUGE:
            yield self.patched("tensor count", 8, struct.pack("<Q", number), is_hopeless=True)
            yield self.patched("value count", 16, struct.pack("<Q", number), is_hopeless=True)
        tokens = int(self._fields["tokenizer.ggml.tokens"].offset)
        length_at = tokens + 8 + len("tokenizer.ggml.tokens") + 4 + 4
        for number in HUGE:
            yield self.patched("token count", length_at, struct.pack("<Q", number), is_hopeless=True)
            yield self.patched("length of a token", length_at + 8, struct.pack("<Q", number), number > 2**31)

    def tensors(self) -> Iterator[Damaged]:
        """Absurd shapes, types and places of tensors."""
        for offset, name, dimensions in self._tensors[:: max(1, len(self._tensors) // 4)]:
            shape_at = offset + 8 + len(name)
            type_at = shape_at + 4 + 8 * dimensions
            for number in (0, 5, 2**32 - 1):
                yield self.patched("dimensions", shape_at, struct.pack("<I", number), is_hopeless=True)
            for number in (0, 1, 7, 2**31, 2**63 - 1, 2**64 - 1):
                yield self.patched("a width", shape_at + 4, struct.pack("<Q", number), is_hopeless=True)
            for number in (4, 31, 99, 2**32 - 1):
                yield self.patched("a type", type_at, struct.pack("<I", number), is_hopeless=True)
            for number in (1, 33, 2**40, 2**63, 2**64 - 32):
                yield self.patched("a place", type_at + 4, struct.pack("<Q", number), is_hopeless=True)

    def figures(self) -> Iterator[Damaged]:
        """Each whole number of the header replaced by absurd ones."""
        for key, field in self._fields.items():
            if field.types != [gguf.GGUFValueType.UINT32]:
                continue
            value_at = int(field.offset) + 8 + len(key) + 4
            for number in U32_VALUES:
                yield self.patched(f"{key} = {number}", value_at, struct.pack("<I", number))


def oddities(folder: Path) -> Iterator[Damaged]:
    """Things that are not files of a model at all."""

    def write(name: str, data: bytes) -> Damaged:
        (folder / name).write_bytes(data)
        return Damaged(folder / name, name, is_hopeless=True)

    yield write("empty.gguf", b"")
    yield write("letter.gguf", b"Dear model,\nplease answer.\n" * 400)
    yield write("picture.gguf", b"\x89PNG\r\n\x1a\n" + os.urandom(4000))
    yield write("zeros.gguf", bytes(10_000))
    yield write("magic.gguf", b"GGUF" * 1000)
    yield write("older.gguf", gguf_bytes(version=1))
    yield write("newer.gguf", gguf_bytes(version=9))
    yield write("swapped.gguf", gguf_bytes(version=0x03000000))
    for architecture in ("lfm3", "clip", "bert", "", "llama" * 500, "\0", "日本語"):
        yield write(
            f"architecture-{len(architecture)}-{ord(architecture[:1] or ' ')}.gguf", gguf_bytes(architecture)
        )
    yield write("hollow.gguf", gguf_bytes("lfm2"))
    yield Damaged(folder / "missing.gguf", "a missing file", is_hopeless=True)
    (folder / "folder.gguf").mkdir()
    yield Damaged(folder / "folder.gguf", "a folder", is_hopeless=True)
    (folder / "loop.gguf").symlink_to(folder / "loop.gguf")
    yield Damaged(folder / "loop.gguf", "a link to itself", is_hopeless=True)
    (folder / "dangling.gguf").symlink_to(folder / "nothing.gguf")
    yield Damaged(folder / "dangling.gguf", "a link to nothing", is_hopeless=True)
    os.mkfifo(folder / "fifo.gguf")
    yield Damaged(folder / "fifo.gguf", "a FIFO", is_hopeless=True)
    yield Damaged(Path("/dev/zero"), "a device", is_hopeless=True)
    locked = write("locked.gguf", gguf_bytes("lfm2"))
    locked.path.chmod(0)
    yield locked
