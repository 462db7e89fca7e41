"""Widgets beside each other, in as many rows as the width needs, as words are in a paragraph."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget
from typing_extensions import override

from app.ui.reading_direction import in_direction


class FlowLayout(QLayout):
    """Lays out in the direction of reading and starts a new row where the next widget does not fit."""

    def __init__(
        self,
        parent: QWidget | None = None,
        spacing: int = 8,
        *,
        is_centred: bool = False,
        is_spread: bool = False,
    ) -> None:
        """
        Args:
            is_centred: every row stands in the middle.
            is_spread: every row of several reaches from side to side.
        """
        super().__init__(parent)
        self._is_spread = is_spread
        self._is_centred = is_centred
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    @property
    def _direction(self) -> Qt.LayoutDirection:
        parent = self.parentWidget()
        return parent.layoutDirection() if parent is not None else QGuiApplication.layoutDirection()

    def _place(self, area: QRect, *, is_trial: bool) -> int:
        """Puts everything into rows, or only finds out how high they are; gives the height."""
        y = area.y()
        for row in self._rows(area.width()):
            width = sum(size.width() + self.spacing() for _item, size in row) - self.spacing()
            x = area.x() + ((area.width() - width) // 2 if self._is_centred else 0)
            between = self.spacing()
            if self._is_spread and len(row) > 1:
                between += (area.width() - width) // (len(row) - 1)
            for item, size in row:
                if not is_trial:
                    item.setGeometry(in_direction(QRect(QPoint(x, y), size), area, self._direction))
                x += size.width() + between
            y += max(size.height() for _item, size in row) + self.spacing()
        return max(0, y - self.spacing() - area.y())

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        """The items of each row, with their sizes."""
        rows: list[list[tuple[QLayoutItem, QSize]]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(width, item.sizeHint().height()))
            if not rows or used + size.width() > width:
                rows.append([])
                used = 0
            rows[-1].append((item, size))
            used += size.width() + self.spacing()
        return rows

    @override
    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    @override
    def count(self) -> int:
        return len(self._items)

    @override
    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    @override
    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    @override
    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    @override
    def hasHeightForWidth(self) -> bool:
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return self._place(QRect(0, 0, inner, 0), is_trial=True) + margins.top() + margins.bottom()

    @override
    def setGeometry(self, area: QRect) -> None:
        super().setGeometry(area)
        self._place(area.marginsRemoved(self.contentsMargins()), is_trial=False)

    @override
    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() + self.spacing() for size in shown)
        height = max((size.height() for size in shown), default=0)
        return QSize(max(0, width - self.spacing()), height).grownBy(self.contentsMargins())

    @override
    def minimumSize(self) -> QSize:
        smallest = QSize(0, 0)
        for item in self._items:
            if not item.isEmpty():
                smallest = smallest.expandedTo(item.minimumSize())
        return smallest.grownBy(self.contentsMargins())
