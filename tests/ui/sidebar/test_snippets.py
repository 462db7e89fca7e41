"""Snippets of what a search found: without the signs of Markdown, and with the word in sight."""

from __future__ import annotations

import pytest

from app.ui.sidebar.snippets import Marks, around_first_mark, without_markdown


def marks_of(text: str, word: str) -> Marks:
    return tuple(
        (at, at + len(word)) for at in range(len(text)) if word and text[at : at + len(word)] == word
    )


@pytest.mark.parametrize(
    ("snippet", "word", "shown"),
    [
        ("a **zebra** and `zebra()`", "zebra", "a zebra and zebra()"),
        ("## Zebras **Plains** zebra, _mountain_ zebra", "zebra", "Zebras Plains zebra, mountain zebra"),
        ("see [the zebra](https://example.org/zebra) or ![a zebra](x.png)", "zebra",
         "see [the zebra](https://example.org/zebra) or a zebra"),
        ("[a_b](c_d) and [**bold**](x)", "", "a_b and **bold**"),
        ("see [the zoo](https://example.org) and a zebra", "zebra", "see the zoo and a zebra"),
        ("snake_case_name * 2 ** 3 > 4", "case", "snake_case_name * 2 ** 3 > 4"),
        ("…and ***bold*** ~~gone~~ words", "bold", "…and bold gone words"),
        ("what does ** mean in Python?", "**", "what does ** mean in Python?"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_signs_of_markdown_are_left_out_and_the_marks_stay_on_their_words(
    snippet: str, word: str, shown: str
) -> None:
    marks = marks_of(snippet, word)
    text, moved = without_markdown(snippet, marks)
    assert text == shown
    assert [text[start:end] for start, end in moved] == [word] * len(marks)


@pytest.mark.parametrize(
    ("snippet", "shown"),
    [
        ("a zebra", "a zebra"),
        ("some long words before the zebra comes", "…before the zebra comes"),
        ("Donaudampfschifffahrtsgesellschaftszebra", "…zebra"),
    ],
)
def test_the_first_word_that_was_found_is_in_sight(snippet: str, shown: str) -> None:
    text, moved = around_first_mark(snippet, marks_of(snippet, "zebra"), 19, len)
    assert text == shown
    assert [text[start:end] for start, end in moved] == ["zebra"]


def test_a_snippet_without_marks_stays_as_it_is() -> None:
    assert around_first_mark("nothing marked in this one", (), 3, len) == ("nothing marked in this one", ())
