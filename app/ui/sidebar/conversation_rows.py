"""The rows of the list of conversations, as values: days and months as headings, conversations below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.core import formatting
from app.core.conversation import UNKNOWN_TIME, ConversationSummary
from app.services.conversations import Activity
from app.store.search import SearchHit

SPOKEN_ACTIVITIES = {
    Activity.ANSWERING: "Answering…",
    Activity.WAITING: "Needs permission",
    Activity.ANSWERED: "New answer",
}


@dataclass(frozen=True, slots=True)
class GroupHeading:
    """The name of a group."""

    text: str

    @property
    def key(self) -> str:
        return f"heading {self.text}"


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation, or a place in one that a search found."""

    id: str
    title: str
    snippet: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    """Where the searched words are in the snippet, each as start and end."""
    node_id: str | None = None
    activity: Activity | None = None

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        words = f"{self.title}, {SPOKEN_ACTIVITIES[self.activity]}" if self.activity else self.title
        return f"{words}: {self.snippet}" if self.snippet else words

    @property
    def key(self) -> str:
        return f"{self.id} {self.node_id or ''}"


Row = GroupHeading | ConversationRow


def group_name(when: datetime, today: date) -> str:
    """The heading that a conversation last used at `when` stands under, in the computer's time zone."""
    if when == UNKNOWN_TIME:
        return "Date unknown"
    day = when.astimezone().date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day > today - timedelta(days=8):
        return "Previous 7 days"
    month = day.strftime("%B")
    return month if day.year == today.year else f"{month} {day.year}"


def rows_of(summaries: Sequence[ConversationSummary], today: date) -> list[Row]:
    """Newest first, with a heading before each group."""
    rows: list[Row] = []
    last_name = ""
    for summary in sorted(summaries, key=lambda summary: summary.updated_at, reverse=True):
        name = group_name(summary.updated_at, today)
        if name != last_name:
            rows.append(GroupHeading(name))
            last_name = name
        rows.append(ConversationRow(summary.id, summary.title))
    return rows


def with_activities(rows: Sequence[Row], activities: Mapping[str, Activity]) -> list[Row]:
    """The rows with what goes on in each conversation, by its id."""
    return [
        replace(row, activity=activities.get(row.id)) if isinstance(row, ConversationRow) else row
        for row in rows
    ]


def rows_found(hits: Sequence[SearchHit]) -> list[Row]:
    """What a search found, in the order given."""
    rows: list[Row] = [GroupHeading(formatting.counted(len(hits), "result") if hits else "No results")]
    for hit in hits:
        is_title = hit.node_id is None
        rows.append(
            ConversationRow(
                hit.conversation_id,
                hit.title,
                "" if is_title else hit.snippet,
                () if is_title else hit.marks,
                hit.node_id,
            )
        )
    return rows
