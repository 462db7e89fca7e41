"""The conversation on screen: a painted canvas of which only the visible part is built."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget
from typing_extensions import override

from app.core.stream import ReplyEvent
from app.core.thought_clock import ThoughtProgress
from app.ui.chat.transcript.attention import Attention
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.drawing import Drawing
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.jump_button import JumpButton
from app.ui.chat.transcript.keyboard import Keyboard
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.menu import message_menu
from app.ui.chat.transcript.message_actions import SELECTION, MessageActions, Requests
from app.ui.chat.transcript.motion import Motion
from app.ui.chat.transcript.pointer import Pointer
from app.ui.chat.transcript.segment import Target
from app.ui.chat.transcript.streaming import Streaming
from app.ui.chat.transcript.style import DARK, TranscriptStyle
from app.ui.chat.transcript.viewport import AHEAD, Viewport
from app.ui.chat.transcript.voice import Voice

FOUND_AT = 24
"""Pixels from the top at which a message that was searched for is shown."""
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Transcript(QAbstractScrollArea):
    """Shows messages, takes an answer while it streams, and says what the reader wants done.

    Signals:
        regenerate_requested: a new answer instead of this one (its id).
        edit_requested: this message of the user's is to be edited.
        version_requested: another version of a message is to be shown (its id, the version counted from 1).
        continue_requested: an answer that was cut off is to be gone on with.
        figures_requested: the reader wants to know how an answer came about (its id).
        link_activated: the reader clicked an address; whoever listens asks before opening it.
        link_hovered: the address under the pointer; empty where there is none.
        action_requested: a button in a message was used (the message's id, its `Action`, what it is about).
        copied: what was put on the clipboard: "code", "message", "selection" or "address".
    """

    regenerate_requested = Signal(str)
    edit_requested = Signal(str)
    version_requested = Signal(str, int)
    continue_requested = Signal(str)
    figures_requested = Signal(str)
    link_activated = Signal(str)
    link_hovered = Signal(str)
    action_requested = Signal(str, object, str)
    copied = Signal(str)

    def __init__(self, style: TranscriptStyle = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transcript")
        self.setAccessibleName("Conversation")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._canvas = Canvas(Look(style, self.devicePixelRatioF()))
        self._view = Viewport(self, self._canvas)
        self._attention = Attention(self._canvas, self)
        self._pointer = Pointer(self, self._canvas, self._view, self._attention, self._use)
        self._keyboard = Keyboard(self._canvas, self._view, self._attention, self._use, self.scroll_to_end)
        self._voice = Voice(self, self._canvas, self._attention)
        self._actions = MessageActions(self._canvas, self._requests())
        self._streaming = Streaming(self._canvas, self)
        self._motion = Motion(self, self._canvas, self._view)
        self._drawing = Drawing(self, self._canvas, self._view, self._attention, self._motion)
        self._jump = JumpButton(self, self._canvas.look)
        self._connect()

    def _connect(self) -> None:
        self._attention.changed.connect(self.viewport().update)
        self._attention.link_hovered.connect(self.link_hovered)
        self._streaming.redraw_due.connect(self.redraw_reply)
        self._motion.thought_went_on.connect(self._streaming.redraw_soon)
        self._jump.clicked.connect(self.scroll_to_end)
        self.copied.connect(lambda _what: self._voice.say("Copied"))

    def _requests(self) -> Requests:
        return Requests(
            regenerate=self.regenerate_requested.emit,
            edit=self.edit_requested.emit,
            go_on=self.continue_requested.emit,
            show_version=self.version_requested.emit,
            show_figures=self.figures_requested.emit,
            open_link=self.link_activated.emit,
            act=self.action_requested.emit,
            copied=self.copied.emit,
        )

    # What is shown

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Shows a conversation from its end; another branch of the one on screen from where the reader is."""
        self._streaming.stop()
        self._attention.clear()
        before = self._canvas.entries
        is_same = bool(before and entries) and before[0].id == entries[0].id
        row, y = self._view.place()
        stays = is_same and not self._view.is_following and row < len(entries)
        self._canvas.set_entries(entries)
        self._voice.begin_anew()
        if stays:
            self._view.return_to(row, y)
            self._refresh()
        else:
            self.scroll_to_end()

    def add_entry(self, entry: Entry) -> None:
        """Adds a message at the end."""
        self._canvas.append(entry)
        self._refresh()

    def replace_entry(self, entry: Entry) -> None:
        """Exchanges the message of the same id."""
        self._attention.drop_selection_of(entry.id)
        self._canvas.replace(entry)
        self._voice.tell_question(entry)
        self._refresh()

    def remove_from(self, entry_id: str) -> None:
        """Removes a message and all below it."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        for gone in self._canvas.entries[row:]:
            self._attention.forget(gone.id)
            self._streaming.forget(gone.id)
        self._canvas.cut_from(entry_id)
        self._refresh()

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above the first message that the model is still given; None for no line."""
        self._canvas.mark_memory_start(entry_id)
        self._refresh()

    def set_sibling(self, name: str) -> None:
        """Offers a model that answers without thinking first; empty where there is none, or no need."""
        self._canvas.sibling = name

    def set_style(self, style: TranscriptStyle) -> None:
        """Changes all colours and fonts at once."""
        self._canvas.look = self._jump.look = Look(style, self.devicePixelRatioF())
        self._canvas.forget_built()
        self._jump.update()
        self._refresh()

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        return self._canvas.to_plain_text()

    def message_area(self, entry_id: str) -> QRect:
        """Where a message is, in the viewport's coordinates; empty where there is no such message."""
        row = self._canvas.row_of(entry_id)
        return self._view.area_of(row) if row is not None else QRect()

    def visible_targets(self) -> list[tuple[str, QRect]]:
        """What every button, link and card on screen does, and where it is, from top to bottom."""
        return self._pointer.targets()

    @property
    def built_count(self) -> int:
        """How many messages are held ready to be drawn."""
        return self._canvas.built_count

    # An answer while it is written

    def begin_reply(self, entry: Entry) -> None:
        """Adds an answer that is about to be written."""
        self._streaming.begin(entry)
        self._refresh()

    def feed_reply(self, events: Sequence[ReplyEvent], thought: ThoughtProgress | None = None) -> None:
        """Takes what the model wrote, and how far its thought is; it is drawn when there is time."""
        self._streaming.feed(events, thought)

    def set_reply_status(self, text: str) -> None:
        """Says what happens until the first word comes."""
        self._streaming.set_status(text)

    def finish_reply(self, entry: Entry) -> None:
        """Puts the finished answer in the place of the one that was streamed."""
        self._streaming.finish(entry)
        self._voice.tell_answer(entry)
        self._refresh()

    def redraw_reply(self) -> None:
        """Draws what has come of the answer without waiting for its turn."""
        if self._streaming.take():
            self._refresh()
            self.viewport().repaint()  # At once, so that the time it takes counts for the next pause.

    # What the reader does

    def select_message(self, entry_id: str) -> None:
        """Selects the whole text of a message."""
        self._attention.select_message(entry_id)

    def selected_text(self) -> str:
        """The selection as it would be copied."""
        return self._attention.selected_text()

    def copy_selection(self) -> None:
        """Puts what is selected on the clipboard; nothing happens where nothing is."""
        if text := self.selected_text():
            self._actions.copy(text, SELECTION)

    def _use(self, entry_id: str, target: Target) -> None:
        """Does what a button, a link or a card is for; what was clicked stays where it is."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        self._attention.note_use(entry_id, target)
        if self._actions.use(self._canvas.entries[row], target):
            self._attention.drop_selection_of(entry_id)
            self._view.is_following = False
            self._refresh()
            self._view.is_following = self.is_at_end
        self.viewport().update()

    # Where the reader is

    @property
    def is_at_end(self) -> bool:
        return self._view.is_at_end

    def scroll_to_end(self) -> None:
        """Goes to the newest words, and follows them from now on."""
        self._view.to_end()
        self._refresh()

    def scroll_to(self, entry_id: str) -> None:
        """Goes to the beginning of a message; nothing happens where it is not shown."""
        row = self._canvas.row_of(entry_id)
        if row is not None:
            self._view.return_to(row, FOUND_AT)
            self._refresh()

    def _refresh(self) -> None:
        """Brings everything up to date after a change."""
        self._view.settle()
        self._after_settling()
        self._motion.watch()
        self.viewport().update()

    def _after_settling(self) -> None:
        selection = self._attention.selection
        self._canvas.trim(self._view.rows(AHEAD), selection.entry_id if selection else None)
        self._jump.follow(self.viewport().geometry(), self._view.below)

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._drawing.draw(event.rect())

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._view.is_settling:
            return
        if self._view.note_scroll():
            self.viewport().update()
        else:
            self.viewport().scroll(0, dy)  # Moves the picture and draws only what comes into sight.
        self._after_settling()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refresh()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.set_style(self._canvas.look.style)  # On another screen icons need other pixels.
        return super().viewportEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        meant = self._attention.meant() if is_by_key else None
        place = self._view.corner_of(self._canvas.row_of(meant.id) or 0) if meant else event.pos()
        hit = self._pointer.hit(QPointF(place), entry_id=meant.id if meant else None)
        if hit is not None:
            choices = self._actions.choices(hit, self.selected_text())
            message_menu(self, choices).popup(self.viewport().mapToGlobal(place))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _KEYBOARD_REASONS and self._attention.ring is None:
            self._keyboard.move_up_or_down(1)
        self._voice.follow_ring()
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the buttons of one message and then leaves; the arrows choose the message."""
        if self.hasFocus() and self._keyboard.move_within(1 if next else -1):
            self._voice.follow_ring()
            self.viewport().update()
            return True
        self._attention.ring = None
        return super().focusNextPrevChild(next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._attention.select_meant()
        elif not self._keyboard.press(Qt.Key(event.key())):
            event.ignore()  # What is not for reading is for the window, such as Esc to stop an answer.
        self._voice.follow_ring()
        self.viewport().update()
