"""A drop-down list that looks like a line of text until the pointer or the keyboard is on it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView, QWidget
from typing_extensions import override

from app.ui.fonts import scaled
from app.ui.icons import icon
from app.ui.reading_direction import draw_elided, in_direction
from app.ui.widgets.pointer import forget_pointer
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.tooltip import with_shortcut

_OPENING_KEYS = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)
_CARET = 12
_PADDING = 10


class QuietComboBox(QComboBox):
    """A combo box whose choice costs something: neither the wheel nor an arrow key changes it in passing."""

    def __init__(self, name: str, shortcut: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(with_shortcut(name, shortcut))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(12)
        self._popup_width = 200
        view = QListView(self)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMouseTracking(True)
        self.setView(view)

    def set_popup_width(self, width: int) -> None:
        """The least width of the open list, in pixels."""
        self._popup_width = width

    def content_width(self) -> int:
        """How wide what `paint_content` draws would like to be, in pixels."""
        return self.fontMetrics().horizontalAdvance(self.currentText())

    def paint_content(self, painter: QPainter, area: QRectF) -> None:
        """Draws the choice into the area before the arrow; `in_direction` turns it where that is needed."""
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        draw_elided(painter, self.in_direction(area), self.currentText())

    def in_direction(self, area: QRectF) -> QRectF:
        """Where an area laid out from left to right stands in the direction of the window."""
        return in_direction(area, QRectF(self.rect()), self.layoutDirection())

    def _paint_ground(self, painter: QPainter) -> None:
        palette = self.palette()
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.underMouse() or self.view().isVisible():
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
        if self.hasFocus():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
        painter.drawRoundedRect(frame, 8, 8)

    @override
    def sizeHint(self) -> QSize:
        height = max(36, self.fontMetrics().height() + 14)
        return QSize(self.content_width() + 2 * _PADDING + scaled(_CARET) + 12, height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(96, self.sizeHint().width()), self.sizeHint().height())

    @override
    def showPopup(self) -> None:
        self.view().setMinimumWidth(max(self._popup_width, self.width()))
        container = self.view().parentWidget()
        if container is not None and container.isWindow() and not container.isVisible():
            round_off(container)
        super().showPopup()
        # Qt keeps the row that the arrow keys were on when the list was closed, or passes over the first.
        self.view().selectionModel().setCurrentIndex(
            self.model().index(max(0, self.currentIndex()), self.modelColumn(), self.rootModelIndex()),
            QItemSelectionModel.SelectionFlag.ClearAndSelect,
        )
        popup = self.view().window()
        below = self.mapToGlobal(QPoint(0, self.height() + 4))
        if popup is not self.window():
            is_turned = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            # Qt has it begin at the left even so.
            left = below.x() + self.width() - popup.width() if is_turned else popup.x()
            popup.move(left, max(popup.y(), below.y()))

    @override
    def hidePopup(self) -> None:
        super().hidePopup()
        forget_pointer(self)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setLayoutDirection(self.layoutDirection())
            self._paint_ground(painter)
            side = scaled(_CARET)
            caret = QRectF(self.width() - _PADDING - side, (self.height() - side) / 2, side, side)
            icon("caret-down", self.palette(), QPalette.ColorRole.PlaceholderText).paint(
                painter, self.in_direction(caret).toRect()
            )
            self.paint_content(painter, QRectF(_PADDING, 0, caret.left() - 8 - _PADDING, self.height()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING_KEYS:
            self.showPopup()
        elif event.text():
            event.ignore()  # Type-ahead on the closed list would choose at once.
        else:
            super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()
