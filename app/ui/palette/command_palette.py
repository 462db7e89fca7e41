"""One field for everything: actions, chats, models and presets by a few letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QLabel, QListView, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.fonts import scaled
from app.ui.palette.palette_entries import PaletteEntry, find_entries
from app.ui.palette.palette_list import FOUND_ROLE, PaletteDelegate, PaletteModel
from app.ui.widgets.search_field import SearchField

WIDTH = 600
MOST_ROWS = 10
_TOP = 72
_MARGIN = 24
_MOVING_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(QFrame):
    """Lies over the window while it has the keyboard. Enter or a click does what is chosen, Esc leaves.

    The widget that had the keyboard before has it again when something is done, so that Copy copies there.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._entries: Sequence[PaletteEntry] = ()
        self._former: QWidget | None = None
        self.setObjectName("command_palette")
        self.setAccessibleName(tr("Command palette"))
        self.field = SearchField(
            tr("Search actions, chats, models and presets"),
            "",
            self,
            placeholder=tr("Search actions, chats, models and presets"),
        )
        self.field.setObjectName("command_palette_field")
        self.list = QListView(self)
        self.list.setObjectName("command_palette_list")
        self.list.setAccessibleName(tr("Results"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model = PaletteModel(self)
        self.list.setModel(self._model)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.nothing = QLabel(tr("No results"), self)
        self.nothing.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self.field, self.list, self.nothing):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._find)
        self.list.clicked.connect(lambda _index: self._run())
        self.list.entered.connect(self._on_row_entered)
        self.field.installEventFilter(self)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)
        self._pointer_at = QCursor.pos()
        self.hide()

    def open(self, entries: Sequence[PaletteEntry]) -> None:
        """Shows itself with these entries, with nothing typed yet."""
        self._entries = entries
        if self.isHidden():
            self._former = QApplication.focusWidget()
        self.field.clear()
        self._find()
        self.show()
        self.raise_()
        self._fit()
        self.field.setFocus()

    def dismiss(self) -> None:
        """Goes away and gives the keyboard back."""
        if self.isHidden():
            return
        former, self._former = self._former, None
        self._entries = ()
        self.hide()
        if former is not None and former.isVisible():
            former.setFocus()

    def _find(self) -> None:
        found = find_entries(self._entries, self.field.text())
        self._model.set_found(found)
        self._pointer_at = QCursor.pos()
        self.list.setCurrentIndex(self._model.index(0))
        self.list.scrollToTop()
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        self._fit()

    def _run(self) -> None:
        found = self.list.currentIndex().data(FOUND_ROLE)
        if found is not None:
            self.dismiss()
            found.entry.run()

    def _fit(self) -> None:
        """Stands in the middle, as high as what was found needs."""
        room = self._window.size()
        width = min(scaled(WIDTH), room.width() - 2 * _MARGIN)
        rows = min(self._model.rowCount(), MOST_ROWS)
        height = max(1, rows) * max(1, self.list.sizeHintForRow(0)) + 4
        below = room.height() - _TOP - _MARGIN - self.field.sizeHint().height() - 30
        self.list.setFixedHeight(max(40, min(height, below)))
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((room.width() - width) // 2, _TOP)

    def _move(self, key: int) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        count, step = self._model.rowCount(), steps[Qt.Key(key)]
        if not count:
            return
        self._pointer_at = QCursor.pos()
        row = self.list.currentIndex().row() + step
        # A single step goes round, a page stops at the end.
        row = row % count if abs(step) == 1 else min(max(row, 0), count - 1)
        self.list.setCurrentIndex(self._model.index(row))

    def _on_row_entered(self, index: QModelIndex | QPersistentModelIndex) -> None:
        """The pointer chooses where it is moved, not where keys scroll rows below it."""
        if QCursor.pos() != self._pointer_at:
            self._pointer_at = QCursor.pos()
            self.list.setCurrentIndex(index)

    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and now is not None and now is not self.field and not self.isAncestorOf(now):
            self._former = None  # The keyboard has been taken elsewhere.
            self.dismiss()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._fit()
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(event.key() in (Qt.Key.Key_Escape, *_MOVING_KEYS))
            return event.isAccepted()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVING_KEYS:
                self._move(event.key())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.dismiss()
                return True
        return False
