"""What the model picker says about files."""

import struct

import pytest

from app.engine.gguf import read_header
from app.engine.model_checks import (
    CHAT_ARCHITECTURES,
    EMBEDDING_ARCHITECTURES,
    NEWER_ARCHITECTURES,
    OTHER_ARCHITECTURES,
    describe,
    files_of,
    problem_of,
)
from tests.support.gguf_file import gguf_bytes, text


def bare_header(architecture: str) -> bytes:
    return (
        b"GGUF"
        + struct.pack("<IQQ", 3, 0, 1)
        + text("general.architecture")
        + struct.pack("<I", 8)
        + text(architecture)
    )


def test_the_names_are_those_that_the_library_knows(tmp_path):
    from app.engine import llama

    known = CHAT_ARCHITECTURES | EMBEDDING_ARCHITECTURES | OTHER_ARCHITECTURES.keys()
    for architecture in known | NEWER_ARCHITECTURES:
        path = tmp_path / "one.gguf"
        path.write_bytes(bare_header(architecture) + bytes(64))
        with pytest.raises(llama.LoadFailed) as refusal:
            llama.Model(path, 0, lambda share: True)
        assert ("unknown model architecture" in str(refusal.value)) == (architecture in NEWER_ARCHITECTURES)


def test_good_models_have_no_problem(starter_path, tiny_path, tiny_moe_path):
    for path in (starter_path, tiny_path, tiny_moe_path):
        described = describe(path)
        assert described.problem == ""
        assert described.size_bytes == path.stat().st_size
        assert described.architecture in CHAT_ARCHITECTURES
        assert described.quantisation
        assert described.trained_context


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gguf_bytes("clip"), "is a projector that lets another model see or hear."),
        (gguf_bytes("llama", {"general.type": "mmproj"}), "is a projector"),
        (gguf_bytes("llama", {"general.type": "adapter"}), "is an adapter (LoRA) for another model."),
        (gguf_bytes("bert"), "is an embedding model: it compares texts and cannot write any."),
        (gguf_bytes("qwen3", {"qwen3.pooling_type": 3}), "is an embedding model"),
        (gguf_bytes("lfm3"), "is of the architecture lfm3, which needs a newer engine than this one."),
        (gguf_bytes("zebra9"), "is of the architecture 'zebra9', which Tarn's engine does not know."),
        (gguf_bytes("wavtokenizer-dec"), "is a voice model."),
        (gguf_bytes("llama", tensors=[]), "holds only a vocabulary and no model."),
        (gguf_bytes("llama", {"tokenizer.ggml.tokens": []}), "holds no vocabulary"),
        (gguf_bytes("llama")[:-100], "is not complete: 100 bytes are missing at its end."),
        (b"text", "is not a GGUF model file."),
    ],
)
def test_a_file_that_cannot_chat_says_why(tmp_path, data, problem):
    path = tmp_path / "file.gguf"
    path.write_bytes(data)
    assert problem in describe(path).problem


def test_a_missing_file_is_described_too(tmp_path):
    assert "no longer exists" in describe(tmp_path / "gone.gguf").problem


def test_a_changed_file_is_described_anew(tmp_path):
    path = tmp_path / "file.gguf"
    path.write_bytes(gguf_bytes("bert"))
    assert describe(path).problem
    path.write_bytes(gguf_bytes("llama", {"general.name": "Better"}))
    assert (describe(path).name, describe(path).problem) == ("Better", "")


def split(tmp_path, part, count=3, name="big"):
    path = tmp_path / f"{name}-{part:05d}-of-{count:05d}.gguf"
    path.write_bytes(gguf_bytes("llama", {"split.count": count, "split.no": part - 1}))
    return path


def test_a_split_model_needs_all_its_parts(tmp_path):
    first, second = split(tmp_path, 1), split(tmp_path, 2)
    assert "big-00003-of-00003.gguf is missing" in str(problem_of(read_header(first)))
    split(tmp_path, 3)
    assert problem_of(read_header(first)) is None
    assert len(files_of(read_header(first))) == 3
    wrong = problem_of(read_header(second))
    assert "is not the first part" in str(wrong)
    assert wrong.hint == "Choose big-00001-of-00003.gguf."


def test_a_renamed_part_is_told_so(tmp_path):
    renamed = split(tmp_path, 1).rename(tmp_path / "big.gguf")
    assert "its name no longer says which" in str(problem_of(read_header(renamed)))
