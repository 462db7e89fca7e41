"""The conversation on screen: a painted canvas of which only the visible part is built."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QStyle, QToolTip, QWidget
from typing_extensions import override

from app.core.conversation import MessageState
from app.core.message import Role
from app.core.stream import ReplyEvent
from app.core.thought_clock import ThoughtProgress
from app.ui.chat.transcript.action import Action
from app.ui.chat.transcript.body import Shown
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.jump_button import JumpButton
from app.ui.chat.transcript.keyboard import Keyboard
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.menu import message_menu
from app.ui.chat.transcript.message_actions import SELECTION, MessageActions, Requests
from app.ui.chat.transcript.plain_text import plain_text
from app.ui.chat.transcript.pointer import Hit, Pointer, cursor_for, sideways_pixels
from app.ui.chat.transcript.segment import Segment, Target, TargetId
from app.ui.chat.transcript.selection import Selection
from app.ui.chat.transcript.streaming import FRAME_MS, Streaming
from app.ui.chat.transcript.style import DARK, TranscriptStyle
from app.ui.chat.transcript.viewport import AHEAD, Viewport

COPIED_MS = 1_600
"""How long a button says that it has copied."""
DRAG_SCROLL_MS = 30
FOUND_AT = 24
"""Pixels from the top at which a message that was searched for is shown."""
LINE_STEP = 40
TOOLS_WATCHED = 32
"""Messages at the end in which tools may run: an answer with its calls, and their results so far."""
OUT_OF_SIGHT = 120
"""Pixels from the end at which the button that leads there appears."""
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
        self.verticalScrollBar().setSingleStep(LINE_STEP)
        self.selection: Selection | None = None
        self._look = Look(style, self.devicePixelRatioF())
        self._canvas = Canvas(self._look)
        self._view = Viewport(self, self._canvas)
        self._keyboard = Keyboard(self._canvas, self._view)
        self._pointer = Pointer(self)
        self._actions = MessageActions(self._canvas, self._requests())
        self._hovered: tuple[str, TargetId | None] | None = None
        self._just_copied: tuple[str, TargetId] | None = None
        self._last_used: str | None = None
        self._unfinished: list[Segment] = []
        self._streaming = Streaming(self._canvas, self)
        self._streaming.redraw_due.connect(self.redraw_reply)
        self._streaming.area_moved.connect(self._on_area_moved)
        self._streaming.is_visible = lambda row: row in self._view.rows()
        self._jump = JumpButton(self, self._look)
        self._jump.clicked.connect(self.scroll_to_end)
        self._drag_scroll = self._timer(DRAG_SCROLL_MS, self._on_drag_scroll)
        self._copied_end = self._timer(COPIED_MS, self._on_copied_end, is_single=True)
        self._finishing = self._timer(0, self._on_finishing, is_single=True)
        self._tools_clock = self._timer(FRAME_MS, self._on_tools_clock)

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

    def _timer(self, interval: int, slot: Callable[[], None], *, is_single: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.setSingleShot(is_single)
        timer.timeout.connect(slot)
        return timer

    # What is shown

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Shows a conversation from its end; another branch of the one on screen from where the reader is."""
        self._streaming.stop()
        self.select(None)
        self._keyboard.focus = self._hovered = None
        before = self._canvas.entries
        is_same = bool(before and entries) and before[0].id == entries[0].id
        row, y = self._view.place()
        stays = is_same and not self._view.is_following and row < len(entries)
        self._canvas.set_entries(entries)
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
        self._drop_selection_of(entry.id)
        self._canvas.replace(entry)
        self._refresh()

    def remove_from(self, entry_id: str) -> None:
        """Removes a message and all below it."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        for gone in self._canvas.entries[row:]:
            self._drop_selection_of(gone.id)
            self._keyboard.forget(gone.id)
            if self._streaming.entry is not None and self._streaming.entry.id == gone.id:
                self._streaming.stop()
        self._canvas.cut_from(entry_id)
        self._refresh()

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above the first message that the model is still given; None for no line."""
        before, self._canvas.memory_start = self._canvas.memory_start, entry_id
        for changed in {before, entry_id} if before != entry_id else ():
            if changed is not None and self._canvas.row_of(changed) is not None:
                self._canvas.refresh(changed)
        self._refresh()

    def set_sibling(self, name: str) -> None:
        """Offers a model that answers without thinking first; empty where there is none, or no need."""
        self._canvas.sibling = name

    def set_style(self, style: TranscriptStyle) -> None:
        """Changes all colours and fonts at once."""
        self._look = self._canvas.look = self._jump.look = Look(style, self.devicePixelRatioF())
        self._canvas.forget_built()
        self._jump.update()
        self._refresh()

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        pieces = []
        for entry in self._canvas.entries:
            text = plain_text(self._canvas.blocks(entry))
            pieces.append(f"{text}\n{entry.figures}" if entry.figures else text)
        return "\n\n".join(pieces)

    def message_area(self, entry_id: str) -> QRect:
        """Where a message is, in the viewport's coordinates; empty where there is no such message."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return QRect()
        height = int(self._canvas.body(row).height)
        return QRect(self._view.column_left, self._view.row_y(row), self._canvas.column_width, height)

    def visible_targets(self) -> list[tuple[str, QRect]]:
        """What every button, link and card on screen does, and where it is, from top to bottom."""
        found = []
        for row in self._view.rows():
            left, y = self._view.column_left, self._view.row_y(row)
            for target in self._canvas.body(row).targets(is_active=self._is_active(row)):
                found.append((target.label, target.area.toAlignedRect().translated(left, y)))
        return found

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
        self._refresh()

    def redraw_reply(self) -> None:
        """Draws what has come of the answer without waiting for its turn."""
        if self._streaming.take():
            self._refresh()
            self.viewport().repaint()  # At once, so that the time it takes counts for the next pause.

    def _on_area_moved(self, area: QRect) -> None:
        entry = self._streaming.entry
        row = self._canvas.row_of(entry.id) if entry is not None else None
        if row is not None:
            self.viewport().update(area.translated(self._view.column_left, self._view.row_y(row)))

    @property
    def _phase(self) -> float:
        """The clock of everything that moves; it stands still where the system wants no motion."""
        moves = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        is_at_work = self._streaming.entry is not None or self._tools_clock.isActive()
        return monotonic() if moves and is_at_work else 0.0

    # Tools at work

    def _watch_tools(self) -> None:
        """Counts the seconds of tools that run, as long as one does."""
        if any(entry.is_running for entry in self._canvas.entries[-TOOLS_WATCHED:]):
            self._tools_clock.start()
        else:
            self._tools_clock.stop()

    def _on_tools_clock(self) -> None:
        for row in self._view.rows():
            entry = self._canvas.entries[row]
            if entry.is_running:
                self._canvas.refresh(entry.id)
                self.viewport().update(self.message_area(entry.id))

    # Selecting and copying

    def select(self, selection: Selection | None) -> None:
        """Selects a part of one message, or nothing."""
        if selection is not None:
            self._last_used = selection.entry_id
        if selection != self.selection:
            self.selection = selection
            self.viewport().update()

    def select_message(self, entry_id: str) -> None:
        """Selects the whole text of a message."""
        row = self._canvas.row_of(entry_id)
        if row is not None:
            self.select(self._canvas.body(row).whole(entry_id))

    def selected_text(self) -> str:
        """The selection as it would be copied."""
        row = self._canvas.row_of(self.selection.entry_id) if self.selection else None
        if row is None or self.selection is None or self.selection.is_empty:
            return ""
        return self._canvas.body(row).plain_text(self.selection)

    def copy_selection(self) -> None:
        """Puts what is selected on the clipboard; nothing happens where nothing is."""
        if text := self.selected_text():
            self._actions.copy(text, SELECTION)

    def _drop_selection_of(self, entry_id: str) -> None:
        if self.selection is not None and self.selection.entry_id == entry_id:
            self.select(None)

    def _select_focused(self) -> None:
        chosen = self._focused_entry()
        if chosen is not None:
            self.select_message(chosen.id)

    def _focused_entry(self) -> Entry | None:
        """The message that keys are meant for: with the ring, used last, or the last one."""
        row = self._keyboard.row
        row = self._canvas.row_of(self._last_used) if row is None else row
        entries = self._canvas.entries
        return entries[row if row is not None else -1] if entries else None

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
        self._watch_tools()
        self.viewport().update()

    def _after_settling(self) -> None:
        kept = {self._canvas.entries[row].id for row in self._view.rows(AHEAD)}
        if self._streaming.entry is not None:
            kept.add(self._streaming.entry.id)
        if self.selection is not None:
            kept.add(self.selection.entry_id)
        self._canvas.trim(kept)
        bar = self.verticalScrollBar()
        self._jump.setVisible(bar.maximum() - bar.value() > OUT_OF_SIGHT)
        area = self.viewport().geometry()
        left = area.center().x() - self._jump.width() // 2
        self._jump.move(left, area.bottom() - self._jump.height() - 14)

    # Pointer

    def hit(self, position: QPointF, *, entry_id: str | None = None) -> Hit | None:
        """What is under a point of the viewport; with an id, that message's nearest place."""
        if not self._canvas.entries:
            return None
        row = self._canvas.row_of(entry_id)
        if row is None:
            row = self._view.row_at(position.y())
        body = self._canvas.body(row)
        point = self._view.within(row, position)
        if entry_id is None and point.y() > body.height:
            return None
        target = body.target_at(point, is_active=self._is_active(row))
        return Hit(self._canvas.entries[row].id, body, point, target)

    def hover(self, hit: Hit | None) -> None:
        """Shows which message and which button is under the pointer."""
        self.viewport().setCursor(cursor_for(hit))
        target = hit.target if hit is not None else None
        now = (hit.entry_id, target.id if target is not None else None) if hit is not None else None
        if now == self._hovered:
            return
        self._hovered = now
        is_link = target is not None and target.action is Action.OPEN_LINK
        self.link_hovered.emit(target.payload if is_link and target is not None else "")
        self.viewport().update()

    def use(self, entry_id: str, target: Target) -> None:
        """Does what a button, a link or a card is for; what was clicked stays where it is."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        self._last_used = entry_id
        if target.action in (Action.COPY, Action.COPY_CODE):
            self._just_copied = (entry_id, target.id)
            self._copied_end.start()
        if self._actions.use(self._canvas.entries[row], target):
            self._drop_selection_of(entry_id)
            self._view.is_following = False
            self._refresh()
            self._view.is_following = self.is_at_end
        self.viewport().update()

    def redraw(self) -> None:
        self.viewport().update()

    def _is_active(self, row: int) -> bool:
        """Whether a message shows its buttons: under the pointer, with the ring, or the last answer."""
        entry = self._canvas.entries[row]
        if self._keyboard.is_on(entry.id) or (self._hovered is not None and self._hovered[0] == entry.id):
            return True
        is_last = row == len(self._canvas.entries) - 1
        return is_last and entry.message.role is Role.ASSISTANT and entry.state is not MessageState.STREAMING

    def _on_copied_end(self) -> None:
        self._just_copied = None
        self.viewport().update()

    def _on_drag_scroll(self) -> None:
        """Scrolls while a selection is drawn beyond the edge."""
        position = QPointF(self.viewport().mapFromGlobal(self.cursor().pos()))
        beyond = min(0.0, position.y()) + max(0.0, position.y() - self.viewport().height())
        if not self._pointer.is_selecting or not beyond:
            self._drag_scroll.stop()
            return
        self._view.scroll_by(int(max(-60.0, min(60.0, beyond))))
        self._pointer.extend(position)

    def _on_finishing(self) -> None:
        """Goes on with what the last drawing left undone."""
        segments, self._unfinished = self._unfinished, []
        for segment in segments:
            if segment.prepare_more():
                self.viewport().update()

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        area = event.rect()
        painter.fillRect(area, self._look.colour("surface"))
        top = self.verticalScrollBar().value()
        for row in self._canvas.rows_between(area.top() + top, area.bottom() + top):
            self._paint_row(painter, row, area)
        painter.end()
        if self._unfinished:
            self._finishing.start()

    def _paint_row(self, painter: QPainter, row: int, area: QRect) -> None:
        left, y = self._view.column_left, self._view.row_y(row)
        painter.save()
        painter.translate(left, y)
        self._canvas.body(row).paint(painter, QRectF(area.translated(-left, -y)), self._shown(row))
        painter.restore()

    def _shown(self, row: int) -> Shown:
        """How a message is shown at the moment."""
        entry_id = self._canvas.entries[row].id
        shown = Shown(is_active=self._is_active(row), phase=self._phase, unfinished=self._unfinished)
        if self.selection is not None and self.selection.entry_id == entry_id:
            shown.selection = self.selection
        if self._hovered is not None and self._hovered[0] == entry_id:
            shown.hovered = self._hovered[1]
        if self._just_copied is not None and self._just_copied[0] == entry_id:
            shown.just_copied = self._just_copied[1]
        if self._keyboard.focus is not None and self._keyboard.is_on(entry_id):
            shown.has_focus, shown.focused = self.hasFocus(), self._keyboard.focus.target
        return shown

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
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.hit(QPointF(event.pos()))
            words = hit.target.label if hit is not None and hit.target is not None else ""
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self.hover(None)
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self.set_style(self._look.style)  # On another screen icons need other pixels.
        return super().viewportEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._keyboard.focus = None
            is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._pointer.press(event.position(), extends=is_shifted)
            self.viewport().update()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event.position())
        if self._pointer.is_selecting and not self.viewport().rect().contains(event.position().toPoint()):
            self._drag_scroll.start()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.release(event.position())

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        pixels = sideways_pixels(event.pixelDelta(), event.angleDelta(), is_shifted=is_shifted)
        if pixels:
            self._pointer.scroll_sideways(event.position(), pixels)
            event.accept()
        else:
            super().wheelEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        hit, position = self.hit(QPointF(event.pos())), event.globalPos()
        focused = self._focused_entry()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and focused is not None:
            row = self._canvas.row_of(focused.id) or 0
            corner = QPoint(self._view.column_left + 24, max(0, self._view.row_y(row)) + 24)
            hit = self.hit(QPointF(corner), entry_id=focused.id)
            position = self.viewport().mapToGlobal(corner)
        row_hit = self._canvas.row_of(hit.entry_id) if hit is not None else None
        if hit is not None and row_hit is not None:
            choices = self._actions.choices(self._canvas.entries[row_hit], hit, self.selected_text())
            message_menu(self, choices).popup(position)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in _KEYBOARD_REASONS and self._keyboard.focus is None:
            self._keyboard.move_up_or_down(1)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the buttons of one message and then leaves; the arrows choose the message."""
        if self.hasFocus() and self._keyboard.move_within(1 if next else -1):
            self.viewport().update()
            return True
        self._keyboard.focus = None
        return super().focusNextPrevChild(next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_focused()
        elif not self._take_key(Qt.Key(event.key())):
            event.ignore()  # What is not for reading is for the window, such as Esc to stop an answer.
        self.viewport().update()

    def _take_key(self, key: Qt.Key) -> bool:
        """Does what a key is for; whether it is for anything here."""
        page = self.verticalScrollBar().pageStep() - LINE_STEP
        match key:
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._keyboard.move_up_or_down(1 if key == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._keyboard.move_within(1 if key == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self._view.scroll_by(page if key == Qt.Key.Key_PageDown else -page)
            case Qt.Key.Key_Home:
                self.verticalScrollBar().setValue(0)
            case Qt.Key.Key_End:
                self.scroll_to_end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                return self._use_focused()
            case Qt.Key.Key_Escape if self._keyboard.focus is not None or self.selection is not None:
                self._keyboard.focus = None
                self.select(None)
            case _:
                return False
        return True

    def _use_focused(self) -> bool:
        target, focus = self._keyboard.target(), self._keyboard.focus
        if target is None or focus is None:
            return False
        self.use(focus.entry_id, target)
        return True
