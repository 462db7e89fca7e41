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
from app.core.translation import sentences, tr
from app.servers.server import Server

WIDTH = 520
FIELD_PADDING = 32
"""Pixels between a field's edges and its words."""


class ServerDialog(QDialog):
    """Asks for what is needed to reach a server. Open it with `open()`; it deletes itself.

    Signals:
        saved(): the user wants what is in the fields now; close the dialog, or `show_error`.
    """

    saved = Signal()

    def __init__(self, server: Server | None = None, parent: QWidget | None = None) -> None:
        """`server` is the one to change; None for a new one."""
        super().__init__(parent)
        self.setObjectName("server_dialog")
        self.setWindowTitle(tr("Change a server") if server else tr("Add a server"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._server = server
        self.name_field = self._field("server_name_field", tr("Name"), server.name if server else "")
        self.name_field.setPlaceholderText(tr("Shown in the list of models"))
        self.address_field = self._field(
            "server_address_field", tr("Address"), server.address if server else ""
        )
        self.address_field.setPlaceholderText("http://studio.local:8000")
        self.key_field = self._field("server_key_field", tr("API key"), "")
        self.key_field.setEchoMode(QLineEdit.EchoMode.Password)
        has_key = server is not None and server.has_key
        self.key_field.setPlaceholderText(
            tr("Saved in the system keyring") if has_key else tr("Only if the server wants one")
        )
        self._is_key_changed = False
        self.key_field.textEdited.connect(self._on_key_edited)
        self.forget_button = QPushButton(tr("Remove key"), self)
        self.forget_button.setObjectName("forget_server_key_button")
        self.forget_button.setVisible(has_key)
        self.forget_button.clicked.connect(self._on_forget_button_clicked)
        authority = str(server.authority) if server and server.authority else ""
        self.authority_field = self._field("server_authority_field", tr("Certificate authority"), authority)
        self.authority_field.setPlaceholderText(tr("Those that the system trusts"))
        self.choose_button = QPushButton(tr("Choose…"), self)
        self.choose_button.clicked.connect(self._choose_file)
        self.problem = QLabel(self)
        self.problem.setProperty("problem", True)
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.hide()
        self.save_button = QPushButton(tr("Save") if server else tr("Add"), self)
        self.save_button.setObjectName("save_server_button")
        self.save_button.setProperty("primary", True)
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.saved)
        self._lay_out()
        self._fit_placeholders()

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
        self.problem.setText(sentences(str(error), error.hint))
        self.problem.show()

    def _fit_placeholders(self) -> None:
        """Makes the fields wide enough for what stands in them before something is typed."""
        for field in (self.name_field, self.key_field, self.authority_field):
            field.ensurePolished()
            wanted = field.fontMetrics().horizontalAdvance(field.placeholderText())
            field.setMinimumWidth(wanted + FIELD_PADDING)
        layout = self.layout()
        assert layout is not None
        self.setMinimumWidth(max(WIDTH, layout.minimumSize().width()))

    def _on_key_edited(self) -> None:
        self._is_key_changed = True

    def _on_forget_button_clicked(self) -> None:
        self.key_field.clear()
        self.key_field.setPlaceholderText(tr("No key"))
        self._is_key_changed = True
        self.forget_button.hide()

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Choose the certificate of an authority"))
        dialog.setObjectName("choose_authority_dialog")
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All files (*)")])
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
            tr(
                "Any computer that runs vLLM, SGLang, llama-server, LM Studio, Ollama or another "
                "OpenAI-compatible server."
            ),
            self,
        )
        words.setProperty("muted", True)
        words.setWordWrap(True)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(16)
        form.addRow(tr("Name"), self.name_field)
        form.addRow(tr("Address"), self.address_field)
        form.addRow(tr("API key"), self._beside(self.key_field, self.forget_button))
        form.addRow(tr("Certificate authority"), self._beside(self.authority_field, self.choose_button))
        cancel = QPushButton(tr("Cancel"), self)
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
