"""Selecting with the keyboard: Shift and the arrows, over blocks and messages."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from app.ui.transcript.view.interaction import InteractionState
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.selection import Selection, SelectionEnd
from app.ui.transcript.view.viewport import Viewport

_Step = QTextCursor.MoveOperation
_STEPS = {
    Qt.Key.Key_Left: _Step.Left,
    Qt.Key.Key_Right: _Step.Right,
    Qt.Key.Key_Up: _Step.Up,
    Qt.Key.Key_Down: _Step.Down,
    Qt.Key.Key_Home: _Step.StartOfLine,
    Qt.Key.Key_End: _Step.EndOfLine,
}
_WORD_STEPS = {Qt.Key.Key_Left: _Step.WordLeft, Qt.Key.Key_Right: _Step.WordRight}
_BACKWARDS = (_Step.Left, _Step.Up, _Step.WordLeft)
_WITHIN_LINE = (_Step.StartOfLine, _Step.EndOfLine)


class SelectionKeys:
    """Moves the end of the selection."""

    def __init__(self, column: MessageColumn, viewport: Viewport, interaction: InteractionState) -> None:
        self._column = column
        self._viewport = viewport
        self._interaction = interaction

    def press(self, event: QKeyEvent) -> bool:
        """Select more or less if the keys are for that; whether they are."""
        modifiers = event.modifiers()
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            return False
        is_by_word = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        step = (_WORD_STEPS if is_by_word else _STEPS).get(Qt.Key(event.key()))
        if step is None:
            return False
        selection = self._interaction.selection or self._start()
        if selection is not None:
            head = self._moved(selection.head, step)
            self._interaction.select(Selection(selection.anchor, head))
            self._show(head)
        return True

    def _start(self) -> Selection | None:
        """Nothing yet, at the beginning of the message that keys are meant for."""
        meant = self._interaction.meant()
        row = self._column.row_of(meant.id) if meant is not None else None
        if meant is None or row is None:
            return None
        first = self._column.layout(row).whole().first
        return Selection.within(meant.id, first, first)

    def _moved(self, end: SelectionEnd, step: QTextCursor.MoveOperation) -> SelectionEnd:
        row = self._column.row_of(end.entry_id)
        if row is None:
            return end
        whole = self._column.layout(row).whole()
        index, position = max(whole.first, min(end.position, whole.last))
        views = self._column.layout(row).views
        moved = views[index].moved(position, step) if index < len(views) else None
        if moved is not None:
            return SelectionEnd(end.entry_id, (index, moved))
        return end if step in _WITHIN_LINE else self._beside(row, index, -1 if step in _BACKWARDS else 1)

    def _beside(self, row: int, index: int, by: int) -> SelectionEnd:
        """The nearest place in the next block that can be selected, or the previous one."""
        while 0 <= row < len(self._column.entries):
            views = self._column.layout(row).views
            index = index + by if index >= 0 else (0 if by > 0 else len(views) - 1)
            while 0 <= index < len(views):
                if views[index].length:
                    return SelectionEnd(
                        self._column.entries[row].id, (index, 0 if by > 0 else views[index].length)
                    )
                index += by
            row, index = row + by, -1
        row = max(0, min(row, len(self._column.entries) - 1))
        whole = self._column.layout(row).whole()
        return SelectionEnd(self._column.entries[row].id, whole.last if by > 0 else whole.first)

    def _show(self, end: SelectionEnd) -> None:
        row = self._column.row_of(end.entry_id)
        index, position = end.position
        if row is not None and index < len(self._column.layout(row).views):
            self._viewport.show(row, self._column.layout(row).text_area((index, (position, position))))
