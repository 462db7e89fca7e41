"""The rows of the list of conversations, as values: pinned ones, folders, and the rest by their dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum, auto

from app.core import formatting
from app.core.conversation import UNKNOWN_TIME, ConversationSummary, Folder
from app.core.translation import listed, tr, tr_count
from app.services.conversations import Activity
from app.settings import ConversationSort
from app.store.search import SearchHit
from app.ui.sidebar.snippets import without_markdown

SPOKEN_ACTIVITIES = {
    Activity.ANSWERING: tr("Answering…"),
    Activity.WAITING: tr("Needs permission"),
    Activity.ANSWERED: tr("New answer"),
}


class Listing(Enum):
    """Which conversations are listed."""

    CHATS = auto()
    ARCHIVED = auto()
    DELETED = auto()


@dataclass(frozen=True, slots=True)
class GroupHeading:
    """The name of a group."""

    text: str

    @property
    def key(self) -> str:
        return f"heading {self.text}"


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder, with what is in it below it while it is open."""

    id: str
    name: str
    count: int
    """How many conversations are in it and in the folders within."""
    is_open: bool = True
    depth: int = 0

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        count = tr_count("{count:,} chat", "{count:,} chats", self.count)
        return (
            tr("{name}, open folder, {count}", name=self.name, count=count)
            if self.is_open
            else tr("{name}, closed folder, {count}", name=self.name, count=count)
        )

    @property
    def key(self) -> str:
        return f"folder {self.id}"


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation, or a place in one that a search found."""

    id: str
    title: str
    snippet: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    """Where the searched words are in the snippet, each as start and end."""
    node_id: str | None = None
    date: str = ""
    """When what a search found was said, in short."""
    activity: Activity | None = None
    folder_id: str = ""
    is_pinned: bool = False
    is_archived: bool = False
    depth: int = 0
    """How many folders it is in."""

    @property
    def spoken(self) -> str:
        """The row as a screen reader says it."""
        activity = SPOKEN_ACTIVITIES[self.activity] if self.activity else ""
        words = listed((self.title, activity, self.date))
        return f"{words}: {self.snippet}" if self.snippet else words

    @property
    def key(self) -> str:
        return f"{self.id} {self.node_id or ''}"

    @property
    def found_word(self) -> str:
        """The first of the searched words, as the message has it."""
        return self.snippet[slice(*self.marks[0])] if self.marks else ""


Row = GroupHeading | FolderRow | ConversationRow

PINNED = GroupHeading(tr("Pinned"))
_FOLDERS = GroupHeading(tr("Folders"))
_CHATS = GroupHeading(tr("Chats"))
_ARCHIVED_EMPTY = GroupHeading(tr("No archived chats"))
_BIN = GroupHeading(tr("Removed after 30 days"))
_BIN_EMPTY = GroupHeading(tr("No deleted chats"))


def group_name(when: datetime, today: date) -> str:
    """The heading that a conversation last used at `when` stands under, in the computer's time zone."""
    if when == UNKNOWN_TIME:
        return tr("Date unknown")
    day = when.astimezone().date()
    if day >= today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    if day > today - timedelta(days=8):
        return tr("Previous 7 days")
    return formatting.month(day) if day.year == today.year else formatting.month_of(day)


@dataclass(frozen=True, slots=True)
class ListOrder:
    """How conversations are listed."""

    sort: ConversationSort = ConversationSort.LAST_USED
    folders: tuple[Folder, ...] = ()
    """By their names."""
    closed: frozenset[str] = frozenset()
    """The folders whose conversations are not shown."""


def rows_of(
    summaries: Sequence[ConversationSummary], today: date, order: ListOrder | None = None
) -> list[Row]:
    """Pinned conversations, then folders, then all others, under their dates unless titles sort them."""
    order = order or ListOrder()
    listed = [summary for summary in _sorted(summaries, order.sort) if not summary.is_archived]
    pinned = [_row(summary) for summary in listed if summary.is_pinned]
    rest = [summary for summary in listed if not summary.is_pinned]
    known = {folder.id for folder in order.folders}
    rows: list[Row] = [PINNED, *pinned] if pinned else []
    if order.folders:
        rows += [_FOLDERS, *_folder_rows(rest, order)]
    return rows + _dated([summary for summary in rest if summary.folder_id not in known], today, order.sort)


def archived_rows(summaries: Sequence[ConversationSummary], today: date, sort: ConversationSort) -> list[Row]:
    """Archived conversations, in whatever folder they were."""
    archived = [summary for summary in _sorted(summaries, sort) if summary.is_archived]
    return _dated(archived, today, sort) if archived else [_ARCHIVED_EMPTY]


def deleted_rows(deleted: Sequence[ConversationSummary]) -> list[Row]:
    """What is in the bin, in the order given."""
    return [_BIN, *(_row(summary) for summary in deleted)] if deleted else [_BIN_EMPTY]


def _sorted(summaries: Sequence[ConversationSummary], sort: ConversationSort) -> list[ConversationSummary]:
    if sort is ConversationSort.TITLE:
        return sorted(summaries, key=lambda summary: (summary.title.casefold(), summary.id))
    return sorted(summaries, key=lambda summary: _date_of(summary, sort), reverse=True)


def _date_of(summary: ConversationSummary, sort: ConversationSort) -> datetime:
    return summary.created_at if sort is ConversationSort.CREATED else summary.updated_at


def _row(summary: ConversationSummary, depth: int = 0) -> ConversationRow:
    return ConversationRow(
        summary.id,
        summary.title,
        folder_id=summary.folder_id,
        is_pinned=summary.is_pinned,
        is_archived=summary.is_archived,
        depth=depth,
    )


def _folder_rows(summaries: Sequence[ConversationSummary], order: ListOrder) -> Iterator[Row]:
    def below(folder: Folder, depth: int) -> tuple[int, list[Row]]:
        inner = [below(it, depth + 1) for it in order.folders if it.parent_id == folder.id]
        own = [_row(summary, depth + 1) for summary in summaries if summary.folder_id == folder.id]
        count = len(own) + sum(number for number, _ in inner)
        is_open = folder.id not in order.closed
        rows: list[Row] = [FolderRow(folder.id, folder.name, count, is_open, depth)]
        if is_open:
            rows += [row for _, rows_within in inner for row in rows_within]
            rows += own
        return count, rows

    for folder in order.folders:
        if not folder.parent_id:
            yield from below(folder, 0)[1]


def _dated(summaries: Sequence[ConversationSummary], today: date, sort: ConversationSort) -> list[Row]:
    if sort is ConversationSort.TITLE:
        return [_CHATS, *map(_row, summaries)] if summaries else []
    rows: list[Row] = []
    last_name = ""
    for summary in summaries:
        name = group_name(_date_of(summary, sort), today)
        if name != last_name:
            rows.append(GroupHeading(name))
            last_name = name
        rows.append(_row(summary))
    return rows


def with_activities(rows: Sequence[Row], activities: Mapping[str, Activity]) -> list[Row]:
    """The rows with what goes on in each conversation, by its id."""
    return [
        replace(row, activity=activities.get(row.id))
        if isinstance(row, ConversationRow) and row.activity is not activities.get(row.id)
        else row
        for row in rows
    ]


def short_date(when: datetime, today: date) -> str:
    """`14:05`, `3 Nov`, `Nov 2025`; empty where it is not known."""
    if when == UNKNOWN_TIME:
        return ""
    local = when.astimezone()
    if local.date() >= today:
        return f"{local:%H:%M}"
    is_this_year = local.year == today.year
    return formatting.day_and_month(local) if is_this_year else formatting.short_month_of(local)


def rows_found(hits: Sequence[SearchHit], today: date) -> list[Row]:
    """What a search found, in the order given; a title alone only where nothing of its chat was found."""
    with_messages = {hit.conversation_id for hit in hits if hit.node_id is not None}
    shown = [hit for hit in hits if hit.node_id is not None or hit.conversation_id not in with_messages]
    rows: list[Row] = [
        GroupHeading(
            tr_count("{count:,} result", "{count:,} results", len(shown)) if shown else tr("No results")
        )
    ]
    for hit in shown:
        snippet, marks = ("", ()) if hit.node_id is None else without_markdown(hit.snippet, hit.marks)
        when = short_date(hit.at, today)
        rows.append(ConversationRow(hit.conversation_id, hit.title, snippet, marks, hit.node_id, when))
    return rows
