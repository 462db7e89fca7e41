"""A document in a window of its own, word for word as the model reads it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.core.translation import tr
from app.ui.fonts import scaled
from app.ui.widgets.elided_label import ElidedLabel

_SHARE_OF_SCREEN = 0.8
_SIZE = QSize(720, 640)


class DocumentViewer(QDialog):
    """Shows the words of one document.

    Signals:
        save_requested()
        copy_requested()
    """

    save_requested = Signal()
    copy_requested = Signal()

    def __init__(self, words: str, name: str, remark: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_viewer")
        self.setWindowTitle(name)
        layout = QVBoxLayout(self)
        self.words = QPlainTextEdit(self)
        self.words.setObjectName("document_words")
        self.words.setAccessibleName(name)
        self.words.setReadOnly(True)
        self.words.setUndoRedoEnabled(False)
        self.words.setPlainText(words)
        layout.addWidget(self.words, 1)
        self.remark = ElidedLabel(remark, self)
        self.remark.setProperty("muted", True)
        layout.addWidget(self.remark)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        for text, signal, object_name in (
            (tr("Copy text"), self.copy_requested, "copy_document_button"),
            (tr("Save file…"), self.save_requested, "save_document_button"),
        ):
            button = QPushButton(text, self)
            button.setObjectName(object_name)
            button.clicked.connect(signal)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        room = self.screen().availableSize() * _SHARE_OF_SCREEN
        self.resize(QSize(scaled(_SIZE.width()), scaled(_SIZE.height())).boundedTo(room))
