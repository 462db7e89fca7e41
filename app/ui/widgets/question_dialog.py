"""Asks before something is done that cannot be undone. Nothing here blocks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr

WIDTH = 480


class QuestionDialog(QDialog):
    """A question, what it is about, and two buttons. Open it with `open()`; it deletes itself.

    Signals:
        confirmed(): the user said yes.
    """

    confirmed = Signal()

    def __init__(self, title: str, text: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._heading = QLabel(title, self)
        self._heading.setProperty("subheading", True)
        self._heading.setWordWrap(True)
        self.text = QLabel(text, self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.confirm_button = QPushButton(verb, self)
        self.confirm_button.setObjectName("confirm_button")
        self.confirm_button.setProperty("primary", True)
        self.cancel_button = QPushButton(tr("Cancel"), self)
        self.cancel_button.clicked.connect(self.reject)
        self.confirm_button.clicked.connect(self._on_confirm_button_clicked)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(24, 20, 24, 20)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._heading)
        self._layout.addWidget(self.text)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.cancel_button)
        self._buttons.addWidget(self.confirm_button)
        self._layout.addLayout(self._buttons)

    def add(self, widget: QWidget) -> None:
        """Puts something between the text and the buttons."""
        self._layout.insertWidget(self._layout.count() - 1, widget)

    def _on_confirm_button_clicked(self) -> None:
        self.confirmed.emit()
        self.accept()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # A dialog takes wrapped sentences for one line each.
        self.resize(WIDTH, self._layout.totalHeightForWidth(WIDTH))
