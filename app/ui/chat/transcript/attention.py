"""What the reader points at, has selected and has just used; messages are drawn accordingly."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.conversation import MessageState
from app.core.message import Role
from app.ui.chat.transcript.action import Action
from app.ui.chat.transcript.body import Shown
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.hit import Hit
from app.ui.chat.transcript.segment import Target, TargetId
from app.ui.chat.transcript.selection import Selection

COPIED_MS = 1_600
"""How long a button says that it has copied."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Where the keyboard is: on a message, or on one of its targets."""

    entry_id: str
    target: TargetId | None = None


class Attention(QObject):
    """Holds it, at most one of each kind in the whole conversation.

    Attributes:
        ring: where the keyboard is.

    Signals:
        changed: messages have to be drawn anew.
        link_hovered: the address under the pointer; empty where there is none.
    """

    changed = Signal()
    link_hovered = Signal(str)

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.ring: Ring | None = None
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
        row = self._canvas.row_of(entry_id)
        if row is not None:
            self.select(self._canvas.body(row).whole(entry_id))

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
        row = self._canvas.row_of(self._selection.entry_id) if self._selection else None
        if row is None or self._selection is None or self._selection.is_empty:
            return ""
        return self._canvas.body(row).plain_text(self._selection)

    # Pointing and using

    def point_at(self, hit: Hit | None) -> None:
        """Takes note of the message and the button under the pointer."""
        target = hit.target if hit is not None else None
        now = (hit.entry.id, target.id if target is not None else None) if hit is not None else None
        if now == self._hovered:
            return
        self._hovered = now
        is_link = target is not None and target.action is Action.OPEN_LINK
        self.link_hovered.emit(target.payload if is_link and target is not None else "")
        self.changed.emit()

    def note_use(self, entry_id: str, target: Target) -> None:
        """Takes note that a button was used; one that copies says so for a while."""
        self._last_used = entry_id
        if target.action in (Action.COPY, Action.COPY_CODE):
            self._just_copied = (entry_id, target.id)
            self._copied_end.start()

    def clear(self) -> None:
        """Begins anew, for another conversation."""
        self.select(None)
        self.ring = self._hovered = None

    def forget(self, entry_id: str) -> None:
        """Takes everything off a message that is going away."""
        self.drop_selection_of(entry_id)
        if self.ring is not None and self.ring.entry_id == entry_id:
            self.ring = None

    # Asking

    @property
    def ring_row(self) -> int | None:
        """The row that the ring is in."""
        return self._canvas.row_of(self.ring.entry_id) if self.ring is not None else None

    def meant(self) -> Entry | None:
        """The message that keys are meant for: with the ring, used last, or the last one."""
        row = self.ring_row
        row = self._canvas.row_of(self._last_used) if row is None else row
        entries = self._canvas.entries
        return entries[row if row is not None else -1] if entries else None

    def is_active(self, row: int) -> bool:
        """Whether a message shows its buttons: under the pointer, with the ring, or the last answer."""
        entry = self._canvas.entries[row]
        if self.ring is not None and self.ring.entry_id == entry.id:
            return True
        if self._hovered is not None and self._hovered[0] == entry.id:
            return True
        is_last = row == len(self._canvas.entries) - 1
        return is_last and entry.message.role is Role.ASSISTANT and entry.state is not MessageState.STREAMING

    def shown(self, row: int, *, has_focus: bool) -> Shown:
        """How a message is shown at the moment; `has_focus` tells whether keys come here."""
        entry_id = self._canvas.entries[row].id
        shown = Shown(is_active=self.is_active(row))
        if self._selection is not None and self._selection.entry_id == entry_id:
            shown.selection = self._selection
        if self._hovered is not None and self._hovered[0] == entry_id:
            shown.hovered = self._hovered[1]
        if self._just_copied is not None and self._just_copied[0] == entry_id:
            shown.just_copied = self._just_copied[1]
        if self.ring is not None and self.ring.entry_id == entry_id:
            shown.has_focus, shown.focused = has_focus, self.ring.target
        return shown

    def _on_copied_end(self) -> None:
        self._just_copied = None
        self.changed.emit()
