"""What belongs to the window and to no conversation: menus, theme, zoom, place and size, dropped files."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.core.translation import tr
from app.services.models import ModelService
from app.services.settings import SettingsService
from app.settings import LARGEST_FONT_SCALE, SMALLEST_FONT_SCALE, ThemeChoice
from app.ui.composer.composer_edit import SendKey
from app.ui.main_window import MainWindow
from app.ui.settings.settings_controller import SettingsController
from app.ui.settings.settings_dialog import SettingsPage
from app.ui.shortcuts_dialog import ShortcutsDialog
from app.ui.theme_switcher import ThemeSwitcher

ZOOM_STEP = 0.1


class WindowController(QObject):
    """Joins the menus and the window's own ways to the settings and the models."""

    def __init__(
        self,
        window: MainWindow,
        themes: ThemeSwitcher,
        settings: SettingsService,
        dialog: SettingsController,
        models: ModelService,
        log_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._themes = themes
        self._settings = settings
        self._dialog = dialog
        self._models = models
        self._log_folder = log_folder
        self._connect()
        self._apply()
        window.set_sidebar_visible(settings.current.is_sidebar_visible)
        window.set_settings_panel_visible(settings.current.is_settings_panel_visible)
        window.restore_saved_geometry(_bytes_of(settings.current.window_geometry))

    def choose_file(self) -> None:
        """Asks for a model file, and loads it."""
        opened, folders = self._settings.current.model_files, self._settings.current.model_folders
        places = (*(file.parent for file in reversed(opened)), *folders)
        folder = next((one for one in places if one.is_dir()), Path.home())
        self._ask_for_file(tr("Open a model file"), self._models.open_file, folder)

    def locate_file(self, gone: Path) -> None:
        """Asks where a model file is now, and loads it."""
        folder = next((one for one in gone.parents if one.is_dir()), Path.home())
        self._ask_for_file(
            tr("Locate {name}", name=gone.name), lambda path: self._models.replace_file(gone, path), folder
        )

    def _ask_for_file(self, title: str, then: Callable[[Path], None], folder: Path) -> None:
        dialog = QFileDialog(self._window, title, str(folder))
        dialog.setObjectName("open_model_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("Models in the GGUF format (*.gguf *.GGUF)"), tr("All files (*)")])
        dialog.fileSelected.connect(lambda path: then(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.fileSelected.connect(self._window.focus_composer)
        dialog.open()

    def _connect(self) -> None:
        window, menus, change = self._window, self._window.menus, self._settings.change
        self._settings.changed.connect(self._apply)
        menus.open_model_action.triggered.connect(self.choose_file)
        menus.add_folder_action.triggered.connect(self._dialog.choose_model_folder)
        self._models.missing.location_requested.connect(self.locate_file)
        self._models.missing.model_choice_requested.connect(window.open_model_picker)
        menus.settings_action.triggered.connect(lambda: self._dialog.open())
        menus.about_action.triggered.connect(lambda: self._dialog.open(SettingsPage.ABOUT))
        menus.theme_system_action.triggered.connect(lambda: change(theme=ThemeChoice.SYSTEM))
        menus.theme_light_action.triggered.connect(lambda: change(theme=ThemeChoice.LIGHT))
        menus.theme_dark_action.triggered.connect(lambda: change(theme=ThemeChoice.DARK))
        menus.theme_high_contrast_action.triggered.connect(lambda: change(theme=ThemeChoice.HIGH_CONTRAST))
        menus.zoom_in_action.triggered.connect(lambda: self._zoom(ZOOM_STEP))
        menus.zoom_out_action.triggered.connect(lambda: self._zoom(-ZOOM_STEP))
        menus.zoom_reset_action.triggered.connect(lambda: change(font_scale=1.0))
        menus.log_folder_action.triggered.connect(self._open_log_folder)
        menus.shortcuts_action.triggered.connect(lambda: ShortcutsDialog(menus.shortcuts(), window).open())
        window.sidebar.settings_requested.connect(lambda: self._dialog.open())
        window.sidebar_toggled.connect(lambda is_visible: change(is_sidebar_visible=is_visible))
        window.settings_panel_toggled.connect(lambda is_visible: change(is_settings_panel_visible=is_visible))
        window.model_dropped.connect(self._on_window_model_dropped)
        window.pair_dropped.connect(self._models.open_pair)
        window.activated.connect(self._models.refresh_if_idle)
        window.closing.connect(self._on_window_closing)
        for view in (window.chat_page.header.model_picker, window.chat_page.welcome):
            view.open_file_requested.connect(self.choose_file)
            view.add_folder_requested.connect(self._dialog.choose_model_folder)

    def _apply(self) -> None:
        """Puts the settings that are about the window into effect."""
        current = self._settings.current
        self._themes.choose(current.theme)
        self._themes.set_zoom(round(current.font_scale * 100))
        self._window.menus.set_theme_choice(current.theme)
        key = SendKey.ENTER if current.sends_with_enter else SendKey.CTRL_ENTER
        self._window.chat_page.composer.set_send_key(key)

    def _zoom(self, step: float) -> None:
        scale = self._settings.current.font_scale + step
        bounded = min(LARGEST_FONT_SCALE, max(SMALLEST_FONT_SCALE, scale))
        self._settings.change(font_scale=round(bounded, 2))

    def _open_log_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder)))

    def _on_window_model_dropped(self, path: Path) -> None:
        if path.is_dir():
            self._dialog.add_model_folder(path)
            self._window.messages.show_done(tr("Added the folder {name}", name=path.name))
        else:
            self._models.open_file(path)

    def _on_window_closing(self) -> None:
        geometry = base64.b64encode(self._window.saved_geometry()).decode("ascii")
        self._settings.change(window_geometry=geometry)


def _bytes_of(geometry: str) -> bytes:
    try:
        return base64.b64decode(geometry, validate=True)
    except ValueError:
        return b""
