"""Asks before something is done that cannot be undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget


class QuestionDialog(QDialog):
    """A question with what it means below it; the button that does it is named with a verb.

    Emits `accepted` where the user wants it done.
    """

    def __init__(self, question: str, consequence: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("question_dialog")
        self.setWindowTitle(verb)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(question, self)
        heading.setProperty("subheading", True)
        detail = QLabel(consequence, self)
        for label in (heading, detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        buttons = QDialogButtonBox(self)
        self.do_button = QPushButton(verb, self)
        self.do_button.setObjectName("question_do_button")
        self.do_button.setProperty("primary", True)
        self.cancel_button = QPushButton("Cancel", self)
        buttons.addButton(self.do_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        # What cannot be undone is not done by an Enter too many.
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (heading, detail, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(420)
