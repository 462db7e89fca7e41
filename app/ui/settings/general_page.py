"""The theme, the size of letters, the key that sends, titles, attached pictures, and notifications."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QSpinBox, QWidget

from app.settings import LARGEST_FONT_SCALE, SMALLEST_FONT_SCALE, Settings, ThemeChoice
from app.ui.widgets.drop_down import DropDown

_THEMES = (
    (ThemeChoice.SYSTEM, "System"),
    (ThemeChoice.LIGHT, "Light"),
    (ThemeChoice.DARK, "Dark"),
    (ThemeChoice.HIGH_CONTRAST, "High contrast"),
)
_SEND_KEYS = (
    (True, "Enter (Shift+Enter for a new line)"),
    (False, "Ctrl+Enter (Enter for a new line)"),
)


class GeneralPage(QWidget):
    """How the window looks and listens.

    Signals:
        changed(Settings): the user changed something.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.theme_field = DropDown(self)
        self.theme_field.setObjectName("theme_field")
        self.theme_field.setAccessibleName("Theme")
        for theme, text in _THEMES:
            self.theme_field.addItem(text, theme.value)
        self.zoom_field = QSpinBox(self)
        self.zoom_field.setObjectName("zoom_field")
        self.zoom_field.setAccessibleName("Text size")
        self.zoom_field.setRange(round(SMALLEST_FONT_SCALE * 100), round(LARGEST_FONT_SCALE * 100))
        self.zoom_field.setSingleStep(10)
        self.zoom_field.setSuffix(" %")
        self.zoom_field.lineEdit().setTextMargins(8, 0, 0, 0)  # The style sheet's padding does not reach it.
        self.zoom_field.setToolTip("Also with Ctrl++, Ctrl+- and Ctrl+0")
        self.send_key_field = DropDown(self)
        self.send_key_field.setObjectName("send_key_field")
        self.send_key_field.setAccessibleName("Key that sends")
        for value, text in _SEND_KEYS:
            self.send_key_field.addItem(text, value)
        self.title_box = QCheckBox("Let the model write the titles of chats", self)
        self.title_box.setObjectName("title_box")
        self.pictures_box = QCheckBox("Keep attached pictures in full size", self)
        self.pictures_box.setObjectName("pictures_box")
        self.pictures_box.setToolTip(
            "Otherwise 2,048 pixels of the longer side are kept, which models see as well"
        )
        self.notify_box = QCheckBox("When a long answer or a download finishes in the background", self)
        self.notify_box.setObjectName("notify_box")
        self._lay_out()
        self.set_settings(settings)
        self.theme_field.currentIndexChanged.connect(self._on_field_changed)
        self.zoom_field.valueChanged.connect(self._on_field_changed)
        self.send_key_field.currentIndexChanged.connect(self._on_field_changed)
        self.title_box.toggled.connect(self._on_field_changed)
        self.pictures_box.toggled.connect(self._on_field_changed)
        self.notify_box.toggled.connect(self._on_field_changed)

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self):
            self.theme_field.setCurrentIndex(self.theme_field.findData(settings.theme.value))
            self.zoom_field.setValue(round(settings.font_scale * 100))
            self.send_key_field.setCurrentIndex(self.send_key_field.findData(settings.sends_with_enter))
            self.title_box.setChecked(settings.writes_titles)
            self.pictures_box.setChecked(settings.keeps_original_pictures)
            self.notify_box.setChecked(settings.notifies_when_done)

    def _on_field_changed(self) -> None:
        settings = replace(
            self._settings,
            theme=ThemeChoice(self.theme_field.currentData()),
            font_scale=self.zoom_field.value() / 100,
            sends_with_enter=self.send_key_field.currentData(),
            writes_titles=self.title_box.isChecked(),
            keeps_original_pictures=self.pictures_box.isChecked(),
            notifies_when_done=self.notify_box.isChecked(),
        )
        if settings != self._settings and not self.signalsBlocked():
            self._settings = settings
            self.changed.emit(settings)

    def _lay_out(self) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setVerticalSpacing(16)
        layout.setHorizontalSpacing(24)
        heading = QLabel("General", self)
        heading.setProperty("subheading", True)
        layout.addRow(heading)
        layout.addRow("Theme", self.theme_field)
        layout.addRow("Text size", self.zoom_field)
        layout.addRow("Send with", self.send_key_field)
        layout.addRow("Titles", self.title_box)
        layout.addRow("Pictures", self.pictures_box)
        layout.addRow("Notify me", self.notify_box)
