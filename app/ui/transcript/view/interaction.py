"""What the reader points at, has selected and has just used; messages are drawn accordingly."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import MessageState
from app.core.message import Role
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.items.block_view import Target, TargetId
from app.ui.transcript.view.hit_test import HitTest
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.message_layout import PaintState
from app.ui.transcript.view.selection import Selection

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
        """Selects a part of one message, or nothing."""
        if selection is not None:
            self._last_used = selection.entry_id
        if selection != self._selection:
            self._selection = selection
            self.changed.emit()

    def select_message(self, entry_id: str) -> None:
        """Selects the whole text of a message."""
        row = self._column.row_of(entry_id)
        if row is not None:
            self.select(self._column.layout(row).whole(entry_id))

    def select_meant(self) -> None:
        """Selects the whole message that keys are meant for."""
        meant = self.meant()
        if meant is not None:
            self.select_message(meant.id)

    def drop_selection_of(self, entry_id: str) -> None:
        if self._selection is not None and self._selection.entry_id == entry_id:
            self.select(None)

    def selected_text(self) -> str:
        """The selection as it would be copied."""
        row = self._column.row_of(self._selection.entry_id) if self._selection else None
        if row is None or self._selection is None or self._selection.is_empty:
            return ""
        return self._column.layout(row).plain_text(self._selection)

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
        if self._selection is not None and self._selection.entry_id == entry_id:
            shown.selection = self._selection
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
