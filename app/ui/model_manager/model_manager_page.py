"""The models screen: discover, downloads, and what is on this computer."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QStackedWidget, QTabBar, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.ui.model_manager.discover_view import DiscoverView
from app.ui.model_manager.downloads_view import DownloadsView
from app.ui.model_manager.library_view import LibraryView
from app.ui.model_manager.row_list import RowList
from app.ui.theme import Theme
from app.ui.widgets.back_page import BackPage


class ModelManagerSection(IntEnum):
    """The parts of the screen, in the order of their tabs."""

    DISCOVER = 0
    DOWNLOADS = 1
    LIBRARY = 2


class ModelManagerPage(BackPage):
    """Puts the parts together; each takes values and sends signals of its own.

    Attributes:
        discover, downloads, library: the parts.

    Signals:
        network_settings_requested(): the user wants to be online again.
    """

    network_settings_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_manager")
        self.setAccessibleName(tr("Models"))
        self.discover = DiscoverView(theme, self)
        self.downloads = DownloadsView(theme, self)
        self.library = LibraryView(theme, self)
        self.back_button = self._back_button("back_to_chat_button")
        self.tabs = QTabBar(self)
        self.tabs.setObjectName("model_manager_tabs")
        self.tabs.setAccessibleName(tr("Model tabs"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        for name in (tr("Discover"), tr("Downloads"), tr("On this computer")):
            self.tabs.addTab(name)
        self.offline_button = QPushButton(tr("Offline"), self)
        self.offline_button.setObjectName("offline_button")
        self.offline_button.setToolTip(tr("Offline mode is on. Open the settings"))
        self._set_icon(self.offline_button, "cloud-slash")
        self._pages = QStackedWidget(self)
        for page in (self.discover, self.downloads, self.library):
            self._pages.addWidget(page)
        self._lay_out()
        self._connect()
        self.set_offline(False)

    @property
    def section(self) -> ModelManagerSection:
        return ModelManagerSection(self.tabs.currentIndex())

    def show_section(self, section: ModelManagerSection) -> None:
        """Shows a part, and takes the keyboard there."""
        self.tabs.setCurrentIndex(section)
        if self.isVisible():
            self.focus_first()

    def set_theme(self, theme: Theme) -> None:
        """Draws the lists in other colours."""
        for one in self.findChildren(RowList):
            one.set_theme(theme)

    def set_active_count(self, count: int) -> None:
        """How many downloads are not done."""
        self.tabs.setTabText(
            ModelManagerSection.DOWNLOADS,
            tr("Downloads ({count})", count=count) if count else tr("Downloads"),
        )

    def set_offline(self, is_offline: bool) -> None:
        """Says that the network is switched off."""
        self.offline_button.setVisible(is_offline)
        self.discover.start.set_offline(is_offline)

    @override
    def go_back(self) -> None:
        """One step back: from a model to the list, from a search to the catalog, from here to the chat."""
        if self.section is not ModelManagerSection.DISCOVER or not self.discover.go_back():
            self.back_requested.emit()

    def focus_first(self) -> None:
        """Puts the keyboard where the user will most likely want it."""
        if self.section is ModelManagerSection.DISCOVER:
            self.discover.focus_first()
        else:
            (
                self.downloads if self.section is ModelManagerSection.DOWNLOADS else self.library
            ).list.setFocus()

    def _lay_out(self) -> None:
        row = self._lay_out_below_header(self.back_button, self._pages)
        row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        row.addWidget(self.offline_button)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.offline_button.clicked.connect(self.network_settings_requested)
        self.discover.start.network_settings_requested.connect(self.network_settings_requested)
        self.downloads.discover_requested.connect(lambda: self.show_section(ModelManagerSection.DISCOVER))
        self.library.discover_requested.connect(lambda: self.show_section(ModelManagerSection.DISCOVER))
        search = QShortcut(QKeySequence("Ctrl+F"), self, self._focus_search)
        search.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _focus_search(self) -> None:
        if self.section is ModelManagerSection.LIBRARY:
            self.library.filter_field.setFocus()
            return
        self.show_section(ModelManagerSection.DISCOVER)
        self.discover.show_list()
        self.discover.search_field.setFocus()
        self.discover.search_field.selectAll()
