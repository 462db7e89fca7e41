"""A preset as TOML values, and back, with every value checked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.core.preset import KV_CACHE_TYPES, LOAD_LIMITS, THINKING_LIMIT, Preset
from app.core.sampling import FIELD_NAMES, LIMITS, WHOLE_NUMBERS, Limit, Sampling, figure

log = logging.getLogger(__name__)


def values_of_preset(preset: Preset) -> dict[str, Any]:
    """All values, also those at their default, so that a new default does not change old presets."""
    values = asdict(preset)
    del values["is_builtin"]
    if preset.tools is None:
        del values["tools"]  # TOML has no word for it.
    else:
        values["tools"] = list(preset.tools)
    values["sampling"]["stop"] = list(preset.sampling.stop)
    return {name: value for name, value in values.items() if name != "sampling"} | {
        "sampling": values["sampling"]
    }


def preset_from_values(values: object) -> tuple[Preset, list[str]]:
    """The preset, and a sentence for each value that is wrong, in whose place the default is taken."""
    if not isinstance(values, dict):
        return Preset(""), ["A preset must be a table of values."]
    problems: list[str] = []
    sampling = _sampling(values.get("sampling", {}), problems)
    read = _read_all(values, _PRESET_READERS, problems)
    _log_unknown(values, {*_PRESET_READERS, "sampling"})
    return Preset(**{"name": "", **read}, sampling=sampling), problems


def _sampling(values: object, problems: list[str]) -> Sampling:
    if not isinstance(values, dict):
        problems.append("The sampling values must be a table.")
        return Sampling()
    _log_unknown(values, set(FIELD_NAMES))
    return Sampling(**_read_all(values, _SAMPLING_READERS, problems))


def _read_all(
    values: dict[str, Any], readers: dict[str, Callable[[object], Any]], problems: list[str]
) -> dict[str, Any]:
    found = {}
    for name in readers.keys() & values.keys():
        try:
            found[name] = readers[name](values[name])
        except ValueError as error:
            problems.append(str(error))
    return found


def _log_unknown(values: dict[str, Any], known: set[str]) -> None:
    if unknown := values.keys() - known:
        log.warning("Values of a preset that this version does not know are left out: %s", ", ".join(unknown))


def _text(label: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{label} must be a text.")
        return value

    return read


def _texts(label: str) -> Callable[[object], tuple[str, ...]]:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
            raise ValueError(f"{label} must be a list of texts that are not empty.")
        return tuple(value)

    return read


def _number(limit: Limit, is_whole: bool) -> Callable[[object], float]:
    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{limit.label} must be a number {limit.range_text}.")
        if not limit.low <= value <= limit.high:
            raise ValueError(limit.refusal(value))
        if is_whole and value != int(value):
            raise ValueError(f"{limit.label} must be a whole number {limit.range_text}, not {figure(value)}.")
        return int(value) if is_whole else float(value)

    return read


def _kv_cache_type(value: object) -> str:
    if value not in KV_CACHE_TYPES:
        raise ValueError(f"The attention memory must be one of {', '.join(KV_CACHE_TYPES)}.")
    return str(value)


def _sampling_readers() -> dict[str, Callable[[object], Any]]:
    numbers = {name: _number(limit, name in WHOLE_NUMBERS) for name, limit in LIMITS.items()}
    return {**numbers, "stop": _texts("Stop strings")}


_SAMPLING_READERS = _sampling_readers()
_PRESET_READERS: dict[str, Callable[[object], Any]] = {
    "name": _text("The name"),
    "system_prompt": _text("The system prompt"),
    "source": _text("The source"),
    **{name: _number(limit, is_whole=True) for name, limit in LOAD_LIMITS.items()},
    "kv_cache_type": _kv_cache_type,
    "thinking_limit": _number(THINKING_LIMIT, is_whole=True),
    "tools": _texts("Tools"),
}
