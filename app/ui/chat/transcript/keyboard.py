"""The keyboard on the transcript: a focus ring that goes from message to message and through their buttons.

The arrows up and down choose a message, left and right (or Tab) a button within it, Enter uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt

from app.ui.chat.transcript.attention import Attention, Ring
from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.segment import Target, TargetId
from app.ui.chat.transcript.viewport import Viewport

STEP = 120
"""Pixels by which a message higher than the window is read with the arrows."""


class Keyboard:
    """Moves the ring and does what keys are for."""

    def __init__(
        self,
        canvas: Canvas,
        view: Viewport,
        attention: Attention,
        use: Callable[[str, Target], None],
        go_to_end: Callable[[], None],
    ) -> None:
        """`use` does what a target of a message is for; `go_to_end` shows the newest words."""
        self._canvas = canvas
        self._view = view
        self._attention = attention
        self._use = use
        self._go_to_end = go_to_end

    def press(self, key: Qt.Key) -> bool:
        """Does what a key is for; whether it is for anything here."""
        match key:
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.move_up_or_down(1 if key == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self.move_within(1 if key == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self._view.scroll_by(self._view.page if key == Qt.Key.Key_PageDown else -self._view.page)
            case Qt.Key.Key_Home:
                self._view.to_start()
            case Qt.Key.Key_End:
                self._go_to_end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                return self._use_target()
            case Qt.Key.Key_Escape if self._attention.ring or self._attention.selection:
                self._attention.ring = None
                self._attention.select(None)
            case _:
                return False
        return True

    def move_up_or_down(self, by: int) -> None:
        """Goes to the next message, or first through the rest of one that is higher than the window."""
        row = self._attention.ring_row
        if row is None:
            visible = self._view.rows()
            if visible:
                self._to_row(visible.stop - 1)
            return
        y, height = self._view.row_y(row), self._canvas.row_height(row)
        rest = y + height - self._view.height if by > 0 else -y
        if height > self._view.height and rest > STEP / 3:
            self._view.scroll_by(by * STEP)
        else:
            self._to_row(row + by)

    def move_within(self, by: int) -> bool:
        """Goes to the next button of the message; whether there is one."""
        row, ring = self._attention.ring_row, self._attention.ring
        if row is None or ring is None:
            return False
        targets = self._canvas.body(row).targets(is_active=True)
        places: list[TargetId | None] = [None, *dict.fromkeys(target.id for target in targets)]
        at = places.index(ring.target) if ring.target in places else 0
        if not 0 <= at + by < len(places):
            return False
        self._attention.ring = Ring(ring.entry_id, places[at + by])
        found = find(targets, places[at + by])
        self._view.show(row, found.area if found else None)
        return True

    def _use_target(self) -> bool:
        row, ring = self._attention.ring_row, self._attention.ring
        if row is None or ring is None:
            return False
        target = find(self._canvas.body(row).targets(is_active=True), ring.target)
        if target is not None:
            self._use(ring.entry_id, target)
        return target is not None

    def _to_row(self, row: int) -> None:
        if 0 <= row < len(self._canvas.entries):
            self._attention.ring = Ring(self._canvas.entries[row].id)
            self._view.show(row)


def find(targets: Sequence[Target], wanted: TargetId | None) -> Target | None:
    return next((target for target in targets if target.id == wanted), None)
