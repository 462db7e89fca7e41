"""Finds the passage that a message quotes, where it stands in the conversation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.content.searched_text import searched_texts
from app.ui.transcript.view.conversation_search import TranscriptSearch
from app.ui.transcript.view.found_messages import SearchedMessage
from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.message_layout import MatchPlace
from app.ui.transcript.view.selection import BlockPosition, Selection
from app.ui.transcript.view.viewport import Viewport

_MARKER = re.compile(r"\s*(?:[•☐☑]|\d{1,9}[.)])\s+(?:[☐☑]\s+)?")
_WORD = re.compile(r"\w+")


class QuotedPassages:
    """Looks through the messages, those above another one from there upwards."""

    def __init__(
        self,
        column: MessageColumn,
        viewport: Viewport,
        interaction: InteractionState,
        search: TranscriptSearch,
        refresh: Callable[[], None],
    ) -> None:
        """`refresh` shows the conversation after something was opened or scrolled."""
        self._column = column
        self._viewport = viewport
        self._interaction = interaction
        self._search = search
        self._refresh = refresh

    def show(self, quote: str, below: str) -> bool:
        """Go to a passage and select it; whether the conversation still has it.

        Args:
            quote: the words as they were copied.
            below: the message that quotes them; all messages are looked through where there is none.
        """
        found = self._find(quote, below)
        if found is None:
            return False
        selection, place = found
        row = self._column.row_of(selection.anchor.entry_id) or 0
        self._viewport.is_following = False
        self._viewport.reveal(row, self._column.layout(row).text_area(place))
        self._interaction.select(selection)
        self._refresh()
        return True

    def _find(self, quote: str, below: str) -> tuple[Selection, MatchPlace] | None:
        lines = [line for line in map(_searched, quote.split("\n")) if line]
        row = self._column.row_of(below) if below else len(self._column.entries)
        if not lines or row is None:
            return None
        query = SearchQuery(lines[0], is_case_sensitive=True)
        for above in range(row - 1, -1, -1):
            place = self._place_in(above, query) if self._holds(above, lines) else None
            if place is not None:
                entry_id = self._column.entries[above].id
                end = self._end_of(above, lines[-1], place)
                return Selection.within(entry_id, (place[0], place[1][0]), end), place
        return None

    def _holds(self, row: int, lines: Sequence[str]) -> bool:
        """Whether all lines stand in a message."""
        entry = self._column.entries[row]
        if not _may_hold(entry, lines[0]):
            return False
        texts = [text for _, text in searched_texts(entry)]
        queries = [SearchQuery(line, is_case_sensitive=True) for line in set(lines)]
        return all(any(any(query.find(text)) for text in texts) for query in queries)

    def _place_in(self, row: int, query: SearchQuery) -> MatchPlace | None:
        message = SearchedMessage(self._column.entries[row])
        for _pause in message.search(query):
            pass
        return self._search.opened(row, query, message.match(0)) if message.count else None

    def _end_of(self, row: int, last_line: str, start: MatchPlace) -> BlockPosition:
        """Where the last line ends that follows the first one."""
        query = SearchQuery(last_line, is_case_sensitive=True)
        first = (start[0], start[1][0])
        for index, view in enumerate(self._column.layout(row).views):
            for begin, end in view.found(query):
                if (index, begin) >= first:
                    return index, end
        return start[0], start[1][1]


def _searched(line: str) -> str:
    """What is looked for of a line: the first cell of a table's row, and no list marker."""
    return _MARKER.sub("", line.split("\t")[0], count=1).strip()


def _may_hold(entry: MessageEntry, text: str) -> bool:
    """Whether a message has all words of a text, which is quickly known."""
    written = "".join(part.raw for part in entry.message.parts)
    return all(word in written for word in _WORD.findall(text))
