"""Looks into JSON that another program wrote: a value of another type than expected counts as missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core.generation import is_amount

EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""A conversation with a date outside of these was never held."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_MILLISECONDS = 100_000_000_000
"""A larger number of seconds would be after the year 5000: it counts milliseconds, or less."""


def text_of(values: object, *names: str) -> str:
    """The first text under these names; empty where there is none."""
    return next((value for name in names if isinstance(value := _under(values, name), str) and value), "")


def list_of(values: object, name: str) -> list[Any]:
    value = _under(values, name)
    return value if isinstance(value, list) else []


def table_of(values: object, *names: str) -> dict[str, Any]:
    """The object at the end of a path of names; an empty one where the path breaks off."""
    for name in names:
        values = _under(values, name)
    return values if isinstance(values, dict) else {}


def amount_of(values: object, name: str) -> float | None:
    """A duration, a speed or a count; None where the number cannot be one."""
    found = _finite(_under(values, name))
    return found if found is not None and is_amount(found) else None


def milliseconds_of(values: object, name: str) -> float | None:
    """A duration that is given in seconds."""
    found = amount_of(values, name)
    return found * 1000 if found is not None and is_amount(found * 1000) else None


def count_of(values: object, name: str) -> int | None:
    found = amount_of(values, name)
    return None if found is None else int(found)


def whole_number_of(values: object, name: str) -> int | None:
    """Such as a number by which something is known."""
    found = _finite(_under(values, name))
    return int(found) if found is not None and abs(found) < 1 << 53 else None


def is_true(values: object, name: str) -> bool:
    return _under(values, name) is True


def moment_of(values: object, *names: str) -> datetime | None:
    """The first date under these names: ISO 8601, or a count of seconds or milliseconds since 1970."""
    for name in names:
        value = _under(values, name)
        moment = _of_text(value) if isinstance(value, str) else _of_count(value)
        if moment is not None and EARLIEST <= moment <= LATEST:
            return moment
    return None


def _under(values: object, name: str) -> object:
    return values.get(name) if isinstance(values, Mapping) else None


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _of_text(text: str) -> datetime | None:
    if text.isdigit() and len(text) < 20:
        return _of_count(int(text))
    try:
        moment = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _of_count(value: object) -> datetime | None:
    seconds = _finite(value)
    if seconds is None or not 0 < seconds < 1e20:
        return None
    while seconds > _IN_MILLISECONDS:
        seconds /= 1000
    return _EPOCH + timedelta(seconds=seconds)
