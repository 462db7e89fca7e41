"""What the program does so that answers begin sooner."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.settings import ReadAhead, Settings
from app.ui.widgets.drop_down import DropDown

_CHOICES = (
    (ReadAhead.ON_MAINS, "On mains power"),
    (ReadAhead.ALWAYS, "Always"),
    (ReadAhead.NEVER, "Never"),
)


class PerformancePage(QWidget):
    """When the model reads ahead.

    Signals:
        changed(Settings): the user changed something.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.ahead_field = DropDown(self)
        self.ahead_field.setObjectName("reads_ahead_field")
        self.ahead_field.setAccessibleName("Read ahead after an answer")
        for choice, text in _CHOICES:
            self.ahead_field.addItem(text, choice.value)
        self.drafts_box = QCheckBox("Read what I type before I send it", self)
        self.drafts_box.setObjectName("reads_drafts_box")
        self.drafts_box.setToolTip("Only on mains power.")
        self._lay_out()
        self.set_settings(settings)
        self.ahead_field.activated.connect(self._on_ahead_field_activated)
        self.drafts_box.clicked.connect(
            lambda is_on: self._change(replace(self._settings, reads_drafts=is_on))
        )

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self):
            self.ahead_field.setCurrentIndex(self.ahead_field.findData(settings.reads_ahead.value))
            self.drafts_box.setChecked(settings.reads_drafts)

    def _on_ahead_field_activated(self) -> None:
        self._change(replace(self._settings, reads_ahead=ReadAhead(self.ahead_field.currentData())))

    def _change(self, settings: Settings) -> None:
        self._settings = settings
        self.changed.emit(settings)

    def _lay_out(self) -> None:
        heading = QLabel("Performance", self)
        heading.setProperty("subheading", True)
        words = QLabel(
            "While you read an answer or type, the model can read what your next message needs. "
            "It then answers sooner, and gives way at once when there is something else to do.",
            self,
        )
        words.setProperty("muted", True)
        words.setWordWrap(True)
        form = QFormLayout()
        form.setVerticalSpacing(16)
        form.setHorizontalSpacing(24)
        form.addRow("Read ahead after an answer", self.ahead_field)
        form.addRow(self.drafts_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addStretch(1)
