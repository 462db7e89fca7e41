"""The messages below each other: which are built, how high they are, and which one is where.

Nothing here is a widget. Only what is near the visible part is built; of the others the height is estimated
from the length of their text.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from app.core.message import Role
from app.ui.transcript.content.blocks import Block
from app.ui.transcript.content.cards import part_key
from app.ui.transcript.content.expansion import ExpansionState
from app.ui.transcript.content.message_blocks import (
    BUBBLE_CHARACTERS,
    BUBBLE_LINES,
    MessageContext,
    blocks_of,
)
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.content.streaming_answer import StreamingAnswer
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.view.message_layout import MessageLayout
from app.ui.transcript.view.row_heights import RowHeights

ROW_GAP = 12
TOP_MARGIN = 20
BOTTOM_MARGIN = 28
SMALLEST_MARGIN = 36
MOST_BODIES = 120
MOST_COST = 1_200_000
"""Built messages that are kept, by number and by characters; a laid-out character costs about 70 bytes."""


class MessageColumn:
    """The conversation as a column of rows, one for each message."""

    def __init__(self, style: RenderStyle) -> None:
        self.style = style
        self.expansion = ExpansionState()
        self.entries: list[MessageEntry] = []
        self.question_rows: list[int] = []
        """Those of the user's messages, in order."""
        self.streaming_answer: StreamingAnswer | None = None
        self.memory_start: str | None = None
        self.sibling = ""
        """The name of a model that could answer without thinking first, where the chosen one cannot."""
        self.read_aloud_id = ""
        """The message that is read aloud; empty where none is."""
        self.column_width = style.column_width
        self._rows: dict[str, int] = {}
        self._geometry = RowHeights()
        self._layouts: OrderedDict[str, MessageLayout] = OrderedDict()

    # What there is

    def set_entries(self, entries: Sequence[MessageEntry]) -> None:
        """Shows other messages; those that were there before stay built, and what was open stays open."""
        before = {entry.id: entry for entry in self.entries}
        self.entries = list(entries)
        self.streaming_answer = None
        self._rows, self.question_rows = {}, []
        for row, entry in enumerate(self.entries):
            self._note_row(entry, row)
        kept = {entry.id for entry in self.entries if before.get(entry.id) == entry}
        self._layouts = OrderedDict((id_, layout) for id_, layout in self._layouts.items() if id_ in kept)
        self._geometry = RowHeights(self._known_height(entry) for entry in self.entries)

    def put(self, entry: MessageEntry) -> None:
        """Adds a message at the end, or exchanges the one of the same id."""
        if entry.id in self._rows:
            self.replace(entry)
        else:
            self.append(entry)

    def append(self, entry: MessageEntry) -> None:
        self._note_row(entry, len(self.entries))
        self.entries.append(entry)
        self._geometry.append(self._estimate(entry))

    def replace(self, entry: MessageEntry) -> None:
        """Exchanges the entry of that id; what is built of it stays until it is shown again."""
        row = self._rows[entry.id]
        self._note_row(entry, row)
        self.entries[row] = entry
        if entry.id in self._layouts:
            self.refresh(entry.id)
        else:
            self._geometry.set_height(row, self._estimate(entry))

    def cut_from(self, entry_id: str) -> None:
        """Removes a message and all below it."""
        row = self._rows[entry_id]
        for gone in self.entries[row:]:
            self._layouts.pop(gone.id, None)
        self._rows = {id_: kept for id_, kept in self._rows.items() if kept < row}
        del self.entries[row:]
        del self.question_rows[bisect_left(self.question_rows, row) :]
        self._geometry.cut(row)

    def _note_row(self, entry: MessageEntry, row: int) -> None:
        """Results are found where the answer is that shows them."""
        self._rows.update(dict.fromkeys((entry.id, *entry.result_ids), row))
        if entry.message.role is Role.USER:
            self.question_rows.append(row)

    def row_of(self, entry_id: str | None) -> int | None:
        return self._rows.get(entry_id) if entry_id is not None else None

    def blocks(self, entry: MessageEntry) -> list[Block]:
        """What an entry is shown as at the moment."""
        row = self._rows[entry.id]
        goes_on = row > 0 and self.entries[row - 1].is_followed_up
        around = MessageContext(self.memory_start in (entry.id, *entry.result_ids), goes_on)
        if self.streaming_answer is not None and self.streaming_answer.entry.id == entry.id:
            return self.streaming_answer.blocks(self.expansion, around)
        return blocks_of(entry, self.expansion, around)

    def open_result(self, result_id: str) -> None:
        """Opens the card that shows a result; nothing happens for other messages."""
        entry = self.entries[self._rows[result_id]]
        for number, id_ in enumerate(entry.result_ids):
            if id_ == result_id and number < len(entry.calls):
                self.expansion.cards[entry.id, part_key(entry.calls[number].index)] = True
                self.refresh(entry.id)

    def mark_read_aloud(self, entry_id: str) -> None:
        """Has the button of a message stop the voice that reads it; empty where none is read."""
        before, self.read_aloud_id = self.read_aloud_id, entry_id
        for changed in (before, entry_id):
            if changed in self._layouts:
                self._layouts[changed].footer.is_read_aloud = changed == entry_id
                self.refresh(changed)

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above a message, where the model's memory begins; None for no line."""
        before, self.memory_start = self.memory_start, entry_id
        for changed in {before, entry_id} if before != entry_id else ():
            if changed in self._rows:
                self.refresh(self.entries[self._rows[changed]].id)

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        pieces = []
        for entry in self.entries:
            text = plain_text(self.blocks(entry))
            pieces.append(f"{text}\n{entry.figures}" if entry.figures else text)
        return "\n\n".join(pieces)

    # What is built

    @property
    def built_count(self) -> int:
        return len(self._layouts)

    def layout(self, row: int) -> MessageLayout:
        """The message of a row, built and laid out."""
        entry = self.entries[row]
        layout = self._layouts.get(entry.id)
        if layout is None:
            layout = self._layouts[entry.id] = MessageLayout(entry, self.blocks(entry), self.style)
            layout.footer.is_read_aloud = entry.id == self.read_aloud_id
        self._layouts.move_to_end(entry.id)
        if not self.is_current(row):
            layout.lay_out(self.column_width)
        return layout

    def refresh(self, entry_id: str) -> None:
        """Brings what is built of a message up to date."""
        row = self._rows[entry_id]
        layout = self._layouts.get(entry_id)
        if layout is not None:
            entry = self.entries[row]
            layout.show(entry, self.blocks(entry))
            layout.lay_out(self.column_width)
            self._geometry.set_height(row, row_height(layout))

    def draw_waiting(self) -> None:
        """Show formulas that have been drawn since their messages were built."""
        for entry_id, layout in self._layouts.items():
            if layout.draw_waiting():
                layout.lay_out(self.column_width)
                self._geometry.set_height(self._rows[entry_id], row_height(layout))

    def is_current(self, row: int) -> bool:
        """Whether a row is built for the present width, and its height therefore the true one."""
        layout = self._layouts.get(self.entries[row].id)
        return layout is not None and layout.width == self.column_width

    def forget_built(self) -> None:
        """Drops everything built, for another look; heights stay as estimates."""
        self._layouts.clear()

    def trim(self, rows: Iterable[int], entry_id: str | None) -> None:
        """Drops the messages that were used longest ago, but none of `rows`, not that one and not the answer
        being written.
        """
        cost = sum(layout.cost for layout in self._layouts.values())
        needed = {entry_id, *(self.entries[row].id for row in rows)}
        if self.streaming_answer is not None:
            needed.add(self.streaming_answer.entry.id)
        for entry_id in list(self._layouts):
            if len(self._layouts) <= MOST_BODIES and cost <= MOST_COST:
                return
            if entry_id not in needed:
                cost -= self._layouts.pop(entry_id).cost

    # Where it is

    @property
    def height(self) -> int:
        return math.ceil(TOP_MARGIN + self._geometry.total + BOTTOM_MARGIN) if self.entries else 0

    def top(self, row: int) -> int:
        """Where a row begins, from the top of the whole conversation."""
        return round(TOP_MARGIN + self._geometry.top(row))

    def row_height(self, row: int) -> float:
        return self._geometry.height(row)

    def row_at(self, y: float) -> int:
        return self._geometry.row_at(y - TOP_MARGIN)

    def rows_between(self, top: float, bottom: float) -> range:
        """The rows of which something is between two heights."""
        if not self.entries:
            return range(0)
        return range(self.row_at(top), self.row_at(bottom) + 1)

    def measure(self, rows: Iterable[int]) -> bool:
        """Builds rows and corrects their heights; whether one changed."""
        changed = False
        for row in rows:
            height = row_height(self.layout(row))
            if height != self._geometry.height(row):
                self._geometry.set_height(row, height)
                changed = True
        return changed

    def _known_height(self, entry: MessageEntry) -> float:
        layout = self._layouts.get(entry.id)
        return row_height(layout) if layout is not None and layout.height else self._estimate(entry)

    def _estimate(self, entry: MessageEntry) -> float:
        text = entry.message.text
        length, breaks = len(text), text.count("\n")
        per_line = self.column_width / 7.2
        if entry.message.role is Role.USER:
            if length > BUBBLE_CHARACTERS or breaks > BUBBLE_LINES:
                return 300.0
            return round(68 + 24 * (breaks + length / (0.75 * per_line)))
        limit = self.expansion.limit(entry.id)
        if length > limit:
            breaks, length = breaks * limit // length, limit
        return round(90 + 24 * (length / per_line) + 9 * breaks)


def row_height(layout: MessageLayout) -> float:
    is_question = layout.footer.entry.message.role is Role.USER
    return float(math.ceil(layout.height + (0 if is_question else ROW_GAP * layout.style.gaps)))
