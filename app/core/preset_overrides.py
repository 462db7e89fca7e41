"""What one conversation does differently from its preset: its own temperature, its own system prompt.

Overrides are kept with the conversation as names and values, so that the preset stays what it is, and a
change of the preset reaches every value that the conversation left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.core.conversation import Conversation
from app.core.preset import LOAD_LIMITS, THINKING_LIMIT, Preset
from app.core.sampling import FIELD_NAMES, LIMITS, WHOLE_NUMBERS, SamplingLimit

Value = float | str | tuple[str, ...]
Overrides = tuple[tuple[str, Value], ...]
"""Names of `OVERRIDABLE`, each once and in that order, with their values."""

SYSTEM_PROMPT = "system_prompt"
THINKING = "thinking_limit"
LOADING: tuple[str, ...] = ("context_length", "gpu_layers")
"""What takes effect when the model is loaded again, which the user is offered."""
OVERRIDABLE: tuple[str, ...] = (SYSTEM_PROMPT, *FIELD_NAMES, THINKING, *LOADING)
"""What a conversation may override. The rest of loading suits a computer, and stays with the preset."""
_LIMITS: dict[str, SamplingLimit] = {
    **LIMITS,
    THINKING: THINKING_LIMIT,
    **{it: LOAD_LIMITS[it] for it in LOADING},
}


def value_of(preset: Preset, name: str) -> Value:
    """A preset's value by the name it has in overrides."""
    value: Value = getattr(preset.sampling if name in FIELD_NAMES else preset, name)
    return value


def overrides_between(preset: Preset, changed: Preset) -> Overrides:
    """The values in which a preset differs from another one."""
    values = ((name, value_of(changed, name)) for name in OVERRIDABLE)
    return tuple((name, value) for name, value in values if value != value_of(preset, name))


def preset_with_overrides(preset: Preset, overrides: Overrides) -> Preset:
    """The preset with the overrides in effect.

    Overrides that this version does not know, or whose values are out of their range, are passed over: they
    come from a file, and must not keep a conversation from being answered.
    """
    known = {name: value for name, value in overrides if is_usable(name, value)}
    sampling = {name: known.pop(name) for name in FIELD_NAMES if name in known}
    return replace(preset, sampling=preset.sampling.with_values(**sampling), **known)  # type: ignore[arg-type]


def overrides_of(conversation: Conversation) -> Overrides:
    """What a conversation overrides, its system prompt (such as an imported one) included."""
    overrides = dict(conversation.overrides)
    if conversation.system_prompt:
        overrides[SYSTEM_PROMPT] = conversation.system_prompt
    return _in_order(overrides)


def with_overrides(conversation: Conversation, overrides: Overrides) -> Conversation:
    """The conversation with these overrides in place of those it had."""
    values = dict(overrides)
    prompt = values.get(SYSTEM_PROMPT, "")
    if prompt:
        # Its place in the file and in exports. Only "no system prompt at all" has to be told by an override.
        del values[SYSTEM_PROMPT]
    return replace(conversation, system_prompt=str(prompt), overrides=_in_order(values))


def preset_in(conversation: Conversation, preset: Preset) -> Preset:
    """The preset as this conversation uses it."""
    return preset_with_overrides(preset, overrides_of(conversation))


def is_usable(name: str, value: object) -> bool:
    """Whether a value read from a file fits the field of that name."""
    if name == SYSTEM_PROMPT:
        return isinstance(value, str)
    if name == "stop":
        return isinstance(value, tuple) and all(isinstance(text, str) and text for text in value)
    limit = _LIMITS.get(name)
    if limit is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    is_whole = name in WHOLE_NUMBERS or name not in LIMITS
    return limit.low <= value <= limit.high and (not is_whole or isinstance(value, int))


def _in_order(overrides: Mapping[str, Value]) -> Overrides:
    return tuple((name, overrides[name]) for name in OVERRIDABLE if name in overrides)
