"""Which theme is on: the system's, or the one that the user chose."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.settings import ThemeChoice
from app.ui.fonts import load_fonts, ui_font
from app.ui.late_styling import LateStyling
from app.ui.theme import Theme, load_theme, palette_of, style_sheet_of

NAMES = [choice.value for choice in ThemeChoice if choice is not ThemeChoice.SYSTEM]
SMALLEST_ZOOM, LARGEST_ZOOM, ZOOM_STEP = 70, 200, 10


class ThemeSwitcher(QObject):
    """Gives the application its colours and fonts, and changes them while it runs.

    Attributes:
        theme: the colours now on screen.
        choice: what the user asked for.
        zoom_percent: the size of all letters.

    Signals:
        theme_changed(Theme): other colours or sizes are on screen; for views that paint with the theme.
    """

    theme_changed = Signal(object)

    def __init__(self, application: QApplication, resources: Path, parent: QObject | None = None) -> None:
        """`resources` is the folder that holds themes/, icons/ and fonts/."""
        super().__init__(parent)
        self._application = application
        self._late_styling = LateStyling(self)
        self._themes = {name: load_theme(resources / "themes" / f"{name}.toml") for name in NAMES}
        self._template = (resources / "themes" / "style.qss").read_text(encoding="utf-8")
        self._icons = resources / "icons"
        self.choice = ThemeChoice.SYSTEM
        self.zoom_percent = 100
        hints = application.styleHints()
        self._system_scheme = hints.colorScheme()
        self._system_contrast = hints.accessibility().contrastPreference()
        self.theme: Theme = self._themes[self._wanted_name()]
        self._is_on_screen = False
        load_fonts(resources / "fonts")
        # Before any widget is built: what is built with another font keeps its family under the style sheet.
        application.setFont(ui_font(self.zoom_percent))
        application.setStyle("Fusion")
        hints.colorSchemeChanged.connect(self._on_color_scheme_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_contrast_changed)

    def apply(self) -> None:
        """Puts the chosen theme on screen. Call once when the window is built, before it is shown."""
        if self._is_on_screen:
            self._late_styling.pass_over_hidden()
        self._is_on_screen = True
        self.theme = self._themes[self._wanted_name()]
        # Qt changes one style sheet for another by polishing each widget once for every widget around it;
        # taking one off and putting one on polishes each once: a fifth of the time with all screens.
        self._application.setStyleSheet("")
        self._application.setFont(ui_font(self.zoom_percent))
        self._application.setPalette(palette_of(self.theme))
        # Qt gives it to the widgets later; who hears of the new theme reads it from them at once.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.ApplicationPaletteChange)
        self._application.setStyleSheet(
            style_sheet_of(self.theme, self._template, self._icons, self.zoom_percent)
        )
        self.theme_changed.emit(self.theme)

    def choose(self, choice: ThemeChoice) -> None:
        """Follows the system, or stays with one theme."""
        if choice != self.choice:
            self.choice = choice
            self._apply_again()

    def set_zoom(self, percent: int) -> None:
        """Makes all letters larger or smaller; values out of range are taken to its ends."""
        percent = min(LARGEST_ZOOM, max(SMALLEST_ZOOM, percent))
        if percent != self.zoom_percent:
            self.zoom_percent = percent
            self._apply_again()

    def _apply_again(self) -> None:
        """What is chosen before the first time is put on screen with it."""
        if self._is_on_screen:
            self.apply()

    def _wanted_name(self) -> str:
        if self.choice is not ThemeChoice.SYSTEM:
            return self.choice.value
        if self._system_contrast == Qt.ContrastPreference.HighContrast:
            return ThemeChoice.HIGH_CONTRAST.value
        return "dark" if self._system_scheme == Qt.ColorScheme.Dark else "light"

    def _on_color_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._system_scheme = scheme
        self._follow_system()

    def _on_contrast_changed(self, contrast: Qt.ContrastPreference) -> None:
        self._system_contrast = contrast
        self._follow_system()

    def _follow_system(self) -> None:
        if self._themes[self._wanted_name()] is not self.theme:
            self._apply_again()
