"""The mouse on the transcript: hovering, clicking, selecting, and scrolling code sideways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QCursor, QDrag, QHelpEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QToolTip
from typing_extensions import override

from app.ui.transcript.items.block_view import Target
from app.ui.transcript.items.horizontal_scroll import HorizontalScroll
from app.ui.transcript.view.hit_test import HitTest
from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.selection import BlockPosition, Selection, SelectionEnd
from app.ui.transcript.view.viewport import Viewport
from app.ui.widgets.tooltip import as_written

DRAG_SCROLL_MS = 30
FASTEST_DRAG = 60.0
"""Pixels, at each step, by which drawing a selection beyond the edge scrolls at most."""


@dataclass(slots=True)
class _Drag:
    """A scroll bar's handle being drawn along."""

    scroll: HorizontalScroll
    start_x: float
    start_offset: float


class MouseHandler(QObject):
    """Turns presses, moves and releases into selections and actions."""

    def __init__(
        self,
        area: QAbstractScrollArea,
        column: MessageColumn,
        view: Viewport,
        interaction: InteractionState,
        use: Callable[[str, Target], None],
        selected: Callable[[], None],
        selected_data: Callable[[], QMimeData],
    ) -> None:
        """Handle the mouse over the viewport of `area`.

        Args:
            use: does what a target of a message is for.
            selected: told that the button went up after selecting.
            selected_data: what is selected, for dragging it away.
        """
        super().__init__(area)
        self._window = area.viewport()
        self._column = column
        self._viewport = view
        self._interaction = interaction
        self._use = use
        self._selected = selected
        self._selected_data = selected_data
        self._unit: tuple[SelectionEnd, SelectionEnd] | None = None
        """What the press selected: both ends of a word or paragraph, or one place."""
        self._can_drag_text = False
        self._pressed: HitTest | None = None
        self._drag: _Drag | None = None
        self._pointer: QPointF | None = None
        """Where the pointer is; None where it is elsewhere."""
        self._clicks = 0
        self._last_press = (0.0, QPointF(-100, -100))
        self._drag_scroll = QTimer(self)
        self._drag_scroll.setInterval(DRAG_SCROLL_MS)
        self._drag_scroll.timeout.connect(self._on_drag_scroll)
        self._window.installEventFilter(self)

    def hit(self, position: QPointF, *, entry_id: str | None = None) -> HitTest | None:
        """What is under a point of the window; with an id, that message's nearest place."""
        if not self._column.entries:
            return None
        row = self._column.row_of(entry_id)
        if row is None:
            row = self._viewport.row_at(position.y())
        layout = self._column.layout(row)
        point = self._viewport.within(row, position)
        if entry_id is None and point.y() > layout.height:
            return None
        target = layout.target_at(point, is_active=self._interaction.is_active(row))
        return HitTest(self._column.entries[row], layout, point, target)

    def note_scroll(self) -> None:
        """Something else may be under the pointer, which has not moved."""
        if self._pointer is not None and self._pressed is None:
            self._hover(self.hit(self._pointer))

    def targets(self) -> list[tuple[str, QRect]]:
        """What every button, link and card on screen does, and where it is, from top to bottom."""
        found = []
        for row in self._viewport.rows():
            left, y = self._viewport.column_left, self._viewport.row_y(row)
            for target in self._column.layout(row).targets(is_active=self._interaction.is_active(row)):
                found.append((target.label, target.area.toAlignedRect().translated(left, y)))
        return found

    def _take_mouse(self, event: QMouseEvent) -> bool:
        is_left = event.button() == Qt.MouseButton.LeftButton
        match event.type():
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick:
                if is_left:
                    is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                    self._press(event.position(), extends=is_shifted)
            case QEvent.Type.MouseMove:
                self._move(event.position())
            case QEvent.Type.MouseButtonRelease:
                if is_left:
                    self._release(event.position())
            case _:
                return False
        return True

    def _take_wheel(self, event: QWheelEvent) -> bool:
        """Moves the code or table under the pointer sideways; up and down is for the conversation."""
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        pixels = sideways_pixels(event.pixelDelta(), event.angleDelta(), is_shifted=is_shifted)
        if pixels:
            self._scroll_sideways(event.position(), pixels)
            event.accept()
        return bool(pixels)

    def _press(self, position: QPointF, *, extends: bool = False) -> None:
        """The left button goes down."""
        self._interaction.focus = None
        self._window.update()
        self._count_click(position)
        hit = self.hit(position)
        self._pressed = hit
        if hit is None:
            self._interaction.select(None)
        elif scroll := _handle_under(hit):
            self._drag = _Drag(scroll, position.x(), scroll.offset)
        elif hit.target is None:
            self._begin_selection(hit, extends=extends)

    def _move(self, position: QPointF) -> None:
        """The pointer moves, with the button down or not."""
        self._pointer = position
        if self._drag is not None:
            self._drag_handle(self._drag, position)
        elif self._can_drag_text:
            self._drag_text(position)
        elif self._is_selecting:
            self._extend(position)
        else:
            self._hover(self.hit(position))
        if self._is_selecting and not self._window.rect().contains(position.toPoint()):
            self._drag_scroll.start()

    def _release(self, position: QPointF) -> None:
        """The left button goes up; a target pressed and released is used."""
        pressed, self._pressed, self._drag = self._pressed, None, None
        if self._can_drag_text:
            self._can_drag_text = False
            self._interaction.select(None)
        if pressed is None or pressed.target is None:
            self._selected()
            return
        hit = self.hit(position)
        if hit is None or hit.target is None or hit.entry.id != pressed.entry.id:
            return
        if hit.target.id == pressed.target.id:
            self._use(hit.entry.id, hit.target)

    def _scroll_sideways(self, position: QPointF, pixels: float) -> None:
        hit = self.hit(position)
        index = hit.layout.view_at(hit.point.y()) if hit is not None else None
        if hit is not None and index is not None and hit.layout.area_of(index).contains(hit.point):
            scroll = hit.layout.views[index].horizontal
            scroll.move_to(scroll.offset + pixels)
            self._window.update()

    @property
    def _is_selecting(self) -> bool:
        is_pressed = self._pressed is not None and self._pressed.target is None
        return is_pressed and self._drag is None and not self._can_drag_text

    def _hover(self, hit: HitTest | None) -> None:
        self._window.setCursor(cursor_for(hit))
        self._interaction.point_at(hit)

    def _count_click(self, position: QPointF) -> None:
        """Counts clicks in quick succession at one place: two choose a word, three a paragraph."""
        then, place = self._last_press
        is_near = (position - place).manhattanLength() < 6
        is_quick = monotonic() - then < QApplication.doubleClickInterval() / 1000
        self._clicks = self._clicks % 3 + 1 if is_near and is_quick else 1
        self._last_press = (monotonic(), position)

    def _begin_selection(self, hit: HitTest, *, extends: bool) -> None:
        position = hit.layout.position_at(hit.point)
        old = self._interaction.selection
        if extends and old is not None:
            self._interaction.select(Selection(old.anchor, SelectionEnd(hit.entry.id, position)))
            return
        if self._clicks == 1 and self._interaction.contains(hit.entry.id, position):
            self._can_drag_text = True  # Only if the pointer moves: a click selects nothing any more.
            return
        first, last = self._unit_at(hit, position)
        self._unit = (SelectionEnd(hit.entry.id, first), SelectionEnd(hit.entry.id, last))
        self._interaction.select(Selection(*self._unit))

    def _unit_at(self, hit: HitTest, position: BlockPosition) -> tuple[BlockPosition, BlockPosition]:
        """What one, two or three clicks select: nothing yet, a word, a paragraph."""
        index, offset = position
        first = last = offset
        if self._clicks > 1 and index < len(hit.layout.views):
            view = hit.layout.views[index]
            first, last = view.word_at(offset) if self._clicks == 2 else view.paragraph_at(offset)
        return (index, first), (index, last)

    def _extend(self, position: QPointF) -> None:
        """Draw the selection to a point, also one in another message or out of sight."""
        selection = self._interaction.selection
        if self._pressed is None or selection is None or self._unit is None:
            return
        row = self._viewport.row_at(position.y())
        hit = self.hit(position, entry_id=self._column.entries[row].id)
        if hit is None:
            return
        head, end = self._unit_at(hit, hit.layout.position_at(hit.point))
        order = self._order_of(hit.entry.id, head) < self._order_of(*_parts(self._unit[0]))
        anchor = self._unit[1] if order else self._unit[0]
        self._interaction.select(Selection(anchor, SelectionEnd(hit.entry.id, head if order else end)))

    def _order_of(self, entry_id: str, position: BlockPosition) -> tuple[int, BlockPosition]:
        return self._column.row_of(entry_id) or 0, position

    def _drag_text(self, position: QPointF) -> None:
        """Begin to drag what is selected into another window."""
        far = QApplication.startDragDistance()
        if (position - self._last_press[1]).manhattanLength() < far:
            return
        self._can_drag_text, self._pressed = False, None
        drag = QDrag(self._window)
        drag.setMimeData(self._selected_data())
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_handle(self, drag: _Drag, position: QPointF) -> None:
        drag.scroll.move_to(drag.start_offset + drag.scroll.shift(position.x() - drag.start_x))
        self._window.update()

    def _on_drag_scroll(self) -> None:
        """Scrolls while a selection is drawn beyond the edge."""
        position = QPointF(self._window.mapFromGlobal(QCursor.pos()))
        beyond = min(0.0, position.y()) + max(0.0, position.y() - self._window.height())
        if not self._is_selecting or not beyond:
            self._drag_scroll.stop()
            return
        self._viewport.scroll_by(int(max(-FASTEST_DRAG, min(FASTEST_DRAG, beyond))))
        self._extend(position)

    # Qt

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            return self._take_mouse(event)
        if isinstance(event, QWheelEvent):
            return self._take_wheel(event)
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self.hit(QPointF(event.pos()))
            words = hit.target.label if hit is not None and hit.target is not None else ""
            QToolTip.showText(event.globalPos(), as_written(words), self._window)
            return True
        if event.type() == QEvent.Type.Leave:
            self._pointer = None
            self._hover(None)
        return False


def _parts(end: SelectionEnd) -> tuple[str, BlockPosition]:
    return end.entry_id, end.position


def _handle_under(hit: HitTest) -> HorizontalScroll | None:
    index = hit.layout.view_at(hit.point.y())
    if index is None:
        return None
    scroll = hit.layout.views[index].horizontal
    reach = scroll.handle.adjusted(-2, -5, 2, 5).translated(hit.layout.area_of(index).topLeft())
    return scroll if not scroll.handle.isEmpty() and reach.contains(hit.point) else None


def cursor_for(hit: HitTest | None) -> Qt.CursorShape:
    """The pointer's shape over a message."""
    if hit is None:
        return Qt.CursorShape.ArrowCursor
    if hit.target is not None:
        return Qt.CursorShape.PointingHandCursor
    return Qt.CursorShape.IBeamCursor if hit.layout.is_text_at(hit.point) else Qt.CursorShape.ArrowCursor


def sideways_pixels(pixel_delta: QPoint, angle_delta: QPoint, *, is_shifted: bool) -> float:
    """How far a wheel event wants to move sideways; 0 where it is meant for up and down."""
    if abs(pixel_delta.x()) > abs(pixel_delta.y()):
        return -float(pixel_delta.x())
    if abs(angle_delta.x()) > abs(angle_delta.y()):
        return -angle_delta.x() / 2
    return -angle_delta.y() / 2 if is_shifted else 0.0
