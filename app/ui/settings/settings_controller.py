"""The settings dialog, done with the settings: pages, and the folders that are chosen there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.translation import tr
from app.languages.language import Language
from app.services.copies import CopyService
from app.services.models import ModelService
from app.services.saved_states import SavedStatesService
from app.services.settings import SettingsChange, SettingsService
from app.services.tools import ToolService
from app.settings import Settings
from app.ui.model_manager.reveal import reveal
from app.ui.settings.copies_page import CopiesPage
from app.ui.settings.performance_page import PerformancePage
from app.ui.settings.settings_dialog import SettingsDialog, SettingsPage
from app.ui.settings.tools_page import ToolsPage

MakePage = Callable[[QWidget], QWidget]


class SettingsController(QObject):
    """Opens the settings, and does what the user asks for there.

    Signals:
        restart_requested(): the program is to be started again, in another language.
    """

    restart_requested = Signal()

    def __init__(
        self,
        window: QWidget,
        settings: SettingsService,
        version: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._settings = settings
        self._version = version
        self._languages: Sequence[Language] = ()
        self._can_restart: Callable[[], bool] = lambda: False
        self._tools: ToolService | None = None
        self._dialog: SettingsDialog | None = None
        self._tools_page: ToolsPage | None = None
        self._performance_page: PerformancePage | None = None
        self._pages: list[tuple[SettingsPage, MakePage]] = []
        settings.changed.connect(self._on_settings_changed)

    def offer_languages(self, languages: Sequence[Language], can_restart: Callable[[], bool]) -> None:
        """Lets one of these be chosen for the window.

        Args:
            can_restart: whether nothing would be lost if the program was started again now.
        """
        self._languages, self._can_restart = languages, can_restart

    def add_page(self, page: SettingsPage, make: MakePage) -> None:
        """Has a page more in the dialog, made when that is first opened."""
        self._pages.append((page, make))

    def add_tools_page(self, tools: ToolService) -> None:
        """Has the page about tools in the dialog."""
        self._tools = tools
        self.add_page(SettingsPage.TOOLS, lambda parent: self._make_tools_page(tools, parent))

    def add_performance_page(self, saved_states: SavedStatesService, models: ModelService) -> None:
        """Has the page about what makes answers begin sooner in the dialog."""
        self.add_page(
            SettingsPage.PERFORMANCE, lambda parent: self._make_performance_page(saved_states, models, parent)
        )

    def add_copies_page(self, copies: CopyService) -> None:
        """Has the page with the daily copies in the dialog."""
        self.add_page(SettingsPage.COPIES, lambda parent: self._make_copies_page(copies, parent))

    def open(self, page: SettingsPage = SettingsPage.GENERAL) -> None:
        """Shows the dialog with a page."""
        current = self._settings.current
        if self._dialog is None:
            self._dialog = SettingsDialog(current, self._version, self._window.windowIcon(), self._window)
            self._dialog.set_languages(self._languages)
            for place, make in self._pages:
                self._dialog.add_page(place, make(self._dialog))
            self._dialog.settings_changed.connect(self._settings.replace)
            self._dialog.add_folder_requested.connect(self.choose_model_folder)
            self._dialog.restart_requested.connect(self._restart)
        self._dialog.set_settings(current)
        self._dialog.offer_restart(is_possible=self._can_restart())
        self._dialog.show_page(page)
        self._dialog.open()

    def _restart(self) -> None:
        if self._dialog is not None:
            self._dialog.accept()
        self.restart_requested.emit()

    def choose_model_folder(self) -> None:
        """Asks for a folder of models."""
        self._ask_for_folder(tr("Add a folder of models"), "add_folder_dialog", self.add_model_folder)

    def add_model_folder(self, folder: Path) -> None:
        """Has a folder searched for models from now on."""
        self._settings.change(model_folders=self._settings.current.with_model_folder(folder))

    def choose_tool_folder(self) -> None:
        """Asks for a folder that tools may read."""
        self._ask_for_folder(
            tr("Add a folder that tools may read"), "add_tool_folder_dialog", self.add_tool_folder
        )

    def add_tool_folder(self, folder: Path) -> None:
        """Lets tools read a folder from now on."""
        folders = dict.fromkeys((*self._settings.current.tool_folders, folder))
        self._settings.change(tool_folders=tuple(folders))

    def _ask_for_folder(self, title: str, object_name: str, on_chosen: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName(object_name)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _make_tools_page(self, tools: ToolService, parent: QWidget) -> QWidget:
        self._tools_page = page = ToolsPage(self._settings.current, parent)
        page.set_tools(list(tools.all))
        page.changed.connect(self._on_tools_page_changed)
        page.add_folder_requested.connect(self.choose_tool_folder)
        return page

    def _make_copies_page(self, copies: CopyService, parent: QWidget) -> QWidget:
        page = CopiesPage(parent)
        page.shown.connect(copies.refresh)
        page.folder_requested.connect(lambda copy: reveal(copy.database))
        page.restore_requested.connect(self._on_restore_requested)
        page.restore_requested.connect(copies.restore)
        copies.changed.connect(page.set_copies)
        return page

    def _on_restore_requested(self) -> None:
        if self._dialog is not None:  # What comes of it is told in the window.
            self._dialog.close()

    def _make_performance_page(
        self, saved_states: SavedStatesService, models: ModelService, parent: QWidget
    ) -> QWidget:
        self._performance_page = page = PerformancePage(self._settings.current, parent)
        page.changed.connect(self._on_performance_page_changed)
        page.clear_requested.connect(saved_states.clear)
        saved_states.changed.connect(page.set_size)
        page.set_size(saved_states.size)
        page.model_rows.measure_requested.connect(models.measure_again)
        models.changed.connect(lambda _change: page.model_rows.set_info(models.info))
        page.model_rows.set_info(models.info)
        return page

    def _on_performance_page_changed(self, settings: Settings) -> None:
        self._settings.change(
            reads_ahead=settings.reads_ahead,
            reads_drafts=settings.reads_drafts,
            guesses_repeated_text=settings.guesses_repeated_text,
            most_state_gb=settings.most_state_gb,
        )

    def _on_tools_page_changed(self, settings: Settings) -> None:
        self._settings.change(
            new_chat_tools=settings.new_chat_tools,
            tool_folders=settings.tool_folders,
            most_tool_rounds=settings.most_tool_rounds,
            keeps_calls_well_formed=settings.keeps_calls_well_formed,
        )

    def _on_settings_changed(self, change: SettingsChange) -> None:
        if self._dialog is not None:
            self._dialog.set_settings(change.now)
        if self._performance_page is not None:
            self._performance_page.set_settings(change.now)
        page = self._tools_page
        if page is not None and self._tools is not None:
            tools = list(self._tools.all)
            if {tool.name for tool in tools} != page.tool_names:
                page.set_tools(tools)
            page.set_settings(change.now)
