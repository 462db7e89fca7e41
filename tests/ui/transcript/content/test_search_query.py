from __future__ import annotations

import pytest

from app.ui.transcript.content.search_query import SearchQuery


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("cat", "Cat, concat, CAT", ["Cat", "cat", "CAT"]),
        ("a b", "a  b, a\nb, ab", ["a  b", "a\nb"]),
        ("it's", "it's and it’s", ["it's", "it’s"]),
        ("a.c", "abc a.c", ["a.c"]),
        ("aa", "aaaa", ["aa", "aa"]),
        ("straße", "STRASSE Straße", ["Straße"]),
        ("東", "東京 👋 東", ["東", "東"]),
        ("", "anything", []),
    ],
)
def test_words_are_found(words: str, text: str, found: list[str]) -> None:
    assert [text[first:last] for first, last in SearchQuery(words).find(text)] == found


def test_case_counts_when_it_should() -> None:
    assert list(SearchQuery("Cat", is_case_sensitive=True).find("cat Cat")) == [(4, 7)]
