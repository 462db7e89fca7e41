"""The conversation on screen: a painted canvas of which only the visible part is built."""

from __future__ import annotations

from collections.abc import Sequence
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
from app.ui.chat.transcript.blocks import CardHeader, StatusLine
from app.ui.chat.transcript.body import Body, Shown
from app.ui.chat.transcript.canvas import SMALLEST_MARGIN, WIDEST_COLUMN, Canvas
from app.ui.chat.transcript.code_segment import CodeSegment
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.flush import Flush
from app.ui.chat.transcript.footer import actions_of, clipboard_set
from app.ui.chat.transcript.jump_button import JumpButton
from app.ui.chat.transcript.keyboard import Focus, step
from app.ui.chat.transcript.live_reply import LiveReply
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.menu import Choice, message_menu
from app.ui.chat.transcript.plain_text import plain_text
from app.ui.chat.transcript.pointer import Hit, Pointer, cursor_for, sideways_pixels
from app.ui.chat.transcript.segment import Action, Segment, Target, TargetId
from app.ui.chat.transcript.selection import Selection
from app.core.stream import ReplyEvent
from app.ui.chat.transcript.style import DARK, TranscriptStyle

AHEAD = 200
"""Pixels above and below the visible part that are built as well."""
NEAR_END = 8
"""Pixels from the end that still count as being there."""
COPIED_MS = 1_600
"""How long a button says that it has copied."""
FRAME_MS = 60
LINE_STEP = 40


class Transcript(QAbstractScrollArea):
    """Shows messages, takes an answer while it streams, and says what the reader wants done.

    Signals:
        regenerate_requested: a new answer instead of this one (its id).
        edit_requested: this message of the user's is to be edited.
        version_requested: another version of a message is to be shown (its id, the version counted from 1).
        continue_requested: an answer that was cut off is to be gone on with.
        link_activated: the reader clicked an address; whoever listens asks before opening it.
        link_hovered: the address under the pointer; empty where there is none.
        copied: something was put on the clipboard: "code", "message" or "selection".
    """

    regenerate_requested = Signal(str)
    edit_requested = Signal(str)
    version_requested = Signal(str, int)
    continue_requested = Signal(str)
    link_activated = Signal(str)
    link_hovered = Signal(str)
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
        self._look = Look(style, self.devicePixelRatioF())
        self._canvas = Canvas(self._look)
        self._pointer = Pointer(self)
        self.selection: Selection | None = None
        self._focus: Focus | None = None
        self._hovered: tuple[str, TargetId | None] | None = None
        self._last_used: str | None = None
        self._just_copied: tuple[str, TargetId] | None = None
        self._events: list[ReplyEvent] = []
        self._is_following = True
        self._is_settling = False
        self._unfinished: list[Segment] = []
        self._jump = JumpButton(self, self._look)
        self._jump.clicked.connect(self.scroll_to_end)
        self._flush = Flush(self)
        self._flush.due.connect(self.redraw_reply)
        self._motion = self._timer(FRAME_MS, self._on_motion)
        self._drag_scroll = self._timer(30, self._on_drag_scroll)
        self._copied_end = self._timer(COPIED_MS, self._on_copied_end, single=True)
        self._finishing = self._timer(0, self._on_finishing, single=True)

    def _timer(self, interval: int, slot: object, *, single: bool = False) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval)
        timer.setSingleShot(single)
        timer.timeout.connect(slot)
        return timer

    # What is shown

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Shows a conversation from its end; another branch of the one on screen from where the reader is."""
        self._stop_streaming()
        self.select(None)
        self._focus = self._hovered = None
        before = self._canvas.entries
        is_other = not before or not entries or before[0].id != entries[0].id
        place = None if is_other or self._is_following else self._place()
        self._canvas.set_entries(entries)
        if place is None or not self._return_to(*place):
            self.scroll_to_end()

    def add_entry(self, entry: Entry) -> None:
        """Adds a message at the end."""
        self._canvas.append(entry)
        self._settle()

    def replace_entry(self, entry: Entry) -> None:
        """Exchanges the message of the same id."""
        self._drop_selection_of(entry.id)
        self._canvas.replace(entry)
        self._settle()

    def remove_from(self, entry_id: str) -> None:
        """Removes a message and all below it."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        for gone in self._canvas.entries[row:]:
            self._drop_selection_of(gone.id)
            if self._canvas.live is not None and self._canvas.live.entry.id == gone.id:
                self._stop_streaming()
            if self._focus is not None and self._focus.entry_id == gone.id:
                self._focus = None
        self._canvas.cut_from(entry_id)
        self._settle()

    def mark_memory_start(self, entry_id: str | None) -> None:
        """Draws a line above the first message that the model is still given; None for no line."""
        before, self._canvas.memory_start = self._canvas.memory_start, entry_id
        for changed in (before, entry_id):
            if changed is not None and changed != (entry_id if changed is before else before):
                if self._canvas.row_of(changed) is not None:
                    self._canvas.refresh(changed)
        self._settle()

    def set_style(self, style: TranscriptStyle) -> None:
        """Changes all colours and fonts at once."""
        self._look = self._canvas.look = self._jump.look = Look(style, self.devicePixelRatioF())
        self._canvas.forget_built()
        self._jump.update()
        self._settle()

    def to_plain_text(self) -> str:
        """What the reader sees of the whole conversation, as text."""
        pieces = []
        for entry in self._canvas.entries:
            text = plain_text(self._canvas.blocks(entry))
            pieces.append(f"{text}\n{entry.figures}" if entry.figures else text)
        return "\n\n".join(pieces)

    # An answer while it is written

    def begin_reply(self, entry: Entry) -> None:
        """Adds an answer that is about to be written."""
        self._stop_streaming()
        self._canvas.live = LiveReply(entry)
        if self._canvas.row_of(entry.id) is None:
            self._canvas.append(entry)
        else:
            self._canvas.replace(entry)
        self._motion.start()
        self._settle()

    def feed_reply(self, events: Sequence[ReplyEvent]) -> None:
        """Takes what the model wrote; it is drawn when there is time."""
        if self._canvas.live is not None:
            self._events.extend(events)
            self._flush.ask()

    def set_reply_status(self, text: str) -> None:
        """Says what happens until the first word comes."""
        if self._canvas.live is not None:
            self._canvas.live.status = text
            self._flush.ask()

    def finish_reply(self, entry: Entry) -> None:
        """Puts the finished answer in the place of the one that was streamed."""
        live = self._canvas.live
        if live is not None and live.entry.id == entry.id:
            live.apply(self._events)
            self._canvas.folds.show_at_least(entry.id, live.text)  # Nothing on screen is folded away.
            self._stop_streaming()
        if self._canvas.row_of(entry.id) is None:
            self._canvas.append(entry)
        else:
            self._canvas.replace(entry)
        self._settle()

    def _stop_streaming(self) -> None:
        self._canvas.live = None
        self._events.clear()
        self._flush.stop()
        self._motion.stop()

    def redraw_reply(self) -> None:
        """Draws what has come of the answer without waiting for its turn."""
        live = self._canvas.live
        if live is None:
            return
        live.apply(self._events)
        self._events.clear()
        self._canvas.refresh(live.entry.id)
        self._settle()
        # Painted here, so that the time it takes counts for the next pause.
        self.viewport().repaint()

    def _on_motion(self) -> None:
        """Moves what shows that work is going on, and counts the seconds of a thought."""
        live = self._canvas.live
        row = self._canvas.row_of(live.entry.id) if live is not None else None
        if row is None or row not in self._visible_rows(0):
            return
        self._flush.ask() if self._is_thinking(row) else None
        body = self._canvas.body(row)
        for index, segment in enumerate(body.segments):
            block = segment.block
            if isinstance(block, StatusLine) or (isinstance(block, CardHeader) and block.is_busy):
                area = body.area_of(index).toAlignedRect()
                self.viewport().update(area.translated(self._column_left, self._row_y(row)))

    def _is_thinking(self, row: int) -> bool:
        """Whether the seconds of a thought have to be counted on."""
        live = self._canvas.live
        body = self._canvas.body(row)
        return live is not None and any(
            new != segment.block
            for new, segment in zip(live.blocks(self._canvas.folds), body.segments, strict=False)
            if isinstance(new, CardHeader) and new.is_busy
        )

    @property
    def _phase(self) -> float:
        style = self.style()
        moves = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self) > 0
        return monotonic() if moves else 0.0

    # Selecting and copying

    def select(self, selection: Selection | None) -> None:
        """Selects a part of one message, or nothing."""
        if selection is not None:
            self._last_used = selection.entry_id
        if selection != self.selection:
            self.selection = selection
            self.viewport().update()

    def selected_text(self) -> str:
        """The selection as it would be copied."""
        row = self._canvas.row_of(self.selection.entry_id) if self.selection else None
        if row is None or self.selection is None or self.selection.is_empty:
            return ""
        return self._canvas.body(row).plain_text(self.selection)

    def copy_selection(self) -> None:
        """Puts what is selected on the clipboard; nothing happens where nothing is."""
        if text := self.selected_text():
            clipboard_set(text)
            self.copied.emit("selection")

    def select_message(self, entry_id: str) -> None:
        """Selects the whole text of a message."""
        row = self._canvas.row_of(entry_id)
        if row is not None:
            self.select(self._canvas.body(row).whole(entry_id))

    def _drop_selection_of(self, entry_id: str) -> None:
        if self.selection is not None and self.selection.entry_id == entry_id:
            self.select(None)

    # Where the reader is

    @property
    def built_count(self) -> int:
        """How many messages are held ready to be drawn."""
        return self._canvas.built_count

    @property
    def is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - NEAR_END

    def scroll_to_end(self) -> None:
        """Goes to the newest words, and follows them from now on."""
        self._is_following = True
        self._settle()

    def scroll_to(self, entry_id: str) -> None:
        """Goes to the top of a message; nothing happens where it is not shown."""
        row = self._canvas.row_of(entry_id)
        if row is not None:
            self._is_following = False
            self._scroll_into_view(row)

    @property
    def _column_left(self) -> int:
        return (self.viewport().width() - self._canvas.column_width) // 2

    def _row_y(self, row: int) -> int:
        return self._canvas.top(row) - self.verticalScrollBar().value()

    def _visible_rows(self, margin: int) -> range:
        top = self.verticalScrollBar().value()
        return self._canvas.rows_between(top - margin, top + self.viewport().height() + margin)

    def _settle(self) -> None:
        """Builds what is visible and keeps on screen what the reader looks at while heights are corrected."""
        if self._is_settling:
            return
        self._is_settling = True
        try:
            width = self.viewport().width() - 2 * SMALLEST_MARGIN
            self._canvas.column_width = max(200, min(WIDEST_COLUMN, width))
            self._fit_range()
            for _ in range(10):
                if not self._measure_visible():
                    break
            self._canvas.trim(self._kept())
        finally:
            self._is_settling = False
        self._place_jump_button()
        self.viewport().update()

    def _measure_visible(self) -> bool:
        rows = self._visible_rows(AHEAD)
        bar = self.verticalScrollBar()
        inside = self._visible_rows(0)
        anchor = inside.start if inside else None
        if bar.value() > 0:  # Who goes to the very beginning wants to stay there.
            anchor = next((row for row in inside if self._canvas.is_current(row)), anchor)
        distance = self._canvas.top(anchor) - bar.value() if anchor is not None else 0
        changed = self._canvas.measure(rows)
        before = bar.value()
        self._fit_range()
        if not self._is_following and anchor is not None:
            bar.setValue(self._canvas.top(anchor) - distance)
        return changed or bar.value() != before

    def _place(self) -> tuple[int, int]:
        """The row at the top of what is visible, and where it begins."""
        rows = self._visible_rows(0)
        return (rows.start, self._row_y(rows.start)) if rows else (0, 0)

    def _return_to(self, row: int, y: int) -> bool:
        """Goes back to a place; whether it is still there."""
        if row >= len(self._canvas.entries):
            return False
        self._fit_range()
        self.verticalScrollBar().setValue(self._canvas.top(row) - y)
        self._settle()
        return True

    def _fit_range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, self._canvas.height - self.viewport().height()))
        if self._is_following:
            bar.setValue(bar.maximum())

    def _kept(self) -> list[str]:
        """Messages that must stay built."""
        kept = [self._canvas.entries[row].id for row in self._visible_rows(AHEAD)]
        if self._canvas.live is not None:
            kept.append(self._canvas.live.entry.id)
        return [*kept, self.selection.entry_id] if self.selection is not None else kept

    def _place_jump_button(self) -> None:
        bar = self.verticalScrollBar()
        self._jump.setVisible(bar.maximum() - bar.value() > 120)
        area = self.viewport().geometry()
        left = area.center().x() - self._jump.width() // 2
        self._jump.move(left, area.bottom() - self._jump.height() - 14)

    def _scroll_into_view(self, row: int, area: QRectF | None = None) -> None:
        """Scrolls as little as needed to show a message or a place in it."""
        bar = self.verticalScrollBar()
        self._canvas.measure([row])
        self._fit_range()
        top = self._canvas.top(row) - 12
        bottom = top + int(self._canvas.row_height(row)) + 12
        if area is not None:
            top, bottom = self._canvas.top(row) + int(area.top()) - 12, self._canvas.top(row) + int(area.bottom()) + 12
        height = self.viewport().height()
        if top < bar.value() or bottom - top > height:
            bar.setValue(top)
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height)

    # Pointer

    def hit(self, position: QPointF, *, entry_id: str | None = None) -> Hit | None:
        """What is under a point of the viewport; with an id, that message's nearest place."""
        row = self._canvas.row_of(entry_id)
        y = position.y() + self.verticalScrollBar().value()
        if row is None:
            if not self._canvas.entries:
                return None
            row = self._canvas.row_at(y)
        body = self._canvas.body(row)
        point = QPointF(position.x() - self._column_left, y - self._canvas.top(row))
        entry = self._canvas.entries[row]
        if entry_id is None and point.y() > body.height:
            return None
        return Hit(entry.id, body, point, body.target_at(point, is_active=self._is_active(row)))

    def hover(self, hit: Hit | None) -> None:
        """Shows which message and which button is under the pointer."""
        self.viewport().setCursor(cursor_for(hit))
        now = (hit.entry_id, hit.target.id if hit.target else None) if hit is not None else None
        if now == self._hovered:
            return
        self._hovered = now
        is_link = hit is not None and hit.target is not None and hit.target.action is Action.OPEN_LINK
        self.link_hovered.emit(hit.target.payload if is_link and hit and hit.target else "")
        self.viewport().update()

    def redraw(self) -> None:
        self.viewport().update()

    # What the reader wants done

    def use(self, entry_id: str, target: Target) -> None:
        """Does what a button, a link or a card is for."""
        row = self._canvas.row_of(entry_id)
        if row is None:
            return
        entry = self._canvas.entries[row]
        self._last_used = entry_id
        match target.action:
            case Action.COPY:
                self._copy(entry.message.text, "message", entry_id, target.id)
            case Action.COPY_CODE:
                segment = self._canvas.body(row).segments[target.segment]
                if isinstance(segment, CodeSegment):
                    self._copy(segment.code, "code", entry_id, target.id)
            case Action.REGENERATE:
                self.regenerate_requested.emit(entry_id)
            case Action.EDIT:
                self.edit_requested.emit(entry_id)
            case Action.CONTINUE:
                self.continue_requested.emit(entry_id)
            case Action.PREVIOUS_VERSION:
                self.version_requested.emit(entry_id, entry.version - 1)
            case Action.NEXT_VERSION:
                self.version_requested.emit(entry_id, entry.version + 1)
            case Action.OPEN_LINK:
                self.link_activated.emit(target.payload)
            case Action.TOGGLE_CARD | Action.SHOW_MORE | Action.FOLD_TEXT:
                self._fold(entry, target)

    def _copy(self, text: str, label: str, entry_id: str, target: TargetId | None = None) -> None:
        clipboard_set(text)
        if target is not None:
            self._just_copied = (entry_id, target)
            self._copied_end.start()
            self.viewport().update()
        self.copied.emit(label)

    def _on_copied_end(self) -> None:
        self._just_copied = None
        self.viewport().update()

    def _fold(self, entry: Entry, target: Target) -> None:
        """Opens or closes; what was clicked stays where it is."""
        folds = self._canvas.folds
        if target.action is Action.TOGGLE_CARD:
            body = self._canvas.body(self._canvas.row_of(entry.id) or 0)
            header = body.segments[target.segment].block
            folds.cards[entry.id, target.payload] = not (isinstance(header, CardHeader) and header.is_open)
        elif target.action is Action.SHOW_MORE:
            folds.show_more(entry.id)
        elif entry.id in folds.unfolded:
            folds.unfolded.discard(entry.id)
        else:
            folds.unfolded.add(entry.id)
        self._drop_selection_of(entry.id)
        self._is_following = False
        self._canvas.refresh(entry.id)
        self._settle()
        self._is_following = self.is_at_end

    def _choices(self, entry: Entry, hit: Hit | None) -> list[Choice]:
        """The lines of a message's menu."""
        choices = [
            Choice("Copy selection", self.copy_selection, bool(self.selected_text()), QKeySequence.StandardKey.Copy),
            Choice("Select all of this message", lambda: self.select_message(entry.id)),
            Choice(),
            Choice("Copy message", lambda: self._copy(self._visible_text(entry), "message", entry.id)),
        ]
        if entry.message.role is not Role.USER:
            choices.append(
                Choice("Copy as Markdown", lambda: self._copy(entry.message.text, "message", entry.id))
            )
        if hit is not None and (index := hit.body.segment_at(hit.point.y())) is not None:
            segment = hit.body.segments[index]
            if isinstance(segment, CodeSegment):
                choices.append(Choice("Copy code", lambda: self._copy(segment.code, "code", entry.id)))
        if hit is not None and hit.target is not None and hit.target.action is Action.OPEN_LINK:
            address = hit.target.payload
            choices.append(Choice("Copy address", lambda: self._copy(address, "address", entry.id)))
        requests = {
            Action.REGENERATE: ("Regenerate", self.regenerate_requested),
            Action.EDIT: ("Edit", self.edit_requested),
            Action.CONTINUE: ("Continue", self.continue_requested),
        }
        wanted = [requests[action] for action in actions_of(entry) if action in requests]
        if wanted:
            choices.append(Choice())
        return choices + [
            Choice(words, lambda signal=signal: signal.emit(entry.id)) for words, signal in wanted
        ]

    def _visible_text(self, entry: Entry) -> str:
        body = self._canvas.body(self._canvas.row_of(entry.id) or 0)
        return body.plain_text(body.whole(entry.id))

    # Keyboard focus

    def _is_active(self, row: int) -> bool:
        """Whether a message shows its buttons."""
        entry = self._canvas.entries[row]
        if self._hovered is not None and self._hovered[0] == entry.id:
            return True
        if self._focus is not None and self._focus.entry_id == entry.id:
            return True
        is_last = row == len(self._canvas.entries) - 1
        return is_last and entry.message.role is Role.ASSISTANT and entry.state is not MessageState.STREAMING

    def _focus_row(self, row: int) -> None:
        if 0 <= row < len(self._canvas.entries):
            self._focus = Focus(self._canvas.entries[row].id)
            self._last_used = self._focus.entry_id
            self._scroll_into_view(row)
            self.viewport().update()

    def _focus_step(self, by: int) -> bool:
        """Moves the ring through the buttons of its message; whether it could."""
        row = self._canvas.row_of(self._focus.entry_id) if self._focus is not None else None
        if row is None or self._focus is None:
            return False
        targets = self._canvas.body(row).targets(is_active=True)
        moved = step(self._focus, targets, by)
        if moved is None:
            return False
        self._focus = moved
        area = next((target.area for target in targets if target.id == moved.target), None)
        self._scroll_into_view(row, area)
        self.viewport().update()
        return True

    def _focus_up_or_down(self, by: int) -> None:
        """Goes to the next message, or first through the rest of one that is higher than the window."""
        row = self._canvas.row_of(self._focus.entry_id) if self._focus is not None else None
        bar = self.verticalScrollBar()
        if row is None:
            visible = self._visible_rows(0)
            if visible:
                self._focus_row(visible.stop - 1)
            return
        y = self._row_y(row)
        rest = y + self._canvas.row_height(row) - self.viewport().height() if by > 0 else -y
        if rest > LINE_STEP and self._canvas.row_height(row) > self.viewport().height():
            bar.setValue(bar.value() + by * 3 * LINE_STEP)
        else:
            self._focus_row(row + by)

    def _use_focused(self) -> bool:
        row = self._canvas.row_of(self._focus.entry_id) if self._focus is not None else None
        if row is None or self._focus is None or self._focus.target is None:
            return False
        for target in self._canvas.body(row).targets(is_active=True):
            if target.id == self._focus.target:
                self.use(self._focus.entry_id, target)
                return True
        return False

    def _on_drag_scroll(self) -> None:
        """Scrolls while a selection is drawn beyond the edge."""
        position = QPointF(self.viewport().mapFromGlobal(self.cursor().pos()))
        height = self.viewport().height()
        beyond = min(0.0, position.y()) + max(0.0, position.y() - height)
        if not self._pointer.is_selecting or not beyond:
            self._drag_scroll.stop()
            return
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + int(max(-60.0, min(60.0, beyond))))
        self._pointer.extend(position)

    def _on_finishing(self) -> None:
        """Goes on with what the last drawing left undone."""
        segments, self._unfinished = self._unfinished, []
        if any([segment.prepare_more() for segment in segments]):
            self.viewport().update()

    # Qt

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        area: QRect = event.rect()
        painter.fillRect(area, self._look.colour("surface"))
        top = self.verticalScrollBar().value()
        for row in self._canvas.rows_between(area.top() + top, area.bottom() + top):
            self._paint_row(painter, row, area)
        painter.end()
        if self._unfinished:
            self._finishing.start()

    def _paint_row(self, painter: QPainter, row: int, area: QRect) -> None:
        entry_id = self._canvas.entries[row].id
        body: Body = self._canvas.body(row)
        left, y = self._column_left, self._row_y(row)
        focus = self._focus if self._focus is not None and self._focus.entry_id == entry_id else None
        is_hovered = self._hovered is not None and self._hovered[0] == entry_id
        shown = Shown(
            selection=self.selection if self.selection and self.selection.entry_id == entry_id else None,
            hovered=self._hovered[1] if self._hovered is not None and is_hovered else None,
            focused=focus.target if focus else None,
            has_focus=focus is not None and self.hasFocus(),
            just_copied=self._just_copied[1] if self._just_copied and self._just_copied[0] == entry_id else None,
            is_active=self._is_active(row),
            phase=self._phase if self._canvas.live is not None else 0.0,
            unfinished=self._unfinished,
        )
        painter.save()
        painter.translate(left, y)
        body.paint(painter, QRectF(area.translated(-left, -y)), shown)
        painter.restore()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._is_settling:
            return
        self._is_following = self.is_at_end
        height = self._canvas.height
        value = self.verticalScrollBar().value()
        self._settle_after_scroll()
        if self._canvas.height == height and self.verticalScrollBar().value() == value:
            self.viewport().scroll(0, dy)
        else:
            self.viewport().update()

    def _settle_after_scroll(self) -> None:
        """Like settling, but nothing is redrawn that can be moved as it is."""
        self._is_settling = True
        try:
            for _ in range(10):
                if not self._measure_visible():
                    break
            self._canvas.trim(self._kept())
        finally:
            self._is_settling = False
        self._place_jump_button()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle()

    @override
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.hit(QPointF(event.pos()))
            words = hit.target.label if hit is not None and hit.target is not None else ""
            QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self.hover(None)
        return super().viewportEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._focus = None
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
        hit = self.hit(QPointF(event.pos()))
        position = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self._canvas.row_of(self._focus.entry_id if self._focus else self._last_used)
            if row is None:
                return
            corner = QPoint(self._column_left + 24, max(0, self._row_y(row)) + 24)
            hit = self.hit(QPointF(corner), entry_id=self._canvas.entries[row].id)
            position = self.viewport().mapToGlobal(corner)
        row = self._canvas.row_of(hit.entry_id) if hit is not None else None
        if row is not None:
            message_menu(self, self._choices(self._canvas.entries[row], hit)).popup(position)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        if event.reason() in by_key and self._focus is None:
            self._focus_up_or_down(1)
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 - Qt's own name
        """Tab goes through the buttons of one message and then leaves; the arrows go from message to message."""
        if self.hasFocus() and self._focus_step(1 if next else -1):
            return True
        self._focus = None
        return super().focusNextPrevChild(next)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_focused()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._focus_up_or_down(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._focus_step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._use_focused():
            pass
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            bar.setValue(bar.value() + (1 if key == Qt.Key.Key_PageDown else -1) * (bar.pageStep() - 40))
        elif key == Qt.Key.Key_Home:
            bar.setValue(0)
        elif key == Qt.Key.Key_End:
            self.scroll_to_end()
        elif key == Qt.Key.Key_Escape and (self._focus is not None or self.selection is not None):
            self._focus = None
            self.select(None)
            self.viewport().update()
        else:
            event.ignore()  # What is not for reading is for the window, such as Esc to stop an answer.

    def _select_focused(self) -> None:
        chosen = self._focus.entry_id if self._focus is not None else self._last_used
        if self._canvas.row_of(chosen) is None and self._canvas.entries:
            chosen = self._canvas.entries[-1].id
        if chosen is not None:
            self.select_message(chosen)
