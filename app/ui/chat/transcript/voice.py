"""What a screen reader is told of the conversation, which is painted and has no widgets to read."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.core.message import Role
from app.ui.chat.transcript.attention import Attention, Ring
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.entry import CallState, Entry
from app.ui.chat.transcript.keyboard import find
from app.ui.chat.transcript.plain_text import plain_text


class Voice:
    """Says where the keyboard is, and what has come; the last words can also be asked for."""

    def __init__(self, area: QWidget, canvas: Canvas, attention: Attention) -> None:
        """What is said belongs to `area`, and stays with it as its description."""
        self._area = area
        self._canvas = canvas
        self._attention = attention
        self._ring: Ring | None = None
        self._asked: set[str] = set()

    def follow_ring(self) -> None:
        """Says the message or the button that the keyboard went to."""
        ring, before = self._attention.ring, self._ring
        self._ring = ring
        row = self._attention.ring_row
        if ring is None or row is None or ring == before:
            return
        target = find(self._canvas.body(row).targets(is_active=True), ring.target)
        self.say(target.label if target is not None else self._words(self._canvas.entries[row]))

    def tell_answer(self, entry: Entry) -> None:
        """Says an answer that is finished."""
        if QAccessible.isActive():
            self._note_asked(entry)
            self.say(self._words(entry))

    def tell_question(self, entry: Entry) -> None:
        """Says a message in which a tool begins to wait for permission; nothing else about it is news."""
        if QAccessible.isActive() and self._note_asked(entry):
            self.say(self._words(entry))

    def say(self, words: str) -> None:
        """Says something once what is being said has ended."""
        self._area.setAccessibleDescription(words)
        event = QAccessibleAnnouncementEvent(self._area, words)
        QAccessible.updateAccessibility(event)

    def begin_anew(self) -> None:
        """Forgets what was said, for another conversation."""
        self._ring = None
        self._asked.clear()
        self._area.setAccessibleDescription("")

    def _note_asked(self, entry: Entry) -> bool:
        waiting = {call.call_id for call in entry.calls if call.state is CallState.WAITING}
        is_new = not waiting <= self._asked
        self._asked |= waiting
        return is_new

    def _words(self, entry: Entry) -> str:
        words = plain_text(self._canvas.blocks(entry))
        return f"You\n\n{words}" if entry.message.role is Role.USER else words
