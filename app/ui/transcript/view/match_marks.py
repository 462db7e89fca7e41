"""Marks in the scroll bar where the matches of a search are."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget
from typing_extensions import override

from app.ui.transcript.view.conversation_search import TranscriptSearch
from app.ui.transcript.view.found_messages import SearchedMessage
from app.ui.transcript.view.message_column import MessageColumn

MARK_HEIGHT = 2
SIDE = 1
MOST_MARKS = 2_000
"""Of one message."""


class MatchMarks(QWidget):
    """Lies over a scroll bar, which takes the mouse as if nothing were there."""

    def __init__(self, bar: QScrollBar, column: MessageColumn, search: TranscriptSearch) -> None:
        super().__init__(bar)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._column = column
        self._search = search
        self._heights: list[int] | None = None
        search.changed.connect(self._forget)
        bar.rangeChanged.connect(self._forget)
        bar.installEventFilter(self)
        self.hide()

    @property
    def heights(self) -> list[int]:
        """The pixels, from the top of the bar, at which there are matches."""
        if self._heights is None:
            many = len(self._column.entries) > self.height()
            self._heights = list(self._rows_found()) if many else sorted(set(self._matches()))
        return self._heights

    def _rows_found(self) -> Iterator[int]:
        """Where there are more messages than pixels: those with matches of the rows at each pixel."""
        scale = self._column.height / max(1, self.height())
        first = 0
        for y in range(self.height()):
            last = self._column.row_at((y + 1) * scale)
            if self._search.is_found_in(first, max(last, first + 1)):
                yield y
            first = last

    def _matches(self) -> Iterator[int]:
        scale = self.height() / max(1, self._column.height)
        for row, message in self._search.found():
            top, height = self._column.top(row) * scale, self._column.row_height(row) * scale
            if height < MARK_HEIGHT:
                yield int(top)
            else:
                yield from (int(top + share * height) for share in self._shares(message))

    def _shares(self, message: SearchedMessage) -> Iterator[float]:
        """How far down in the message each match is, 0 to 1; what is folded away has no height."""
        expansion, entry_id = self._column.expansion, message.entry.id
        opened = [
            not stretch.section or expansion.is_open(entry_id, stretch.section, False)
            for stretch in message.stretches
        ]
        lengths = [
            stretch.length * is_open for stretch, is_open in zip(message.stretches, opened, strict=True)
        ]
        whole, before = sum(lengths) or 1, 0
        for stretch, length in zip(message.stretches, lengths, strict=True):
            step = len(stretch.places) // MOST_MARKS + 1  # More could not be told apart.
            for place in stretch.places[::step] if length else stretch.places[:1]:
                yield (before + (place if length else 0)) / whole
            before += length

    def _forget(self) -> None:
        self._heights = None
        self.setVisible(self._search.query is not None)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        colour = self._column.style.colour("found_now")
        with QPainter(self) as painter:
            for y in self.heights:
                mark = QRect(SIDE, y - MARK_HEIGHT // 2, self.width() - 2 * SIDE, MARK_HEIGHT)
                painter.fillRect(mark, colour)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self._heights = None
        return False
