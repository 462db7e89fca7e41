"""Takes an answer as it streams in, and redraws at a pace the window can bear."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, QTimer, Signal

from app.core.stream import ReplyEvent
from app.core.thought_clock import ThoughtProgress
from app.ui.chat.transcript.blocks import CardHeader, StatusLine
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.flush import Flush
from app.ui.chat.transcript.live_reply import LiveReply

FRAME_MS = 60
"""The pace of what moves while the reader waits."""


class Streaming(QObject):
    """The answer under way, if there is one.

    Signals:
        redraw_due: show what has come.
        area_moved: an area of the answer's body that has to be drawn again, because something in it moves.
    """

    redraw_due = Signal()
    area_moved = Signal(QRect)

    def __init__(self, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._events: list[ReplyEvent] = []
        self._flush = Flush(self)
        self._flush.due.connect(self.redraw_due)
        self._motion = QTimer(self)
        self._motion.setInterval(FRAME_MS)
        self._motion.timeout.connect(self._on_motion)
        self.is_visible: Callable[[int], bool] = lambda row: True
        """Whether a row is on screen; nothing moves where nobody looks."""

    @property
    def entry(self) -> Entry | None:
        """The answer being written."""
        return self._canvas.live.entry if self._canvas.live is not None else None

    def begin(self, entry: Entry) -> None:
        self.stop()
        self._canvas.live = LiveReply(entry, self._canvas.sibling)
        self._canvas.put(entry)
        self._motion.start()

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

    def stop(self) -> None:
        self._canvas.live = None
        self._events.clear()
        self._flush.stop()
        self._motion.stop()

    def _on_motion(self) -> None:
        """Moves what shows that work is going on, and counts the seconds of a thought."""
        live = self._canvas.live
        row = self._canvas.row_of(live.entry.id) if live is not None else None
        if live is None or row is None or not self.is_visible(row):
            return
        if live.is_thinking:
            self._flush.ask()
        body = self._canvas.body(row)
        for index, segment in enumerate(body.segments):
            block = segment.block
            if isinstance(block, StatusLine) or (isinstance(block, CardHeader) and block.is_busy):
                self.area_moved.emit(body.area_of(index).toAlignedRect())
