"""A sentence in a coloured strip inside a page, and maybe buttons."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)
from typing_extensions import override

from app.ui.icons import icon

_SIDE_BY_SIDE = 380
"""Pixels from which buttons have room beside the text."""
_RECOLOURED_BY = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


class NoticeStrip(QFrame):
    """Says something that belongs to the page around it. Hidden while it has no text.

    Attributes:
        button, second_button: hidden until somebody shows them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("strip", "notice")
        self._picture = QLabel(self)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.second_button = QPushButton(self)
        self.second_button.setProperty("quiet", True)
        words = QHBoxLayout()
        words.setSpacing(12)
        words.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.label, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addStretch(1)
        buttons.addWidget(self.button)
        buttons.addWidget(self.second_button)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(14, 10, 12, 10)
        self._layout.setSpacing(12)
        self._layout.addLayout(words, 1)
        self._layout.addLayout(buttons)
        self.button.hide()
        self.second_button.hide()
        self.hide()

    def set_text(self, text: str, is_error: bool = False) -> None:
        """Shows a text; an empty one takes the strip away."""
        self.label.setText(text)
        self.setAccessibleName(text)
        kind = "error" if is_error else "notice"
        if self.property("strip") != kind:
            self.setProperty("strip", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self._recolour()
        self.setVisible(bool(text))

    def _recolour(self) -> None:
        is_error = self.property("strip") == "error"
        role = QPalette.ColorRole.BrightText if is_error else QPalette.ColorRole.Accent
        name = "warning-circle" if is_error else "info"
        self._picture.setPixmap(icon(name, QGuiApplication.palette(), role).pixmap(20, 20))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _SIDE_BY_SIDE
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(down if is_narrow and not self.button.isHidden() else across)
        self._layout.setSpacing(8 if is_narrow else 12)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in _RECOLOURED_BY and hasattr(self, "second_button"):
            self._recolour()
