"""One preset to be changed: its name, where it comes from, its values, and what is not saved yet."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QStyle, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.preset import Preset, shown_name
from app.core.translation import tr
from app.ui.presets.preset_fields import PRESET_SECTIONS
from app.ui.presets.preset_form import Draft, PresetForm, line
from app.ui.widgets.inset_label import InsetLabel


class NameField(QLineEdit):
    """A heading that can be typed into. Escape brings the name back.

    Signals:
        committed(str): another name is wanted.
    """

    committed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        start = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        self.setAlignment(start | Qt.AlignmentFlag.AlignAbsolute)  # A heading does not go by its letters.
        self.editingFinished.connect(self._on_editing_finished)

    def set_name(self, name: str, is_fixed: bool) -> None:
        """Shows a name. Emits nothing."""
        self._name = name
        self.setText(name)
        self.setCursorPosition(0)
        self.setReadOnly(is_fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_fixed else Qt.FocusPolicy.StrongFocus)

    def _on_editing_finished(self) -> None:
        if self.text() != self._name and not self.isReadOnly():
            self.committed.emit(self.text())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._name:
            self.setText(self._name)
            self.textEdited.emit(self._name)
        else:
            super().keyPressEvent(event)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()


class PresetEditor(QWidget):
    """Shows a preset with what was changed in it.

    Attributes:
        name_field, form: the parts.

    Signals:
        edited(): a value was changed.
        renamed(str): the user gave the preset another name.
        save_requested(), discard_requested(), reset_requested(), close_requested()
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name_field = NameField(self)
        self.name_field.setObjectName("preset_name_field")
        self.name_field.setAccessibleName(tr("Name"))
        self.name_problem = InsetLabel("", (8, 0, 0, 0), self)
        self.name_problem.setObjectName("preset_name_problem")
        self.name_problem.setProperty("problem", True)
        self.name_problem.setWordWrap(True)
        self.name_problem.hide()
        self.source = InsetLabel("", (8, 0, 0, 0), self)
        self.source.setObjectName("preset_source")
        self.source.setProperty("muted", True)
        self.source.setTextFormat(Qt.TextFormat.PlainText)
        self.source.setWordWrap(True)
        self.source.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.form = PresetForm(PRESET_SECTIONS, parent=self)
        self.reset_button = self._button(tr("Reset all"), "reset_preset_button")
        self.discard_button = self._button(tr("Discard changes"), "discard_preset_button")
        self.save_button = self._button(tr("Save"), "save_preset_button")
        self.save_button.setProperty("primary", True)
        self.save_button.setToolTip(tr("Save (Ctrl+S)"))
        self.close_button = self._button(tr("Close"), "close_presets_button")
        self.status = QPushButton(self)
        self.status.setObjectName("preset_status")
        self.status.setProperty("quiet", True)
        self.status.setProperty("problem", True)
        self.status.setAutoDefault(False)
        self._lay_out()
        self._connect()

    def show_preset(self, saved: Preset, draft: Draft, base: Preset, origin: str, source: str) -> None:
        """Shows a preset. Emits nothing.

        Args:
            saved: as it is in the file.
            draft: what the user made of it.
            base: what its values are reset to, and `origin` where those come from.
            source: a line below the name.
        """
        name = shown_name(saved.name)
        if name != self.name_field.text():
            self.form.verticalScrollBar().setValue(0)
        self.name_field.set_name(name, is_fixed=saved.is_builtin)
        self.show_name_problem("")
        self.source.setText(source)
        self.form.show_draft(draft, base, origin, is_marked=saved.is_builtin)
        self.reset_button.setToolTip(tr("Reset every value ({origin})", origin=origin))
        self.show_saving_state(saved)

    def show_name_problem(self, sentence: str) -> None:
        """Says why the name cannot be used; an empty text takes that away."""
        self.name_problem.setText(sentence)
        self.name_problem.setVisible(bool(sentence))

    def show_saving_state(self, saved: Preset) -> None:
        """Says whether there is something to save, and what keeps it from being saved."""
        problems = self.form.problems
        is_changed = bool(problems) or self.form.draft.preset != saved
        self.save_button.setEnabled(is_changed and not problems)
        self.discard_button.setEnabled(is_changed)
        self.reset_button.setEnabled(bool(self.form.changed_names))
        count = len(problems)
        words = (
            tr("One value cannot be saved")
            if count == 1
            else tr("{count} values cannot be saved", count=count)
        )
        self.status.setText(words if problems else "")
        self.status.setToolTip("\n".join(problems))
        self.status.setVisible(bool(problems))

    def start_rename(self) -> None:
        """Puts the cursor into the name."""
        if not self.name_field.isReadOnly():
            self.name_field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.name_field.selectAll()

    def _button(self, text: str, object_name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(object_name)
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.edited = self.form.changed
        self.renamed = self.name_field.committed
        self.name_field.textEdited.connect(lambda: self.show_name_problem(""))
        self.save_requested = self.save_button.clicked
        self.discard_requested = self.discard_button.clicked
        self.reset_requested = self.reset_button.clicked
        self.close_requested = self.close_button.clicked
        self.status.clicked.connect(self.form.show_first_problem)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(18, 16, 24, 12)
        head.setSpacing(2)
        head.addWidget(self.name_field)
        for label in (self.name_problem, self.source):
            head.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.reset_button)
        buttons.addStretch(1)
        for button in (self.discard_button, self.save_button, self.close_button):
            buttons.addWidget(button)
        foot = QVBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.setSpacing(6)
        foot.addWidget(self.status, 0, Qt.AlignmentFlag.AlignRight)
        foot.addLayout(buttons)
        middle = QHBoxLayout()
        middle.setContentsMargins(12, 0, 4, 0)
        middle.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(line(self))
        layout.addLayout(middle, 1)
        layout.addWidget(line(self))
        layout.addLayout(foot)
