"""Names of files as a model and a person may read them: on one line, with nothing that cannot be seen."""

from __future__ import annotations

import unicodedata

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Control, format and direction characters, halves of letters, what has no meaning, and line separators."""


def shown_name(name: str) -> str:
    """A name with escapes, as in Python's texts, for all that could move or hide what stands around it."""
    return "".join(_escaped(letter) if unicodedata.category(letter) in _UNSEEN else letter for letter in name)


def _escaped(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # A byte that is no text, as Python keeps it.
        return f"\\x{code - 0xDC00:02x}"
    return letter.encode("unicode_escape").decode("ascii")
