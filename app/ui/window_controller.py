"""The window's menus and settings: what the user asks for there, done with the parts of the program."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.core.errors import UserError
from app.settings import Settings, SettingsFile, Theme
from app.ui.chat.composer_edit import SendKey
from app.ui.main_window import MainWindow
from app.ui.settings.settings_dialog import SettingsDialog
from app.ui.shortcuts_dialog import ShortcutsDialog
from app.ui.theme_switcher import ThemeSwitcher

log = logging.getLogger(__name__)

ZOOM_STEP = 0.1


class WindowController(QObject):
    """Keeps the settings, and does what belongs to the window and to no conversation.

    Signals:
        settings_changed: the `Settings` as they are now.
        model_folders_changed: folders with models were added or taken away.
        file_chosen: the path of a model file that the user wants to load.
    """

    settings_changed = Signal(object)
    model_folders_changed = Signal()
    file_chosen = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        themes: ThemeSwitcher,
        settings_file: SettingsFile,
        settings: Settings,
        version: str,
        log_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._themes = themes
        self._file = settings_file
        self._version = version
        self._log_folder = log_folder
        self._dialog: SettingsDialog | None = None
        self._pages: list[tuple[str, Callable[[QWidget], QWidget]]] = []
        self.settings = settings
        self._connect()
        self._apply()
        window.set_sidebar_visible(settings.is_sidebar_visible)
        window.restore_saved_geometry(_bytes_of(settings.window_geometry))

    def change(self, **values: object) -> None:
        """Changes some settings, puts them into effect and saves them."""
        self._set_settings(replace(self.settings, **values))  # type: ignore[arg-type]

    def add_folder(self, folder: Path) -> None:
        self.change(model_folders=self.settings.with_model_folder(folder))

    def choose_file(self) -> None:
        """Asks for a model file."""
        dialog = QFileDialog(self._window, "Open a model file")
        dialog.setObjectName("open_model_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Models in the GGUF format (*.gguf *.GGUF)", "All files (*)"])
        self._open(dialog, lambda path: self.file_chosen.emit(path))

    def choose_folder(self) -> None:
        """Asks for a folder of models."""
        dialog = QFileDialog(self._window, "Add a folder of models")
        dialog.setObjectName("add_folder_dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open(dialog, self.add_folder)

    def add_page(self, name: str, make: Callable[[QWidget], QWidget]) -> None:
        """Has a page more in the settings, made when they are first opened."""
        self._pages.append((name, make))

    def open_settings(self, page: str = "General") -> None:
        if self._dialog is None:
            self._dialog = SettingsDialog(
                self.settings, self._version, self._window.windowIcon(), self._window
            )
            for name, make in self._pages:
                self._dialog.add_page(name, make(self._dialog))
            self._dialog.settings_changed.connect(self._set_settings)
            self._dialog.add_folder_requested.connect(self.choose_folder)
        self._dialog.set_settings(self.settings)
        self._dialog.show_page(page)
        self._dialog.open()

    def ask_to_open_link(self, address: str) -> None:
        """Shows where a link leads before it is opened."""
        self._window.messages.confirm_link(QUrl(address), _open_outside)

    def _connect(self) -> None:
        window, menus = self._window, self._window.menus
        menus.open_model_action.triggered.connect(self.choose_file)
        menus.add_folder_action.triggered.connect(self.choose_folder)
        menus.settings_action.triggered.connect(lambda: self.open_settings())
        menus.about_action.triggered.connect(lambda: self.open_settings("About"))
        menus.theme_system_action.triggered.connect(lambda: self.change(theme=Theme.SYSTEM))
        menus.theme_light_action.triggered.connect(lambda: self.change(theme=Theme.LIGHT))
        menus.theme_dark_action.triggered.connect(lambda: self.change(theme=Theme.DARK))
        menus.zoom_in_action.triggered.connect(lambda: self._zoom(ZOOM_STEP))
        menus.zoom_out_action.triggered.connect(lambda: self._zoom(-ZOOM_STEP))
        menus.zoom_reset_action.triggered.connect(lambda: self.change(font_scale=1.0))
        menus.log_folder_action.triggered.connect(self._open_log_folder)
        menus.shortcuts_action.triggered.connect(self._show_shortcuts)
        window.sidebar.settings_requested.connect(lambda: self.open_settings())
        window.sidebar_toggled.connect(lambda is_visible: self.change(is_sidebar_visible=is_visible))
        window.model_dropped.connect(self._on_window_model_dropped)
        window.closing.connect(self._on_window_closing)
        for view in (window.chat_page.header.model_picker, window.chat_page.welcome):
            view.open_file_requested.connect(self.choose_file)
            view.add_folder_requested.connect(self.choose_folder)

    def _set_settings(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        former, self.settings = self.settings, settings
        self._apply()
        if self._dialog is not None:
            self._dialog.set_settings(settings)
        self.settings_changed.emit(settings)
        if settings.model_folders != former.model_folders:
            self.model_folders_changed.emit()
        self._save()

    def _apply(self) -> None:
        self._themes.choose(self.settings.theme)
        self._themes.set_zoom(round(self.settings.font_scale * 100))
        self._window.menus.set_theme_choice(self.settings.theme)
        key = SendKey.ENTER if self.settings.sends_with_enter else SendKey.CTRL_ENTER
        self._window.chat_page.composer.set_send_key(key)

    def _save(self) -> None:
        try:
            self._file.save(self.settings)
        except UserError as error:
            self._window.messages.show_error(error)

    def _zoom(self, step: float) -> None:
        self.change(font_scale=round(min(2.0, max(0.7, self.settings.font_scale + step)), 2))

    def _open(self, dialog: QFileDialog, on_chosen: Callable[[Path], None]) -> None:
        dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self._window.menus.shortcuts(), self._window).open()

    def _open_log_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))

    def _on_window_model_dropped(self, path: Path) -> None:
        if path.is_dir():
            self.add_folder(path)
            self._window.messages.show_done(f"Added the folder {path.name}")
        else:
            self.file_chosen.emit(path)

    def _on_window_closing(self) -> None:
        geometry = base64.b64encode(self._window.saved_geometry()).decode("ascii")
        self.change(window_geometry=geometry)


def _open_outside(url: QUrl) -> None:
    QDesktopServices.openUrl(url)


def _bytes_of(geometry: str) -> bytes:
    try:
        return base64.b64decode(geometry, validate=True)
    except ValueError:
        return b""
