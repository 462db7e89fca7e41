"""Reads a model file's header: what the model is, how large, and whether the file is whole.

The file is untrusted: every count and length is checked against the file's own size before it is used,
nothing of the vocabulary is kept, and the weights are never touched. The format is described in ggml's
`docs/gguf.md`.
"""

from __future__ import annotations

import errno
import os
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from app.core.errors import ModelFileError
from app.core.formatting import one_line
from app.core.translation import tr, tr_later

MAGIC = b"GGUF"
LONGEST_NAME = 200
"""Characters of a model's name that are shown."""
LONGEST_HEADER = 256 * 1024 * 1024
"""Bytes. Ten times what the largest known vocabulary takes."""
MOST_VALUES = 65_536
"""Real files have about fifty."""
MOST_TENSORS = 1_000_000
MOST_TEXTS = 8_000_000
"""Of one array; the largest vocabularies have half a million."""
LONGEST_KEPT_TEXT = 4 * 1024 * 1024
"""Bytes of one text value that is kept, such as a chat template; longer ones are skipped."""
LONGEST_KEPT_ARRAY = 4096
"""Numbers of one array that are kept, such as one figure for each layer; longer arrays are skipped."""

LARGEST_CONTEXT = 2**31 - 1
"""Tokens; a window's number fields hold no more."""

Value = int | float | bool | str | tuple[int | float | bool, ...]

_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_STRING = 8
_ARRAY = 9
_U32 = _SCALARS[4]
_U64 = _SCALARS[10]

TENSOR_BLOCKS: dict[int, tuple[int, int]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18),
}  # fmt: skip
"""ggml type number to (elements in a block, bytes of a block): `ggml_blck_size` and `ggml_type_size`."""

FILE_TYPES: dict[int, str] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0",
    37: "TQ2_0", 38: "MXFP4", 39: "NVFP4", 40: "Q1_0", 41: "Q2_0",
}  # fmt: skip
"""`general.file_type` (llama.cpp's `llama_ftype`) to the name in file names."""


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself."""

    path: Path
    file_size: int
    version: int
    tensor_count: int
    weight_bytes: int
    """What the tensors take together, by the tensor table."""
    end_of_tensors: int
    """The size that the file must have at least, by the tensor table."""
    values: Mapping[str, Value] = field(repr=False)
    """Every value that is not an array of text or a very long one."""
    array_lengths: Mapping[str, int] = field(repr=False)
    text_bytes: Mapping[str, int] = field(repr=False)
    """What the texts of each array of texts take together, with the eight bytes that each length takes."""

    @property
    def architecture(self) -> str:
        return _short_line(self.text("general.architecture"))

    @property
    def name(self) -> str:
        return _short_line(self.text("general.name"))

    @property
    def kind(self) -> str:
        """`model`, `mmproj`, `adapter` ...; empty in older files."""
        return self.text("general.type")

    @property
    def quantisation(self) -> str:
        return FILE_TYPES.get(self.number("general.file_type", -1), "")

    @property
    def chat_template(self) -> str:
        return self.text("tokenizer.chat_template")

    @property
    def trained_context(self) -> int:
        return min(max(0, self.of_architecture("context_length")), LARGEST_CONTEXT)

    @property
    def block_count(self) -> int:
        return max(0, self.of_architecture("block_count"))

    @property
    def vocabulary_size(self) -> int:
        return self.array_lengths.get("tokenizer.ggml.tokens", 0)

    @property
    def is_cut(self) -> bool:
        return self.file_size < self.end_of_tensors

    @property
    def part_count(self) -> int:
        """How many files the model is split into; 1 for nearly all."""
        return max(1, self.number("split.count", 1))

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str, default: int = 0) -> int:
        value = self.values.get(key, default)
        return value if isinstance(value, int) else default

    def of_architecture(self, key: str, default: int = 0) -> int:
        """A figure that is kept under the architecture's name, such as `lfm2.context_length`."""
        return self.number(f"{self.architecture}.{key}", default)

    def per_layer(self, key: str) -> tuple[int, ...]:
        """A figure for each layer, given in the file as one number for all or as one for each."""
        value = self.values.get(f"{self.architecture}.{key}", ())
        if isinstance(value, tuple):
            # Whatever else is in there, the engine refuses in words.
            return tuple(item if isinstance(item, int) else 0 for item in value)
        return (int(value),) * min(self.block_count, LONGEST_KEPT_ARRAY) if isinstance(value, int) else ()


def read_header(path: Path) -> GgufHeader:
    """Reads the header of a GGUF file. A cut file is read as far as its header goes: see `is_cut`.

    Raises:
        ModelFileError: it cannot be opened, is not a GGUF file, or its header is damaged or cut off.
    """
    try:
        with _open(path) as file:
            return _Parser(path, file).header()
    except OSError as error:
        raise _unreadable(path, error) from error
    except _DamagedHeader as damage:
        raise ModelFileError(
            tr("{name} is damaged: {damage}.", name=path.name, damage=damage),
            tr("Download the file again; the download was probably cut off."),
        ) from damage


_TOO_MANY_TENSORS = tr_later("its header names {count} tensor entries, more than any model has")
_TOO_MANY_VALUES = tr_later("its header names {count} value entries, more than any model has")


class _DamagedHeader(Exception):  # noqa: N818 - half a sentence, never seen outside
    """What is wrong with a header, as a part of a sentence."""


def _short_line(text: str) -> str:
    return one_line(text[: 4 * LONGEST_NAME])[:LONGEST_NAME]


def _open(path: Path) -> BinaryIO:
    # Opening a FIFO would wait for a writer for ever, so look at what it is first.
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise ModelFileError(
            tr("{name} is a folder, not a model file.", name=path.name), tr("Choose a .gguf file inside it.")
        )
    if not stat.S_ISREG(mode):
        raise ModelFileError(tr("{name} is not a regular file.", name=path.name), tr("Choose a .gguf file."))
    return path.open("rb")


def _unreadable(path: Path, error: OSError) -> ModelFileError:
    if isinstance(error, FileNotFoundError):
        return ModelFileError(
            tr("The model file {path} no longer exists.", path=path),
            tr("If it is on another drive, connect the drive; otherwise choose another model."),
        )
    if isinstance(error, PermissionError):
        return ModelFileError(
            tr("You do not have permission to read {name}.", name=path.name),
            tr("Change the file's permissions."),
        )
    if error.errno == errno.ELOOP:
        return ModelFileError(
            tr("{name} is a link that leads back to itself.", name=path.name), tr("Choose the real file.")
        )
    reason = error.strerror or os.strerror(error.errno or 0)
    return ModelFileError(
        tr("{name} could not be read: {reason}.", name=path.name, reason=reason),
        tr("Check the drive, then try again."),
    )


class _Parser:
    """Reads forward through a header, holding only as much of the file as was needed so far."""

    _FIRST_READ = 256 * 1024

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._file_size = os.fstat(file.fileno()).st_size
        self._data = b""
        self._position = 0

    def header(self) -> GgufHeader:
        version = self._version()
        tensor_count = self._count(_TOO_MANY_TENSORS, shortest=24, most=MOST_TENSORS)
        value_count = self._count(_TOO_MANY_VALUES, shortest=13, most=MOST_VALUES)
        values: dict[str, Value] = {}
        lengths: dict[str, int] = {}
        text_bytes: dict[str, int] = {}
        for _ in range(value_count):
            self._read_value(values, lengths, text_bytes)
        weight_bytes, end = self._tensor_table(tensor_count, values)
        return GgufHeader(
            self._path, self._file_size, version, tensor_count, weight_bytes, end, values, lengths, text_bytes
        )

    def _version(self) -> int:
        if self._file_size == 0:
            raise ModelFileError(tr("{name} is empty.", name=self._path.name), tr("Download the file again."))
        self._fill(min(4, self._file_size))
        if self._data[:4] != MAGIC:
            raise ModelFileError(
                tr("{name} is not a GGUF model file.", name=self._path.name),
                tr("Choose a file in GGUF format."),
            )
        self._position = 4
        version = self._number(_U32)
        if version & 0xFFFF == 0:
            raise ModelFileError(
                tr("{name} was made for processors with another byte order.", name=self._path.name),
                tr("Choose a little-endian GGUF file."),
            )
        if version not in (2, 3):
            raise ModelFileError(
                tr(
                    "{name} is a GGUF file of version {version}; this engine reads versions 2 and 3.",
                    name=self._path.name,
                    version=version,
                ),
                tr("Choose a newer conversion of the model.") if version < 2 else tr("Update Tarn."),
            )
        return version

    def _count(self, excess: str, shortest: int, most: int) -> int:
        count = self._number(_U64)
        if count * shortest > self._file_size or count > most:
            raise _DamagedHeader(tr(excess, count=count))
        return count

    def _read_value(
        self, values: dict[str, Value], lengths: dict[str, int], text_bytes: dict[str, int]
    ) -> None:
        key = self._text(65535)
        kind = self._number(_U32)
        if kind == _STRING:
            text = self._text_or_skip()
            if text is not None:
                values[key] = text
        elif kind == _ARRAY:
            self._read_array(key, values, lengths, text_bytes)
        else:
            values[key] = self._scalar(kind, key)

    def _read_array(
        self, key: str, values: dict[str, Value], lengths: dict[str, int], text_bytes: dict[str, int]
    ) -> None:
        kind = self._number(_U32)
        count = self._number(_U64)
        lengths[key] = count
        if kind == _STRING:
            start = self._position
            self._skip_strings(count)
            text_bytes[key] = self._position - start
            return
        form = self._form(kind, key)
        start, size = self._position, count * form.size
        self._move(size)
        if count <= LONGEST_KEPT_ARRAY:
            values[key] = tuple(item for (item,) in form.iter_unpack(self._data[start : start + size]))

    def _tensor_table(self, tensor_count: int, values: Mapping[str, Value]) -> tuple[int, int]:
        """The bytes of all tensors, and the size that the file must have."""
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 2**20:
            raise _DamagedHeader(tr("its alignment is {alignment}", alignment=alignment))
        weight_bytes = last = 0
        for _ in range(tensor_count):
            offset, size = self._tensor()
            weight_bytes += size
            last = max(last, offset + size)
        data_start = -(-self._position // alignment) * alignment
        return weight_bytes, data_start + last if tensor_count else self._position

    def _tensor(self) -> tuple[int, int]:
        """Where the tensor begins in the data, and its size in bytes."""
        name = self._text(1024)
        dimensions = self._number(_U32)
        if not 0 < dimensions <= 4:
            raise _DamagedHeader(
                tr(
                    "its tensor {name!r} has {dimensions} dimensions",
                    name=_short_line(name),
                    dimensions=dimensions,
                )
            )
        elements = 1
        for _ in range(dimensions):
            elements *= self._number(_U64)
        kind = self._number(_U32)
        offset = self._number(_U64)
        # A type that is not known yet still has its offset; only its own size is missing from the sum.
        block, block_bytes = TENSOR_BLOCKS.get(kind, (1, 0))
        return offset, elements // block * block_bytes

    def _scalar(self, kind: int, key: str) -> int | float | bool:
        form = self._form(kind, key)
        self._need(form.size)
        value: int | float | bool = form.unpack_from(self._data, self._position)[0]
        self._position += form.size
        return value

    def _form(self, kind: int, key: str) -> struct.Struct:
        form = _SCALARS.get(kind)
        if form is None:
            raise _DamagedHeader(
                tr("its value {name!r} is of an unknown type ({kind})", name=_short_line(key), kind=kind)
            )
        return form

    def _number(self, form: struct.Struct) -> int:
        self._need(form.size)
        value: int = form.unpack_from(self._data, self._position)[0]
        self._position += form.size
        return value

    def _text(self, longest: int) -> str:
        length = self._number(_U64)
        if length > longest:
            raise _DamagedHeader(tr("its header holds a name of {length} bytes", length=length))
        self._need(length)
        start = self._position
        self._position += length
        return self._data[start : self._position].decode("utf-8", "replace")

    def _text_or_skip(self) -> str | None:
        length = self._number(_U64)
        if length > LONGEST_KEPT_TEXT:
            self._move(length)
            return None
        self._position -= _U64.size
        return self._text(LONGEST_KEPT_TEXT)

    def _skip_strings(self, count: int) -> None:
        if count * _U64.size > self._file_size - self._position or count > MOST_TEXTS:
            raise _DamagedHeader(tr("its header names {count} texts, more than any model has", count=count))
        # The hot loop: a vocabulary and its merges are up to half a million texts.
        length_at = _U64.unpack_from
        data, position, last = self._data, self._position, len(self._data) - _U64.size
        for _ in range(count):
            if position > last:
                self._fill(position + _U64.size)
                data, last = self._data, len(self._data) - _U64.size
            position += _U64.size + length_at(data, position)[0]
        self._position = position
        self._need(0)

    def _move(self, count: int) -> None:
        self._need(count)
        self._position += count

    def _need(self, count: int) -> None:
        if self._position + count > len(self._data):
            self._fill(self._position + count)

    def _fill(self, end: int) -> None:
        """Makes the file's first `end` bytes available."""
        if end > self._file_size:
            raise _DamagedHeader(tr("the file ends in the middle of its header"))
        if end > LONGEST_HEADER:
            raise _DamagedHeader(tr("its header is larger than that of any model"))
        wanted = max(end, self._FIRST_READ, 2 * len(self._data))
        self._data += self._file.read(min(wanted, LONGEST_HEADER) - len(self._data))
        if end > len(self._data):
            raise _DamagedHeader(tr("the file ends in the middle of its header"))
