"""Finds words in the conversation on screen, also in what is folded away and in what is being written."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import is_not
from time import perf_counter

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from app.core.message import Role
from app.ui.transcript.content.blocks import CodeBlock, FoldLine, MoreLine
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.content.searched_text import (
    EVERYTHING_OPEN,
    SectionMatch,
    in_sections,
    texts_of,
)
from app.ui.transcript.view.found_messages import SearchedMessage
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.message_layout import MatchPlace, MessageLayout, PaintState
from app.ui.transcript.view.selection import START, BlockPosition
from app.ui.transcript.view.viewport import Viewport

SECONDS_AT_ONCE = 0.008
"""How long is searched before the window has its turn again."""
SECONDS_BETWEEN_REPORTS = 0.1
"""How often is said how much has been found so far."""


@dataclass(frozen=True, slots=True)
class Match:
    """A match, in whatever state the messages are: which message, and which of the matches there."""

    entry_id: str
    within: SectionMatch


class TranscriptSearch(QObject):
    """Searches while the reader types, and goes from match to match.

    Attributes:
        query: what is looked for; None while nothing is.
        current: the match that the reader is at.

    Signals:
        changed: more or other matches are known, or another one is the current one.
    """

    changed = Signal()

    def __init__(
        self,
        column: MessageColumn,
        viewport: Viewport,
        refresh: Callable[[], None],
        parent: QObject,
    ) -> None:
        """`refresh` shows the conversation after something was opened or scrolled."""
        super().__init__(parent)
        self._column = column
        self._viewport = viewport
        self._refresh = refresh
        self.query: SearchQuery | None = None
        self.current: Match | None = None
        self._entries: list[MessageEntry] = []
        """The rows as of the last time that they were looked at."""
        self._counts: list[int] = []
        """How many matches each row has, as far as is known."""
        self._known: dict[str, SearchedMessage] = {}
        """The messages that were read, by their ids."""
        self._reported_at = 0.0
        self._origin: tuple[int, BlockPosition] | None = None
        """Row and place from which on a match is chosen to begin with; None once it is."""
        self._first_folded: Match | None = None
        self._rows: deque[int] = deque()
        """Those still to be searched."""
        self._searching: Iterator[None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_timer)

    # What is looked for

    def look_for(self, query: SearchQuery | None) -> None:
        """Search for something, from what is on screen on; None ends searching."""
        if query is not None and not query.text:
            query = None
        origin = self._place_of_reader() if query is not None else None
        self.query, self.current, self._first_folded, self._origin = query, None, None, origin
        if origin is not None:
            self._begin(origin[0])
        else:
            self._stop()
        self.changed.emit()

    def close(self) -> None:
        """End the search and forget what was read for it."""
        self.look_for(None)
        self._entries, self._known, self._counts = [], {}, []

    def follow(self) -> None:
        """Search what has come or changed since."""
        if self.query is None:
            return
        entries = self._column.entries
        if len(entries) != len(self._entries) or any(map(is_not, entries, self._entries)):
            self._begin(self._row_of_current() or 0)
        streaming = self._column.streaming_answer
        row = self._column.row_of(streaming.entry.id) if streaming is not None else None
        if streaming is not None and row is not None:
            self._message(row).replace_texts(texts_of(streaming.blocks(EVERYTHING_OPEN)))
            self._search_soon([row])

    # Where the matches are

    @property
    def is_searching(self) -> bool:
        return self._searching is not None

    @property
    def count(self) -> int:
        """How many matches are known."""
        return sum(self._counts)

    @property
    def number(self) -> int:
        """Which of them is the current one, counted from 1; 0 where none is."""
        row = self._row_of_current()
        if row is None or self.current is None:
            return 0
        number = self._message(row).number(self.current.within)
        return 0 if number is None else sum(self._counts[:row]) + number + 1

    def found(self) -> Iterator[tuple[int, SearchedMessage]]:
        """The rows with matches, and what is known of them."""
        for row, count in enumerate(self._counts):
            if count:
                yield row, self._message(row)

    def is_found_in(self, first: int, last: int) -> bool:
        """Whether there is a match in one of the rows from the first to the one before the last."""
        return any(self._counts[first:last])

    def mark(self, row: int, shown: PaintState) -> None:
        """Have the matches in a message drawn as such."""
        shown.query = self.query
        if self.query is not None and self.current is not None:
            entry_id = self._column.entries[row].id
            if entry_id == self.current.entry_id:
                shown.match = place_of(self._column.layout(row), self.query, self.current.within)

    # Going from match to match

    def move(self, by: int) -> None:
        """Go to the next match (1) or the one before (-1); behind the last one comes the first."""
        known = [row for row, count in enumerate(self._counts) if count]
        if not known:
            return
        row = self._row_of_current()
        number = self._message(row).number(self.current.within) if row is not None and self.current else None
        if row is None or number is None:
            start = self._viewport.rows().start
            row = next((it for it in known if it >= start), known[0])
            self._go_to(row, 0 if by > 0 else self._counts[row] - 1)
        elif 0 <= number + by < self._counts[row]:
            self._go_to(row, number + by)
        elif by > 0:
            self._go_to(next((it for it in known if it > row), known[0]), 0)
        else:
            row = next((it for it in reversed(known) if it < row), known[-1])
            self._go_to(row, self._counts[row] - 1)

    def show_current(self) -> None:
        """Open what the current match is folded in, and bring it into sight."""
        row = self._row_of_current()
        if row is None or self.current is None or self.query is None:
            return
        place = self.opened(row, self.query, self.current.within)
        if place is None:
            return
        self._viewport.is_following = False
        self._viewport.reveal(row, self._column.layout(row).text_area(place))
        self._refresh()

    def _go_to(self, row: int, number: int) -> None:
        self.current = Match(self._column.entries[row].id, self._message(row).match(number))
        self._origin = None
        self.show_current()
        self.changed.emit()

    def opened(self, row: int, query: SearchQuery, match: SectionMatch) -> MatchPlace | None:
        """Where a match is once it is no longer folded away."""
        entry, expansion = self._column.entries[row], self._column.expansion
        place = place_of(self._column.layout(row), query, match)
        if place is None:
            if match.section:
                expansion.cards[entry.id, match.section] = True
            elif entry.message.role is Role.USER:
                expansion.unfolded.add(entry.id)
            self._column.refresh(entry.id)
            place = place_of(self._column.layout(row), query, match)
        if place is not None:
            view = self._column.layout(row).views[place[0]]
            if view.is_hidden(place[1][0]) and isinstance(view.block, CodeBlock):
                expansion.cards[entry.id, view.block.fold_key] = True
                self._column.refresh(entry.id)
        while place is None and is_cut(self._column.layout(row)):
            expansion.show_more(entry.id)
            self._column.refresh(entry.id)
            place = place_of(self._column.layout(row), query, match)
        return place

    def _row_of_current(self) -> int | None:
        row = self._column.row_of(self.current.entry_id) if self.current is not None else None
        return row if row is not None and row < len(self._counts) else None

    # Searching bit by bit

    def _place_of_reader(self) -> tuple[int, BlockPosition] | None:
        """Where the current match is, else what is at the top of the window; None without messages."""
        row = self._row_of_current()
        if row is not None and self.query is not None and self.current is not None:
            place = place_of(self._column.layout(row), self.query, self.current.within)
            return row, (place[0], place[1][0]) if place is not None else START
        rows = self._viewport.rows()
        if not rows:
            return None
        top = QPointF(0, -self._viewport.row_y(rows.start))
        return rows.start, self._column.layout(rows.start).position_at(top)

    def _begin(self, start: int) -> None:
        """Search all messages of which the matches are not known, from a row on and then from the top."""
        before, self._known = self._known, {}
        self._entries = list(self._column.entries)
        self._counts = [0] * len(self._entries)
        for row, entry in enumerate(self._entries):
            message = before.get(entry.id)
            if message is not None and message.entry is entry:
                self._known[entry.id] = message
                self._counts[row] = message.count if message.query is self.query else 0
        self._rows.clear()
        self._search_soon([*range(start, len(self._counts)), *range(start)])

    def _message(self, row: int) -> SearchedMessage:
        """What is known of a row."""
        entry = self._entries[row]
        if entry.id not in self._known:
            self._known[entry.id] = SearchedMessage(entry)
        return self._known[entry.id]

    def _search_soon(self, rows: Iterable[int]) -> None:
        self._rows.extend(rows)
        self._searching = self._searching or self._search()
        self._timer.start()

    def _stop(self) -> None:
        self._rows.clear()
        self._searching = None
        self._timer.stop()

    def _search(self) -> Iterator[None]:
        while self._rows and self.query is not None:
            row = self._rows.popleft()
            message = self._message(row)
            if message.query is not self.query:
                yield from message.search(self.query)
            self._counts[row] = message.count
            if self._origin is not None and message.count:
                self._choose(row, self._origin)
            yield
        if self._origin is not None:
            self._choose_at_last(*self._origin)

    def _choose(self, row: int, origin: tuple[int, BlockPosition]) -> None:
        """Take the first match of a message; what is folded away only if there is no other."""
        message, first = self._message(row), 0
        if row == origin[0]:
            first = bisect_left(range(message.count), origin[1], key=partial(self._position_of, row))
        for number in range(first, message.count):
            match = Match(message.entry.id, message.match(number))
            section = match.within.section
            if not section or self._column.expansion.is_open(message.entry.id, section, False):
                self._take(match)
                return
            if self._first_folded is None:
                self._first_folded = match

    def _choose_at_last(self, row: int, _place: BlockPosition) -> None:
        """Take a match before the place where it was begun, or one that is folded away."""
        message = self._message(row) if row < len(self._counts) else None
        if self._first_folded is not None:
            self._take(self._first_folded)
        elif message is not None and message.count:
            self._take(Match(message.entry.id, message.match(0)))
        self._origin = None

    def _position_of(self, row: int, number: int) -> BlockPosition:
        assert self.query is not None
        place = place_of(self._column.layout(row), self.query, self._message(row).match(number))
        return (place[0], place[1][0]) if place is not None else START

    def _take(self, match: Match) -> None:
        self.current, self._origin = match, None
        self.show_current()

    def _on_timer(self) -> None:
        end = perf_counter() + SECONDS_AT_ONCE
        current = self.current
        for _ in self._searching or ():
            if perf_counter() > end:
                break
        else:
            self._stop()
        is_news = not self.is_searching or self.current is not current
        if is_news or end > self._reported_at + SECONDS_BETWEEN_REPORTS:
            self._reported_at = end
            self.changed.emit()


def is_cut(layout: MessageLayout) -> bool:
    """Whether the rest of a very long message is left out."""
    blocks = (view.block for view in layout.views)
    return any(
        isinstance(block, MoreLine) or (isinstance(block, FoldLine) and block.hidden) for block in blocks
    )


def place_of(layout: MessageLayout, query: SearchQuery, match: SectionMatch) -> MatchPlace | None:
    """Where a match is: the block, and the first and last position in it; None where it is folded away."""
    left = match.ordinal
    for index, (section, _) in enumerate(in_sections(view.block for view in layout.views)):
        if section == match.section:
            found = layout.views[index].found(query)
            if left < len(found):
                return index, (found[left][0], found[left][1])
            left -= len(found)
    return None
