"""The bar to find words in the conversation with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.tooltip import with_shortcut

LONGEST_SUGGESTION = 100
"""Characters of a selection that is searched for when the bar is opened."""


class FindField(QLineEdit):
    """What to look for. Enter goes on, Shift+Enter back, Esc ends the search.

    Signals:
        moved(int): the next (1) or the previous match (-1) is wanted.
        left(): the search is over.
    """

    moved = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("find_field")
        self.setAccessibleName(tr("Find in chat"))
        self.setPlaceholderText(tr("Find in chat"))
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)

    @override
    def event(self, event: QEvent) -> bool:
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # While an answer is written, Esc would stop it.
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.moved.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)


class FindBar(QFrame):
    """Stands above the conversation.

    Signals:
        changed(): other words, or match case.
        moved(int): the next (1) or the previous match (-1) is wanted.
        opened(): the bar has come and needs its place.
        closed(): the bar has gone away.
    """

    changed = Signal()
    moved = Signal(int)
    opened = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("find_bar")
        self._inner = QWidget(self)
        self.field = FindField(self)
        self._count = QLabel(self)
        self._count.setObjectName("find_count")
        self._case_button = IconButton("text-aa", tr("Match case"), "", self)
        self._case_button.setCheckable(True)
        self._previous = IconButton("caret-up", tr("Previous match"), "Shift+Enter", self)
        self._next = IconButton("caret-down", tr("Next match"), "Enter", self)
        self._close = IconButton("x", tr("Close"), "Esc", self)
        self._lay_out()
        self.field.setToolTip(with_shortcut(tr("Find in chat"), "Ctrl+F"))
        self.field.textChanged.connect(self.changed)
        self.field.moved.connect(self.moved)
        self.field.left.connect(self.close_bar)
        self._case_button.toggled.connect(self.changed)
        self._previous.clicked.connect(lambda: self.moved.emit(-1))
        self._next.clicked.connect(lambda: self.moved.emit(1))
        self._close.clicked.connect(self.close_bar)
        self.hide()

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 5, 0, 6)
        outer.addWidget(self._inner, 0, Qt.AlignmentFlag.AlignHCenter)
        layout = QHBoxLayout(self._inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.field, 1)
        layout.addSpacing(6)
        for widget in (self._count, self._case_button, self._previous, self._next, self._close):
            layout.addWidget(widget)

    @property
    def query(self) -> SearchQuery:
        """What is to be looked for."""
        return SearchQuery(self.field.text(), self._case_button.isChecked())

    def open_bar(self, suggestion: str, *, takes_focus: bool = True) -> None:
        """Show the bar to type in; `suggestion` is what is selected in the conversation."""
        if suggestion and "\n" not in suggestion and len(suggestion) <= LONGEST_SUGGESTION:
            self.field.setText(suggestion)
        was_hidden = self.isHidden()
        self.show()
        self.raise_()
        if takes_focus:
            self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.field.selectAll()
        if was_hidden:
            self.opened.emit()
            self.changed.emit()

    def close_bar(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_count(self, number: int, count: int, *, is_searching: bool) -> None:
        """Say which match this is of how many."""
        if number:
            words = tr("{number:,} of {count:,}", number=number, count=count)
        elif count:
            words = tr("{count:,} found", count=count)
        elif is_searching:
            words = tr("Searching")
        else:
            words = tr("No matches") if self.field.text() else ""
        self._count.setText(words)
        for button in (self._previous, self._next):
            button.setEnabled(count > 0)

    @property
    def count_text(self) -> str:
        """What is said of the count."""
        return self._count.text()

    def follow(self, width: int, column_width: int) -> None:
        """Stand over the whole width, with the field and buttons as wide as the messages are."""
        self.setGeometry(0, 0, width, self.needed_height)
        self._inner.setFixedWidth(column_width)

    @property
    def needed_height(self) -> int:
        """Pixels; 0 while the bar is hidden."""
        return 0 if self.isHidden() else self.sizeHint().height()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()
        else:
            super().keyPressEvent(event)
