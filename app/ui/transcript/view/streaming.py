"""Takes an answer as it streams in, and redraws at a pace the window can bear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.core.reasoning_timer import ReasoningProgress
from app.core.stream import ReplyEvent
from app.ui.transcript.content.code_folds import ALL_CODE
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.streaming_answer import StreamingAnswer
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.redraw import RedrawThrottle


class AnswerStream(QObject):
    """The answer under way, if there is one.

    Signals:
        redraw_due: show what has come.
    """

    redraw_due = Signal()

    def __init__(self, column: MessageColumn, parent: QObject) -> None:
        super().__init__(parent)
        self._column = column
        self._events: list[ReplyEvent] = []
        self._throttle = RedrawThrottle(self)
        self._throttle.due.connect(self.redraw_due)

    def begin(self, entry: MessageEntry) -> None:
        self.stop()
        self._column.streaming_answer = StreamingAnswer(entry, self._column.sibling)
        self._column.put(entry)

    def feed(self, events: Sequence[ReplyEvent], thought: ReasoningProgress | None) -> None:
        if self._column.streaming_answer is not None:
            self._column.streaming_answer.note_thought(thought)
            self._column.streaming_answer.status = ""
            self._events.extend(events)
            self._throttle.ask()

    def set_status(self, text: str) -> None:
        if self._column.streaming_answer is not None:
            self._column.streaming_answer.status = text
            self._throttle.ask()

    def redraw_soon(self) -> None:
        """Asks for a redraw also when nothing has come."""
        self._throttle.ask()

    def take(self) -> bool:
        """Builds what has come; whether there is an answer under way."""
        streaming_answer = self._column.streaming_answer
        if streaming_answer is None:
            return False
        streaming_answer.apply(self._events)
        self._events.clear()
        self._column.refresh(streaming_answer.entry.id)
        return True

    def finish(self, entry: MessageEntry) -> None:
        """Puts the finished answer in the place of the streamed one; nothing on screen is folded away."""
        streaming_answer = self._column.streaming_answer
        if streaming_answer is not None and streaming_answer.entry.id == entry.id:
            streaming_answer.apply(self._events)
            self._column.expansion.show_at_least(entry.id, streaming_answer.text)
            self._column.expansion.cards[entry.id, ALL_CODE] = True
            self.stop()
        self._column.put(entry)

    def forget(self, entry_id: str) -> None:
        """Ends the answer if it is this one, which is going away."""
        if self._column.streaming_answer is not None and self._column.streaming_answer.entry.id == entry_id:
            self.stop()

    def stop(self) -> None:
        self._column.streaming_answer = None
        self._events.clear()
        self._throttle.stop()
