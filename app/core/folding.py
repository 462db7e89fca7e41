"""Texts without case, width and accents, so that words are compared as people mean them."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(
    # Accents of Latin and Greek letters, and of Cyrillic ones only where they are no letters of their own
    # (й is, ё is written е more often than not).
    "(?<![\u0400-\u04ff])[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
    "|[\u0300\u0301]|(?<=\u0435)\u0308"
    # Vowel signs of Arabic and Hebrew, which are left out as a rule, and the line that stretches a word.
    "|[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
    "|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
    # What cannot be seen.
    "|[\u00ad\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f]"
)
_LETTERS: dict[int, int | str] = {
    **{ord(letter): plain for letter, plain in zip("øđłħıŧŋ", "odlhitn", strict=True)},
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
    ord("ð"): "d",
    # Katakana becomes hiragana, so that a word is found in either.
    **{code: code - 0x60 for code in range(0x30A1, 0x30F7)},
}

_HAS_LETTERS = re.compile("[" + "".join(map(chr, _LETTERS)) + "]")
"""Asked before they are exchanged, which takes longer than all the rest."""


def folded(text: str) -> str:
    """Without case, width and accents: `CAFÉ` and `ｃａｆｅ` become `cafe`."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = unicodedata.normalize("NFC", _MARKS.sub("", text))
    return text.translate(_LETTERS) if _HAS_LETTERS.search(text) else text
