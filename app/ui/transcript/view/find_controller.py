"""Finding in the conversation: the bar, the search, and the marks in the scroll bar, joined."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea

from app.ui.transcript.view.conversation_search import TranscriptSearch, place_of
from app.ui.transcript.view.find_bar import FindBar
from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.match_marks import MatchMarks
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.screen_reader import ScreenReader
from app.ui.transcript.view.selection import Selection
from app.ui.transcript.view.viewport import Viewport


class FindController(QObject):
    """Lets the reader find words in the conversation.

    Attributes:
        bar: where the words are typed.
        search: what is found.
        marks: where it is, in the scroll bar.
    """

    def __init__(
        self,
        area: QAbstractScrollArea,
        column: MessageColumn,
        viewport: Viewport,
        interaction: InteractionState,
        screen_reader: ScreenReader,
        refresh: Callable[[], None],
    ) -> None:
        """`refresh` shows the conversation after something was opened or scrolled."""
        super().__init__(area)
        self._area = area
        self._column = column
        self._interaction = interaction
        self._screen_reader = screen_reader
        self._shown: tuple[object, object] = (None, None)
        self.bar = FindBar(area)
        self.search = TranscriptSearch(column, viewport, refresh, self)
        self.marks = MatchMarks(area.verticalScrollBar(), column, self.search)
        self.bar.changed.connect(lambda: self.search.look_for(self.bar.query))
        self.bar.moved.connect(self.move)
        self.bar.closed.connect(self._on_closed)
        self.search.changed.connect(self._show_found)

    def open(self) -> None:
        """Show the bar, with what is selected to look for."""
        self.bar.open_bar(self._interaction.selected_text())

    def look_for(self, text: str) -> None:
        """Show the bar with words that were found elsewhere, and leave the keyboard where it is."""
        self.bar.open_bar(text, takes_focus=False)

    def move(self, by: int) -> None:
        """Go to the next match (1) or the one before (-1); opens the bar where nothing is looked for."""
        if self.search.query is None:
            self.open()
            return
        self.search.move(by)
        self._screen_reader.say(self.bar.count_text)

    def follow(self) -> None:
        """Take note of what has changed in the conversation or in the window."""
        self.bar.follow(self._area.width(), self._column.column_width)
        self.search.follow()

    def _show_found(self) -> None:
        search = self.search
        self.bar.show_count(search.number, search.count, is_searching=search.is_searching)
        shown = (search.query, search.current)
        if shown != self._shown:
            self._shown = shown
            self._area.viewport().update()

    def _on_closed(self) -> None:
        """Select the match that the reader is at, and give the keyboard back to the conversation."""
        current, query = self.search.current, self.search.query
        row = self._column.row_of(current.entry_id) if current is not None else None
        if current is not None and query is not None and row is not None:
            place = place_of(self._column.layout(row), query, current.within)
            if place is not None:
                index, (first, last) = place
                self._interaction.select(Selection.within(current.entry_id, (index, first), (index, last)))
        self.search.close()
        self._area.setFocus(Qt.FocusReason.OtherFocusReason)
