"""What the hub answers, read as what it is: a stranger's words, any of which may be missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

LARGEST_NUMBER = 2**53
"""More than any size, count or length that the hub could mean; larger numbers are taken for none."""

Json = Mapping[str, object]


def text_in(values: Json, name: str) -> str:
    """A text, of whole characters only; empty where there is none."""
    value = values.get(name)
    # Half a surrogate pair can be written in JSON, and neither shown nor saved.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def count_in(values: Json, name: str) -> int:
    """A whole number that is not negative; 0 where there is none."""
    value = values.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 <= value <= LARGEST_NUMBER else 0


def object_in(values: Json, name: str) -> Json:
    """An object; empty where there is none."""
    value = values.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(values: Json, name: str) -> Iterator[Json]:
    """The objects of a list; what else is in it is left out."""
    value = values.get(name)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def moment_in(values: Json, name: str) -> datetime | None:
    """A moment, with a time zone; None where there is none."""
    try:
        moment = datetime.fromisoformat(text_in(values, name).replace("Z", "+00:00"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        return None


def is_gated(values: Json) -> bool:
    """Whether terms must be accepted first: the hub says how that is decided, or false."""
    gated = values.get("gated")
    return gated is True or (isinstance(gated, str) and bool(gated))
