"""A server's name, address, key and certificate file, to be added or changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import UserError
from app.servers.server import Server

WIDTH = 520


class ServerDialog(QDialog):
    """Asks for what is needed to reach a server. Open it with `open()`; it deletes itself.

    Signals:
        saved(): the user wants what is in the fields now; close the dialog, or `show_error`.
    """

    saved = Signal()

    def __init__(
        self, server: Server | None = None, address: str = "", parent: QWidget | None = None
    ) -> None:
        """
        Args:
            server: the one to change; None for a new one.
            address: what is in the field of a new one.
        """
        super().__init__(parent)
        self.setObjectName("server_dialog")
        self.setWindowTitle("Change a server" if server else "Add a server")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(WIDTH)
        self._server = server
        self.name_field = self._field("server_name_field", "Name", server.name if server else "")
        self.name_field.setPlaceholderText("As the list shall call it")
        self.address_field = self._field(
            "server_address_field", "Address", server.address if server else address
        )
        self.address_field.setPlaceholderText("http://studio.local:8000")
        self.key_field = self._field("server_key_field", "API key", "")
        self.key_field.setEchoMode(QLineEdit.EchoMode.Password)
        has_key = server is not None and server.has_key
        self.key_field.setPlaceholderText(
            "Saved in the system keyring" if has_key else "Only if the server wants one"
        )
        self._is_key_changed = False
        self.key_field.textEdited.connect(self._on_key_edited)
        self.forget_button = QPushButton("Remove key", self)
        self.forget_button.setObjectName("forget_server_key_button")
        self.forget_button.setVisible(has_key)
        self.forget_button.clicked.connect(self._on_forget_button_clicked)
        authority = str(server.authority) if server and server.authority else ""
        self.authority_field = self._field("server_authority_field", "Certificate authority", authority)
        self.authority_field.setPlaceholderText("Those that the system trusts")
        self.choose_button = QPushButton("Choose…", self)
        self.choose_button.clicked.connect(self._choose_file)
        self.problem = QLabel(self)
        self.problem.setProperty("problem", True)
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.hide()
        self.save_button = QPushButton("Save" if server else "Add", self)
        self.save_button.setObjectName("save_server_button")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.saved)
        self._lay_out()

    @property
    def server(self) -> Server:
        """What the fields say; of a new server the id is empty."""
        known = self._server or Server("", "", "")
        text = self.authority_field.text().strip()
        return Server(
            known.id,
            self.name_field.text(),
            self.address_field.text(),
            Path(text).expanduser() if text else None,
            known.has_key,
            known.is_agreed,
            known.is_template_told,
            known.report,
        )

    @property
    def key(self) -> str | None:
        """The key that was entered, empty where it was taken away; None where it stays as it is."""
        return self.key_field.text() if self._is_key_changed else None

    def show_error(self, error: UserError) -> None:
        """Says what is wrong with the fields."""
        self.problem.setText(f"{error} {error.hint}".strip())
        self.problem.show()

    def _on_key_edited(self) -> None:
        self._is_key_changed = True

    def _on_forget_button_clicked(self) -> None:
        self.key_field.clear()
        self.key_field.setPlaceholderText("No key")
        self._is_key_changed = True
        self.forget_button.hide()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, "Choose the certificate of an authority")
        dialog.setObjectName("choose_authority_dialog")
        dialog.setNameFilters(["Certificates (*.pem *.crt *.cer)", "All files (*)"])
        dialog.fileSelected.connect(self.authority_field.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _field(self, name: str, words: str, text: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setObjectName(name)
        field.setAccessibleName(words)
        return field

    def _lay_out(self) -> None:
        heading = QLabel(self.windowTitle(), self)
        heading.setProperty("subheading", True)
        words = QLabel(
            "Any computer that runs vLLM, SGLang, llama-server, LM Studio, Ollama or another "
            "OpenAI-compatible server.",
            self,
        )
        words.setProperty("muted", True)
        words.setWordWrap(True)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.addRow("Name", self.name_field)
        form.addRow("Address", self.address_field)
        form.addRow("API key", self._beside(self.key_field, self.forget_button))
        form.addRow("Certificate authority", self._beside(self.authority_field, self.choose_button))
        cancel = QPushButton("Cancel", self)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)

    def _beside(self, field: QWidget, button: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(field, 1)
        row.addWidget(button)
        return row
