"""Bytes become text, in whatever encoding they were written."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # Before UTF-16, whose mark it begins with.
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 64 * 1024
"""Bytes that a guess at the encoding looks at."""
_LAST_RESORT = "cp1252"
_BLANKS = frozenset(b"\t\n\r\f\x1b")
_MOST_CONTROLS = 0.02


def decoded(data: bytes) -> tuple[str, bool] | None:
    """The text, with lines that end in `\\n`, and whether every letter of it could be read.

    None where it is no text at all.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _in(data[len(mark) :], encoding)
    if _has_controls(data.replace(b"\0", b"")):
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        is_utf8 = _is_mostly_utf8(data, error.start)
        encoding = "utf-8" if is_utf8 else _without_mark(data) or _guessed(data)
        return _in(data, encoding) if encoding else None
    if "\0" in text:
        encoding = _without_mark(data)
        return _in(data, encoding) if encoding else None
    return _with_plain_lines(text), True


def _in(data: bytes, encoding: str) -> tuple[str, bool]:
    text = data.decode(encoding, errors="replace")
    return _with_plain_lines(text.replace("\0", "")), "\ufffd" not in text


def _with_plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_mostly_utf8(data: bytes, first_fault: int) -> bool:
    """Whether only some bytes of it are damaged: letters beyond ASCII were read well before and after."""
    text = data[: first_fault + _SAMPLE].decode("utf-8", errors="replace")
    faults = text.count("\ufffd")
    good = sum(letter > "\x7f" for letter in text) - faults
    return good > 4 * faults


def _without_mark(data: bytes) -> str:
    """UTF-16 that does not say so: in most texts every other byte is 0."""
    sample = data[:_SAMPLE]
    half = max(1, len(sample) // 2)
    zeros = [sample[start::2].count(0) / half for start in (0, 1)]
    if zeros[1] > 0.4 and zeros[0] < 0.05:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.4 and zeros[1] < 0.05 else ""


def _guessed(data: bytes) -> str:
    """The encoding that fits best; empty where this is no text."""
    if b"\0" in data:
        return ""
    from charset_normalizer import from_bytes  # Takes its time to load, and is rarely needed.

    found = from_bytes(data[:_SAMPLE]).best()
    return found.encoding if found is not None else _LAST_RESORT


def _has_controls(data: bytes) -> bool:
    """Whether it has more control characters than any text."""
    sample = data[:_SAMPLE]
    return sum(byte < 32 and byte not in _BLANKS for byte in sample) > _MOST_CONTROLS * len(sample)
