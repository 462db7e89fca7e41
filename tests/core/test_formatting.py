"""Sizes, durations, counts and dates, in English and as other languages have them."""

import gettext
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import formatting, translation
from app.core.formatting import one_line

DAY = date(2026, 11, 3)


class Words(gettext.NullTranslations):
    """A catalog of a few words."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self._words = words

    def gettext(self, message: str) -> str:
        return self._words.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._words.get(msgid2, msgid2)


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    translation.use(translation.ENGLISH, gettext.NullTranslations())


def test_days_in_english() -> None:
    assert formatting.day_of(DAY) == "3 November 2026"
    assert formatting.day_and_month(DAY) == "3 Nov"
    assert formatting.month(DAY) == "November"
    assert formatting.month_of(DAY) == "November 2026"
    assert formatting.short_month_of(DAY) == "Nov 2026"


@pytest.mark.usefixtures("english_again")
def test_days_stand_in_the_order_of_the_language() -> None:
    words = {
        "November": "11月",
        "Nov": "11月",
        "{day} {month} {year}": "{year}年{month}{day}日",
        "{day} {month}": "{month}{day}日",
        "{month} {year}": "{year}年{month}",
    }
    translation.use("ja", Words(words))
    assert formatting.day_of(DAY) == "2026年11月3日"
    assert formatting.day_and_month(DAY) == "11月3日"
    assert formatting.month_of(DAY) == formatting.short_month_of(DAY) == "2026年11月"


@pytest.mark.usefixtures("english_again")
def test_counts_and_sizes_have_the_habits_of_the_language() -> None:
    translation.use(
        "de", Words({"{count:,} days ago": "vor {count:,} Tagen", "{size:,.1f} GB": "{size:,.1f} GB"})
    )
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert formatting.days_ago(now - timedelta(days=5), now) == "vor 5 Tagen"
    assert formatting.size(5_200_000_000) == "5,2 GB"
    assert formatting.whole(3140) == "3.140"
    assert formatting.short_count(1400) == "1,4k"


def test_counts_in_english() -> None:
    assert formatting.whole(1204) == "1,204"
    assert [formatting.short_tokens(count) for count in (1, 9999, 34_000)] == [
        "1 token",
        "9,999 tokens",
        "34k tokens",
    ]


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
