from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.core.conversation import UNKNOWN_TIME, ConversationSummary
from app.ui.sidebar.conversation_rows import ConversationRow, GroupHeading, group_name, rows_of

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
