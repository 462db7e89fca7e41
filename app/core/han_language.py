"""Which language Chinese characters belong to: Japanese, Korean and Chinese draw many of them differently."""

from __future__ import annotations

import re

JAPANESE, KOREAN, CHINESE = "ja", "ko", "zh_CN"
HAN_LANGUAGES = (JAPANESE, CHINESE, KOREAN)
"""The languages that write with these characters, by their codes among those of the window."""
_KANA = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def han_language(text: str, window: str) -> str:
    """The code of the language whose forms fit a text; empty where none of it matters.

    Japanese is known by its kana and Korean by its hangul. Characters alone are taken for the window's
    language where it has them, and otherwise for Chinese.
    """
    if text.isascii():
        return ""
    if _KANA.search(text):
        return JAPANESE
    if _HANGUL.search(text):
        return KOREAN
    if not _HAN.search(text):
        return ""
    return window if window in HAN_LANGUAGES else CHINESE
