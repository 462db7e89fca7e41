"""The licences of everything in the packaged program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from app.core.translation import tr

FILE_NAME = "licences.txt"
"""In the resources of the packaged program; a clone has none."""


class LicencesPage(QWidget):
    """The text as it was collected when the program was packed."""

    def __init__(self, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit(file.read_text(encoding="utf-8", errors="replace"), self)
        self.text.setObjectName("licences")
        self.text.setAccessibleName(tr("Licences"))
        self.text.setReadOnly(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.addWidget(self.text)
