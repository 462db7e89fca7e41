"""Texts as the file keeps them.

Two things that Python text may hold are no text to a database: lone surrogates, and NUL (SQLite keeps it, but
its functions stop there). Such a text is kept as bytes, so that every text comes back exactly as it was.
"""

from __future__ import annotations


def stored_text(text: str) -> str | bytes:
    """A text as it is handed to the database."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text.encode() if "\0" in text else text


def tolerant_text(data: bytes) -> str:
    """A text column with bytes that are no text; `restored` finds them by their surrogates."""
    return data.decode("utf-8", "surrogateescape")


def restored(value: object) -> tuple[str, bool]:
    """The text that `stored_text` was given, and whether that is what the column holds.

    Of what is damaged the legible characters are given, with U+FFFD for the rest.
    """
    if isinstance(value, str):
        if _is_unicode(value):
            return value, True
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), False
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8", "surrogatepass"), True
        except UnicodeDecodeError:
            return value.decode("utf-8", "replace"), False
    return "" if value is None else str(value), False


def without_surrogates(text: str) -> str:
    """The text with a question mark for each lone surrogate, which no file and no index can hold."""
    return text if _is_unicode(text) else text.encode("utf-8", "replace").decode()


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
