"""A list on the models screen: rows, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.ui.icons import coloured_icon
from app.ui.model_manager.row_delegate import RowDelegate
from app.ui.model_manager.row_layout import RowStyle, is_icon_only
from app.ui.model_manager.row_model import ENTRY_ROLE, RowModel
from app.ui.model_manager.rows import Action, Entry, Row
from app.ui.reading_direction import key_along
from app.ui.theme import Theme
from app.ui.widgets.rounded_popup import round_off

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
SIDE = 24
"""Pixels between a column and the edge of the page."""
_NEAR_END = 600
"""Pixels before the end at which more is asked for."""
_REMOVING = ("delete", "cancel")
Shape = tuple[int, tuple[str, ...], bool]
"""What the height of a row depends on: how many lines, those that wrap, and whether there is a bar."""


class RowList(QListView):
    """Rows with actions, all within reach of the keyboard.

    Up and Down walk through the rows, Right and Left through the actions of one; Enter does what is marked,
    and on the row itself what is done most. Delete takes the row away where that can be done.

    Signals:
        row_chosen(str): a row became the current one.
        row_activated(str): it was clicked, or Enter was pressed on it where it has no main action.
        action_requested(str, str): a row's key, and what is to be done.
        end_neared(): the end of the list is about to be seen.
    """

    row_chosen = Signal(str)
    row_activated = Signal(str)
    action_requested = Signal(str, str)
    end_neared = Signal()

    def __init__(
        self, name: str, look: RowStyle, theme: Theme, column_width: int = 0, parent: QWidget | None = None
    ) -> None:
        """`column_width` is how wide rows get at most, in the middle of the list; 0 for no limit."""
        super().__init__(parent)
        self.setProperty("rows", True)
        self.setAccessibleName(name)
        self._column_width = column_width
        self._rows = RowModel(self)
        self._delegate = RowDelegate(look, theme, self)
        self._pressed = ("", "")
        self._shapes: set[Shape] = set()
        self._is_as_tall_as_rows = False
        self.setModel(self._rows)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def entries(self) -> Sequence[Entry]:
        return self._rows.entries

    def row(self, key: str) -> Row | None:
        return self._rows.row(key)

    @property
    def current_key(self) -> str:
        """The row that the keyboard is on; empty for none."""
        entry = self.currentIndex().data(ENTRY_ROLE)
        return entry.key if isinstance(entry, Row) else ""

    @property
    def is_near_end(self) -> bool:
        """Whether the end of the list can almost be seen."""
        self.executeDelayedItemsLayout()
        return self._is_scrolled_near_end()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Shows these lines; scrolling and the current row stay where they can."""
        former = [_shape(entry) for entry in self._rows.entries]
        shapes = [_shape(entry) for entry in entries]
        self._note_shapes(set(shapes))
        self._rows.set_entries(entries)
        if former != shapes:
            self.scheduleDelayedItemsLayout()
        if self._is_as_tall_as_rows:
            self.updateGeometry()

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Adds lines at the end, at a cost that does not grow with what is there; their keys must be new."""
        self._note_shapes(self._shapes | {_shape(entry) for entry in entries})
        self._rows.add_entries(entries)
        if self._is_as_tall_as_rows:
            self.updateGeometry()

    def set_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme
        self.viewport().update()

    def set_as_tall_as_rows(self) -> None:
        """Shows all rows without scrolling, for a list inside a page that scrolls."""
        self._is_as_tall_as_rows = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def choose(self, key: str) -> None:
        """Makes a row the current one. Emits nothing."""
        place = self._rows.place_of(key)
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(self._rows.index(place) if place >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        self._delegate.focused = (key, "")
        self.viewport().update()

    def focus_first(self) -> None:
        """Takes the focus, on the first row."""
        for place, entry in enumerate(self._rows.entries):
            if isinstance(entry, Row):
                self.setFocus()
                self.setCurrentIndex(self._rows.index(place))
                return

    def action_area(self, key: str, action_id: str) -> QRect:
        """Where an action is drawn, in the viewport; empty where it is not."""
        row = self._rows.row(key)
        if row is None:
            return QRect()
        area = self.visualRect(self._rows.index(self._rows.place_of(key)))
        actions = self._delegate.layout_of(row, area).actions
        return next((box for action, box in actions if action.id == action_id), QRect())

    def menu_for(self, row: Row) -> QMenu:
        """All that can be done with a row."""
        menu = QMenu(self)
        round_off(menu)
        ink = self._delegate.theme.colour("text")
        for action in row.actions:
            entry = menu.addAction(action.text)
            if action.icon_name:
                entry.setIcon(coloured_icon(action.icon_name, ink))
            entry.setEnabled(action.is_enabled)
            entry.triggered.connect(
                lambda _checked=False, action=action: self.action_requested.emit(row.key, action.id)
            )
        return menu

    def _note_shapes(self, shapes: set[Shape]) -> None:
        """Lets one row be measured instead of thousands, where all are of one shape."""
        self._shapes = shapes
        self.setUniformItemSizes(len(shapes) == 1 and not any(wrapping for _, wrapping, _ in shapes))

    def _row_at(self, place: QPoint) -> tuple[Row | None, Action | None]:
        index = self.indexAt(place)
        row = index.data(ENTRY_ROLE)
        if not isinstance(row, Row):
            return None, None
        layout = self._delegate.layout_of(row, self.visualRect(index))
        action = next((one for one, box in layout.actions if box.contains(place)), None)
        return (row if layout.frame.contains(place) else None), action

    def _do(self, row: Row, action: Action) -> None:
        if action.is_enabled:
            self.action_requested.emit(row.key, action.id)

    def _on_scrolled(self, _value: int) -> None:
        if self._is_scrolled_near_end():
            self.end_neared.emit()

    def _is_scrolled_near_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.maximum() - bar.value() < _NEAR_END

    def _on_current_changed(self, current: QModelIndex) -> None:
        entry = current.data(ENTRY_ROLE)
        self._delegate.focused = (entry.key, "") if isinstance(entry, Row) else ("", "")
        if isinstance(entry, Row):
            self.row_chosen.emit(entry.key)

    def _walk_actions(self, row: Row, step: int) -> None:
        """Moves the mark to the next action; before the first one stands the row itself."""
        ids = ["", *(action.id for action in row.actions)]
        here = ids.index(self._delegate.focused[1]) if self._delegate.focused[1] in ids else 0
        wanted = ids[min(len(ids) - 1, max(0, here + step))]
        self._delegate.focused = (row.key, wanted)
        self.viewport().update()
        action = row.action(wanted)
        if action is not None and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, action.tip or action.text))

    def _activate(self, row: Row) -> None:
        marked = row.action(self._delegate.focused[1])
        main = next((action for action in row.actions if not is_icon_only(action)), None)
        main = main or next(iter(row.actions), None)
        if marked or main:
            self._do(row, marked or main)  # type: ignore[arg-type]
        else:
            self.row_activated.emit(row.key)

    def _centre_column(self) -> None:
        """The scroll bar stays at the edge of the page, and does not push the column aside when it comes."""
        if not self._column_width:
            return
        side = max(SIDE, (self.width() - self._column_width) // 2)
        bar = self.verticalScrollBar()
        right = side - (bar.width() if bar.isVisible() else 0)
        margins = self.viewportMargins()
        if (margins.left(), margins.right()) != (side, right):
            self.setViewportMargins(side, 0, right, 0)

    @override
    def sizeHint(self) -> QSize:
        if not self._is_as_tall_as_rows:
            return super().sizeHint()
        option = QStyleOptionViewItem()
        heights = [
            self._delegate.sizeHint(option, self._rows.index(place)).height()
            for place in range(self._rows.rowCount())
        ]
        return QSize(200, sum(heights) + 2)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height()) if self._is_as_tall_as_rows else QSize(120, 80)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._centre_column()
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        if self._is_as_tall_as_rows:
            self.updateGeometry()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ENTRY_ROLE)
        if not isinstance(row, Row):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and row.actions:
            is_on = key_along(event.key(), self.layoutDirection()) == Qt.Key.Key_Right
            self._walk_actions(row, 1 if is_on else -1)
        elif event.key() in _ENTER:
            self._activate(row)
        elif event.key() == Qt.Key.Key_Delete:
            removing = next((action for action in row.actions if action.id in _REMOVING), None)
            if removing is not None:
                self._do(row, removing)
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.focus_first()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row, action = self._row_at(event.position().toPoint())
        hovered = (row.key if row else "", action.id if action else "")
        if hovered != self._delegate.hovered:
            self._delegate.hovered = hovered
            self.viewport().update()
        can_press = action is not None and action.is_enabled
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if can_press else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        row, action = self._row_at(event.position().toPoint())
        self._pressed = (row.key if row else "", action.id if action else "")
        super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, ("", "")
        row, action = self._row_at(event.position().toPoint())
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if action is not None and pressed == (row.key, action.id):
            self._do(row, action)
        elif action is None and pressed == (row.key, ""):
            self.row_activated.emit(row.key)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = index.data(ENTRY_ROLE)
        if isinstance(row, Row) and row.actions:
            place = self.visualRect(index).center() if by_key else event.pos()
            menu = self.menu_for(row)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.viewport().mapToGlobal(place))

    @override
    def leaveEvent(self, event: QEvent) -> None:
        self._delegate.hovered = ("", "")
        self.viewport().update()
        super().leaveEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()


def _shape(entry: Entry) -> Shape:
    if not isinstance(entry, Row):
        return -1, (entry.text,), False
    wrapping = tuple(line.text for line in entry.lines if line.wraps)
    return sum(bool(line.text) for line in entry.lines), wrapping, entry.progress is not None
