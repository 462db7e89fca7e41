"""What the reader points at, has selected and has just used; messages are drawn accordingly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import MessageState
from app.core.message import Role
from app.ui.transcript.content.blocks import Block
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import displayable, is_selectable, selectable_text
from app.ui.transcript.items.block_view import Target, TargetId
from app.ui.transcript.view.hit_test import HitTest
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.message_layout import PaintState
from app.ui.transcript.view.selection import (
    END,
    START,
    WHOLE,
    BlockPosition,
    SelectedRange,
    Selection,
    SelectionEnd,
)

COPIED_MS = 1_600
"""How long a button says that it has copied."""


@dataclass(frozen=True, slots=True)
class KeyboardFocus:
    """Where the keyboard is: on a message, or on one of its targets."""

    entry_id: str
    target: TargetId | None = None


class InteractionState(QObject):
    """Holds it, at most one of each kind in the whole conversation.

    Attributes:
        focus: where the keyboard is.

    Signals:
        changed: messages have to be drawn anew.
        link_hovered: the address under the pointer; empty where there is none.
    """

    changed = Signal()
    link_hovered = Signal(str)

    def __init__(self, column: MessageColumn, parent: QObject) -> None:
        super().__init__(parent)
        self._column = column
        self.focus: KeyboardFocus | None = None
        self._selection: Selection | None = None
        self._hovered: tuple[str, TargetId | None] | None = None
        self._just_copied: tuple[str, TargetId] | None = None
        self._last_used: str | None = None
        self._copied_end = QTimer(self)
        self._copied_end.setInterval(COPIED_MS)
        self._copied_end.setSingleShot(True)
        self._copied_end.timeout.connect(self._on_copied_end)

    # Selecting

    @property
    def selection(self) -> Selection | None:
        return self._selection

    def select(self, selection: Selection | None) -> None:
        """Select from one place to another, or nothing."""
        if selection is not None:
            self._last_used = selection.head.entry_id
        if selection != self._selection:
            self._selection = selection
            self.changed.emit()

    def select_message(self, entry_id: str) -> None:
        """Select the whole text of a message."""
        row = self._column.row_of(entry_id)
        if row is not None:
            whole = self._column.layout(row).whole()
            self.select(Selection.within(entry_id, whole.first, whole.last))

    def select_more(self) -> None:
        """Select the whole message that keys are meant for; where it is selected already, everything."""
        meant = self.meant()
        if meant is None:
            return
        first, last = self._column.entries[0].id, self._column.entries[-1].id
        everything = Selection(SelectionEnd(first, START), SelectionEnd(last, END))
        before = self._selection
        if before != everything:
            self.select_message(meant.id)
        if before == self._selection:
            self.select(everything)

    def drop_selection_of(self, entry_id: str) -> None:
        """Select nothing any more if a message is selected in part."""
        row = self._column.row_of(entry_id)
        if row is not None and row in self.selected_rows():
            self.select(None)

    def selected_rows(self) -> range:
        """The messages from one end of the selection to the other."""
        ends = self._ordered_ends()
        return range(ends[0][0], ends[1][0] + 1) if ends is not None else range(0)

    def range_in(self, row: int) -> SelectedRange | None:
        """What is selected of a message."""
        ends = self._ordered_ends()
        if ends is None or not ends[0][0] <= row <= ends[1][0]:
            return None
        (first_row, first), (last_row, last) = ends
        return SelectedRange(first if row == first_row else START, last if row == last_row else END)

    def _ordered_ends(self) -> tuple[tuple[int, BlockPosition], tuple[int, BlockPosition]] | None:
        """Row and place of both ends, from above; None where nothing is selected."""
        if self._selection is None:
            return None
        anchor, head = self._selection.anchor, self._selection.head
        rows = self._column.row_of(anchor.entry_id), self._column.row_of(head.entry_id)
        if rows[0] is None or rows[1] is None:
            return None
        first, last = sorted(((rows[0], anchor.position), (rows[1], head.position)))
        return first, last

    def contains(self, entry_id: str, position: BlockPosition) -> bool:
        """Whether a place lies within the selection."""
        row = self._column.row_of(entry_id)
        chosen = self.range_in(row) if row is not None else None
        return chosen is not None and chosen.first <= position < chosen.last

    @property
    def has_selection(self) -> bool:
        return self._selection is not None and not self._selection.is_empty

    def selected_text(self) -> str:
        """The selection as it would be copied: messages follow each other after an empty line."""
        found = []
        for row in self.selected_rows():
            chosen = self.range_in(row)
            if chosen is not None and self._is_whole_question(row, chosen):
                entry = self._column.entries[row]
                limit = self._column.expansion.limit(entry.id)
                found.append(displayable(entry.message.text)[:limit])  # Also what is folded away.
            elif chosen == WHOLE:
                found.append(selectable_text(self._column.blocks(self._column.entries[row])))
            elif chosen is not None:
                found.append(self._column.layout(row).plain_text(chosen))
        return "\n\n".join(filter(None, found))

    def _is_whole_question(self, row: int, chosen: SelectedRange) -> bool:
        """Whether all of a message of the user is selected, which is copied as it was typed."""
        if self._column.entries[row].message.role is not Role.USER:
            return False
        return chosen == WHOLE or self._column.layout(row).is_whole(chosen)

    def selected_blocks(self) -> Iterator[tuple[Block, str, bool]]:
        """The selected blocks of all messages, each with its selected text, and whether that is all of it."""
        for row in self.selected_rows():
            chosen = self.range_in(row)
            if chosen == WHOLE:
                blocks = self._column.blocks(self._column.entries[row])
                yield from ((block, block.plain_text(), True) for block in blocks if is_selectable(block))
            elif chosen is not None:
                yield from self._column.layout(row).selected_blocks(chosen)

    # Pointing and using

    def point_at(self, hit: HitTest | None) -> None:
        """Takes note of the message and the button under the pointer."""
        target = hit.target if hit is not None else None
        now = (hit.entry.id, target.id if target is not None else None) if hit is not None else None
        if now == self._hovered:
            return
        self._hovered = now
        is_link = target is not None and target.action is MessageAction.OPEN_LINK
        self.link_hovered.emit(target.payload if is_link and target is not None else "")
        self.changed.emit()

    def note_use(self, entry_id: str, target: Target) -> None:
        """Takes note that a button was used; one that copies says so for a while."""
        self._last_used = entry_id
        if target.action in (MessageAction.COPY, MessageAction.COPY_CODE):
            self._just_copied = (entry_id, target.id)
            self._copied_end.start()

    def clear(self) -> None:
        """Begins anew, for another conversation."""
        self.select(None)
        self.focus = self._hovered = None

    def forget(self, entry_id: str) -> None:
        """Takes everything off a message that is going away."""
        self.drop_selection_of(entry_id)
        if self.focus is not None and self.focus.entry_id == entry_id:
            self.focus = None

    # Asking

    @property
    def focus_row(self) -> int | None:
        """The row that the focus is in."""
        return self._column.row_of(self.focus.entry_id) if self.focus is not None else None

    def meant(self) -> MessageEntry | None:
        """The message that keys are meant for: with the focus, used last, or the last one."""
        row = self.focus_row
        row = self._column.row_of(self._last_used) if row is None else row
        entries = self._column.entries
        return entries[row if row is not None else -1] if entries else None

    def is_active(self, row: int) -> bool:
        """Whether a message shows its buttons: under the pointer, with the focus, or the last answer."""
        entry = self._column.entries[row]
        if self.focus is not None and self.focus.entry_id == entry.id:
            return True
        if self._hovered is not None and self._hovered[0] == entry.id:
            return True
        is_last = row == len(self._column.entries) - 1
        return is_last and entry.message.role is Role.ASSISTANT and entry.state is not MessageState.STREAMING

    def shown(self, row: int, *, has_focus: bool) -> PaintState:
        """How a message is shown at the moment; `has_focus` tells whether keys come here."""
        entry_id = self._column.entries[row].id
        shown = PaintState(is_active=self.is_active(row))
        shown.selection = self.range_in(row)
        if self._hovered is not None and self._hovered[0] == entry_id:
            shown.hovered = self._hovered[1]
        if self._just_copied is not None and self._just_copied[0] == entry_id:
            shown.just_copied = self._just_copied[1]
        if self.focus is not None and self.focus.entry_id == entry_id:
            shown.has_focus, shown.focused = has_focus, self.focus.target
        return shown

    def _on_copied_end(self) -> None:
        self._just_copied = None
        self.changed.emit()
