"""Reads JSON files that may hold anything by now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.core.parsing import MOST_BYTES, ParseError, parse_json


def read_json(path: Path, most_bytes: int = MOST_BYTES) -> Any:
    """The file's value.

    Raises:
        ParseError: it is no JSON, or too long or too deep.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)
    return parse_json(data, most_bytes)


def read_json_object(path: Path, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """The file's value where it has to be an object.

    Raises:
        ParseError: it is no JSON object, or too long or too deep.
        OSError: it cannot be read.
    """
    value = read_json(path, most_bytes)
    if not isinstance(value, dict):
        raise ParseError("the file holds no object")
    return value
