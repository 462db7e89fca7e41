"""The keyboard on the transcript: a focus ring that goes from message to message and through their buttons.

The arrows up and down choose a message, left and right (or Tab) a button within it, Enter uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.ui.chat.transcript.canvas import Canvas
from app.ui.chat.transcript.segment import Target, TargetId
from app.ui.chat.transcript.viewport import Viewport

STEP = 120
"""Pixels by which a message higher than the window is read with the arrows."""


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the ring is: on a message, or on one of its targets."""

    entry_id: str
    target: TargetId | None = None


class Keyboard:
    """Holds the ring and moves it."""

    def __init__(self, canvas: Canvas, viewport: Viewport) -> None:
        self._canvas = canvas
        self._viewport = viewport
        self.focus: Focus | None = None

    @property
    def row(self) -> int | None:
        """The row that the ring is in."""
        return self._canvas.row_of(self.focus.entry_id) if self.focus is not None else None

    def is_on(self, entry_id: str) -> bool:
        return self.focus is not None and self.focus.entry_id == entry_id

    def forget(self, entry_id: str) -> None:
        """Takes the ring off a message that is going away."""
        if self.is_on(entry_id):
            self.focus = None

    def move_up_or_down(self, by: int) -> None:
        """Goes to the next message, or first through the rest of one that is higher than the window."""
        row = self.row
        if row is None:
            visible = self._viewport.rows()
            if visible:
                self._to_row(visible.stop - 1)
            return
        y, height = self._viewport.row_y(row), self._canvas.row_height(row)
        rest = y + height - self._viewport.height if by > 0 else -y
        if height > self._viewport.height and rest > STEP / 3:
            self._viewport.scroll_by(by * STEP)
        else:
            self._to_row(row + by)

    def move_within(self, by: int) -> bool:
        """Goes to the next button of the message; whether there is one."""
        row = self.row
        if row is None or self.focus is None:
            return False
        targets = self._canvas.body(row).targets(is_active=True)
        places: list[TargetId | None] = [None, *dict.fromkeys(target.id for target in targets)]
        at = places.index(self.focus.target) if self.focus.target in places else 0
        if not 0 <= at + by < len(places):
            return False
        self.focus = Focus(self.focus.entry_id, places[at + by])
        found = find(targets, self.focus.target)
        self._viewport.show(row, found.area if found else None)
        return True

    def target(self) -> Target | None:
        """What Enter uses."""
        row = self.row
        if row is None or self.focus is None:
            return None
        return find(self._canvas.body(row).targets(is_active=True), self.focus.target)

    def _to_row(self, row: int) -> None:
        if 0 <= row < len(self._canvas.entries):
            self.focus = Focus(self._canvas.entries[row].id)
            self._viewport.show(row)


def find(targets: Sequence[Target], wanted: TargetId | None) -> Target | None:
    return next((target for target in targets if target.id == wanted), None)
