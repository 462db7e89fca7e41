"""The user's messages as marks at the edge of a long conversation, and as a list to go to one of them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QListView, QWidget
from typing_extensions import override

from app.core.quoting import parted
from app.core.translation import tr
from app.ui.reading_direction import in_direction
from app.ui.transcript.content.typed_text import typed_blocks
from app.ui.transcript.view.message_column import MessageColumn

WIDTH = 18
BESIDE_BAR = 2
AROUND = 60
"""Pixels that stay free above and below the marks."""
STEP, MARK_HEIGHT = 9, 2
MARK_WIDTH, MARK_WIDTH_HERE = 8, 13
FAINTNESS = 0.6
"""Of the marks that the reader is not at."""
FEWEST = 3
"""Messages of the user's from which on there is an outline."""
SCREENS = 3
"""How many times as high as the window the conversation is at least."""
LIST_WIDTH = 300
ROW_HEIGHT = 30
MOST_ROWS = 14
LIST_MARGIN, LIST_FRAME = 8, 12
LONGEST_WORDS = 120
OPENS_AFTER_MS, CLOSES_AFTER_MS = 200, 350

_Index = QModelIndex | QPersistentModelIndex


class QuestionModel(QAbstractListModel):
    """The user's messages, each by the beginning of its words."""

    def __init__(self, column: MessageColumn, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = column

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._column.question_rows)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(index.row())
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, round(self._column.style.px(ROW_HEIGHT)))
        return None

    def words(self, number: int) -> str:
        message = self._column.entries[self._column.question_rows[number]].message
        quote, own = parted(message.text)
        blocks = typed_blocks((own if own.strip() else quote)[:LONGEST_WORDS])
        words = " ".join(" ".join(block.plain_text() for block in blocks).split())
        return words or (tr("Picture") if message.attachments else tr("Message without words"))


class OutlineList(QListView):
    """The list that opens beside the marks.

    Signals:
        chosen(int): the number of a message of the user's to go to.
        left(): the list is not wanted any more.
    """

    chosen = Signal(int)
    left = Signal()

    def __init__(self, column: MessageColumn, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("outline_list")
        self.setAccessibleName(tr("Outline"))
        self.setModel(QuestionModel(column, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.hide()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Outline(QAbstractButton):
    """The marks; the pointer opens the list for a look, a click or a key for good.

    Signals:
        chosen(str): the id of a message to go to.

    Attributes:
        is_wanted: the user wants to see it where a conversation is long.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget, column: MessageColumn) -> None:
        super().__init__(parent)
        self._area = parent
        self.setObjectName("outline")
        self.setAccessibleName(tr("Outline"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # From the keyboard there is an entry in the menu.
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.is_wanted = True
        self._column = column
        self._here = 0
        self.list = OutlineList(column, parent)
        self.list.chosen.connect(self._on_chosen)
        self.list.left.connect(self._on_left)
        self.list.installEventFilter(self)
        self._opening = self._timer(OPENS_AFTER_MS, self._open)
        self._closing = self._timer(CLOSES_AFTER_MS, self._close_if_left)
        self.clicked.connect(self.open_for_keys)
        self.hide()

    def _timer(self, milliseconds: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    @property
    def is_useful(self) -> bool:
        """Whether the conversation is long enough."""
        rows = self._column.question_rows
        return len(rows) >= FEWEST and self._column.height > SCREENS * self._area.height()

    def follow(self, area: QRect, row: int) -> None:
        """Stands at the right edge of an area, where the reader is at a row."""
        here = max(0, bisect_right(self._column.question_rows, row) - 1)
        if here != self._here:
            self._here = here
            self.update()
        is_shown = self.is_wanted and self.is_useful
        if is_shown:
            height = min(self._mark_count(area.height()) * STEP + STEP, area.height())
            left, top = area.right() - WIDTH - BESIDE_BAR, area.center().y() - height // 2
            self._place_in(area, self, QRect(left, top, WIDTH, height))
        elif not is_shown and not self.is_useful:
            self.list.hide()
        self.setVisible(is_shown)

    def _place_in(self, area: QRect, widget: QWidget, place: QRect) -> None:
        """At the side of an area where lines end."""
        widget.setGeometry(in_direction(place, area, self.layoutDirection()))

    def open_for_keys(self) -> None:
        """Opens the list with the keyboard in it, at the message that the reader is at."""
        if self._column.question_rows:
            self._open()
            self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _open(self) -> None:
        area = self._area.rect()
        model = self.list.model()
        model.layoutChanged.emit()
        px, rows = self._column.style.px, min(MOST_ROWS, model.rowCount())
        height = min(round(px(ROW_HEIGHT)) * rows + LIST_FRAME, area.height() - 2 * LIST_MARGIN)
        width = min(round(px(LIST_WIDTH)), area.width() - WIDTH - LIST_MARGIN)
        middle = self.geometry().center().y() if self.isVisible() else area.center().y()
        top = max(LIST_MARGIN, min(middle - height // 2, area.bottom() - height - LIST_MARGIN))
        marks = in_direction(self.geometry(), area, self.layoutDirection())
        right = marks.left() if self.isVisible() else area.right() - WIDTH
        self._place_in(area, self.list, QRect(right - width, top, width, height))
        self.list.setCurrentIndex(model.index(self._here, 0))
        self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        self.list.show()
        self.list.raise_()

    def _close_if_left(self) -> None:
        if not (self.underMouse() or self.list.underMouse() or self.list.hasFocus()):
            self.list.hide()

    def _on_chosen(self, number: int) -> None:
        rows = self._column.question_rows
        if 0 <= number < len(rows):
            self._on_left()
            self.chosen.emit(self._column.entries[rows[number]].id)

    def _on_left(self) -> None:
        had_focus = self.list.hasFocus()
        self.list.hide()
        if had_focus:
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    # Drawing

    def _mark_count(self, height: int) -> int:
        """As many as there are messages, or as there is room for."""
        return min(len(self._column.question_rows), max(1, (height - 2 * AROUND) // STEP))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        count = max(1, (self.height() - STEP) // STEP)
        here = self._here * count // max(1, len(self._column.question_rows))
        style = self._column.style
        with QPainter(self) as painter:
            for number in range(count):
                is_here = number == here
                width = MARK_WIDTH_HERE if is_here else MARK_WIDTH
                left, top = self.width() - width - BESIDE_BAR, STEP + number * STEP - MARK_HEIGHT // 2
                colour = style.colour("text" if is_here else "muted")
                painter.setOpacity(1.0 if is_here else FAINTNESS)
                mark = QRect(left, top, width, MARK_HEIGHT)
                painter.fillRect(in_direction(mark, self.rect(), self.layoutDirection()), colour)

    @override
    def sizeHint(self) -> QSize:
        return QSize(WIDTH, STEP)

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._opening.start()

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._opening.stop()
        self._closing.start()

    @override
    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._closing.start()
        return False
