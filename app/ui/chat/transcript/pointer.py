"""The mouse on the transcript: hovering, clicking, selecting, and scrolling code sideways."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from app.ui.chat.transcript.body import Body
from app.ui.chat.transcript.segment import Target
from app.ui.chat.transcript.selection import Selection
from app.ui.chat.transcript.sideways import SidewaysScroll


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under a point: a message, and the point in that message's own coordinates."""

    entry_id: str
    body: Body
    point: QPointF
    target: Target | None


class Surface(Protocol):
    """What the pointer needs of the transcript."""

    selection: Selection | None

    def hit(self, position: QPointF, *, entry_id: str | None = None) -> Hit | None: ...
    def select(self, selection: Selection | None) -> None: ...
    def hover(self, hit: Hit | None) -> None: ...
    def use(self, entry_id: str, target: Target) -> None: ...
    def redraw(self) -> None: ...


@dataclass(slots=True)
class _Drag:
    """A scroll bar's handle being drawn along."""

    scroll: SidewaysScroll
    start_x: float
    start_offset: float


class Pointer:
    """Turns presses, moves and releases into selections and actions."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._pressed: Hit | None = None
        self._drag: _Drag | None = None
        self._clicks = 0
        self._last_press = (0.0, QPointF(-100, -100))

    @property
    def is_selecting(self) -> bool:
        return self._pressed is not None and self._pressed.target is None

    def press(self, position: QPointF, *, extends: bool = False) -> None:
        """The left button goes down."""
        self._count_click(position)
        hit = self._surface.hit(position)
        self._pressed = hit
        if hit is None:
            self._surface.select(None)
        elif scroll := _handle_under(hit):
            self._drag = _Drag(scroll, position.x(), scroll.offset)
        elif hit.target is None:
            self._begin_selection(hit, extends=extends)

    def move(self, position: QPointF) -> None:
        """The pointer moves, with the button down or not."""
        if self._drag is not None:
            self._drag_handle(position)
        elif self._pressed is not None and self._pressed.target is None and self._clicks == 1:
            self.extend(position)
        else:
            self._surface.hover(self._surface.hit(position))

    def extend(self, position: QPointF) -> None:
        """Draws the selection to a point, also one outside of its message."""
        pressed, selection = self._pressed, self._surface.selection
        if pressed is None or selection is None:
            return
        hit = self._surface.hit(position, entry_id=pressed.entry_id)
        if hit is not None:
            head = hit.body.spot_at(hit.point)
            self._surface.select(Selection(selection.entry_id, selection.anchor, head))

    def release(self, position: QPointF) -> None:
        """The left button goes up; a target pressed and released is used."""
        pressed, self._pressed, self._drag = self._pressed, None, None
        if pressed is None or pressed.target is None:
            return
        hit = self._surface.hit(position)
        if hit is None or hit.target is None or hit.entry_id != pressed.entry_id:
            return
        if hit.target.id == pressed.target.id:
            self._surface.use(hit.entry_id, hit.target)

    def scroll_sideways(self, position: QPointF, pixels: float) -> bool:
        """Moves the code or table under a point; whether there is one that can move."""
        hit = self._surface.hit(position)
        index = hit.body.segment_at(hit.point.y()) if hit is not None else None
        if hit is None or index is None:
            return False
        scroll = hit.body.segments[index].sideways
        if not scroll.range or not hit.body.area_of(index).contains(hit.point):
            return False
        scroll.move_to(scroll.offset + pixels)
        self._surface.redraw()
        return True

    def _count_click(self, position: QPointF) -> None:
        """Counts clicks in quick succession at one place: two choose a word, three a paragraph."""
        then, place = self._last_press
        is_near = (position - place).manhattanLength() < 6
        is_quick = monotonic() - then < QApplication.doubleClickInterval() / 1000
        self._clicks = self._clicks % 3 + 1 if is_near and is_quick else 1
        self._last_press = (monotonic(), position)

    def _begin_selection(self, hit: Hit, *, extends: bool) -> None:
        spot = hit.body.spot_at(hit.point)
        old = self._surface.selection
        if extends and old is not None and old.entry_id == hit.entry_id:
            self._surface.select(Selection(hit.entry_id, old.anchor, spot))
            return
        first = last = spot[1]
        if self._clicks > 1 and spot[0] < len(hit.body.segments):
            segment = hit.body.segments[spot[0]]
            first, last = segment.word_at(spot[1]) if self._clicks == 2 else segment.paragraph_at(spot[1])
        self._surface.select(Selection(hit.entry_id, (spot[0], first), (spot[0], last)))

    def _drag_handle(self, position: QPointF) -> None:
        drag = self._drag
        assert drag is not None
        drag.scroll.move_to(drag.start_offset + drag.scroll.shift(position.x() - drag.start_x))
        self._surface.redraw()


def _handle_under(hit: Hit) -> SidewaysScroll | None:
    index = hit.body.segment_at(hit.point.y())
    if index is None:
        return None
    scroll = hit.body.segments[index].sideways
    reach = scroll.handle.adjusted(-2, -5, 2, 5).translated(hit.body.area_of(index).topLeft())
    return scroll if not scroll.handle.isEmpty() and reach.contains(hit.point) else None


def cursor_for(hit: Hit | None) -> Qt.CursorShape:
    """The pointer's shape over a message."""
    if hit is None:
        return Qt.CursorShape.ArrowCursor
    if hit.target is not None:
        return Qt.CursorShape.PointingHandCursor
    return Qt.CursorShape.IBeamCursor if hit.body.is_text_at(hit.point) else Qt.CursorShape.ArrowCursor


def sideways_pixels(pixel_delta: QPoint, angle_delta: QPoint, *, is_shifted: bool) -> float:
    """How far a wheel event wants to move sideways; 0 where it is meant for up and down."""
    if abs(pixel_delta.x()) > abs(pixel_delta.y()):
        return -float(pixel_delta.x())
    if abs(angle_delta.x()) > abs(angle_delta.y()):
        return -angle_delta.x() / 2
    return -angle_delta.y() / 2 if is_shifted else 0.0
