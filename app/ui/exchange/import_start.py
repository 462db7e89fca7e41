"""Where the files are chosen that conversations are imported from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.icons import icon
from app.ui.reading_direction import start_mark
from app.ui.widgets.column_page import ColumnPage

WIDTH = 560
_SOURCES = (
    ("ChatGPT", tr("the ZIP that comes by mail (Settings › Data controls › Export data)")),
    ("Claude", tr("the ZIP that comes by mail (Settings › Privacy › Export data)")),
    ("Open WebUI", tr("the JSON file (Settings › Chats › Export chats)")),
    ("LM Studio", tr("the folder “conversations” in “.lmstudio”")),
    ("Jan", tr("the folder “threads” in its data folder")),
    ("llama.cpp", tr("the JSON file of its web page (Settings › Import/Export)")),
    ("GPT4All", tr("the files that end in “.chat” in its folder of models")),
    ("Tarn", tr("Markdown, JSON, or a ZIP of them")),
)


class ImportStart(ColumnPage):
    """Says what can be imported, with two buttons to choose it.

    Attributes:
        files_button, folder_button: choose files, or a folder with all that is in it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel(self)
        title = QLabel(tr("Import chats"), self)
        title.setProperty("title", True)
        text = QLabel(
            tr(
                "Choose what another program has exported, or drop it here. You see what would come before "
                "anything is saved."
            ),
            self,
        )
        text.setWordWrap(True)
        text.setProperty("body", True)
        self.files_button = QPushButton(tr("Choose files…"), self)
        self.files_button.setObjectName("import_files_button")
        self.files_button.setProperty("primary", True)
        self.folder_button = QPushButton(tr("Choose a folder…"), self)
        self.folder_button.setObjectName("import_folder_button")
        column = self.new_column(WIDTH)
        column.addSpacing(24)
        for widget in (self._picture, title, text):
            column.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.files_button)
        buttons.addWidget(self.folder_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(12)
        column.addLayout(self._sources())
        column.addStretch(1)
        self._recolour()

    def _sources(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(6)
        for name, where in _SOURCES:
            line = QLabel(f"{start_mark()}<b>{name}</b>: {where}", self)
            line.setTextFormat(Qt.TextFormat.RichText)
            line.setProperty("muted", True)
            line.setWordWrap(True)
            rows.addWidget(line)
        return rows

    def _recolour(self) -> None:
        made = icon("download-simple", QGuiApplication.palette(), QPalette.ColorRole.PlaceholderText)
        self._picture.setPixmap(made.pixmap(40, 40))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "files_button"):
            self._recolour()
