from __future__ import annotations

import pytest

from app.core.han_language import CHINESE, JAPANESE, KOREAN, han_language


@pytest.mark.parametrize(
    ("text", "window", "language"),
    [
        ("直接話す", "en", JAPANESE),
        ("直接話す", "zh_CN", JAPANESE),
        ("ﾃｽﾄ", "en", JAPANESE),
        ("直接說話", "en", CHINESE),
        ("今天天气很好。", "de", CHINESE),
        ("漢字", "ja", JAPANESE),
        ("漢字", "ko", KOREAN),
        ("漢字와 한글", "ja", KOREAN),
        ("The weather is fine.", "ja", ""),
        ("الطقس جميل", "zh_CN", ""),
        ("", "ja", ""),
    ],
)
def test_the_forms_of_a_text_are_those_of_its_language(text: str, window: str, language: str) -> None:
    assert han_language(text, window) == language
