"""Where the program looks for models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.core.translation import tr
from app.settings import Settings
from app.ui.reading_direction import left_to_right
from app.ui.widgets.drop_down import DropDown
from app.ui.widgets.path_delegate import PathDelegate

OWN_FOLDER = tr("Tarn's own models folder")


class ModelsPage(QWidget):
    """Folders that are searched for GGUF files, and the one that new models go to.

    Signals:
        changed(Settings): the user took a folder off the list, or wants new models in another one.
        add_folder_requested(): the user wants to choose another folder.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.list = QListWidget(self)
        self.list.setObjectName("model_folders")
        self.list.setAccessibleName(tr("Folders of models"))
        self.list.setItemDelegate(PathDelegate(self.list))
        self.add_button = QPushButton(tr("Add a folder…"), self)
        self.add_button.setObjectName("add_folder_button")
        self.remove_button = QPushButton(tr("Remove from list"), self)
        self.remove_button.setObjectName("remove_folder_button")
        self.remove_button.setToolTip(tr("The folder and its files stay where they are"))
        self.place_field = DropDown(self)
        self.place_field.setObjectName("download_folder_field")
        self.place_field.setAccessibleName(tr("Folder for downloads"))
        self.place_field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._lay_out()
        self.set_settings(settings)
        self.add_folder_requested = self.add_button.clicked
        self.remove_button.clicked.connect(self._on_remove_button_clicked)
        self.place_field.activated.connect(self._on_place_field_activated)
        self.list.currentRowChanged.connect(self._on_list_current_row_changed)

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        self.list.clear()
        self.list.addItems([str(folder) for folder in settings.model_folders])
        self.remove_button.setEnabled(False)
        self.place_field.clear()
        self.place_field.addItem(OWN_FOLDER, None)
        for folder in settings.model_folders:
            self.place_field.addItem(left_to_right(str(folder)), folder)
        places = (None, *settings.model_folders)
        chosen = settings.download_folder
        self.place_field.setCurrentIndex(places.index(chosen) if chosen in places else 0)

    def _on_place_field_activated(self, row: int) -> None:
        folder = self.place_field.itemData(row)
        self.changed.emit(replace(self._settings, download_folder=folder))

    def _on_list_current_row_changed(self, row: int) -> None:
        self.remove_button.setEnabled(row >= 0)

    def _on_remove_button_clicked(self) -> None:
        gone = Path(self.list.currentItem().text())
        folders = tuple(folder for folder in self._settings.model_folders if folder != gone)
        place = None if self._settings.download_folder == gone else self._settings.download_folder
        self.changed.emit(replace(self._settings, model_folders=folders, download_folder=place))

    def _lay_out(self) -> None:
        heading = QLabel(tr("Models"), self)
        heading.setProperty("subheading", True)
        words = self._words(tr("Tarn lists the GGUF files in its own models folder and in these:"))
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (heading, words, self.list):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addSpacing(4)
        layout.addWidget(self._words(tr("New models go to:")))
        layout.addWidget(self.place_field)

    def _words(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("muted", True)
        label.setWordWrap(True)
        return label
