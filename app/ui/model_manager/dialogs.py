"""What the models screen asks before it does something that cannot be taken back. None of it blocks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.hub.library.model_files import ImportMode
from app.ui.model_manager.catalog_words import LFM_LICENCE

WIDTH = 480
_MODES = (
    (ImportMode.COPY, "Copy to models folder", "The original file stays where it is."),
    (ImportMode.MOVE, "Move to models folder", "It takes no more room."),
    (ImportMode.IN_PLACE, "Use in place", "It leaves the list when the file is moved or deleted."),
)


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
        self.cancel_button = QPushButton("Cancel", self)
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


class LicenceDialog(QuestionDialog):
    """Shown once, before the first model of Liquid AI is downloaded.

    Signals:
        link_requested(str): the user wants to read the whole licence.
    """

    link_requested = Signal(str)

    def __init__(self, model: str, address: str, parent: QWidget | None = None) -> None:
        super().__init__("LFM licence", "", "Accept and download", parent)
        self.setObjectName("licence_dialog")
        self.text.setText(
            f"{model} is made by Liquid AI and comes under the {LFM_LICENCE}\n\n"
            "Research and non-profit organisations may use it without that limit. If you share the model, "
            "include the licence."
        )
        self.link_button = QPushButton("Read the whole licence", self)
        self.link_button.setProperty("link", True)
        self.link_button.setToolTip(address)
        self.link_button.clicked.connect(lambda: self.link_requested.emit(address))
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.link_button)
        layout.addStretch(1)
        self.add(row)


class ImportDialog(QuestionDialog):
    """Asks what is to happen with a file that was chosen.

    Attributes:
        buttons: by the way it is taken in.
    """

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(f"Import {path.name}", "", "Import", parent)
        self.setObjectName("import_dialog")
        self.text.hide()
        self.buttons: dict[ImportMode, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for mode, text, more in _MODES:
            button = QRadioButton(text, self)
            button.setAccessibleDescription(more)
            note = QLabel(more, self)
            note.setProperty("muted", True)
            note.setContentsMargins(26, 0, 0, 4)
            self.buttons[mode] = button
            self._group.addButton(button)
            self.add(button)
            self.add(note)
        self.buttons[ImportMode.COPY].setChecked(True)

    @property
    def mode(self) -> ImportMode:
        return next(mode for mode, button in self.buttons.items() if button.isChecked())
