"""What a screen reader is told of the conversation, which is painted and has no widgets to read."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from app.core.spoken_answers import SpokenAnswers
from app.core.tool_call_status import CallState
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import plain_text
from app.ui.transcript.content.spoken_sentences import SpokenSentences
from app.ui.transcript.view.accessible_conversation import AccessibleConversation
from app.ui.transcript.view.accessible_items import AccessibleItems, spoken
from app.ui.transcript.view.interaction import InteractionState, KeyboardFocus
from app.ui.transcript.view.message_column import MessageColumn


class ScreenReader:
    """Says where the keyboard is, and what has come; the last words can also be asked for.

    Attributes:
        spoken_answers: when an answer is said by itself.
    """

    def __init__(
        self, area: QWidget, column: MessageColumn, interaction: InteractionState, items: AccessibleItems
    ) -> None:
        """What is said belongs to `area`, and stays with it as its description."""
        self.spoken_answers = SpokenAnswers.WHEN_DONE
        self._area = area
        self._column = column
        self._interaction = interaction
        self._conversation = AccessibleConversation(items)
        self._focus: KeyboardFocus | None = None
        self._asked: set[str] = set()
        self._sentences = SpokenSentences()

    def follow_focus(self) -> None:
        """Tells of the message or the button that the keyboard went to."""
        focus, before = self._interaction.focus, self._focus
        self._focus = focus
        if focus is not None and focus != before:
            self._conversation.tell_focus()

    def leave_focus(self) -> None:
        """The keyboard went elsewhere; where it was is told when it comes back."""
        self._focus = None

    # An answer

    def begin_answer(self, entry: MessageEntry) -> None:
        self._sentences = SpokenSentences()
        self._conversation.tell_added(entry.id)

    def follow_answer(self) -> None:
        """Says the sentences that the answer has grown by, where the user wants that."""
        answer = self._column.streaming_answer
        if answer and self.spoken_answers is SpokenAnswers.BY_SENTENCE and QAccessible.isActive():
            self._say_sentences(self._sentences.new_in(self._column.blocks(answer.entry)))

    def tell_answer(self, entry: MessageEntry) -> None:
        """Says an answer that is finished, or what has not been said of it."""
        if not QAccessible.isActive():
            return
        self._conversation.tell_changed(entry.id)
        is_asking = self._note_asked(entry)
        blocks = self._column.blocks(entry)
        if is_asking or self.spoken_answers is SpokenAnswers.WHEN_DONE:
            self.say(spoken(entry, plain_text(blocks)))
        elif self.spoken_answers is SpokenAnswers.BY_SENTENCE:
            self._say_sentences(self._sentences.new_in(blocks, is_finished=True))

    def _say_sentences(self, words: str) -> None:
        if words:
            self.say(words)

    # Other messages

    def tell_message(self, entry: MessageEntry) -> None:
        """A message came at the end."""
        self._conversation.tell_added(entry.id)

    def tell_question(self, entry: MessageEntry) -> None:
        """Says a message in which a tool begins to wait for permission; nothing else about it is news."""
        if QAccessible.isActive():
            self._conversation.tell_changed(entry.id)
            if self._note_asked(entry):
                self.say(spoken(entry, plain_text(self._column.blocks(entry))))

    def tell_removed(self, entry: MessageEntry) -> None:
        """A message goes away."""
        self._conversation.tell_removed(entry.id)

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
        self._conversation.begin_anew()

    def _note_asked(self, entry: MessageEntry) -> bool:
        waiting = {call.call_id for call in entry.calls if call.state is CallState.WAITING}
        is_new = not waiting <= self._asked
        self._asked |= waiting
        return is_new
