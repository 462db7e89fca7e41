"""How conversations look and sound: the column, what stands around answers, motion, the screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QWidget

from app.core.spoken_answers import SpokenAnswers
from app.settings import ColumnWidth, Settings
from app.ui.widgets.drop_down import DropDown

_WIDTHS = (
    (ColumnWidth.NARROW.value, "Narrow"),
    (ColumnWidth.MEDIUM.value, "Medium"),
    (ColumnWidth.WIDE.value, "Wide"),
    (ColumnWidth.FULL.value, "As wide as the window"),
)
_SPACINGS = ((False, "Comfortable"), (True, "Compact"))
_SPOKEN = (
    (SpokenAnswers.WHEN_DONE.value, "When they are done"),
    (SpokenAnswers.BY_SENTENCE.value, "Sentence by sentence"),
    (SpokenAnswers.NEVER.value, "Not by itself"),
)


class ReadingPage(QWidget):
    """What makes conversations good to read.

    Signals:
        changed(Settings): the user changed something.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.width_field = self._drop_down("column_width_field", "Column width", _WIDTHS)
        self.spacing_field = self._drop_down("spacing_field", "Spacing", _SPACINGS)
        self.outline_box = self._box("outline_box", "Outline beside long chats")
        self.outline_box.setToolTip("A mark for each of your messages, to go to")
        self.speed_box = self._box("speed_box", "Tokens per second under every answer")
        self.line_numbers_box = self._box("line_numbers_box", "Line numbers in code")
        self.motion_box = self._box("motion_box", "Reduce motion")
        self.spoken_field = self._drop_down("spoken_answers_field", "Screen reader says answers", _SPOKEN)
        self._lay_out()
        self.set_settings(settings)

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

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self):
            self.width_field.setCurrentIndex(self.width_field.findData(settings.column_width.value))
            self.spacing_field.setCurrentIndex(self.spacing_field.findData(settings.is_compact))
            self.outline_box.setChecked(settings.shows_outline)
            self.speed_box.setChecked(settings.shows_speed)
            self.line_numbers_box.setChecked(settings.shows_line_numbers)
            self.motion_box.setChecked(settings.reduces_motion)
            self.spoken_field.setCurrentIndex(self.spoken_field.findData(settings.spoken_answers.value))

    def _on_field_changed(self) -> None:
        settings = replace(
            self._settings,
            column_width=ColumnWidth(self.width_field.currentData()),
            is_compact=self.spacing_field.currentData(),
            shows_outline=self.outline_box.isChecked(),
            shows_speed=self.speed_box.isChecked(),
            shows_line_numbers=self.line_numbers_box.isChecked(),
            reduces_motion=self.motion_box.isChecked(),
            spoken_answers=SpokenAnswers(self.spoken_field.currentData()),
        )
        if settings != self._settings and not self.signalsBlocked():
            self._settings = settings
            self.changed.emit(settings)

    def _lay_out(self) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setVerticalSpacing(16)
        layout.setHorizontalSpacing(24)
        heading = QLabel("Reading", self)
        heading.setProperty("subheading", True)
        layout.addRow(heading)
        layout.addRow("Column", self.width_field)
        layout.addRow("Spacing", self.spacing_field)
        layout.addRow("Show", self.outline_box)
        layout.addRow("", self.speed_box)
        layout.addRow("", self.line_numbers_box)
        layout.addRow("Motion", self.motion_box)
        layout.addRow("Say answers", self.spoken_field)
