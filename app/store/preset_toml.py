"""A preset as TOML values, and back, with every value checked."""

from __future__ import annotations

import logging
from typing import Any

from app.core.preset import FLASH_ATTENTION, KV_CACHE_TYPES, LOAD_LIMITS, THINKING_LIMIT, Preset
from app.core.sampling import FIELD_NAMES, LIMITS, WHOLE_NUMBERS
from app.core.translation import listed, tr
from app.files.converter import converted, plain

log = logging.getLogger(__name__)

_LIMITS = {**LIMITS, **LOAD_LIMITS, "thinking_limit": THINKING_LIMIT}
_LABELS = {
    "name": tr("The name"),
    "system_prompt": tr("The system prompt"),
    "source": tr("The source"),
    "kv_cache_type": tr("The KV cache type"),
    "flash_attention": tr("Flash attention"),
    "tools": tr("Tools"),
    "stop": tr("Stop strings"),
    "sampling": tr("The sampling values"),
}
_CHOICES = {"kv_cache_type": KV_CACHE_TYPES, "flash_attention": FLASH_ATTENTION}
_NAMES = (
    "name",
    "system_prompt",
    "source",
    *LOAD_LIMITS,
    "kv_cache_type",
    "flash_attention",
    "thinking_limit",
    "tools",
    "sampling",
)


def values_of_preset(preset: Preset) -> dict[str, Any]:
    """All values, also those at their default, so that a new default does not change old presets."""
    values: dict[str, Any] = plain(preset)
    del values["is_builtin"]
    if preset.tools is None:
        del values["tools"]  # TOML has no word for it.
    return {**values, "sampling": values.pop("sampling")}  # Tables come last.


def preset_from_values(values: object) -> tuple[Preset, list[str]]:
    """The preset, and a sentence for each value that is wrong, in whose place the default is taken."""
    if not isinstance(values, dict):
        return Preset(""), [tr("A preset must be a table of values.")]
    problems: list[str] = []
    sampling = values.get("sampling", {})
    unknown = [*(values.keys() - set(_NAMES))]
    if isinstance(sampling, dict):
        unknown += sampling.keys() - set(FIELD_NAMES)
    if unknown:
        log.warning(
            "Values of a preset that this version does not know are left alone: %s", ", ".join(unknown)
        )
    known = {name: values[name] for name in _NAMES if name in values}
    preset = converted(
        Preset,
        {"name": "", **known},
        lambda name, value, problem: problems.append(_sentence(name, value, problem)),
        _fault,
    )
    return preset, problems


def _fault(name: str, value: Any) -> str:
    """What is wrong with a value of the right type, as a sentence; empty where nothing is."""
    if name in _LIMITS and not _LIMITS[name].low <= value <= _LIMITS[name].high:
        return _LIMITS[name].refusal(value)
    if name in _CHOICES and value not in _CHOICES[name]:
        return tr("{labels} must be one of {join}.", labels=_LABELS[name], join=listed(_CHOICES[name]))
    if name in ("stop", "tools") and not all(value or ()):
        return tr("{labels} must be a list of texts that are not empty.", labels=_LABELS[name])
    return ""


def _sentence(name: str, value: object, problem: str) -> str:
    if problem.endswith((".", "\N{IDEOGRAPHIC FULL STOP}")):
        return problem
    if limit := _LIMITS.get(name):
        is_whole = name in WHOLE_NUMBERS or name not in LIMITS
        if is_whole and isinstance(value, float):
            return tr(
                "{label} must be a whole number {range_text}, not {value:g}.",
                label=limit.label,
                range_text=limit.range_text,
                value=value,
            )
        return tr("{label} must be a number {range_text}.", label=limit.label, range_text=limit.range_text)
    if name in ("stop", "tools"):
        return tr("{labels} must be a list of texts that are not empty.", labels=_LABELS[name])
    kind = tr("a table") if name == "sampling" else tr("a text")
    return tr("{get} must be {kind}.", get=_LABELS.get(name, name), kind=kind)
