"""Changes a real model file by seed: keys and fields of tensors, to what a stranger might have put there."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.gguf_file import text

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9

NUMBERS = (
    0,
    1,
    2,
    3,
    7,
    31,
    64,
    255,
    256,
    4096,
    65_535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**64 - 1,
    -1,
)
REALS = (0.0, -0.0, 1.0, -1.0, 1e-30, 1e30, float("inf"), -float("inf"), float("nan"))
WORDS = (
    b"",
    b"\0",
    b" ",
    b"\xff\xfe\xfd",
    b"\xf0\x9f\x98",
    "日本語 العربية 👩‍👩‍👧".encode(),
    b"<0x41>",
    b"<0xZZ>",
    b"llama",
    b"gpt2",
    b"bert",
    b"t5",
    b"rwkv",
    b"plamo2",
    b"none",
    b"no_vocab",
    b"default",
    b"llama-bpe",
    b"lfm2",
    b"qwen2",
    b"tekken",
    b"yarn",
    b"longrope",
    b"<|im_end|>",
    b"a" * 5000,
    b"\xe2\x80\x8b" * 2000,
    b"(((((((((((((((((((((((((((((((",
    b"{% for i in range(10**9) %}x{% endfor %}",
    b"{{ messages[0] }}",
    b"{% if",
    b"{{ raise_exception('no') }}",
    b"{{ bos_token * 100000000 }}",
)
OTHER_KEYS = (
    *("attention.sliding_window", "attention.key_length", "attention.value_length", "attention.causal"),
    *("attention.head_count_kv", "attention.head_count", "attention.clamp_kqv", "attention.scale"),
    *("rope.dimension_count", "rope.dimension_sections", "rope.freq_base", "rope.scaling.type"),
    *("rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.attn_factor"),
    *("expert_count", "expert_used_count", "leading_dense_block_count", "expert_feed_forward_length"),
    *("ssm.conv_kernel", "ssm.state_size", "vocab_size", "pooling_type", "embedding_length_out"),
    *("logit_scale", "residual_scale", "embedding_scale", "attn_logit_softcapping", "shortconv.l_cache"),
    *("nextn_predict_layers", "expert_group_count", "expert_gating_func", "use_parallel_residual"),
)
TOKENIZER_KEYS = (
    *(
        "scores",
        "token_type_count",
        "unknown_token_id",
        "seperator_token_id",
        "mask_token_id",
        "eot_token_id",
    ),
    *(
        "eom_token_id",
        "add_space_prefix",
        "remove_extra_whitespaces",
        "precompiled_charsmap",
        "add_sep_token",
    ),
    *("fim_pre_token_id", "suppress_tokens", "pre", "cls_token_id", "padding_token_id"),
)


@dataclass
class Array:
    kind: int
    items: list[object]


@dataclass
class Tensor:
    name: bytes
    dimensions: list[int]
    kind: int
    offset: int


@dataclass
class Parsed:
    """A model file taken apart."""

    values: list[tuple[bytes, int, object]] = field(default_factory=list)
    """Key, type, value."""
    tensors: list[Tensor] = field(default_factory=list)
    data: bytes = b""

    def bytes(self) -> bytes:
        header = b"GGUF" + struct.pack("<IQQ", 3, len(self.tensors), len(self.values))
        header += b"".join(
            text(key) + struct.pack("<I", kind) + _pack(kind, value) for key, kind, value in self.values
        )
        for tensor in self.tensors:
            shape = [number % 2**64 for number in tensor.dimensions]
            header += text(tensor.name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
            header += struct.pack("<IQ", tensor.kind % 2**32, tensor.offset % 2**64)
        return header + b"\0" * (-len(header) % 32) + self.data


def parse(path: Path) -> Parsed:
    """Takes a whole, good file apart."""
    data = path.read_bytes()
    position = 8

    def take(form: str) -> object:
        nonlocal position
        (value,) = struct.unpack_from(f"<{form}", data, position)
        position += struct.calcsize(f"<{form}")
        return value

    def count() -> int:
        value = take("Q")
        assert isinstance(value, int)
        return value

    def number() -> int:
        value = take("I")
        assert isinstance(value, int)
        return value

    def word() -> bytes:
        nonlocal position
        length = count()
        position += length
        return data[position - length : position]

    def value_of(kind: int) -> object:
        if kind == _STRING:
            return word()
        if kind == _ARRAY:
            inner, length = number(), count()
            return Array(inner, [value_of(inner) for _ in range(length)])
        return take(_SCALARS[kind])

    tensor_count, value_count = count(), count()
    parsed = Parsed()
    for _ in range(value_count):
        key, kind = word(), number()
        parsed.values.append((key, kind, value_of(kind)))
    for _ in range(tensor_count):
        name = word()
        shape = [count() for _ in range(number())]
        parsed.tensors.append(Tensor(name, shape, number(), count()))
    parsed.data = data[position + -position % 32 :]
    return parsed


class Mutator:
    """Makes changed files of one model; the same seed makes the same file."""

    def __init__(self, original: Path) -> None:
        self._original = original

    def make(self, seed: int) -> tuple[bytes, str]:
        """-> (the file, what was done to it)."""
        dice = random.Random(seed)
        parsed = parse(self._original)
        done = [dice.choice(_MUTATIONS)(parsed, dice) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
        return parsed.bytes(), "; ".join(done)


def _pack(kind: int, value: object) -> bytes:
    if kind == _STRING:
        assert isinstance(value, bytes)
        return text(value)
    if kind == _ARRAY:
        assert isinstance(value, Array)
        items = b"".join(_pack(value.kind, item) for item in value.items)
        return struct.pack("<IQ", value.kind, len(value.items)) + items
    form = _SCALARS[kind]
    size = 8 * struct.calcsize(form)
    if form in "fd":
        assert isinstance(value, int | float)
        return struct.pack(
            f"<{form}", min(max(float(value), -3e38), 3e38) if abs(value) < float("inf") else value
        )
    assert isinstance(value, int | float)
    whole = int(value) % 2**size
    if form == "?":
        return struct.pack("<B", whole % 256)
    if form.islower() and whole >= 2 ** (size - 1):
        whole -= 2**size
    return struct.pack(f"<{form}", whole)


def _any_value(kind: int, dice: random.Random) -> object:
    if kind == _STRING:
        return dice.choice(WORDS)
    if kind == _ARRAY:
        inner = dice.choice((*_SCALARS, _STRING))
        return Array(inner, [_any_value(inner, dice) for _ in range(dice.choice((0, 1, 2, 16, 1000)))])
    if kind in (6, 12):
        return dice.choice(REALS)
    return dice.choice(NUMBERS)


def _other_value(parsed: Parsed, dice: random.Random) -> str:
    at = dice.randrange(len(parsed.values))
    key, kind, value = parsed.values[at]
    if kind == _ARRAY and isinstance(value, Array) and value.items:
        return _other_array(parsed, at, dice)
    parsed.values[at] = (key, kind, _any_value(kind, dice))
    return f"{key.decode()} = {parsed.values[at][2]!r:.60}"


def _other_array(parsed: Parsed, at: int, dice: random.Random) -> str:
    key, kind, value = parsed.values[at]
    assert isinstance(value, Array)
    items = list(value.items)
    way = dice.choice(("some", "all", "cut", "longer", "shuffled", "same"))
    match way:
        case "some":
            for place in dice.sample(range(len(items)), min(len(items), dice.choice((1, 3, 30)))):
                items[place] = _any_value(value.kind, dice)
        case "all":
            one = _any_value(value.kind, dice)
            items = [one] * len(items)
        case "cut":
            items = items[: dice.randrange(len(items))]
        case "longer":
            items += [_any_value(value.kind, dice)] * dice.choice((1, 7, 1000))
        case "shuffled":
            dice.shuffle(items)
        case "same":
            items = [items[0]] * len(items)
    parsed.values[at] = (key, kind, Array(value.kind, items))
    return f"{key.decode()} {way}"


def _other_type(parsed: Parsed, dice: random.Random) -> str:
    at = dice.randrange(len(parsed.values))
    key, _, _ = parsed.values[at]
    kind = dice.choice((*_SCALARS, _STRING, _ARRAY))
    parsed.values[at] = (key, kind, _any_value(kind, dice))
    return f"{key.decode()} of type {kind}: {parsed.values[at][2]!r:.60}"


def _missing(parsed: Parsed, dice: random.Random) -> str:
    key, _, _ = parsed.values.pop(dice.randrange(len(parsed.values)))
    return f"without {key.decode()}"


def _twice(parsed: Parsed, dice: random.Random) -> str:
    key, kind, _ = dice.choice(parsed.values)
    parsed.values.append((key, kind, _any_value(kind, dice)))
    return f"{key.decode()} twice"


def _new_key(parsed: Parsed, dice: random.Random) -> str:
    architecture = next(value for key, _, value in parsed.values if key == b"general.architecture")
    assert isinstance(architecture, bytes)
    keys = [f"{architecture.decode('utf-8', 'replace')}.{key}" for key in OTHER_KEYS]
    keys += [f"tokenizer.ggml.{key}" for key in TOKENIZER_KEYS]
    key = dice.choice(keys).encode()
    kind = dice.choice((4, 5, 6, 7, _STRING, _ARRAY))
    value = _any_value(kind, dice)
    parsed.values = [one for one in parsed.values if one[0] != key]
    parsed.values.append((key, kind, value))
    return f"new {key.decode()} = {value!r:.60}"


def _other_architecture(parsed: Parsed, dice: random.Random) -> str:
    """The same tensors under the name of another architecture, with its keys."""
    other = dice.choice(
        ("llama", "qwen2", "qwen3", "gemma3", "phi3", "mamba", "lfm2", "lfm2moe", "gpt-oss", "olmo2")
    )
    old = next(value for key, _, value in parsed.values if key == b"general.architecture")
    assert isinstance(old, bytes)
    renamed: list[tuple[bytes, int, object]] = []
    for key, kind, value in parsed.values:
        new = other.encode() + key[len(old) :] if key.startswith(old + b".") else key
        renamed.append((new, kind, other.encode() if key == b"general.architecture" else value))
    parsed.values = renamed
    return f"as {other}"


def _other_tensor(parsed: Parsed, dice: random.Random) -> str:
    tensor = dice.choice(parsed.tensors)
    way = dice.choice(("shape", "swapped", "flat", "type", "offset", "name", "same place"))
    match way:
        case "shape":
            tensor.dimensions[dice.randrange(len(tensor.dimensions))] = dice.choice(NUMBERS)
        case "swapped":
            tensor.dimensions.reverse()
        case "flat":
            tensor.dimensions = [max(1, tensor.dimensions[0])] * dice.choice((1, 2, 3, 4))
        case "type":
            tensor.kind = dice.choice((0, 1, 2, 8, 12, 16, 24, 26, 30, 39, 99))
        case "offset":
            tensor.offset = dice.choice((0, 32, len(parsed.data) - 32, len(parsed.data), 2**63))
        case "name":
            tensor.name = dice.choice((b"", b"x" * 80, dice.choice(parsed.tensors).name, tensor.name + b"2"))
        case "same place":
            tensor.offset = dice.choice(parsed.tensors).offset
    return f"tensor {tensor.name.decode('utf-8', 'replace'):.40}: {way}"


def _no_tensor(parsed: Parsed, dice: random.Random) -> str:
    tensor = parsed.tensors.pop(dice.randrange(len(parsed.tensors)))
    return f"without tensor {tensor.name.decode()}"


def _other_weights(parsed: Parsed, dice: random.Random) -> str:
    """Noise, zeros or no numbers in a part of the weights."""
    start = dice.randrange(len(parsed.data))
    end = min(len(parsed.data), start + dice.choice((4, 4000, 400_000)))
    filling = dice.choice((b"\0", b"\xff", b"\x7f", b""))
    new = filling * (end - start) if filling else dice.randbytes(end - start)
    parsed.data = parsed.data[:start] + new + parsed.data[end:]
    return f"weights {start} to {end} of {filling!r}"


_MUTATIONS: tuple[Callable[[Parsed, random.Random], str], ...] = (
    *(_other_value,) * 6,
    *(_other_type,) * 2,
    *(_new_key,) * 4,
    *(_other_tensor,) * 4,
    _missing,
    _twice,
    _other_architecture,
    _no_tensor,
    _other_weights,
)
