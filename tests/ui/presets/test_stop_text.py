from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.presets.stop_text import lines_of, stops_of


@pytest.mark.parametrize(
    ("stops", "text"),
    [
        (("</s>", "User:"), "</s>\nUser:"),
        (("\n\n", "a\tb"), "\\n\\n\na\\tb"),
        (("\\n",), "\\\\n"),
        (("end ",), "end\\x20"),
        ((" ",), "\\x20"),
        (("\0", "\u200b", "\x85"), "\\x00\n\\u200b\n\\x85"),
        (("日本語", "a b"), "日本語\na b"),
        ((), ""),
    ],
)
def test_stop_strings_are_shown_so_that_all_of_them_can_be_seen(stops: tuple[str, ...], text: str) -> None:
    assert lines_of(stops) == text
    assert stops_of(text) == stops


def test_empty_lines_and_repeats_stand_for_nothing() -> None:
    assert stops_of("\na\n\nb\na\n") == ("a", "b")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ok\n\\q", r"Line 2: \q means nothing."),
        ("end\\", "Line 1: \\ means nothing."),
        ("\\x2", r"Line 1: \x means nothing."),
        ("\\ud800", r"Line 1: there is no character \ud800."),
        ("\\U00110000", r"Line 1: there is no character \U00110000."),
    ],
)
def test_an_escape_that_means_nothing_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        stops_of(text)
    assert str(caught.value).startswith(words)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True))
def test_any_stop_strings_come_back(stops: list[str]) -> None:
    assert stops_of(lines_of(stops)) == tuple(stops)
