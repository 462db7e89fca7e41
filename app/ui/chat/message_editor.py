"""Where a message that is to be inserted into a conversation is written."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.message import Role
from app.core.translation import tr
from app.ui.transcript.view.message_actions import ROLE_NAMES
from app.ui.widgets.written_text import written_text


class MessageEditor(QDialog):
    """Asks who says it and what.

    Signals:
        written(object, str): a `Role`, and the words.
    """

    written = Signal(object, str)

    def __init__(self, role: Role, parent: QWidget | None = None) -> None:
        """`role` is chosen at first."""
        super().__init__(parent)
        self.setObjectName("message_editor")
        self.setWindowTitle(tr("Insert a message"))
        self.resize(560, 320)
        self.role_box = QComboBox(self)
        self.role_box.setObjectName("message_role")
        self.role_box.setAccessibleName(tr("Role"))
        for each, name in ROLE_NAMES.items():
            self.role_box.addItem(name, each)
        self.role_box.setCurrentIndex(list(ROLE_NAMES).index(role))
        self.edit = QPlainTextEdit(self)
        self.edit.setObjectName("message_words")
        self.edit.setAccessibleName(tr("Message"))
        self.edit.setTabChangesFocus(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.insert_button = self.buttons.addButton(tr("Insert"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.insert_button.setObjectName("insert_message_button")
        self.insert_button.setProperty("primary", True)
        self._lay_out()
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self._on_accepted)
        self.edit.textChanged.connect(self._look)
        self.edit.setFocus()
        self._look()

    def _lay_out(self) -> None:
        top = QFormLayout()
        top.addRow(tr("Role"), self.role_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 20)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.buttons)

    def _words(self) -> str:
        return written_text(self.edit.document()).strip()

    def _look(self) -> None:
        self.insert_button.setEnabled(bool(self._words()))

    def _on_accepted(self) -> None:
        self.written.emit(Role(self.role_box.currentData()), self._words())
        self.accept()
