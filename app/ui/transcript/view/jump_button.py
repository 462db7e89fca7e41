"""The round button that brings the reader back to the newest words."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.items.drawing import draw_hover
from app.ui.transcript.items.render_style import RenderStyle

DIAMETER = 36
ABOVE_EDGE = 14
EDGE = 1
NEWS_RADIUS = 5.0
"""Of the dot that says that something new came."""
OUT_OF_SIGHT = 120
"""Pixels to the end from which on the button is of use."""


class JumpButton(QAbstractButton):
    """Floats over the transcript while its end is out of sight.

    Attributes:
        has_news: something has come there since the reader saw it.
    """

    def __init__(self, parent: QWidget, style: RenderStyle) -> None:
        super().__init__(parent)
        self.render_style = style
        self.setObjectName("jump_to_newest")
        self.has_news = False
        self._name_itself()
        self.setFixedSize(self.sizeHint())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # From the keyboard, End does the same.
        self.hide()

    def follow(self, area: QRect, hidden: int) -> None:
        """Stands at the lower edge of an area of which so many pixels are hidden below it."""
        self.setVisible(hidden > OUT_OF_SIGHT)
        self.has_news = self.has_news and hidden > OUT_OF_SIGHT
        self._name_itself()
        self.move(area.center().x() - self.width() // 2, area.bottom() - self.height() - ABOVE_EDGE)

    def _name_itself(self) -> None:
        words = tr("Scroll to new messages") if self.has_news else tr("Scroll to bottom")
        if words != self.accessibleName():
            self.setAccessibleName(words)
            self.setToolTip(words)
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(DIAMETER, DIAMETER)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            circle = QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
            painter.setPen(QPen(self.render_style.colour("line"), 1))
            painter.setBrush(self.render_style.colour("raised"))
            painter.drawEllipse(circle)
            if self.underMouse():
                draw_hover(painter, self.render_style, circle, DIAMETER / 2)
            icon = self.render_style.icon("arrow-down", "text")
            half = icon.deviceIndependentSize() / 2
            painter.drawPixmap(circle.center() - QPointF(half.width(), half.height()), icon)
            if self.has_news:
                painter.setPen(QPen(self.render_style.colour("surface"), 2))
                painter.setBrush(self.render_style.colour("accent"))
                painter.drawEllipse(
                    circle.topRight() + QPointF(-NEWS_RADIUS, NEWS_RADIUS), NEWS_RADIUS, NEWS_RADIUS
                )
