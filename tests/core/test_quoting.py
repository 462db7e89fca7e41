"""A quote at the beginning of a message."""

import pytest

from app.core.quoting import parted, with_quote


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("a", "b"),
        ("a\n\nb", "c\n\nd"),
        ("> a\n>> b", "c"),
        ("a", "> b"),
        ("a", ""),
        ("", "a\n> b"),
        ("  a", " b"),
    ],
)
def test_a_quote_and_the_words_below_it_are_parted_again(quote: str, words: str) -> None:
    assert parted(with_quote(quote, words)) == (quote, words)


def test_a_quote_that_was_typed_is_one_too() -> None:
    assert parted("> a\n>b\nc") == ("a\nb", "c")
    assert with_quote("a\nb\n", "c") == "> a\n> b\n\nc"
