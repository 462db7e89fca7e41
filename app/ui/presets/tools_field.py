"""The field in which a preset chooses its tools."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.core.preset_overrides import Value
from app.core.translation import listed, tr
from app.tools.tool import Tool
from app.ui.widgets.tooltip import as_written


class ToolsField(QWidget):
    """A box to tick for each tool, below one that leaves the choice to somebody else, such as the settings.

    Attributes:
        inherit_box: leaves the choice to them; ticking a tool takes it back.
        boxes: the tools by name. Those of the preset that cannot be had now are among them.

    Signals:
        changed(): others are chosen.
    """

    changed = Signal()
    problem = ""
    typed = ""

    def __init__(self, inherit_text: str, column_count: int, parent: QWidget | None = None) -> None:
        """`inherit_text` says who chooses while the user does not."""
        super().__init__(parent)
        self._column_count = column_count
        self._inherited: tuple[str, ...] | None = None
        self._tools: dict[str, Tool] = {}
        self._value: tuple[str, ...] | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self.inherit_box = QCheckBox(inherit_text, self)
        self.inherit_box.setObjectName("inherit_tools_box")
        self.inherit_box.clicked.connect(self._on_inherit_box_clicked)
        self.setFocusProxy(self.inherit_box)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 2, 0, 2)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(column_count, 1)
        self._grid.addWidget(self.inherit_box, 0, 0, 1, column_count + 1)

    @property
    def value(self) -> tuple[str, ...] | None:
        """The names of the tools that are on; None where the user leaves that to others."""
        return self._value

    def words(self, value: Value | None) -> str:
        """A value as it would be said."""
        names = _names(value)
        if names is None:
            names = self._inherited
        if names is None:
            return tr("what is in the settings")
        return listed(self._title(name) for name in names) or tr("no tools")

    def set_tools(self, tools: Iterable[Tool]) -> None:
        """Shows the tools that can be had. Emits nothing."""
        self._tools = {tool.name: tool for tool in tools}
        self._fill()
        self._tick()

    def set_inherited(self, names: tuple[str, ...]) -> None:
        """Shows which tools are on while the user leaves that to others. Emits nothing."""
        self._inherited = names
        self._tick()

    def set_value(self, value: Value | None) -> None:
        """Shows a value. Emits nothing."""
        self._value = _names(value)
        if self.boxes.keys() != self._tools.keys() | set(self._value or ()):
            self._fill()
        self._tick()

    def set_typed(self, _text: str) -> None:
        """Nothing can be typed here."""

    @property
    def _on(self) -> tuple[str, ...]:
        return (self._inherited or ()) if self._value is None else self._value

    def _tick(self) -> None:
        self.inherit_box.setChecked(self._value is None)
        for name, box in self.boxes.items():
            box.setChecked(name in self._on)

    def _fill(self) -> None:
        self._clear()
        previous = self.inherit_box
        for place, name in enumerate(dict.fromkeys((*self._tools, *(self._value or ())))):
            box = self.boxes[name] = self._box(name)
            self._grid.addWidget(box, 1 + place // self._column_count, place % self._column_count)
            self.setTabOrder(previous, box)
            previous = box

    def _clear(self) -> None:
        for box in self.boxes.values():
            self._grid.removeWidget(box)
            box.hide()  # It goes only later, and would be drawn below the new ones until then.
            box.deleteLater()
        self.boxes = {}

    def _box(self, name: str) -> QCheckBox:
        tool = self._tools.get(name)
        box = QCheckBox(self._title(name), self)
        box.setObjectName(f"tool_{name}_box")
        box.setToolTip(as_written(tool.purpose) if tool else tr("This tool is not available."))
        box.clicked.connect(lambda is_on: self._on_box_clicked(name, is_on))
        return box

    def _title(self, name: str) -> str:
        return self._tools[name].title if name in self._tools else tr("{name} (not available)", name=name)

    def _on_inherit_box_clicked(self, is_on: bool) -> None:
        self._change(None if is_on else self._on)

    def _on_box_clicked(self, name: str, is_on: bool) -> None:
        on = {it for it in self._on if it != name} | ({name} if is_on else set())
        self._change(tuple(it for it in self.boxes if it in on))

    def _change(self, value: tuple[str, ...] | None) -> None:
        self._value = value
        self._tick()
        self.changed.emit()


def _names(value: Value | None) -> tuple[str, ...] | None:
    return value if isinstance(value, tuple) else None
