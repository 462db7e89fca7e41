"""How many tokens a text is, without a tokenizer."""

from __future__ import annotations

import re

_LETTERS_OF_WORDS = 4.2
"""Characters of a token in scripts with spaces; LFM2.5 takes more for English and fewer for code."""
_TOKENS_OF_SIGN = 0.8
"""Tokens of a character of Chinese, Japanese or Korean."""
_SIGN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
)
_MARK = re.compile(r"[^\w\s]|\d")
"""What is a token of its own more often than not."""


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is for a model of our time."""
    signs = 0 if text.isascii() else len(_SIGN.findall(text))
    marks = len(_MARK.findall(text))
    letters = max(0, len(text) - signs - marks)
    return round(signs * _TOKENS_OF_SIGN + marks * 0.7 + letters / _LETTERS_OF_WORDS)
