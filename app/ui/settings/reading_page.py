"""How conversations look and sound: the column, what stands around answers, motion, the screen reader."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.core.spoken_answers import SpokenAnswers
from app.core.translation import tr, tr_in
from app.settings import ColumnWidth, Settings
from app.ui.settings.form_page import FormPage

_WIDTHS = (
    (ColumnWidth.NARROW.value, tr("Narrow")),
    (ColumnWidth.MEDIUM.value, tr("Medium")),
    (ColumnWidth.WIDE.value, tr("Wide")),
    (ColumnWidth.FULL.value, tr("As wide as the window")),
)
_SPACINGS = ((False, tr("Comfortable")), (True, tr("Compact")))
_SPOKEN = (
    (SpokenAnswers.WHEN_DONE.value, tr("When they are done")),
    (SpokenAnswers.BY_SENTENCE.value, tr("Sentence by sentence")),
    (SpokenAnswers.NEVER.value, tr("Not by itself")),
)


class ReadingPage(FormPage):
    """What makes conversations good to read."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(settings, parent)
        self.width_field = self._drop_down("column_width_field", tr("Column width"), _WIDTHS)
        self.spacing_field = self._drop_down("spacing_field", tr("Spacing"), _SPACINGS)
        self.outline_box = self._box("outline_box", tr("Outline beside long chats"))
        self.outline_box.setToolTip(tr("A mark for each of your messages, to go to"))
        self.speed_box = self._box("speed_box", tr("Tokens per second under every answer"))
        self.line_numbers_box = self._box("line_numbers_box", tr("Line numbers in code"))
        self.motion_box = self._box("motion_box", tr("Reduce motion"))
        self.spoken_field = self._drop_down("spoken_answers_field", tr("Screen reader says answers"), _SPOKEN)
        self._lay_out(
            tr("Reading"),
            (
                (tr("Column"), self.width_field),
                (tr("Spacing"), self.spacing_field),
                (tr_in("heading of what is shown", "Show"), self.outline_box),
                ("", self.speed_box),
                ("", self.line_numbers_box),
                (tr("Motion"), self.motion_box),
                (tr("Say answers"), self.spoken_field),
            ),
        )
        self.set_settings(settings)

    @override
    def _fill(self, settings: Settings) -> None:
        self.width_field.setCurrentIndex(self.width_field.findData(settings.column_width.value))
        self.spacing_field.setCurrentIndex(self.spacing_field.findData(settings.is_compact))
        self.outline_box.setChecked(settings.shows_outline)
        self.speed_box.setChecked(settings.shows_speed)
        self.line_numbers_box.setChecked(settings.shows_line_numbers)
        self.motion_box.setChecked(settings.reduces_motion)
        self.spoken_field.setCurrentIndex(self.spoken_field.findData(settings.spoken_answers.value))

    @override
    def _chosen(self) -> Settings:
        return replace(
            self._settings,
            column_width=ColumnWidth(self.width_field.currentData()),
            is_compact=self.spacing_field.currentData(),
            shows_outline=self.outline_box.isChecked(),
            shows_speed=self.speed_box.isChecked(),
            shows_line_numbers=self.line_numbers_box.isChecked(),
            reduces_motion=self.motion_box.isChecked(),
            spoken_answers=SpokenAnswers(self.spoken_field.currentData()),
        )
