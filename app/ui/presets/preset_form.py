"""All values of a preset, in sections that fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.core.preset import Preset
from app.core.translation import tr
from app.tools.tool import Tool
from app.ui.presets.field_row import FieldRow
from app.ui.presets.folding_section import FoldingSection
from app.ui.presets.preset_fields import FieldSection, values_of, with_values
from app.ui.presets.tools_field import ToolsField


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the fields: values that can be used, and texts that cannot."""

    preset: Preset
    refused: Mapping[str, str] = field(default_factory=dict)
    """What was typed into fields whose text is no value, by the field's name."""


class PresetForm(QScrollArea):
    """Shows a preset and lets its values be changed.

    Attributes:
        rows: the values by name.
        sections: the folding ones by title.

    Signals:
        changed(): the user changed a value, or typed what is none.
    """

    changed = Signal()

    def __init__(
        self,
        sections: Sequence[FieldSection],
        has_explanations: bool = True,
        is_live: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """
        Args:
            has_explanations: whether each value says below its name what it does.
            is_live: whether values take effect as they are typed.
        """
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows: dict[str, FieldRow] = {}
        self.sections: dict[str, FoldingSection] = {}
        self._names_of: dict[str, tuple[str, ...]] = {}
        self._preset = Preset("")
        self._is_marked = True
        self._page = QWidget(self)
        self._page.setObjectName("preset_page")
        self._layout = QVBoxLayout(self._page)
        self._layout.setContentsMargins(12, 14, 16, 16)
        self._layout.setSpacing(14)
        for section in sections:
            self._add_section(section, has_explanations, is_live)
        self._layout.addStretch(1)
        self.setWidget(self._page)

    @property
    def draft(self) -> Draft:
        """What stands in the fields now."""
        values = {name: row.field.value for name, row in self.rows.items()}
        refused = {name: row.field.typed for name, row in self.rows.items() if row.field.problem}
        return Draft(with_values(self._preset, values), refused)

    @property
    def problems(self) -> list[str]:
        """A sentence for each field whose text is no value."""
        return [row.field.problem for row in self.rows.values() if row.field.problem]

    @property
    def changed_names(self) -> list[str]:
        """The values that differ from what they would be reset to."""
        return [name for name, row in self.rows.items() if row.is_changed]

    def show_draft(self, draft: Draft, base: Preset, origin: str, is_marked: bool = True) -> None:
        """Shows values. Emits nothing.

        Args:
            base: the values that the fields are reset to.
            origin: where those come from, as in "the default".
            is_marked: whether values stand out where they differ from those.
        """
        self._is_marked = is_marked
        self._preset = draft.preset
        values, bases = values_of(draft.preset), values_of(base)
        was_blocked = self.blockSignals(True)
        for name, row in self.rows.items():
            row.show_value(values[name], bases[name], origin, is_marked)
            if name in draft.refused:
                row.show_typed(draft.refused[name])
        self.blockSignals(was_blocked)
        self._show_counts()

    def set_tools(self, tools: Iterable[Tool], inherited: tuple[str, ...] | None = None) -> None:
        """Shows the tools that can be had. Emits nothing.

        Args:
            inherited: the names of those that are on while the user leaves the choice to others, if that is
                known.
        """
        if (row := self.rows.get("tools")) and isinstance(row.field, ToolsField):
            row.field.set_tools(tools)
            if inherited is not None:
                row.field.set_inherited(inherited)

    def set_unused(self, names: Set[str], server: str) -> None:
        """Marks the values that mean nothing on a server; an empty name for a model on this computer."""
        for name, row in self.rows.items():
            row.set_note(tr("Not used by {server}.", server=server) if server and name in names else "")

    def set_graphics(self, has_graphics: bool) -> None:
        """Shows what only matters to a computer with a graphics card, or hides it."""
        self.rows["gpu_layers"].setVisible(has_graphics)

    def insert_after(self, name: str, widget: QWidget) -> None:
        """Puts something else below a value."""
        self._layout.insertWidget(self._layout.indexOf(self.rows[name]) + 1, widget)

    def show_first_problem(self) -> None:
        """Brings the first field that needs fixing on screen, with the cursor in it."""
        for name, row in self.rows.items():
            if row.field.problem:
                for title, names in self._names_of.items():
                    if name in names:
                        self.sections[title].set_folded(False)
                self.ensureWidgetVisible(row)
                row.field.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _add_section(self, section: FieldSection, has_explanations: bool, is_live: bool) -> None:
        rows = [FieldRow(name, has_explanations, is_live, self._page) for name in section.names]
        self.rows |= {row.name: row for row in rows}
        for row in rows:
            row.changed.connect(self._on_row_changed)
        if not section.is_folded:
            if self.sections:
                self._layout.addWidget(line(self._page))
            for row in rows:
                self._layout.addWidget(row)
            return
        folding = FoldingSection(section.title, section.note, self._page)
        for row in rows:
            folding.add_row(row)
        self.sections[section.title] = folding
        self._names_of[section.title] = section.names
        self._layout.addWidget(line(self._page))
        self._layout.addWidget(folding)

    def _on_row_changed(self) -> None:
        self._show_counts()
        self.changed.emit()

    def _show_counts(self) -> None:
        for title, names in self._names_of.items():
            rows = [self.rows[name] for name in names]
            problem_count = sum(bool(row.field.problem) for row in rows)
            changed_count = sum(row.is_changed for row in rows) if self._is_marked else 0
            self.sections[title].set_counts(changed_count, problem_count)


def line(parent: QWidget) -> QLabel:
    """A hairline between parts."""
    made = QLabel(parent)
    made.setProperty("line", True)
    made.setFixedHeight(1)
    return made
