"""A passage in a window of its own: all of it, with its place and the way to its file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.passage import FoundPassage
from app.core.translation import tr
from app.ui.fonts import scaled
from app.ui.widgets.elided_label import ElidedLabel

_WIDTH, _HEIGHT = 560, 420


class PassageDialog(QDialog):
    """Shows one passage.

    Signals:
        open_requested(): the user wants to see the file.
    """

    open_requested = Signal()

    def __init__(self, number: int, passage: FoundPassage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("passage_dialog")
        self.setWindowTitle(tr("Passage {number}", number=number))
        self.place = QLabel(passage.shown_place, self)
        self.place.setObjectName("passage_place")
        self.place.setProperty("subheading", True)
        self.place.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.place)
        for words in filter(None, (passage.heading, passage.path)):
            label = ElidedLabel(words, self)
            label.setProperty("muted", True)
            label.setToolTip(words)
            layout.addWidget(label)
        self.text = QPlainTextEdit(passage.text, self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Passage"))
        layout.addWidget(self.text, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.open_button = QPushButton(_words(passage), self)
        self.open_button.setObjectName("open_file_button")
        self.open_button.setEnabled(bool(passage.path) and Path(passage.path).is_file())
        self.open_button.clicked.connect(self.open_requested)
        buttons.addButton(self.open_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.finished.connect(self.deleteLater)
        self.resize(scaled(_WIDTH), scaled(_HEIGHT))


def _words(passage: FoundPassage) -> str:
    if not passage.path or not Path(passage.path).is_file():
        return tr("The file is gone")
    return (
        tr("Open the file at page {page}", page=passage.page)
        if passage.page is not None
        else tr("Open the file")
    )
