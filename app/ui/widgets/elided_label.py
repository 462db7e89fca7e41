"""One line of words that gives way."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from app.ui.widgets.reading_direction import isolated


class ElidedLabel(QLabel):
    """Plain text on one line, cut with an ellipsis where there is no room for it."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(" ".join(text.split()), parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        with QPainter(self) as painter:
            self.style().drawItemText(
                painter,
                area,
                int(Qt.AlignmentFlag.AlignVCenter),
                self.palette(),
                self.isEnabled(),
                isolated(shown),
                self.foregroundRole(),
            )
