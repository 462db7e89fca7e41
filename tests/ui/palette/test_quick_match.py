"""A few letters find the title that people mean."""

import pytest

from app.ui.palette.quick_match import quick_match

TITLES = [
    *(
        "New chat",
        "Open model…",
        "Export to Markdown",
        "Settings",
        "Keyboard shortcuts",
        "Next chat",
        "Zoom in",
    ),
    *(
        "Light theme",
        "Dark theme",
        "Models",
        "Ｗｉｄｅ letters",
        "Café au lait",
        "京都の三日間",
        "größer machen",
    ),
]


def best(query: str) -> str:
    found = [(match.score, title) for title in TITLES if (match := quick_match(query, title))]
    return min(found, key=lambda it: it[0])[1]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("new", "New chat"),
        ("exmd", "Export to Markdown"),
        ("etm", "Export to Markdown"),
        ("md", "Models"),
        ("mark", "Export to Markdown"),
        ("theme dark", "Dark theme"),
        ("sett", "Settings"),
        ("shortcuts", "Keyboard shortcuts"),
        ("zi", "Zoom in"),
        ("wide", "Ｗｉｄｅ letters"),
        ("CAFE", "Café au lait"),
        ("三日", "京都の三日間"),
        ("gross", "größer machen"),
    ],
)
def test_a_few_letters_find_a_title(query: str, title: str) -> None:
    assert best(query) == title


@pytest.mark.parametrize(
    ("query", "title"), [("xyz", "New chat"), ("chatnew", "New chat"), ("new moon", "New chat"), ("a", "")]
)
def test_what_is_not_in_a_title_does_not_fit(query: str, title: str) -> None:
    assert quick_match(query, title) is None


@pytest.mark.parametrize(
    ("query", "title", "marked"),
    [
        ("exp", "Export to Markdown", "Exp"),
        ("etm", "Export to Markdown", "EtM"),
        ("dow", "Export to Markdown", "dow"),
        ("chat new", "New chat", "Newchat"),
        ("café", "Ein Café", "Café"),
        ("gross", "größer", "größ"),
    ],
)
def test_the_letters_that_were_typed_are_marked(query: str, title: str, marked: str) -> None:
    match = quick_match(query, title)
    assert match is not None
    assert "".join(title[place] for place in match.places) == marked


def test_nothing_typed_fits_everything() -> None:
    assert quick_match("  ", "New chat") == quick_match("", "")
