"""The settings of one conversation: its system prompt, its preset, and what it does differently."""

from __future__ import annotations

from collections.abc import Iterable, Set

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.preset import Preset, shown_name
from app.core.preset_overrides import SYSTEM_PROMPT
from app.core.translation import tr, tr_count
from app.tools.tool import Tool
from app.ui.fonts import BODY_SIZE
from app.ui.presets.preset_fields import CONVERSATION_SECTIONS
from app.ui.presets.preset_form import Draft, PresetForm, line
from app.ui.presets.preset_row import PresetRow
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.inset_label import InsetLabel

NARROWEST, WIDEST = 364, 500
MIDDLE_SIDES = 42
"""Pixels beside the rows."""
"""Pixels: with letters of the normal size, and at most."""


class ConversationSettingsPanel(QFrame):
    """Shows how one conversation is answered. Values take effect as they are typed.

    Attributes:
        form: the values.
        preset_row: the preset that they differ from.

    Signals:
        edited(): the user changed a value.
        reset_requested(): every value is to follow the preset again.
        save_requested(str): the values are wanted as a preset of that name.
        close_requested(): the user is done with it.
    """

    edited = Signal()
    save_requested = Signal(str)
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation_settings_panel")
        self.setAccessibleName(tr("Chat settings"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._preset_name = ""
        self.title = QLabel(tr("Chat settings"), self)
        self.title.setProperty("subheading", True)
        self.subtitle = InsetLabel("", (20, 0, 20, 10), self)
        self.subtitle.setProperty("muted", True)
        self.subtitle.setTextFormat(Qt.TextFormat.PlainText)
        self.subtitle.setWordWrap(True)
        self.close_button = IconButton("x", tr("Close"), "Esc", self)
        self.close_button.setObjectName("close_conversation_settings_button")
        self.form = PresetForm(CONVERSATION_SECTIONS, has_explanations=False, is_live=True, parent=self)
        self.preset_row = PresetRow(self.form.widget())
        self.form.insert_after(SYSTEM_PROMPT, self.preset_row)
        self.setTabOrder(self.form.rows[SYSTEM_PROMPT].reset_button, self.preset_row.picker)
        self.setTabOrder(self.preset_row.picker, self.preset_row.reset_button)
        self.set_graphics(False)
        self._make_foot()
        self._lay_out()
        self._connect()
        self.set_docked(True)
        self.hide()

    def show_values(self, draft: Draft, preset: Preset) -> None:
        """Shows a conversation's values beside the preset that they differ from. Emits nothing."""
        self._preset_name = shown_name(preset.name)
        self.form.show_draft(draft, preset, tr("as in {name}", name=self._preset_name))
        self.show_state()

    def set_tools(self, tools: Iterable[Tool], inherited: tuple[str, ...]) -> None:
        """Shows the tools that can be had, and those that are on where the user chose none."""
        self.form.set_tools(tools, inherited)

    def set_unused(self, names: Set[str], server: str) -> None:
        """Marks the values that mean nothing on a server; an empty name for a model on this computer."""
        self.form.set_unused(names, server)

    def set_graphics(self, has_graphics: bool) -> None:
        """Shows the settings of a graphics card, or hides them."""
        self.form.set_graphics(has_graphics)

    def show_state(self) -> None:
        """Says how many values differ, and offers what can be done with them."""
        count = len(self.form.changed_names)
        name = self._preset_name
        self.subtitle.setText(
            tr_count(
                "{count:,} change from {preset_name}",
                "{count:,} changes from {preset_name}",
                count,
                preset_name=name,
            )
            if count
            else tr("Using {preset_name}", preset_name=name)
        )
        self.reset_button.setEnabled(count > 0)
        self.save_as_button.setEnabled(count > 0 and not self.form.problems)

    def set_docked(self, is_docked: bool) -> None:
        """Looks like a part of the window, or like a card that lies over it."""
        self.setProperty("docked", is_docked)
        self.style().unpolish(self)
        self.style().polish(self)

    def take_focus(self) -> None:
        """Puts the keyboard into the first field."""
        self.end_saving()
        self.form.verticalScrollBar().setValue(0)
        self.form.rows[SYSTEM_PROMPT].field.setFocus(Qt.FocusReason.OtherFocusReason)

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
        self.name_field.setText(tr("{name} copy", name=self._preset_name))
        self._buttons.hide()
        self._naming.show()
        self.name_field.selectAll()
        self.name_field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _cancel_saving(self) -> None:
        self.end_saving()
        self.save_as_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_foot(self) -> None:
        self.reset_button = self._button(tr("Reset all"), "reset_conversation_settings_button")
        self.save_as_button = self._button(tr("Save as preset…"), "save_as_preset_button")
        self.name_field = QLineEdit(self)
        self.name_field.setObjectName("new_preset_name_field")
        self.name_field.setAccessibleName(tr("Name of the new preset"))
        self.name_problem = QLabel(self)
        self.name_problem.setObjectName("new_preset_name_problem")
        self.name_problem.setProperty("problem", True)
        self.name_problem.setWordWrap(True)
        self.cancel_button = self._button(tr("Cancel"), "cancel_save_as_button")
        self.save_button = self._button(tr("Save"), "confirm_save_as_button")
        self.save_button.setProperty("primary", True)
        self._buttons, self._naming = QWidget(self), QWidget(self)
        self.end_saving()

    def _button(self, text: str, object_name: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(object_name)
        return button

    def _connect(self) -> None:
        self.form.changed.connect(self._on_form_changed)
        self.close_button.clicked.connect(self.close_requested)
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

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 10, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        row = FlowLayout(self._buttons, is_spread=True)
        row.addWidget(self.reset_button)
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
    def sizeHint(self) -> QSize:
        pixels = QApplication.font().pixelSize()
        share = pixels / BODY_SIZE if pixels > 0 else 1.0
        bar = self.form.verticalScrollBar().sizeHint().width()
        widest = max(row.minimumSizeHint().width() for row in self.form.rows.values())
        needed = widest + bar + MIDDLE_SIDES  # Also of rows that are folded away: nothing jumps later.
        width = round(min(WIDEST, max(NARROWEST, NARROWEST * share, needed)))
        return QSize(width, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self.updateGeometry()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_requested.emit()
        else:
            super().keyPressEvent(event)
