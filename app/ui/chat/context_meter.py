"""How full the model's memory is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget
from typing_extensions import override

from app.core import formatting
from app.core.translation import listed, sentences, tr
from app.ui.fonts import scaled

_NEARLY_FULL = 0.9


class ContextMeter(QWidget):
    """A ring that fills up; the figures show under the pointer, and when it has the focus.

    Signals:
        clicked(): the user wants to see what is in it.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("context_meter")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._share = 0.0
        self.set_usage(0, 0)

    def set_usage(
        self,
        used_tokens: int,
        total_tokens: int,
        parts: Sequence[tuple[str, int]] = (),
        remark: str = "",
    ) -> None:
        """Shows how many tokens of the context are used; a total of 0 means that no model is loaded.

        `parts` is what the sum is made of, by name.
        """
        self._share = min(1.0, used_tokens / total_tokens) if total_tokens > 0 else 0.0
        words = tr("No model loaded")
        if total_tokens > 0:
            percent = round(100 * used_tokens / total_tokens)
            words = tr(
                "Context: {used_tokens:,} of {total_tokens:,} tokens used, {percent} %",
                used_tokens=used_tokens,
                total_tokens=total_tokens,
                percent=percent,
            )
        described = [f"{name}: {formatting.whole(tokens)}" for name, tokens in parts]
        self.setAccessibleName(words)
        self.setAccessibleDescription(sentences(f"{listed(described)}." if described else "", remark))
        self.setToolTip(_tool_tip(words, parts, remark) if parts or remark else words)
        self.update()

    @property
    def share(self) -> float:
        """How full it is, 0 to 1."""
        return self._share

    @override
    def sizeHint(self) -> QSize:
        return QSize(scaled(36), scaled(36))

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            palette = self.palette()
            ring = QRectF(0, 0, scaled(17), scaled(17))
            ring.moveCenter(QRectF(self.rect()).center())
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 2.5))
            painter.drawEllipse(ring)
            role = QPalette.ColorRole.BrightText if self._share >= _NEARLY_FULL else QPalette.ColorRole.Accent
            pen = QPen(palette.color(role), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            if self._share > 0:
                painter.drawArc(ring, 90 * 16, -max(16, round(self._share * 360 * 16)))
            if self.hasFocus():
                painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.toolTip(), self)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()


def _tool_tip(words: str, parts: Sequence[tuple[str, int]], remark: str) -> str:
    rows = "".join(
        f'<tr><td>{escape(name)}&nbsp;&nbsp;&nbsp;</td><td align="right">{formatting.whole(tokens)}</td></tr>'
        for name, tokens in parts
    )
    below = f"<p>{escape(remark)}</p>" if remark else ""
    return f'<p style="white-space: nowrap">{escape(words)}</p><table>{rows}</table>{below}'
