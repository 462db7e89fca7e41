"""What a screen reader is told of the conversation, which is painted and has no widgets to read."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.core.message import Role
from app.core.tool_call_status import CallState
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.view.interaction import InteractionState, KeyboardFocus
from app.ui.transcript.view.keyboard import find
from app.ui.transcript.view.message_column import MessageColumn


class ScreenReader:
    """Says where the keyboard is, and what has come; the last words can also be asked for."""

    def __init__(self, area: QWidget, column: MessageColumn, interaction: InteractionState) -> None:
        """What is said belongs to `area`, and stays with it as its description."""
        self._area = area
        self._column = column
        self._interaction = interaction
        self._focus: KeyboardFocus | None = None
        self._asked: set[str] = set()

    def follow_focus(self) -> None:
        """Says the message or the button that the keyboard went to."""
        focus, before = self._interaction.focus, self._focus
        self._focus = focus
        row = self._interaction.focus_row
        if focus is None or row is None or focus == before:
            return
        target = find(self._column.layout(row).targets(is_active=True), focus.target)
        self.say(target.label if target is not None else self._words(self._column.entries[row]))

    def tell_answer(self, entry: MessageEntry) -> None:
        """Says an answer that is finished."""
        if QAccessible.isActive():
            self._note_asked(entry)
            self.say(self._words(entry))

    def tell_question(self, entry: MessageEntry) -> None:
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
        self._focus = None
        self._asked.clear()
        self._area.setAccessibleDescription("")

    def _note_asked(self, entry: MessageEntry) -> bool:
        waiting = {call.call_id for call in entry.calls if call.state is CallState.WAITING}
        is_new = not waiting <= self._asked
        self._asked |= waiting
        return is_new

    def _words(self, entry: MessageEntry) -> str:
        words = plain_text(self._column.blocks(entry))
        return f"You\n\n{words}" if entry.message.role is Role.USER else words
