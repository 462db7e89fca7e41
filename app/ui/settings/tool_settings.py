"""The settings' page about tools, kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.settings import Settings
from app.tools.tool import Tool
from app.ui.settings.tools_page import ToolsPage
from app.ui.window_controller import WindowController


class ToolSettings(QObject):
    """Adds the page, and does what it asks for."""

    def __init__(
        self, settings: WindowController, tools: Callable[[], Sequence[Tool]], window: QWidget
    ) -> None:
        """`tools` gives those that can be had now."""
        super().__init__(window)
        self._settings = settings
        self._tools = tools
        self._window = window
        self._page: ToolsPage | None = None
        settings.add_page("Tools", self._make_page)
        settings.settings_changed.connect(self._on_settings_changed)

    def choose_folder(self) -> None:
        """Asks for a folder that tools may read."""
        dialog = QFileDialog(self._window, "Add a folder that tools may read")
        dialog.setObjectName("add_tool_folder_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self.add_folder(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def add_folder(self, folder: Path) -> None:
        folders = dict.fromkeys((*self._settings.settings.tool_folders, folder))
        self._settings.change(tool_folders=tuple(folders))

    def _make_page(self, parent: QWidget) -> QWidget:
        self._page = page = ToolsPage(self._settings.settings, parent)
        page.set_tools(self._tools())
        page.changed.connect(self._on_page_changed)
        page.add_folder_requested.connect(self.choose_folder)
        return page

    def _on_page_changed(self, settings: Settings) -> None:
        self._settings.change(
            new_chat_tools=settings.new_chat_tools,
            tool_folders=settings.tool_folders,
            most_tool_rounds=settings.most_tool_rounds,
            keeps_calls_well_formed=settings.keeps_calls_well_formed,
        )

    def _on_settings_changed(self, settings: Settings) -> None:
        if self._page is not None:
            if {tool.name for tool in self._tools()} != self._page.tool_names:
                self._page.set_tools(self._tools())
            self._page.set_settings(settings)
