"""What the program does so that answers begin sooner."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.core import formatting
from app.core.translation import tr
from app.settings import MOST_STATE_GB, ReadAhead, Settings
from app.ui.settings.loaded_model_rows import LoadedModelRows
from app.ui.widgets.drop_down import DropDown

_CHOICES = (
    (ReadAhead.ON_MAINS, tr("On mains power")),
    (ReadAhead.ALWAYS, tr("Always")),
    (ReadAhead.NEVER, tr("Never")),
)


class PerformancePage(QWidget):
    """When the model reads ahead and guesses, what it keeps on the disk, and how it was loaded.

    Signals:
        changed(Settings): the user changed something.
        clear_requested(): the user wants the disk cleared of it.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.ahead_field = DropDown(self)
        self.ahead_field.setObjectName("reads_ahead_field")
        self.ahead_field.setAccessibleName(tr("Read ahead after an answer"))
        for choice, text in _CHOICES:
            self.ahead_field.addItem(text, choice.value)
        self.drafts_box = QCheckBox(tr("Read what I type before I send it"), self)
        self.drafts_box.setObjectName("reads_drafts_box")
        self.drafts_box.setToolTip(tr("Only on mains power."))
        self.guesses_box = QCheckBox(tr("Write repeated text faster"), self)
        self.guesses_box.setObjectName("guesses_repeated_text_box")
        self.guesses_box.setToolTip(
            tr("Where an answer repeats what stands in the chat, the model reads several words at once.")
        )
        self.states_field = QSpinBox(self)
        self.states_field.setObjectName("most_state_field")
        self.states_field.setAccessibleName(tr("Space for chats on the disk"))
        self.states_field.setRange(0, MOST_STATE_GB)
        self.states_field.setSuffix(f" {tr('GB')}")
        self.states_field.setSpecialValueText(tr("Off"))
        self.states_field.lineEdit().setTextMargins(8, 0, 0, 0)  # The style's padding does not reach it.
        self.size_label = QLabel(self)
        self.size_label.setObjectName("state_size_label")
        self.clear_button = QPushButton(tr("Clear"), self)
        self.clear_button.setObjectName("clear_states_button")
        self.clear_button.setToolTip(tr("Your chats stay. The model reads them again when needed."))
        self.clear_requested = self.clear_button.clicked
        self.model_rows = LoadedModelRows(self)
        self._lay_out()
        self.set_settings(settings)
        self.set_size(0)
        self.ahead_field.activated.connect(self._on_ahead_field_activated)
        self.drafts_box.clicked.connect(
            lambda is_on: self._change(replace(self._settings, reads_drafts=is_on))
        )
        self.guesses_box.clicked.connect(
            lambda is_on: self._change(replace(self._settings, guesses_repeated_text=is_on))
        )
        self.states_field.editingFinished.connect(self._on_states_field_edited)

    def set_settings(self, settings: Settings) -> None:
        """Shows other values. Emits nothing."""
        self._settings = settings
        with QSignalBlocker(self):
            self.ahead_field.setCurrentIndex(self.ahead_field.findData(settings.reads_ahead.value))
            self.drafts_box.setChecked(settings.reads_drafts)
            self.guesses_box.setChecked(settings.guesses_repeated_text)
            self.states_field.setValue(settings.most_state_gb)

    def set_size(self, size: int) -> None:
        """Shows how much of the disk is taken, in bytes."""
        self.size_label.setText(
            tr("{size} in use", size=formatting.size(size)) if size else tr("Nothing kept yet")
        )
        self.clear_button.setEnabled(size > 0)

    def _on_ahead_field_activated(self) -> None:
        self._change(replace(self._settings, reads_ahead=ReadAhead(self.ahead_field.currentData())))

    def _on_states_field_edited(self) -> None:
        if (most := self.states_field.value()) != self._settings.most_state_gb:
            self._change(replace(self._settings, most_state_gb=most))

    def _change(self, settings: Settings) -> None:
        self._settings = settings
        self.changed.emit(settings)

    def _lay_out(self) -> None:
        heading = QLabel(tr("Performance"), self)
        heading.setProperty("subheading", True)
        form = QFormLayout()
        form.setVerticalSpacing(16)
        form.setHorizontalSpacing(24)
        form.addRow(tr("Read ahead after an answer"), self.ahead_field)
        form.addRow(self.drafts_box)
        form.addRow(self.guesses_box)
        states = QHBoxLayout()
        states.setSpacing(12)
        states.addWidget(QLabel(tr("At most"), self))
        states.addWidget(self.states_field)
        states.addWidget(self.size_label, 1)
        states.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(
            self._words(
                tr(
                    "While you read or type, the model can prepare for your next message. It then answers "
                    "sooner, and pauses whenever it has something else to do."
                )
            )
        )
        layout.addLayout(form)
        layout.addSpacing(12)
        layout.addWidget(
            self._words(
                tr(
                    "What the model has read of your recent chats is kept on the disk, so that they "
                    "continue at once after a restart."
                )
            )
        )
        layout.addLayout(states)
        layout.addSpacing(12)
        layout.addWidget(self.model_rows)
        layout.addStretch(1)

    def _words(self, text: str) -> QLabel:
        words = QLabel(text, self)
        words.setProperty("muted", True)
        words.setWordWrap(True)
        return words
