"""What one conversation does differently from its preset: its own temperature, its own system prompt.

Overrides are kept with the conversation as names and values, so that the preset stays what it is, and a
change of the preset reaches every value that the conversation left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.core.conversation import Conversation
from app.core.preset import Preset
from app.core.sampling import FIELD_NAMES, LIMITS, WHOLE_NUMBERS

Value = float | str | tuple[str, ...]
Overrides = tuple[tuple[str, Value], ...]
"""Names of fields of `Sampling`, or `system_prompt`, each once and in the order of the fields."""

SYSTEM_PROMPT = "system_prompt"
OVERRIDABLE: tuple[str, ...] = (SYSTEM_PROMPT, *FIELD_NAMES)
"""What a conversation may override. How a model is loaded belongs to the preset: it would be loaded anew."""


def value_of(preset: Preset, name: str) -> Value:
    """A preset's value by the name it has in overrides."""
    value: Value = preset.system_prompt if name == SYSTEM_PROMPT else getattr(preset.sampling, name)
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
    prompt = str(known.pop(SYSTEM_PROMPT, preset.system_prompt))
    return replace(preset, system_prompt=prompt, sampling=preset.sampling.with_values(**known))


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
    limit = LIMITS.get(name)
    if limit is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return limit.low <= value <= limit.high and (name not in WHOLE_NUMBERS or isinstance(value, int))


def _in_order(overrides: Mapping[str, Value]) -> Overrides:
    return tuple((name, overrides[name]) for name in OVERRIDABLE if name in overrides)
