"""What stands where a list has nothing to show."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.icons import icon


class EmptyPage(QWidget):
    """A picture, a line, a sentence and a button that leads on.

    Attributes:
        button: what to do about it.
    """

    def __init__(
        self, icon_name: str, title: str, text: str, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel(self)
        self._title = QLabel(title, self)
        self._title.setProperty("subheading", True)
        self._text = QLabel(text, self)
        self._text.setProperty("muted", True)
        self._text.setWordWrap(True)
        self._text.setMaximumWidth(420)
        self.button = QPushButton(action, self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._text, 100)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(2)
        for widget in (self._picture, self._title):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(row)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text.setProperty("centred", True)
        self._recolour()

    def _recolour(self) -> None:
        made = icon(self._icon_name, QGuiApplication.palette(), QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(made.pixmap(40, 40))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "button"):
            self._recolour()
