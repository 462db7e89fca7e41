r"""Stop strings as lines of text: one a line, with line breaks and other invisible characters as escapes.

A space at the end of a line cannot be seen, so it is shown as `\x20`; a backslash is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.core.translation import tr

_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_NAMES = {character: letter for letter, character in _LETTERS.items()}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.?)", re.DOTALL)


def lines_of(stops: Sequence[str]) -> str:
    """The strings as text to be changed."""
    return "\n".join(_shown(stop) for stop in stops)


def stops_of(text: str) -> tuple[str, ...]:
    """The strings that the lines stand for, each once; empty lines stand for none.

    Raises:
        ValueError: a line holds an escape that means nothing; the text says which.
    """
    stops = (_read(line, number) for number, line in enumerate(text.split("\n"), start=1))
    return tuple(dict.fromkeys(stop for stop in stops if stop))


def _shown(stop: str) -> str:
    inner = stop.strip(" ")
    before = len(stop) - len(stop.lstrip(" ")) if inner else 0
    shown = "".join(_character(character) for character in inner)
    after = len(stop) - before - len(inner)
    return r"\x20" * before + shown + r"\x20" * after


def _character(character: str) -> str:
    if character in _NAMES:
        return "\\" + _NAMES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _read(line: str, number: int) -> str:
    def character(escape: re.Match[str]) -> str:
        body = escape[1]
        if body in _LETTERS:
            return _LETTERS[body]
        if body[:1] in ("x", "u", "U") and len(body) > 1:
            return _of_code(int(body[1:], 16), escape[0], number)
        raise ValueError(
            f"Line {number}: {escape[0]} means nothing. Write \\n for a line break and \\\\ for a backslash."
        )

    return _ESCAPE.sub(character, line)


def _of_code(code: int, escape: str, number: int) -> str:
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise ValueError(tr("Line {number}: there is no character {escape}.", number=number, escape=escape))
    return chr(code)
