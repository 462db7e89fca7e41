"""Reads JSON and TOML that somebody else may have written: bounded in size and depth, with one error.

What the program wrote into a file long ago belongs here too: a disk, another program or a person may have
changed it since.
"""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

DEEPEST = 100
"""How many brackets may be open at once. Fixed, so that every Python reads the same files: the limit of its
own parsers depends on its version and on how deep the caller stands."""
MOST_BYTES = 64 * 1024**2
"""For files of settings and records, which stay far below it."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_TOML_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?(?:"""|\Z)|'
    + r"'''.*?(?:'''|\Z)|"
    + r'"(?:[^"\\\n]|\\.)*"?|'
    + r"'[^'\n]*'?|#[^\n]*",
    re.DOTALL,
)
_BRACKET = re.compile(r"[\[\]{}]")


class ParseError(ValueError):
    """A text is not the JSON or TOML that it should be, or goes beyond the limits."""


def parse_json(text: str | bytes, most_bytes: int | None = MOST_BYTES) -> Any:
    """The value of a JSON text.

    Args:
        text: bytes are UTF-8, with or without a byte order mark.
        most_bytes: the longest text that is read; None for texts whose length was bounded elsewhere.

    Raises:
        ParseError: it is no JSON, too long or too deep, or holds a number too long to be read.
    """
    text = _checked(text, most_bytes)
    if deepest_nesting(text, _STRING) > DEEPEST:
        raise ParseError("the JSON is nested too deep")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"this is not JSON: {error}") from error


def parse_toml(text: str | bytes, most_bytes: int | None = MOST_BYTES) -> dict[str, Any]:
    """The values of a TOML text.

    Raises:
        ParseError: it is no TOML, too long or too deep.
    """
    text = _checked(text, most_bytes)
    # Dotted keys nest as well, and the parser recurses into neither quickly: both are bounded.
    if deepest_nesting(text, _TOML_STRING) > DEEPEST or _has_long_key(text):
        raise ParseError("the TOML is nested too deep")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"this is not TOML: {error}") from error


def deepest_nesting(text: str, strings: re.Pattern[str] = _STRING) -> int:
    """How many brackets are open at once at most, those in strings aside."""
    if text.count("[") + text.count("{") <= DEEPEST:  # Nearly every text; no need to look closer.
        return 0
    depth = deepest = 0
    for bracket in _BRACKET.findall(strings.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _checked(text: str | bytes, most_bytes: int | None) -> str:
    if most_bytes is not None and len(text) > most_bytes:
        raise ParseError("the text is too long")
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(f"this is not UTF-8: {error.reason}") from error


def _has_long_key(text: str) -> bool:
    """Whether a line has more dots outside of strings than any real key."""
    if text.count(".") <= DEEPEST:
        return False
    return any(line.count(".") > DEEPEST for line in _TOML_STRING.sub("", text).splitlines())
