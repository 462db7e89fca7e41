"""What the models screen asks before it does something that cannot be taken back. None of it blocks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QWidget,
)

from app.core.translation import tr
from app.hub.library.model_files import ImportMode
from app.ui.model_manager.catalog_words import LFM_LICENCE
from app.ui.widgets.inset_label import InsetLabel
from app.ui.widgets.question_dialog import QuestionDialog

_MODES = (
    (ImportMode.COPY, tr("Copy to models folder"), tr("The original file stays where it is.")),
    (ImportMode.MOVE, tr("Move to models folder"), tr("It takes no more room.")),
    (ImportMode.IN_PLACE, tr("Use in place"), tr("It leaves the list when the file is moved or deleted.")),
)


class LicenceDialog(QuestionDialog):
    """Shown once, before the first model of Liquid AI is downloaded.

    Signals:
        link_requested(str): the user wants to read the whole licence.
    """

    link_requested = Signal(str)

    def __init__(self, model: str, address: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("LFM licence"), "", tr("Accept and download"), parent)
        self.setObjectName("licence_dialog")
        self.text.setText(
            tr(
                "{model} is made by Liquid AI and comes under the {lfm_licence}\n\n"
                "Research and non-profit organisations may use it without that limit. If you share the "
                "model, include the licence.",
                model=model,
                lfm_licence=LFM_LICENCE,
            )
        )
        self.link_button = QPushButton(tr("Read the whole licence"), self)
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
        super().__init__(tr("Import {name}", name=path.name), "", tr("Import"), parent)
        self.setObjectName("import_dialog")
        self.text.hide()
        self.buttons: dict[ImportMode, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for mode, text, more in _MODES:
            button = QRadioButton(text, self)
            button.setAccessibleDescription(more)
            note = InsetLabel(more, (26, 0, 0, 4), self)
            note.setProperty("muted", True)
            note.setWordWrap(True)
            self.buttons[mode] = button
            self._group.addButton(button)
            self.add(button)
            self.add(note)
        self.buttons[ImportMode.COPY].setChecked(True)

    @property
    def mode(self) -> ImportMode:
        return next(mode for mode, button in self.buttons.items() if button.isChecked())
