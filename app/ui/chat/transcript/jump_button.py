"""The round button that brings the reader back to the newest words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from app.ui.chat.transcript.look import Look

DIAMETER = 36


class JumpButton(QAbstractButton):
    """Floats over the transcript while its end is out of sight."""

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self.look = look
        self.setObjectName("jump_to_newest")
        self.setAccessibleName("Jump to newest")
        self.setToolTip("Jump to newest")
        self.setFixedSize(self.sizeHint())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # From the keyboard, End does the same.
        self.hide()

    @override
    def sizeHint(self) -> QSize:
        return QSize(DIAMETER, DIAMETER)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(self.look.colour("line"), 1))
        painter.setBrush(self.look.colour("raised"))
        painter.drawEllipse(circle)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("hover"))
            painter.drawEllipse(circle)
        icon = self.look.icon("ph.arrow-down", "text")
        painter.drawPixmap(QPointF(DIAMETER / 2 - 9, DIAMETER / 2 - 9), icon)
