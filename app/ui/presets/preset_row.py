"""The row in which one conversation chooses its preset."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.core.translation import tr
from app.ui.presets.field_row import Dot
from app.ui.presets.preset_picker import PresetPicker
from app.ui.widgets.icon_button import IconButton


class PresetRow(QWidget):
    """A preset, the one that new chats with the model take, and whether they differ.

    Attributes:
        picker: where the preset is chosen.

    Signals:
        reset_requested(): the conversation is to take the standard one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preset_row")
        self.dot = Dot(self)
        self.label = QLabel(tr("Preset"), self)
        self.picker = PresetPicker(self)
        self.label.setBuddy(self.picker)
        self.standard_label = QLabel(self)
        self.standard_label.setObjectName("standard_preset_label")
        self.standard_label.setProperty("small", True)
        self.standard_label.setTextFormat(Qt.TextFormat.PlainText)
        self.standard_label.setWordWrap(True)
        self.reset_button = IconButton("arrow-counter-clockwise", tr("Reset Preset"), parent=self)
        self.reset_button.setObjectName("preset_reset")
        self.reset_requested = self.reset_button.clicked
        self._lay_out()
        self.show_standard("", "")

    def show_standard(self, standard: str, model_name: str) -> None:
        """Says which preset new chats with a model take, where this conversation has another one.

        Args:
            standard: its name; empty where nothing differs.
            model_name: as the user reads it; empty where no model is chosen.
        """
        differs = bool(standard)
        words = (
            tr("New chats with {model_name} use “{standard}”", model_name=model_name, standard=standard)
            if model_name
            else tr("New chats use “{standard}”", standard=standard)
        )
        self.dot.set_lit(differs)
        self.standard_label.setText(words if differs else "")
        self.standard_label.setVisible(differs)
        self.reset_button.setVisible(differs)
        self.reset_button.setToolTip(tr("Back to “{standard}”", standard=standard))
        self.reset_button.setAccessibleDescription(tr("Back to “{standard}”", standard=standard))

    def _lay_out(self) -> None:
        policy = self.reset_button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(policy)
        self.picker.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        heading = QHBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        heading.addWidget(self.label)
        self.standard_label.setContentsMargins(12, 0, 0, 0)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addLayout(heading, 0, 0)
        grid.addWidget(self.picker, 0, 1)
        grid.addWidget(self.reset_button, 0, 2, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self.standard_label, 1, 0, 1, 3)
