from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.core.conversation import UNKNOWN_TIME, ConversationSummary
from app.store.search import SearchHit
from app.ui.sidebar.conversation_rows import (
    ConversationRow,
    GroupHeading,
    group_name,
    rows_found,
    rows_of,
    short_date,
)

TODAY = date(2026, 11, 22)


def at(day: date, hour: int = 12) -> datetime:
    """A local time, as a moment with a time zone."""
    return datetime(day.year, day.month, day.day, hour).astimezone()


@pytest.mark.parametrize(
    ("days_ago", "name"),
    [(0, "Today"), (1, "Yesterday"), (2, "Previous 7 days"), (7, "Previous 7 days"), (8, "November"),
     (30, "October"), (400, "October 2025")],
)  # fmt: skip
def test_conversations_are_grouped_by_how_long_ago_they_were_used(days_ago: int, name: str) -> None:
    assert group_name(at(TODAY - timedelta(days=days_ago)), TODAY) == name


def test_a_date_that_is_not_legible_is_told_as_unknown() -> None:
    assert group_name(UNKNOWN_TIME, TODAY) == "Date unknown"


def test_a_conversation_from_a_clock_that_was_wrong_is_of_today() -> None:
    assert group_name(at(TODAY + timedelta(days=3)), TODAY) == "Today"


def test_days_are_the_computers_own_not_those_of_greenwich() -> None:
    assert group_name(at(TODAY, hour=0), TODAY) == "Today"
    assert group_name(at(TODAY, hour=23), TODAY) == "Today"


def test_the_newest_comes_first_and_every_group_has_one_heading() -> None:
    summaries = [
        ConversationSummary("old", "Old", at(TODAY - timedelta(days=1))),
        ConversationSummary("late", "Late", at(TODAY, 18)),
        ConversationSummary("early", "Early", at(TODAY, 6)),
    ]
    assert rows_of(summaries, TODAY) == [
        GroupHeading("Today"),
        ConversationRow("late", "Late"),
        ConversationRow("early", "Early"),
        GroupHeading("Yesterday"),
        ConversationRow("old", "Old"),
    ]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (at(TODAY, 14), "14:00"),
        (at(TODAY + timedelta(days=2), 9), "09:00"),
        (at(TODAY - timedelta(days=1)), "21 Nov"),
        (at(TODAY - timedelta(days=400)), "Oct 2025"),
        (UNKNOWN_TIME, ""),
    ],
)
def test_what_was_found_has_a_short_date(when: datetime, words: str) -> None:
    assert short_date(when, TODAY) == words


def test_a_title_is_listed_by_itself_only_where_nothing_of_its_chat_was_found() -> None:
    when = at(TODAY - timedelta(days=1))
    hits = [
        SearchHit("a", "Rye bread", None, "Rye bread", ((0, 3),), when),
        SearchHit("b", "Rye whisky", None, "Rye whisky", ((0, 3),), when),
        SearchHit("a", "Rye bread", "n1", "made of **rye**", ((10, 13),), when),
    ]
    assert rows_found(hits, TODAY) == [
        GroupHeading("2 results"),
        ConversationRow("b", "Rye whisky", date="21 Nov"),
        ConversationRow("a", "Rye bread", "made of rye", ((8, 11),), "n1", "21 Nov"),
    ]
    assert rows_found(hits, TODAY)[2].found_word == "rye"
    assert rows_found([], TODAY) == [GroupHeading("No results")]
