"""One value of a preset on screen: its name, what it does, its field, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.translation import sentences, tr
from app.ui.presets.preset_fields import explanation_of, label_of, make_field
from app.ui.presets.tools_field import ToolsField
from app.ui.presets.value_fields import FieldValue, TextField
from app.ui.widgets.icon_button import IconButton


class Dot(QWidget):
    """Marks what differs. It keeps its place when it is not shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_lit = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(QSize(6, 6))

    def set_lit(self, is_lit: bool) -> None:
        self.is_lit = is_lit
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.is_lit:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawEllipse(self.rect())


class FieldRow(QWidget):
    """A value, the one it would be reset to, and whether they differ.

    Attributes:
        field: where the value is changed.

    Signals:
        changed(): the user changed what stands in the field.
    """

    changed = Signal()

    def __init__(
        self, name: str, has_explanation: bool = True, is_live: bool = False, parent: QWidget | None = None
    ) -> None:
        """
        Args:
            has_explanation: whether it stands below the name, and not in the tooltip only.
            is_live: whether values take effect as they are typed; those that differ have the preset's below.
        """
        super().__init__(parent)
        self._is_live = is_live
        self.name = name
        self.setObjectName(f"{name}_row")
        self.field = make_field(name, self, is_low=not has_explanation)
        self._base: FieldValue = self.field.value
        self._origin = ""
        self._is_marked = True
        self.dot = Dot(self)
        self.label = QLabel(label_of(name), self)
        self.label.setBuddy(self.field)
        self.label.setWordWrap(not has_explanation)  # There is little room.
        self.explanation = QLabel(explanation_of(name), self)
        self.explanation.setProperty("small", True)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)
        self.explanation.setWordWrap(True)
        self.explanation.setVisible(has_explanation)
        if not has_explanation:
            for widget in (self.label, self.field):
                widget.setToolTip(explanation_of(name))
        self.problem_label = QLabel(self)
        self.problem_label.setObjectName(f"{name}_problem")
        self.problem_label.setProperty("problem", True)
        self.problem_label.setWordWrap(True)
        self.problem_label.hide()
        self.note_label = QLabel(self)
        self.note_label.setObjectName(f"{name}_note")
        self.note_label.setProperty("small", True)
        self.note_label.setTextFormat(Qt.TextFormat.PlainText)
        self.note_label.setWordWrap(True)
        self.note_label.hide()
        self.reset_button = IconButton(
            "arrow-counter-clockwise", tr("Reset {label_of}", label_of=label_of(name)), parent=self
        )
        self.reset_button.setObjectName(f"{name}_reset")
        self._keep_its_place(self.reset_button)
        self._lay_out()
        self.field.changed.connect(self._on_field_changed)
        self.reset_button.clicked.connect(self.reset)
        self._show_state()

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the one it would be reset to, or what is typed is no value."""
        return self.field.value != self._base or bool(self.field.problem)

    def show_value(self, value: FieldValue, base: FieldValue, origin: str, is_marked: bool = True) -> None:
        """Shows a value. Emits nothing.

        Args:
            base: what it is reset to.
            origin: where that one comes from, as in "the default".
            is_marked: whether it stands out where it differs.
        """
        self._base, self._origin, self._is_marked = base, origin, is_marked
        self.field.set_value(value)
        self._show_state()

    def set_note(self, text: str) -> None:
        """Says below the value what else is to be known of it; nothing for an empty text."""
        self.note_label.setText(text)
        self.note_label.setVisible(bool(text))

    def show_typed(self, text: str) -> None:
        """Shows a text that was typed before and could not be used."""
        self.field.set_typed(text)

    def reset(self) -> None:
        """Takes the value back, as the button does."""
        self.field.set_value(self._base)
        self._on_field_changed()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_field_changed(self) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        problem = self.field.problem
        if problem and self._is_live:
            using = tr("Using {words} until it is fixed.", words=self.field.words(self.field.value))
            problem = sentences(problem, using)
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))
        stands_out = self.is_changed and self._is_marked
        self.dot.set_lit(stands_out)
        self.reset_button.setVisible(self.is_changed)
        way_back = tr("Back to {words}, {origin}", words=self.field.words(self._base), origin=self._origin)
        self.reset_button.setToolTip(way_back)
        self.reset_button.setAccessibleDescription(way_back)
        difference = tr("Changed.") if self.is_changed else ""
        self.field.setAccessibleDescription(sentences(explanation_of(self.name), difference, problem))
        if self._is_live:
            self.explanation.setText(tr("Preset: {words}", words=self.field.words(self._base)))
            self.explanation.setVisible(stands_out)
        self._set_property(self.label, "changed", stands_out)
        self._set_property(self.field, "refused", bool(problem))

    def _set_property(self, widget: QWidget, name: str, value: bool) -> None:
        if widget.property(name) != value:
            widget.setProperty(name, value)
            widget.style().unpolish(widget)
            widget.style().polish(widget)

    def _keep_its_place(self, widget: QWidget) -> None:
        policy = widget.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        widget.setSizePolicy(policy)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignVCenter)
        heading.addWidget(self.label, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(heading)
        self.explanation.setContentsMargins(12, 0, 0, 0)
        self.problem_label.setContentsMargins(12, 0, 0, 0)
        words.addWidget(self.explanation)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addLayout(words, 0, 0)
        grid.addWidget(self.reset_button, 0, 2, Qt.AlignmentFlag.AlignVCenter)
        if isinstance(self.field, TextField | ToolsField):
            below = QHBoxLayout()
            below.setContentsMargins(12, 0, 0, 0)
            below.addWidget(self.field)
            grid.addLayout(below, 1, 0, 1, 3)
        else:
            grid.addWidget(self.field, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        self.note_label.setContentsMargins(12, 0, 0, 0)
        grid.addWidget(self.problem_label, 2, 0, 1, 3)
        grid.addWidget(self.note_label, 3, 0, 1, 3)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
