"""The keyboard on the transcript: a focus that goes from message to message and through their buttons.

The arrows up and down choose a message, left and right (or Tab) a button within it, Enter uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt

from app.ui.reading_direction import key_along
from app.ui.transcript.items.block_view import Target, TargetId
from app.ui.transcript.view.interaction import InteractionState, KeyboardFocus
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.viewport import Viewport

STEP = 120
"""Pixels by which a message higher than the window is read with the arrows."""


class KeyboardNavigation:
    """Move the focus and do what keys are for."""

    def __init__(
        self,
        column: MessageColumn,
        view: Viewport,
        interaction: InteractionState,
        use: Callable[[str, Target], None],
        go_to_end: Callable[[], None],
    ) -> None:
        """`use` does what a target of a message is for; `go_to_end` shows the newest words."""
        self._column = column
        self._viewport = view
        self._interaction = interaction
        self._use = use
        self._go_to_end = go_to_end

    def press(self, key: Qt.Key) -> bool:
        """Does what a key is for; whether it is for anything here."""
        match key:
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.move_up_or_down(1 if key == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                is_on = key_along(key, self._column.style.direction) == Qt.Key.Key_Right
                self.move_within(1 if is_on else -1)
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                self._viewport.scroll_by(
                    self._viewport.page if key == Qt.Key.Key_PageDown else -self._viewport.page
                )
            case Qt.Key.Key_Home:
                self._viewport.to_start()
            case Qt.Key.Key_End:
                self._go_to_end()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                return self._use_target()
            case Qt.Key.Key_Escape if self._interaction.focus or self._interaction.selection:
                self._interaction.focus = None
                self._interaction.select(None)
            case _:
                return False
        return True

    def move_up_or_down(self, by: int) -> None:
        """Goes to the next message, or first through the rest of one that is higher than the window."""
        row = self._interaction.focus_row
        if row is None:
            visible = self._viewport.rows()
            if visible:
                self._to_row(visible.stop - 1)
            return
        y, height = self._viewport.row_y(row), self._column.row_height(row)
        rest = y + height - self._viewport.height if by > 0 else -y
        if height > self._viewport.height and rest > STEP / 3:
            self._viewport.scroll_by(by * STEP)
        else:
            self._to_row(row + by)

    def move_within(self, by: int) -> bool:
        """Goes to the next button of the message; whether there is one."""
        row, focus = self._interaction.focus_row, self._interaction.focus
        if row is None or focus is None:
            return False
        targets = self._column.layout(row).targets(is_active=True)
        places: list[TargetId | None] = [None, *dict.fromkeys(target.id for target in targets)]
        at = places.index(focus.target) if focus.target in places else 0
        if not 0 <= at + by < len(places):
            return False
        self._interaction.focus = KeyboardFocus(focus.entry_id, places[at + by])
        found = find(targets, places[at + by])
        self._viewport.show(row, found.area if found else None)
        return True

    def go_to(self, focus: KeyboardFocus) -> None:
        """Goes to a message or one of its buttons."""
        row = self._column.row_of(focus.entry_id)
        if row is not None:
            self._interaction.focus = focus
            found = find(self._column.layout(row).targets(is_active=True), focus.target)
            self._viewport.show(row, found.area if found else None)

    def _use_target(self) -> bool:
        row, focus = self._interaction.focus_row, self._interaction.focus
        if row is None or focus is None:
            return False
        target = find(self._column.layout(row).targets(is_active=True), focus.target)
        if target is not None:
            self._use(focus.entry_id, target)
        return target is not None

    def _to_row(self, row: int) -> None:
        if 0 <= row < len(self._column.entries):
            self._interaction.focus = KeyboardFocus(self._column.entries[row].id)
            self._viewport.show(row)


def find(targets: Sequence[Target], wanted: TargetId | None) -> Target | None:
    return next((target for target in targets if target.id == wanted), None)
