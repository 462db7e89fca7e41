"""Makes small GGUF files, and changes real ones byte by byte."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import gguf

Values = Mapping[str, object]


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def value_bytes(value: object) -> bytes:
    """A value with its type in front: text, whole numbers, truth and lists of text."""
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if isinstance(value, list) and value and isinstance(value[0], int):
        return struct.pack("<IIQ", 9, 5, len(value)) + struct.pack(f"<{len(value)}i", *value)
    assert isinstance(value, list)
    return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))


def gguf_bytes(
    architecture: str = "llama",
    values: Values | None = None,
    tensors: Sequence[tuple[str, Sequence[int], int, int]] = (("token_embd.weight", (32, 8), 0, 0),),
    data: bytes | None = None,
    version: int = 3,
    tensor_count: int | None = None,
    value_count: int | None = None,
) -> bytes:
    """A file of one small tensor; each tensor is (name, dimensions, type, offset)."""
    everything = {"general.architecture": architecture, "tokenizer.ggml.tokens": ["a", "b"], **(values or {})}
    counts = (
        len(tensors) if tensor_count is None else tensor_count,
        len(everything) if value_count is None else value_count,
    )
    header = b"GGUF" + struct.pack("<IQQ", version, *counts)
    header += b"".join(text(key) + value_bytes(value) for key, value in everything.items())
    for name, dimensions, kind, offset in tensors:
        header += text(name) + struct.pack(f"<I{len(dimensions)}Q", len(dimensions), *dimensions)
        header += struct.pack("<IQ", kind, offset)
    header += bytes(-len(header) % 32)
    return header + (bytes(32 * 8 * 4) if data is None else data)


def with_values(path: Path, values: Values) -> bytes:
    """A file with some values of its header exchanged or added, None being none, and the same tensors."""
    reader = gguf.GGUFReader(path)
    original = path.read_bytes()
    header = bytearray(original[: _end(reader.tensors[-1].field)])
    replaced = [reader.fields[key] for key in values if key in reader.fields]
    removed = sorted(replaced, key=lambda field: field.offset, reverse=True)
    for field in removed:
        del header[field.offset : _end(field)]
    added = {key: value for key, value in values.items() if value is not None}
    header[24:24] = b"".join(text(key) + value_bytes(value) for key, value in added.items())
    count = struct.unpack_from("<Q", header, 16)[0] - len(removed) + len(added)
    struct.pack_into("<Q", header, 16, count)
    return bytes(header) + bytes(-len(header) % 32) + original[reader.data_offset :]


def _end(field: gguf.ReaderField) -> int:
    return int(field.offset + sum(part.nbytes for part in field.parts))
