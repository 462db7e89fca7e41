"""The languages that the window can speak, and which of them fits a user's system."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.core.translation import ENGLISH


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    Attributes:
        code: names its folder in `resources/translations`, as gettext has it.
        name: what its speakers call it.
        is_right_to_left: the whole window is mirrored.
    """

    code: str
    name: str
    is_right_to_left: bool = False


LANGUAGES = (
    Language(ENGLISH, "English"),
    Language("ar", "العربية", is_right_to_left=True),
    Language("de", "Deutsch"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("ja", "日本語"),
    Language("ko", "한국어"),
    Language("zh_CN", "中文（简体）"),
)
"""Those that LFM2.5 is trained in."""
LONGER, MIRRORED = "en_XA", "en_XB"
"""Not languages: English with accents, longer by two fifths, to find what is cut off or not translated; the
second from right to left. `TARN_LANGUAGE=en_XA uv run main.py` starts with one."""
_PSEUDO = (Language(LONGER, "Pseudo"), Language(MIRRORED, "Pseudo, mirrored", is_right_to_left=True))
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
"""Chinese in other letters than those of the catalog: its readers get their next language instead."""


def language_of(code: str) -> Language:
    """The language of a code; English where there is none of that code."""
    return next((each for each in LANGUAGES + _PSEUDO if each.code == code), LANGUAGES[0])


def best_language(wanted: Sequence[str], available: Collection[str]) -> Language:
    """The first wanted language that there is.

    Args:
        wanted: names as systems write them, the dearest first: `de-AT`, `zh_Hans_CN.UTF-8`.
        available: codes of languages, besides English, that have a catalog.
    """
    for name in wanted:
        code = _code_of(name)
        if code == ENGLISH or code in available:
            return language_of(code)
    return LANGUAGES[0]


def _code_of(name: str) -> str:
    first, *others = name.partition(".")[0].partition("@")[0].replace("_", "-").lower().split("-")
    if first == "zh":
        return "" if _TRADITIONAL.intersection(others) else "zh_CN"
    return first
