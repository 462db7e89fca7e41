"""A few centred lines, all about as long."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from app.ui.reading_direction import isolated

_CENTRED = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap


class BalancedLabel(QLabel):
    """Plain text that is broken so that its last line does not hold a single word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        spare = area.width() - balanced_width(self.fontMetrics(), self.text(), area.width())
        area.adjust(spare // 2, 0, -(spare // 2), 0)
        is_enabled, role = self.isEnabled(), self.foregroundRole()
        with QPainter(self) as painter:
            self.style().drawItemText(
                painter, area, int(_CENTRED), self.palette(), is_enabled, isolated(self.text()), role
            )


def balanced_width(metrics: QFontMetrics, text: str, width: int) -> int:
    """The least width, in pixels, in which the text takes no more lines than in `width`."""

    def needed(at: int) -> QRect:
        return metrics.boundingRect(QRect(0, 0, at, 1 << 20), int(_CENTRED), text)

    most = needed(width).height()
    low, high = 1, width
    while low < high:
        middle = (low + high) // 2
        found = needed(middle)
        if found.height() <= most and found.width() <= middle:
            high = middle
        else:
            low = middle + 1
    return high
