"""Which values a preset has, in which order they stand, and the field that each of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from app.core.preset import LOAD_LIMITS, THINKING_LIMIT, Preset
from app.core.preset_overrides import SYSTEM_PROMPT
from app.core.sampling import FIELD_NAMES, LIMITS, WHOLE_NUMBERS, SamplingLimit
from app.core.translation import tr
from app.ui.presets.number_text import NumberRule
from app.ui.presets.tools_field import ToolsField
from app.ui.presets.value_fields import (
    ChoiceField,
    FieldValue,
    NumberField,
    StopField,
    TextField,
    ValueField,
)

_EMPTY_VALUES: dict[str, tuple[float, str]] = {
    "max_tokens": (0, tr("No limit")),
    "seed": (-1, tr("Random")),
    "penalty_window": (-1, tr("All")),
    "dry_window": (-1, tr("All")),
    "context_length": (0, tr("Automatic")),
    "thread_count": (0, tr("Automatic")),
    "gpu_layers": (-1, tr("All")),
    "thinking_limit": (0, tr("No limit")),
}
_LIMITS: dict[str, SamplingLimit] = {**LIMITS, **LOAD_LIMITS, "thinking_limit": THINKING_LIMIT}
_KV_CHOICES = (
    ("f16", tr("f16, exact")),
    ("q8_0", tr("q8_0, half the memory")),
    ("q4_0", tr("q4_0, a quarter")),
)
_FLASH_CHOICES = (("auto", tr("Automatic")), ("on", tr("On")), ("off", tr("Off")))
_TEXTS: dict[str, tuple[str, str]] = {
    SYSTEM_PROMPT: (tr("System prompt"), tr("What the model is told before the chat begins.")),
    "stop": (tr("Stop strings"), tr(r"Generation stops at any of these. One per line; \n is a line break.")),
    "kv_cache_type": (
        tr("KV cache type"),
        tr("How exactly the context is kept. Less exact takes less memory."),
    ),
    "flash_attention": (
        tr("Flash attention"),
        tr(
            "A way to compute attention that takes less memory. Automatic takes what is faster on this "
            "computer."
        ),
    ),
    "tools": (tr("Tools"), tr("Enabled in chats that have not chosen their own.")),
}


@dataclass(frozen=True, slots=True)
class FieldSection:
    """Fields that stand together."""

    title: str
    names: tuple[str, ...]
    is_folded: bool = True
    note: str = ""


BASICS = FieldSection(
    tr("Basics"), (SYSTEM_PROMPT, "temperature", "max_tokens", "seed", "stop"), is_folded=False
)
CHOICE = FieldSection(
    tr("Sampling"), ("top_k", "top_p", "min_p", "typical_p", "xtc_probability", "xtc_threshold")
)
REPETITION = FieldSection(
    tr("Repetition"),
    (
        "repeat_penalty",
        "penalty_window",
        "presence_penalty",
        "frequency_penalty",
        "dry_multiplier",
        "dry_base",
        "dry_allowed_length",
        "dry_window",
    ),
)
THINKING_AND_TOOLS = FieldSection(tr("Thinking and tools"), ("thinking_limit", "tools"))
LOADING = FieldSection(
    tr("Model loading"),
    ("context_length", "thread_count", "gpu_layers", "kv_cache_type", "flash_attention"),
    note=tr("These take effect when a model is loaded."),
)
PRESET_SECTIONS = (BASICS, THINKING_AND_TOOLS, CHOICE, REPETITION, LOADING)
CONVERSATION_SECTIONS = (
    FieldSection(tr("System prompt"), (SYSTEM_PROMPT,), is_folded=False),
    FieldSection(tr("Basics"), ("temperature", "max_tokens"), is_folded=False),
    FieldSection(tr("Sampling"), (*CHOICE.names, "seed", "stop")),
    REPETITION,
    FieldSection(tr("Model"), ("context_length", "thinking_limit", "tools", "gpu_layers"), is_folded=False),
)
"""The rows of one conversation's settings; the others of loading suit a computer, and stay with presets."""


def label_of(name: str) -> str:
    """A value's name on screen."""
    limit = _LIMITS.get(name)
    return limit.label if limit else _TEXTS[name][0]


def explanation_of(name: str) -> str:
    """What a value does, in a sentence or two."""
    limit = _LIMITS.get(name)
    return limit.explanation if limit else _TEXTS[name][1]


def make_field(name: str, parent: QWidget, is_low: bool = False) -> ValueField:
    """The field in which a value can be changed; `is_low` where there is little room."""
    field: ValueField
    if name == SYSTEM_PROMPT:
        field = TextField(4 if is_low else 5, tr("For example: Answer briefly and in French."), parent)
    elif name == "stop":
        field = StopField(2 if is_low else 3, tr("None"), parent)
    elif name == "kv_cache_type":
        field = ChoiceField(_KV_CHOICES, parent)
    elif name == "flash_attention":
        field = ChoiceField(_FLASH_CHOICES, parent)
    elif name == "tools":
        inherit_text, column_count = (
            (tr("As in the preset"), 1) if is_low else (tr("Use defaults from Settings"), 2)
        )
        field = ToolsField(inherit_text, column_count, parent)
    else:
        field = NumberField(_rule(name), parent)
    field.setObjectName(f"{name}_field")
    field.setAccessibleName(label_of(name))
    field.setAccessibleDescription(explanation_of(name))
    return field


def values_of(preset: Preset) -> dict[str, FieldValue]:
    """A preset's values by name."""
    sampling = {name: getattr(preset.sampling, name) for name in FIELD_NAMES}
    others = (SYSTEM_PROMPT, *THINKING_AND_TOOLS.names, *LOADING.names)
    return {**{name: getattr(preset, name) for name in others}, **sampling}


def with_values(preset: Preset, values: Mapping[str, FieldValue]) -> Preset:
    """The preset with some of its values exchanged.

    Raises:
        ValueError: a value is out of its range.
    """
    sampling = {name: value for name, value in values.items() if name in FIELD_NAMES}
    others = {name: value for name, value in values.items() if name not in FIELD_NAMES}
    return replace(preset, sampling=preset.sampling.with_values(**sampling), **others)  # type: ignore[arg-type]


def _rule(name: str) -> NumberRule:
    empty_value, empty_text = _EMPTY_VALUES.get(name, (None, ""))
    is_whole = name in WHOLE_NUMBERS or name not in LIMITS
    return NumberRule(_LIMITS[name], is_whole, empty_value, empty_text)
