"""The terms by which passages are found: what is indexed and what is asked go through the same function.

Words of scripts with spaces stand for themselves, and long ones for their first letters too, so that
`returned` finds `returns`. Chinese, Japanese, Korean and scripts of South-East Asia are cut into pairs of
signs, as most of their words have two: three signs at a time would not find them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.core.folding import folded

VERSION = 1
LONGEST_TERM = 40
STEM = 5
"""So many first letters stand for a longer word."""
_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_PAIRED}]+)|((?:(?![{_PAIRED}])(?:[^\\W_]|[\u0900-\u0dff]))+)")
_NO_SIGN = re.compile("[\u3000-\u303f\u30fb]+")
"""Punctuation among the signs."""


def terms_of(text: str) -> Iterator[str]:
    """The terms of a text, in its order."""
    for signs, word in _RUN.findall(folded(text)):
        if signs:
            for run in _NO_SIGN.split(signs):
                yield from _pairs(run)
        else:
            yield word[:LONGEST_TERM]
            if len(word) > STEM and word.isalpha():
                yield word[:STEM]


def _pairs(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for at in range(len(run) - 1):
        yield run[at : at + 2]
