"""A page of the settings on which every row is a name and a control."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QWidget

from app.settings import Settings
from app.ui.widgets.drop_down import DropDown


class FormPage(QWidget):
    """Tells at once what the user changes. A page of its own says what its controls show and stand for.

    Signals:
        changed(Settings): the user changed something.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self):
            self._fill(settings)

    def _fill(self, settings: Settings) -> None:
        """Lets the controls show these values."""
        raise NotImplementedError

    def _chosen(self) -> Settings:
        """The settings with the values that the controls show."""
        raise NotImplementedError

    def _on_field_changed(self) -> None:
        if self.signalsBlocked():
            return
        settings = self._chosen()
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)

    def _drop_down(self, name: str, words: str, choices: Sequence[tuple[object, str]]) -> DropDown:
        field = DropDown(self)
        field.setObjectName(name)
        field.setAccessibleName(words)
        for value, text in choices:
            field.addItem(text, value)
        field.currentIndexChanged.connect(self._on_field_changed)
        return field

    def _box(self, name: str, words: str) -> QCheckBox:
        box = QCheckBox(words, self)
        box.setObjectName(name)
        box.toggled.connect(self._on_field_changed)
        return box

    def _lay_out(self, title: str, rows: Sequence[tuple[str, QWidget]]) -> None:
        self._form = layout = QFormLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setVerticalSpacing(16)
        layout.setHorizontalSpacing(24)
        heading = QLabel(title, self)
        heading.setProperty("subheading", True)
        layout.addRow(heading)
        for words, control in rows:
            layout.addRow(words, control)
