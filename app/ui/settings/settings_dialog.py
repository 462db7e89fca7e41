"""What the user can set, page by page. Every change works at once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.translation import tr, tr_later
from app.languages.language import Language
from app.settings import Settings
from app.ui.settings.about_page import AboutPage
from app.ui.settings.general_page import GeneralPage
from app.ui.settings.models_page import ModelsPage
from app.ui.settings.reading_page import ReadingPage


class SettingsPage(Enum):
    """The pages in their order; the values are their titles in English."""

    GENERAL = tr_later("General")
    READING = tr_later("Reading")
    MODELS = tr_later("Models")
    SERVERS = tr_later("Servers")
    PERFORMANCE = tr_later("Performance")
    TOOLS = tr_later("Tools")
    COPIES = tr_later("Daily copies")
    NETWORK = tr_later("Network")
    CONNECTIONS = tr_later("Connections")
    LICENCES = tr_later("Licences")
    ABOUT = tr_later("About")


_ORDER = tuple(SettingsPage)


class SettingsDialog(QDialog):
    """Shows settings and tells of every change. Open it with `open()`.

    Signals:
        settings_changed(Settings): the user changed something.
        add_folder_requested(): the user wants to choose a folder of models.
    """

    settings_changed = Signal(object)

    def __init__(
        self, settings: Settings, version: str, app_icon: QIcon, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        self.setWindowTitle(tr("Settings"))
        self.resize(820, 540)
        self._settings = settings
        self._general = GeneralPage(settings, self)
        self._reading = ReadingPage(settings, self)
        self._models = ModelsPage(settings, self)
        self._pages = QStackedWidget(self)
        self._names = QListWidget(self)
        self._names.setObjectName("settings_pages")
        self._names.setAccessibleName(tr("Pages"))
        self._names.setFixedWidth(168)
        self._shown: list[SettingsPage] = []
        self.add_page(SettingsPage.GENERAL, self._general)
        self.add_page(SettingsPage.READING, self._reading)
        self.add_page(SettingsPage.MODELS, self._models)
        self.add_page(SettingsPage.ABOUT, AboutPage(version, app_icon, self))
        self._lay_out()
        self._names.currentRowChanged.connect(self._pages.setCurrentIndex)
        self._names.setCurrentRow(0)
        self._general.changed.connect(self._on_page_changed)
        self._reading.changed.connect(self._on_page_changed)
        self._models.changed.connect(self._on_page_changed)
        self.add_folder_requested = self._models.add_folder_requested
        self.restart_requested = self._general.restart_button.clicked

    def set_languages(self, languages: Sequence[Language]) -> None:
        """Lets one of these be chosen for the window."""
        self._general.set_languages(languages)

    def offer_restart(self, *, is_possible: bool) -> None:
        """Whether the program can be started again now, so that another language shows at once."""
        self._general.offer_restart(is_possible=is_possible)

    def set_settings(self, settings: Settings) -> None:
        """Shows other values, such as a folder that was added. Emits nothing."""
        self._settings = settings
        self._general.set_settings(settings)
        self._reading.set_settings(settings)
        self._models.set_settings(settings)

    def add_page(self, page: SettingsPage, widget: QWidget) -> None:
        """Adds a page at its place."""
        row = sum(_ORDER.index(other) < _ORDER.index(page) for other in self._shown)
        self._shown.insert(row, page)
        self._names.insertItem(row, tr(page.value))
        self._pages.insertWidget(row, widget)

    def show_page(self, page: SettingsPage) -> None:
        """Shows a page that was added."""
        self._names.setCurrentRow(self._shown.index(page))

    def _on_page_changed(self, settings: Settings) -> None:
        self.set_settings(settings)
        self.settings_changed.emit(settings)

    def _lay_out(self) -> None:
        close = QPushButton(tr("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 20)
        foot.addStretch(1)
        foot.addWidget(close)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._pages, 1)
        right.addLayout(foot)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._names)
        layout.addLayout(right, 1)
