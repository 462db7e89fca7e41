"""Other values for one conversation, on a card over its right side. The rest stays usable beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.preset import Preset
from app.ui.presets.preset_fields import CONVERSATION_SECTIONS
from app.ui.presets.preset_form import Draft, PresetForm, line
from app.ui.widgets.icon_button import IconButton

WIDTH = 392
MARGIN = 12


class AdjustPanel(QFrame):
    """Shows what one conversation does differently from its preset. Values take effect as they are typed.

    Attributes:
        form: the values.

    Signals:
        edited(): the user changed a value.
        reset_requested(): every value is to follow the preset again.
        save_requested(str): the values are wanted as a preset of that name.
        closed()
    """

    edited = Signal()
    save_requested = Signal(str)
    closed = Signal()

    def __init__(self, area: QWidget) -> None:
        """Floats over `area`, which holds the conversation."""
        super().__init__(area.parentWidget())
        self.setObjectName("adjust_panel")
        self.setAccessibleName("Values for this conversation only")
        self._area = area
        self._preset_name = ""
        self.title = QLabel("Chat settings", self)
        self.title.setProperty("subheading", True)
        self.subtitle = QLabel(self)
        self.subtitle.setProperty("muted", True)
        self.subtitle.setWordWrap(True)
        self.close_button = IconButton("x", "Close", "Esc", self)
        self.close_button.setObjectName("close_adjust_button")
        self.form = PresetForm(CONVERSATION_SECTIONS, has_explanations=False, is_live=True, parent=self)
        self._make_foot()
        self._lay_out()
        self._connect()
        area.installEventFilter(self)
        self.hide()

    def show_values(self, draft: Draft, preset: Preset) -> None:
        """Shows a conversation's values beside the preset that they differ from. Emits nothing."""
        self._preset_name = preset.name
        self.form.show_draft(draft, preset, f"as in {preset.name}")
        self.show_state()

    def show_state(self) -> None:
        """Says how many values differ, and offers what can be done with them."""
        count = len(self.form.changed_names)
        differ = {0: f"Using {self._preset_name}", 1: f"1 change from {self._preset_name}"}
        self.subtitle.setText(differ.get(count, f"{count} changes from {self._preset_name}"))
        self.reset_button.setEnabled(count > 0)
        self.save_as_button.setEnabled(count > 0 and not self.form.problems)

    def open(self) -> None:
        """Shows the panel with the keyboard in it."""
        self.end_saving()
        self._place()
        self.show()
        self.raise_()
        self.form.rows["temperature"].field.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self) -> None:
        """Takes the panel away; its values stay in effect."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def show_name_problem(self, sentence: str) -> None:
        """Says why the preset cannot have that name."""
        self.name_problem.setText(sentence)
        self.name_problem.setVisible(bool(sentence))

    def end_saving(self) -> None:
        """Shows the buttons again in place of the name."""
        self._naming.hide()
        self._buttons.show()

    def _start_saving(self) -> None:
        self.show_name_problem("")
        self.name_field.setText(f"{self._preset_name} copy")
        self._buttons.hide()
        self._naming.show()
        self.name_field.selectAll()
        self.name_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel_saving(self) -> None:
        self.end_saving()
        self.save_as_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_foot(self) -> None:
        self.reset_button = self._button("Reset all", "reset_adjust_button")
        self.save_as_button = self._button("Save as preset…", "save_as_preset_button")
        self.name_field = QLineEdit(self)
        self.name_field.setObjectName("new_preset_name_field")
        self.name_field.setAccessibleName("Name of the new preset")
        self.name_problem = QLabel(self)
        self.name_problem.setObjectName("new_preset_name_problem")
        self.name_problem.setProperty("problem", True)
        self.name_problem.setWordWrap(True)
        self.cancel_button = self._button("Cancel", "cancel_save_as_button")
        self.save_button = self._button("Save", "confirm_save_as_button")
        self.save_button.setProperty("primary", True)
        self._buttons, self._naming = QWidget(self), QWidget(self)
        self.end_saving()

    def _button(self, text: str, object_name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(object_name)
        return button

    def _connect(self) -> None:
        self.form.changed.connect(self._on_form_changed)
        self.close_button.clicked.connect(self.close_panel)
        self.reset_requested = self.reset_button.clicked
        self.save_as_button.clicked.connect(self._start_saving)
        self.cancel_button.clicked.connect(self._cancel_saving)
        self.save_button.clicked.connect(self._save)
        self.name_field.returnPressed.connect(self._save)
        self.name_field.textEdited.connect(lambda: self.show_name_problem(""))

    def _save(self) -> None:
        self.save_requested.emit(self.name_field.text())

    def _on_form_changed(self) -> None:
        self.show_state()
        self.edited.emit()

    def _place(self) -> None:
        origin = self._area.pos()
        width = min(WIDTH, self._area.width() - 2 * MARGIN)
        left = origin.x() + self._area.width() - width - MARGIN
        self.setGeometry(left, origin.y() + MARGIN, width, self._area.height() - 2 * MARGIN)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 10, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self.subtitle.setContentsMargins(20, 0, 20, 10)
        row = QHBoxLayout(self._buttons)
        row.addWidget(self.reset_button)
        row.addStretch(1)
        row.addWidget(self.save_as_button)
        column = QVBoxLayout(self._naming)
        column.addWidget(self.name_field)
        column.addWidget(self.name_problem)
        choice = QHBoxLayout()
        choice.addStretch(1)
        choice.addWidget(self.cancel_button)
        choice.addWidget(self.save_button)
        column.addLayout(choice)
        for foot in (row, column):
            foot.setContentsMargins(16, 12, 16, 12)
        middle = QHBoxLayout()
        middle.setContentsMargins(8, 0, 2, 0)
        middle.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.subtitle)
        layout.addWidget(line(self))
        layout.addLayout(middle, 1)
        layout.addWidget(line(self))
        layout.addWidget(self._buttons)
        layout.addWidget(self._naming)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self.isHidden():
            self._place()
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)
