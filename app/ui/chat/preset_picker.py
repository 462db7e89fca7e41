"""Which preset the conversation is held under."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.ui.widgets.quiet_combo_box import QuietComboBox

_EDIT_ROLE = Qt.ItemDataRole.UserRole + 1


class PresetPicker(QuietComboBox):
    """A list of presets, and below it the way to change them.

    Signals:
        preset_chosen(str): the user picked a preset by its name.
        edit_presets_requested(): the user picked the last row.
    """

    preset_chosen = Signal(str)
    edit_presets_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Preset", parent=parent)
        self.setObjectName("preset_picker")
        self._current = ""
        self._can_edit = False
        self.hide()  # Until there is something to pick.
        self.currentIndexChanged.connect(self._on_current_index_changed)

    @property
    def current_name(self) -> str:
        return self._current

    def set_editable_presets(self, can_edit: bool) -> None:
        """Whether the list ends with "Edit presets…"; set it before `set_presets`."""
        self._can_edit = can_edit

    def set_presets(self, names: Sequence[str], current: str) -> None:
        """Lists the presets. Emits nothing."""
        with QSignalBlocker(self):
            self.clear()
            self.addItems(list(names))
            if self._can_edit:
                self.insertSeparator(self.count())
                self.addItem("Edit presets…")
                self.setItemData(self.count() - 1, True, _EDIT_ROLE)
        self.setVisible(bool(names))
        self.set_current(current)

    def set_current(self, name: str) -> None:
        """Shows a preset as chosen. Emits nothing."""
        self._current = name
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findText(name))
        self.setAccessibleDescription(name)
        self.setToolTip(f"Preset: {name}" if name else "Preset")
        self.updateGeometry()
        self.update()

    def _on_current_index_changed(self, row: int) -> None:
        if row < 0:
            return
        if self.itemData(row, _EDIT_ROLE):
            self.set_current(self._current)
            self.edit_presets_requested.emit()
        else:
            self.set_current(self.itemText(row))
            self.preset_chosen.emit(self._current)
