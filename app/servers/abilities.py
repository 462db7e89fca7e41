"""What the kinds of servers take beside the fields that all of them know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.preset_overrides import THINKING
from app.core.sampling import LIMITS, Sampling
from app.servers.server import ServerKind

_ALL_KNOW = {
    "temperature": "temperature",
    "top_p": "top_p",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "seed": "seed",
    "max_tokens": "max_tokens",
}
_HUGGING_FACE = {**_ALL_KNOW, "top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repetition_penalty"}
_LLAMA_CPP = {
    **_ALL_KNOW,
    "top_k": "top_k",
    "min_p": "min_p",
    "typical_p": "typical_p",
    "repeat_penalty": "repeat_penalty",
    "penalty_window": "repeat_last_n",
    "dry_multiplier": "dry_multiplier",
    "dry_base": "dry_base",
    "dry_allowed_length": "dry_allowed_length",
    "dry_window": "dry_penalty_last_n",
    "xtc_probability": "xtc_probability",
    "xtc_threshold": "xtc_threshold",
}
_GROUPS = ("dry_", "xtc_")
"""What the names of values begin with that belong to one sampler, which is off by its first value."""
_OF_LOADING = ("context_length", "thread_count", "gpu_layers", "kv_cache_type", "flash_attention")
"""How a model is loaded is the server's business."""
LARGEST_SEED = 2**31 - 1
"""Some servers read a seed as a signed number of 32 bits."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be asked of a server."""

    samplers: Mapping[str, str] = field(default_factory=lambda: _ALL_KNOW)
    """The names of sampling values, and what they are called there."""
    continues: bool = False
    """It can continue an answer that was stopped."""
    continuing: Mapping[str, Any] = field(default_factory=dict)
    """What has to be said for that."""
    counts_with: str = ""
    """The path at which it counts tokens; empty where it does not."""
    takes_tokens: bool = False
    """A prompt may be given as token numbers."""
    extras: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of a request that it knows."""


_CONTINUING = {"add_generation_prompt": False, "continue_final_message": True}
_ABILITIES = {
    ServerKind.VLLM: Abilities(_HUGGING_FACE, True, _CONTINUING, "/tokenize", True),
    ServerKind.SGLANG: Abilities(_HUGGING_FACE, True, {"continue_final_message": True}),
    ServerKind.LLAMA_SERVER: Abilities(
        _LLAMA_CPP,
        True,
        _CONTINUING,
        "/tokenize",
        True,
        extras={"return_progress": True, "cache_prompt": True},
    ),
    ServerKind.LM_STUDIO: Abilities({**_ALL_KNOW, "top_k": "top_k", "repeat_penalty": "repeat_penalty"}),
    ServerKind.OLLAMA: Abilities(continues=True),
    ServerKind.LLAMA_CPP_PYTHON: Abilities(
        {**_ALL_KNOW, "top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repeat_penalty"},
        counts_with="/extras/tokenize/count",
    ),
    ServerKind.OTHER: Abilities(),
}


def abilities_of(kind: ServerKind) -> Abilities:
    return _ABILITIES[kind]


def sampling_fields(
    sampling: Sampling, abilities: Abilities, seed: int, context_length: int
) -> dict[str, Any]:
    """The values of a request that say how tokens are chosen; those that do nothing are left out.

    Args:
        seed: the one to use, also where a random one was asked for.
        context_length: what a window over everything is written as: -1 is refused by newer llama-servers.
    """
    fields: dict[str, Any] = {}
    for name, there in abilities.samplers.items():
        value = getattr(sampling, name)
        if name == "seed":
            fields[there] = seed % (LARGEST_SEED + 1)
        elif name == "max_tokens":
            fields |= {there: value} if value else {}
        elif name.startswith(_GROUPS) and not _is_group_on(sampling, name):
            continue
        elif name in ("dry_window", "penalty_window") and value < 0:
            fields[there] = context_length
        elif name == "top_k" and not value:
            fields[there] = 0 if abilities.samplers is _LLAMA_CPP else -1
        else:
            fields[there] = value
    if sampling.stop:
        fields["stop"] = list(sampling.stop)
    return fields


def unused_names(abilities: Abilities) -> frozenset[str]:
    """The fields of a preset that change nothing on such a server."""
    thinking = () if abilities.continues else (THINKING,)
    return frozenset((*(name for name in LIMITS if name not in abilities.samplers), *_OF_LOADING, *thinking))


def unknown_values(sampling: Sampling, abilities: Abilities) -> tuple[str, ...]:
    """The names on screen of values that do something and that the server does not know."""
    neutral = {name: getattr(_NEUTRAL, name) for name in LIMITS}
    return tuple(
        limit.label
        for name, limit in LIMITS.items()
        if name not in abilities.samplers and _does_something(sampling, name, neutral[name])
    )


def _is_group_on(sampling: Sampling, name: str) -> bool:
    """Whether the sampler that a value belongs to is on at all."""
    return bool(sampling.dry_multiplier if name.startswith("dry_") else sampling.xtc_probability)


def _does_something(sampling: Sampling, name: str, neutral: float) -> bool:
    if name.startswith(_GROUPS) and not _is_group_on(sampling, name):
        return False
    if name == "penalty_window":
        return sampling.repeat_penalty != 1.0 and sampling.penalty_window != neutral
    return bool(getattr(sampling, name) != neutral)


_NEUTRAL = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)
