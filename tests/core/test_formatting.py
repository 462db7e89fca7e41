"""A stranger's text on one line."""

import pytest

from app.core.formatting import one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("LFM2.5\n1.2B", "LFM2.5 1.2B"),
        ("a\r\n\tb\x00c\x1b[31m", "a b c [31m"),
        ("evil\u202etxt.exe\u2066", "eviltxt.exe"),
        ("a\u2028b\u2029c\u200bd\ufeff", "a b cd"),
        ("日本語 モデル", "日本語 モデル"),
        ("lone \ud800", "lone"),
        ("  ", ""),
    ],
)
def test_nothing_breaks_the_line_or_turns_it(text: str, shown: str) -> None:
    assert one_line(text) == shown
