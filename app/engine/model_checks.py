"""Which model files can be chatted with, and what is wrong with the others.

The names are llama.cpp's own (`src/llama-arch.cpp` of the commit in llama-cpp-python 0.3.36); a test compares
them with the library. Move them together with the version bound in pyproject.toml.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from app.core.errors import ModelFileError
from app.core.model_file import ModelFile, Sense
from app.core.translation import tr, tr_count, tr_later
from app.engine.gguf import GgufHeader, read_header

_CHAT = """
    afmoe apertus arcee arctic arwkv7 baichuan bailingmoe bailingmoe2 bailingmoe3 bitnet bloom chameleon
    chatglm codeshell cogvlm cohere2 cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr
    deepseek32 deepseek4 dots1 dots3note ernie4_5 ernie4_5-moe exaone exaone-moe exaone4 falcon falcon-h1
    gemma gemma2
    gemma3 gemma3n gemma4 glm-dsa glm4 glm4moe glm5-next gpt-oss gpt2 gptj gptneox granite granite_swa
    granitehybrid granitemoe graniteswitch grok grovemoe hrm_text hunyuan-dense hunyuan-moe hunyuan_vl hy_v3
    hy_v4 internlm2 jais jais2 jamba kimi-k3 kimi-linear laguna lfm2 lfm2moe llama llama4 maincoder mamba
    mamba2 maple mellum mimo2 minicpm minicpm3 minimax-01 minimax-m2 minimax-m3 mistral3 mistral4 mpt
    muse-glimmer nanbeige nemotron nemotron_h nemotron_h_moe olmo olmo2 olmoe openelm orion paddleocr
    pangu-embedded phi2 phi3 phimoe plamo plamo2 plamo3 plm qwen qwen2 qwen2moe qwen2vl qwen3 qwen35 qwen35moe
    qwen3moe qwen3next qwen3vl qwen3vlmoe qwen4exp refact rwkv6 rwkv6qwen2 rwkv7 seed_oss smallthinker smollm3
    spark2_5 stablelm starcoder starcoder2 step35 talkie xverse
"""
_EMBEDDING = """
    bert eurobert gemma-embedding jina-bert-v2 jina-bert-v3 llama-embed modern-bert neo-bert nomic-bert
    nomic-bert-moe t5encoder
"""
CHAT_ARCHITECTURES = frozenset(_CHAT.split())
EMBEDDING_ARCHITECTURES = frozenset(_EMBEDDING.split())
_DRAFT_MODEL = tr_later("{name} is a draft model that only speeds up another model.")
_DIFFUSION_MODEL = tr_later("{name} is a diffusion model, which does not write word by word.")
_VOICE_MODEL = tr_later("{name} is a voice model.")
_PROJECTOR = tr_later("{name} is a projector that lets another model see or hear.")
OTHER_ARCHITECTURES: dict[str, str] = {
    "clip": _PROJECTOR,
    **dict.fromkeys(("dflash", "eagle3", "gemma4-assistant"), _DRAFT_MODEL),
    **dict.fromkeys(("dream", "llada", "llada-moe", "rnd1"), _DIFFUSION_MODEL),
    **dict.fromkeys(("pockettts", "qwen3tts", "wavtokenizer-dec"), _VOICE_MODEL),
    "t5": tr_later("{name} is a translation model, which is not made for conversation."),
}
"""Architectures that the library knows and that cannot chat, with what is said of them."""

NEWER_ARCHITECTURES = frozenset({"lfm3"})
"""Known by name to need a newer engine than this one."""

LONGEST_AVERAGE_WORD = 64
SPARE_WORD_BYTES = 1024 * 1024
"""Bytes. With lengths, real vocabularies take about 16 a word; the engine takes minutes for absurd ones."""

_TOKENS = "tokenizer.ggml.tokens"
_OTHER_KINDS = {
    "mmproj": _PROJECTOR,
    "adapter": tr_later("{name} is an adapter (LoRA) for another model."),
    "imatrix": tr_later("{name} is a table used for quantising models."),
}
_CHOOSE_ANOTHER = tr("Choose a chat model.")
_PART_NAME = re.compile(r"^(?P<stem>.+)-(?P<part>\d{5})-of-(?P<count>\d{5})\.gguf$")


def describe(path: Path) -> ModelFile:
    """What the model picker shows for a file; one that cannot be used says so in `problem`. Never raises."""
    try:
        status = path.stat()
        return _describe(path, status.st_size, status.st_mtime_ns)
    except OSError:
        return _describe.__wrapped__(path, 0, 0)


@lru_cache(maxsize=1024)
def _describe(path: Path, size: int, _changed_at: int) -> ModelFile:
    try:
        header = read_header(path)
    except ModelFileError as error:
        return ModelFile(path, path.stem, size, problem=str(error))
    problem = problem_of(header)
    return ModelFile(
        path,
        header.name or path.stem,
        size,
        header.architecture,
        header.quantisation,
        header.trained_context,
        problem=str(problem) if problem else "",
        is_embedding=is_embedding_model(header) and _not_whole(header) is None,
    )


_LFM2_FAMILIES = ("lfm2", "lfm2a")
_ENCODERS = {Sense.SIGHT: "vision", Sense.HEARING: "audio"}


def senses_of(projector: Path) -> frozenset[Sense]:
    """What a projector is for, by what its header says; nothing where that cannot be read."""
    try:
        header = read_header(projector)
    except (ModelFileError, OSError):
        return frozenset()
    return frozenset(
        it for it, name in _ENCODERS.items() if header.values.get(f"clip.has_{name}_encoder") is True
    )


def senses_with(model: Path, projector: Path) -> frozenset[Sense]:
    """What a model can do with a projector, by what their headers say; nothing where they are no pair.

    The width is compared, and for LFM2 the family: the library would read a stranger's pictures as its own.
    Sizes of one family share their width, so whoever asks goes by the names first.
    """
    try:
        header, other = read_header(model), read_header(projector)
    except (ModelFileError, OSError):
        return frozenset()
    width = header.of_architecture("embedding_length")
    return frozenset(
        sense
        for sense in senses_of(projector)
        if other.number(f"clip.{_ENCODERS[sense]}.projection_dim", -1) == width
        and (not header.architecture.startswith("lfm2") or _family_of(other, sense) in _LFM2_FAMILIES)
    )


def _family_of(projector: GgufHeader, sense: Sense) -> str:
    names = ("clip.projector_type", f"clip.{_ENCODERS[sense]}.projector_type")
    return next((str(projector.values[name]) for name in names if projector.values.get(name)), "")


def read_usable(path: Path) -> GgufHeader:
    """The header of a model that can be chatted with; for a split model with the sizes of all its parts.

    Raises:
        ModelFileError: it cannot be read, or something speaks against it.
    """
    header = read_header(path)
    problem = problem_of(header)
    if problem is not None:
        raise problem
    parts = [header, *(read_header(part) for part in files_of(header)[1:])]
    for part in parts:
        if part.is_cut:
            raise _cut(part)
    return replace(
        header,
        file_size=sum(part.file_size for part in parts),
        weight_bytes=sum(part.weight_bytes for part in parts),
    )


def problem_of(header: GgufHeader) -> ModelFileError | None:
    """Why a file cannot be used for chat, as far as its header tells; None if nothing speaks against it."""
    return _wrong_kind(header) or _unknown_architecture(header) or _not_whole(header)


def files_of(header: GgufHeader) -> list[Path]:
    """Every file of a split model, the given one included; only that one where the model is not split."""
    match = _PART_NAME.match(header.path.name)
    if header.part_count == 1 or match is None:
        return [header.path]
    names = (
        f"{match['stem']}-{part:05d}-of-{match['count']}.gguf" for part in range(1, int(match["count"]) + 1)
    )
    return [header.path.with_name(name) for name in names]


def _wrong_kind(header: GgufHeader) -> ModelFileError | None:
    name, architecture = header.path.name, header.architecture
    sentence = _OTHER_KINDS.get(header.kind) or OTHER_ARCHITECTURES.get(architecture)
    if sentence:
        return ModelFileError(tr(sentence, name=name), _CHOOSE_ANOTHER)
    # Chat architectures are also used for embedding models; those name the way they pool.
    if is_embedding_model(header):
        return ModelFileError(
            tr("{name} is an embedding model: it compares texts and cannot write any.", name=name),
            _CHOOSE_ANOTHER,
        )
    return None


def is_embedding_model(header: GgufHeader) -> bool:
    """Whether a file is a model that compares texts, as far as its header tells."""
    return header.architecture in EMBEDDING_ARCHITECTURES or header.of_architecture("pooling_type") > 0


def _unknown_architecture(header: GgufHeader) -> ModelFileError | None:
    name, architecture = header.path.name, header.architecture
    if not architecture:
        return ModelFileError(
            tr("{name} does not say which architecture it is of.", name=name), tr("Download the model again.")
        )
    if architecture in CHAT_ARCHITECTURES:
        return None
    if architecture in NEWER_ARCHITECTURES:
        return ModelFileError(
            tr(
                "{name} is of the architecture {architecture}, which needs a newer engine than this one.",
                name=name,
                architecture=architecture,
            ),
            tr("Update Tarn, or choose an LFM2.5 model."),
        )
    return ModelFileError(
        tr(
            "{name} is of the architecture {architecture!r}, which Tarn's engine does not know.",
            name=name,
            architecture=architecture,
        ),
        tr("Update Tarn, or choose another model."),
    )


def _not_whole(header: GgufHeader) -> ModelFileError | None:
    name = header.path.name
    if header.part_count > 1:
        return _missing_part(header)
    if header.tensor_count == 0:
        return ModelFileError(tr("{name} holds only a vocabulary and no model.", name=name), _CHOOSE_ANOTHER)
    if not header.vocabulary_size:
        return ModelFileError(
            tr("{name} holds no vocabulary, so it cannot read or write text.", name=name), _CHOOSE_ANOTHER
        )
    if header.text_bytes.get(_TOKENS, 0) > LONGEST_AVERAGE_WORD * header.vocabulary_size + SPARE_WORD_BYTES:
        return ModelFileError(
            tr("The vocabulary of {name} is damaged: its words are far too long.", name=name), _CHOOSE_ANOTHER
        )
    if header.is_cut:
        return _cut(header)
    return None


def _cut(header: GgufHeader) -> ModelFileError:
    missing = header.end_of_tensors - header.file_size
    return ModelFileError(
        tr_count(
            "{name} is not complete: {count:,} byte is missing at its end.",
            "{name} is not complete: {count:,} bytes are missing at its end.",
            missing,
            name=header.path.name,
        ),
        tr("Download the file again; the download was probably cut off."),
    )


def _missing_part(header: GgufHeader) -> ModelFileError | None:
    name = header.path.name
    if _PART_NAME.match(name) is None:
        return ModelFileError(
            tr(
                "{name} is one of {part_count} parts of a model, and its name no longer says which.",
                name=name,
                part_count=header.part_count,
            ),
            tr("Give the files back their names, ending in -00001-of-00002.gguf and so on."),
        )
    parts = files_of(header)
    missing = [part.name for part in parts if not part.exists()]
    if missing:
        return ModelFileError(
            tr(
                "{name} is one of {parts} parts of a model, and {missing} is missing.",
                name=name,
                parts=len(parts),
                missing=missing[0],
            ),
            tr("Put all parts into the same folder."),
        )
    if header.path != parts[0]:
        return ModelFileError(
            tr("{name} is not the first part of its model.", name=name),
            tr("Choose {name}.", name=parts[0].name),
        )
    return None
