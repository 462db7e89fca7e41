"""Fields for one value each. They take whatever is typed, and say what is wrong instead of correcting it.

Every field has a `value`, a `problem` (a sentence, empty where all is well) and a signal `changed`. While
what is typed cannot be used, the value is the one from before: the 51 on the way to 513 was never meant.
Values set from outside stay exactly as they are until the user types.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QPlainTextEdit, QSizePolicy, QWidget
from typing_extensions import override

from app.core.preset_overrides import Value
from app.core.translation import tr
from app.ui.presets.number_text import NumberRule
from app.ui.presets.stop_text import lines_of, stops_of
from app.ui.presets.tools_field import ToolsField
from app.ui.widgets.drop_down import DropDown
from app.ui.widgets.written_text import written_text

FieldValue = Value | None
"""A preset's value; None leaves it to the settings."""


class NumberField(QAbstractSpinBox):
    """A number, with arrows.

    Signals:
        changed(): something else is typed.
    """

    changed = Signal()

    def __init__(self, rule: NumberRule, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = rule
        self._value: float = rule.limit.low
        self._settled = self._value
        self.problem = ""
        self.lineEdit().setPlaceholderText(rule.empty_text)
        self.lineEdit().setTextMargins(6, 0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.lineEdit().textChanged.connect(self._on_text_changed)
        self.lineEdit().editingFinished.connect(self._settle)

    @property
    def value(self) -> FieldValue:
        return self._value

    @property
    def typed(self) -> str:
        """What stands in the field, usable or not."""
        return self.lineEdit().text()

    def words(self, value: FieldValue) -> str:
        """A value as it would be said."""
        return self._rule.words(_number(value))

    def set_value(self, value: FieldValue) -> None:
        """Shows a value. Emits nothing."""
        self._value = self._settled = _number(value)
        self.problem = ""
        with QSignalBlocker(self.lineEdit()):
            self.lineEdit().setText(self._rule.shown(self._value))

    def set_typed(self, text: str) -> None:
        """Puts a text back that was typed before, as if it were typed now."""
        self.lineEdit().setText(text)

    def _on_text_changed(self, text: str) -> None:
        try:
            self._value, self.problem = self._rule.read(text), ""
        except ValueError as problem:
            self._value, self.problem = self._settled, str(problem)
        self.changed.emit()

    def _settle(self) -> None:
        self._settled = self._value

    @override
    def stepBy(self, steps: int) -> None:
        self.lineEdit().setText(self._rule.shown(self._rule.stepped(self._value, steps)))
        self.selectAll()

    @override
    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        limit, flag = self._rule.limit, QAbstractSpinBox.StepEnabledFlag
        up = flag.StepUpEnabled if self._value < limit.high else flag.StepNone
        down = flag.StepDownEnabled if self._value > limit.low else flag.StepNone
        return up | down

    @override
    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return QValidator.State.Acceptable, text, position

    @override
    def sizeHint(self) -> QSize:
        metrics, empty = self.fontMetrics(), self.lineEdit().placeholderText()
        width = max(metrics.horizontalAdvance("0000000000"), metrics.horizontalAdvance(empty) + 14) + 36
        return QSize(width, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # The page scrolls; a value is never changed in passing.


class ChoiceField(DropDown):
    """One of a few values.

    Signals:
        changed(): another one is chosen.
    """

    changed = Signal()
    problem = ""
    typed = ""

    def __init__(self, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`choices` are values and what is shown for them."""
        super().__init__(parent)
        for value, text in choices:
            self.addItem(text, value)
        self.currentIndexChanged.connect(self.changed)

    @property
    def value(self) -> FieldValue:
        return str(self.currentData())

    def words(self, value: FieldValue) -> str:
        return self.itemText(self.findData(value))

    def set_value(self, value: FieldValue) -> None:
        """Shows a value. Emits nothing."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(value))

    def set_typed(self, _text: str) -> None:
        """Nothing can be typed here."""

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class TextField(QPlainTextEdit):
    """Some lines of text, such as a system prompt. Tab goes on to the next field.

    Signals:
        changed(): something else is typed.
    """

    changed = Signal()
    problem = ""

    def __init__(self, line_count: int, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line_count = line_count
        self._value: FieldValue = ""
        self._settled: FieldValue = ""
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        self.textChanged.connect(self._on_text_changed)

    @property
    def value(self) -> FieldValue:
        return self._value

    @property
    def typed(self) -> str:
        return written_text(self.document())

    def words(self, value: FieldValue) -> str:
        """A value as it would be said: its first words."""
        text = " ".join(self._shown(value).split())
        if len(text) > 40:
            text = text[:40].rstrip() + "…"
        return f"“{text}”" if text else tr("none")

    def set_value(self, value: FieldValue) -> None:
        """Shows a value. Emits nothing."""
        self._value = self._settled = value
        self.problem = ""
        with QSignalBlocker(self):
            self.setPlainText(self._shown(value))

    def set_typed(self, text: str) -> None:
        """Puts a text back that was typed before, as if it were typed now."""
        self.setPlainText(text)

    def _shown(self, value: FieldValue) -> str:
        return str(value)

    def _read(self, text: str) -> FieldValue:
        return text

    def _on_text_changed(self) -> None:
        try:
            self._value, self.problem = self._read(written_text(self.document())), ""
        except ValueError as problem:
            self._value, self.problem = self._settled, str(problem)
        self.changed.emit()

    @override
    def sizeHint(self) -> QSize:
        frame = 2 * self.frameWidth() + 2 * int(self.document().documentMargin()) + 12
        return QSize(240, self._line_count * self.fontMetrics().lineSpacing() + frame)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # Never the default button of the dialog.

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._settled = self._value


class StopField(TextField):
    r"""Strings that end an answer, one a line, with `\n` for a line break."""

    @override
    def _shown(self, value: FieldValue) -> str:
        return lines_of(value) if isinstance(value, tuple) else ""

    @override
    def _read(self, text: str) -> FieldValue:
        return stops_of(text)


ValueField = NumberField | ChoiceField | TextField | ToolsField


def _number(value: FieldValue) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return value
