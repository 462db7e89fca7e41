"""The screen for imports: what the user does there, done with the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog

from app.core.translation import tr, tr_count
from app.services.import_state import ImportPhase, ImportState
from app.services.imports import ImportService
from app.ui.exchange.import_page import ImportPage
from app.ui.main_window import MainWindow

_FILES = tr("Exported chats (*.zip *.json *.jsonl *.md *.markdown *.chat)")


class ImportController(QObject):
    """Shows the screen, asks for files, and keeps the screen true.

    Attributes:
        page: the screen.
    """

    def __init__(self, window: MainWindow, imports: ImportService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._imports = imports
        self.page = ImportPage(window)
        window.add_page(self.page)
        window.menus.import_action.triggered.connect(self.open)
        window.exports_dropped.connect(self.read)
        self.page.start.files_button.clicked.connect(self._ask_for_files)
        self.page.start.folder_button.clicked.connect(self._ask_for_folder)
        self.page.files_dropped.connect(self.read)
        self.page.back_requested.connect(self._go_back)
        self.page.import_requested.connect(imports.save)
        self.page.cancel_requested.connect(imports.cancel)
        self.page.again_requested.connect(imports.reset)
        imports.changed.connect(self._on_imports_changed)

    def open(self) -> None:
        """Shows the screen: what goes on there, or the choice of files."""
        if self._imports.state.phase is ImportPhase.DONE:
            self._imports.reset()
        self._window.show_page(self.page)
        self.page.start.files_button.setFocus()

    def read(self, paths: Sequence[Path]) -> None:
        """Shows the screen, and looks through these files and folders."""
        self._window.show_page(self.page)
        self._imports.read(paths)

    def _go_back(self) -> None:
        if self._imports.state.phase is not ImportPhase.SAVING:  # That goes on, and is there again.
            self._imports.reset()
        self._window.focus_composer()

    def _ask_for_files(self) -> None:
        dialog = self._dialog(tr("Choose exported chats"), QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([_FILES, tr("All files (*)")])
        dialog.filesSelected.connect(lambda names: self.read([Path(name) for name in names]))
        dialog.open()

    def _ask_for_folder(self) -> None:
        dialog = self._dialog(tr("Choose a folder with chats"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.read([Path(name)]))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName("import_dialog")
        dialog.setFileMode(mode)
        downloads = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
        dialog.setDirectory(str(downloads if downloads.is_dir() else Path.home()))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _on_imports_changed(self, state: ImportState) -> None:
        self.page.show_state(state)
        if state.phase is ImportPhase.DONE and self._window.current_page is not self.page:
            self._window.messages.show_done(
                tr_count("Imported {count:,} chat", "Imported {count:,} chats", len(state.saved))
            )
