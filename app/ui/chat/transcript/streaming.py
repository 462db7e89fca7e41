"""Takes an answer as it streams in, and redraws at a pace the window can bear."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.core.stream import ReplyEvent
from app.core.thought_clock import ThoughtProgress
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.flush import Flush
from app.ui.chat.transcript.live_reply import LiveReply


class Streaming(QObject):
    """The answer under way, if there is one.

    Signals:
        redraw_due: show what has come.
    """

    redraw_due = Signal()

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._events: list[ReplyEvent] = []
        self._flush = Flush(self)
        self._flush.due.connect(self.redraw_due)

    def begin(self, entry: Entry) -> None:
        self.stop()
        self._canvas.live = LiveReply(entry, self._canvas.sibling)
        self._canvas.put(entry)

    def feed(self, events: Sequence[ReplyEvent], thought: ThoughtProgress | None) -> None:
        if self._canvas.live is not None:
            self._canvas.live.note_thought(thought)
            self._canvas.live.status = ""
            self._events.extend(events)
            self._flush.ask()

    def set_status(self, text: str) -> None:
        if self._canvas.live is not None:
            self._canvas.live.status = text
            self._flush.ask()

    def redraw_soon(self) -> None:
        """Asks for a redraw also when nothing has come."""
        self._flush.ask()

    def take(self) -> bool:
        """Builds what has come; whether there is an answer under way."""
        live = self._canvas.live
        if live is None:
            return False
        live.apply(self._events)
        self._events.clear()
        self._canvas.refresh(live.entry.id)
        return True

    def finish(self, entry: Entry) -> None:
        """Puts the finished answer in the place of the streamed one; nothing on screen is folded away."""
        live = self._canvas.live
        if live is not None and live.entry.id == entry.id:
            live.apply(self._events)
            self._canvas.folds.show_at_least(entry.id, live.text)
            self.stop()
        self._canvas.put(entry)

    def forget(self, entry_id: str) -> None:
        """Ends the answer if it is this one, which is going away."""
        if self._canvas.live is not None and self._canvas.live.entry.id == entry_id:
            self.stop()

    def stop(self) -> None:
        self._canvas.live = None
        self._events.clear()
        self._flush.stop()
