"""The header reader tells what the gguf package tells, and refuses what is damaged, fast and in words."""

import os
import struct
import time
from contextlib import contextmanager
from pathlib import Path

import gguf
import pytest

from app.core.errors import ModelFileError
from app.engine.gguf import FILE_TYPES, TENSOR_BLOCKS, read_header
from tests.support.gguf_file import gguf_bytes, text

NOBODY = 65534
"""The number of the user who may do nothing, on most POSIX systems."""
MODELS = ["starter_path", "tiny_path", "tiny_moe_path"]


@pytest.fixture
def write(tmp_path):
    def write_file(data: bytes, name: str = "model.gguf") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write_file


@pytest.mark.parametrize("model", MODELS)
def test_every_value_agrees_with_the_gguf_package(request, model):
    path = request.getfixturevalue(model)
    reader = gguf.GGUFReader(path)
    header = read_header(path)
    fields = {key: field for key, field in reader.fields.items() if not key.startswith("GGUF.")}
    kept = {key: fields[key].contents() for key in header.values}
    assert {
        key: list(value) if isinstance(value, tuple) else value for key, value in header.values.items()
    } == kept
    skipped = fields.keys() - header.values.keys()
    assert {key: len(fields[key].data) for key in skipped} == {
        key: header.array_lengths[key] for key in skipped
    }


@pytest.mark.parametrize("model", MODELS)
def test_the_size_by_the_tensor_table_is_the_size_of_the_file(request, model):
    path = request.getfixturevalue(model)
    reader = gguf.GGUFReader(path)
    header = read_header(path)
    assert header.tensor_count == len(reader.tensors)
    assert header.weight_bytes == sum(tensor.n_bytes for tensor in reader.tensors)
    assert header.end_of_tensors == max(tensor.data_offset + tensor.n_bytes for tensor in reader.tensors)
    assert 0 <= header.file_size - header.end_of_tensors < 32
    assert not header.is_cut


def test_tables_of_types_agree_with_the_gguf_package():
    sizes = {int(kind): size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    # llama.cpp changed the block of this type, which no model file uses, after the package's release.
    del sizes[gguf.GGMLQuantizationType.Q8_1]
    assert {kind: TENSOR_BLOCKS[kind] for kind in sizes} == sizes
    for file_type in gguf.LlamaFileType:
        if file_type.value in FILE_TYPES:
            name = FILE_TYPES[file_type.value].replace("MXFP4", "MXFP4_MOE")
            assert file_type.name.removeprefix("MOSTLY_").removeprefix("ALL_") == name


def test_a_header_says_what_the_picker_needs(tiny_path):
    header = read_header(tiny_path)
    assert (header.architecture, header.name, header.quantisation) == ("lfm2", "Tiny LFM2.5", "F16")
    assert (header.trained_context, header.block_count, header.vocabulary_size) == (32768, 4, 800)
    assert header.per_layer("attention.head_count_kv") == (0, 2, 0, 2)
    assert header.chat_template.startswith("{{- bos_token -}}")


def test_a_figure_for_all_layers_is_given_for_each(starter_path):
    assert read_header(starter_path).per_layer("attention.head_count_kv") == (3,) * 30


@pytest.mark.measures
def test_a_large_vocabulary_is_skipped_in_a_moment(write):
    tokens = [f"token{number}" for number in range(150_000)]
    path = write(
        gguf_bytes(values={"tokenizer.ggml.tokens": tokens, "tokenizer.chat_template": "at the end"})
    )
    started = time.perf_counter()
    header = read_header(path)
    assert time.perf_counter() - started < 0.5
    assert (header.vocabulary_size, header.chat_template) == (150_000, "at the end")


def test_a_cut_file_is_read_and_said_to_be_cut(write):
    whole = gguf_bytes()
    header = read_header(write(whole[:-1]))
    assert header.is_cut
    assert header.end_of_tensors == len(whole)


def test_a_header_can_be_cut_anywhere(write):
    whole = gguf_bytes(values={"llama.block_count": 2, "general.name": "Cut me"})
    table_end = whole.index(b"token_embd.weight") + len("token_embd.weight") + 4 + 16 + 4 + 8
    for length in range(table_end):
        with pytest.raises(ModelFileError, match=r"is damaged|is not a GGUF|is empty"):
            read_header(write(whole[:length]))
    assert read_header(write(whole[:table_end])).is_cut


HUGE = 2**63
DAMAGED = {
    "an endless list of values": gguf_bytes(value_count=HUGE),
    "an endless list of tensors": gguf_bytes(tensor_count=HUGE),
    "more values than there are": gguf_bytes(value_count=9),
    "an endless name": b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, HUGE) + bytes(64),
    "an endless text": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<IQ", 8, HUGE)
    + bytes(64),
    "an endless list of texts": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<IIQ", 9, 8, HUGE)
    + bytes(64),
    "an endless list of numbers": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<IIQ", 9, 4, 2**62)
    + bytes(64),
    "texts of endless length": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<IIQQ", 9, 8, 2, HUGE)
    + bytes(64),
    "a list of lists": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<IIQ", 9, 9, 1)
    + bytes(64),
    "a value of an unknown type": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<I", 99)
    + bytes(64),
    "a tensor of no dimensions": gguf_bytes(tensors=[("t", (), 0, 0)]),
    "a tensor of nine dimensions": gguf_bytes(tensors=[("t", (1,) * 9, 0, 0)]),
    "an alignment of nothing": gguf_bytes(values={"general.alignment": 0}),
}


@pytest.mark.measures
@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_named_and_costs_nothing(write, damage):
    started = time.perf_counter()
    with pytest.raises(ModelFileError, match=r"^model\.gguf is damaged: .+\.$") as caught:
        read_header(write(DAMAGED[damage]))
    assert time.perf_counter() - started < 0.5
    assert caught.value.hint


def test_offsets_and_sizes_near_the_largest_number_mean_a_cut_file(write):
    for tensor in (("t", (2**62, 2**62), 0, 0), ("t", (1,), 0, 2**64 - 32)):
        assert read_header(write(gguf_bytes(tensors=[tensor]))).is_cut


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"GGU", "is not a GGUF model file"),
        (b"A letter to my model.\n" * 50, "is not a GGUF model file"),
        (gguf_bytes(version=1), "of version 1"),
        (gguf_bytes(version=4), "of version 4"),
        (gguf_bytes(version=0x03000000), "another byte order"),
    ],
)
def test_other_files_are_told_apart(write, data, sentence):
    with pytest.raises(ModelFileError, match=sentence):
        read_header(write(data))


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(ModelFileError, match="no longer exists"):
        read_header(tmp_path / "gone.gguf")


def test_a_folder_is_said_to_be_a_folder(tmp_path):
    with pytest.raises(ModelFileError, match="is a folder"):
        read_header(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs are a thing of POSIX systems")
def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path):
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(ModelFileError, match="is not a regular file"):
        read_header(tmp_path / "pipe.gguf")


@pytest.mark.skipif(os.name != "posix", reason="Windows needs a privilege for links")
def test_a_link_to_itself_is_said_to_be_one(tmp_path):
    loop = tmp_path / "loop.gguf"
    loop.symlink_to(loop)
    with pytest.raises(ModelFileError, match="leads back to itself"):
        read_header(loop)


@contextmanager
def ordinary_user():
    """Root may read everything, so it is nobody meanwhile."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.skipif(os.name != "posix", reason="Windows takes the right to read away in another way")
def test_a_file_without_permission_is_said_to_be_one(write):
    path = write(gguf_bytes())
    path.chmod(0)
    with ordinary_user(), pytest.raises(ModelFileError, match="do not have permission"):
        read_header(path)
