"""Which preset the conversation is held under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.core.preset import shown_name
from app.core.translation import tr
from app.ui.presets.preset_rows import CHOSEN_ROLE, DETAIL_ROLE, ICON_ROLE, NAME_ROLE, PresetDelegate
from app.ui.widgets.quiet_combo_box import QuietComboBox
from app.ui.widgets.tooltip import as_written

_ACTION_ROLE = Qt.ItemDataRole.UserRole + 20
_ALL, _EDIT, _STANDARD = "all", "edit", "standard"


class PresetPicker(QuietComboBox):
    """A list of presets, and below it the ways to change them.

    Signals:
        preset_chosen(str): the user picked another preset by its name.
        edit_presets_requested(): the user wants to work on all presets.
        standard_requested(): the user wants this preset in all new chats with the model.
    """

    preset_chosen = Signal(str)
    edit_presets_requested = Signal()
    standard_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Preset"), parent=parent)
        self.setObjectName("preset_picker")
        self._current = ""
        self._standard_model = ""
        self._names: tuple[str, ...] = ()
        self._more: tuple[str, ...] = ()
        self._details: Mapping[str, str] = {}
        self.set_popup_width(320)
        self.setItemDelegate(PresetDelegate(self))
        self.currentIndexChanged.connect(self._on_current_index_changed)
        # After Qt's own filters, so before them in turn: one row opens the list further and stays open.
        self.view().installEventFilter(self)
        self.view().viewport().installEventFilter(self)

    @property
    def current_name(self) -> str:
        return self._current

    def set_standard_choice(self, model_name: str) -> None:
        """Offers to use the preset in all new chats with a model; set it before `set_presets`.

        Args:
            model_name: as the user reads it; empty where there is nothing to offer.
        """
        self._standard_model = model_name

    def set_presets(
        self,
        names: Sequence[str],
        current: str,
        more: Sequence[str] = (),
        details: Mapping[str, str] | None = None,
    ) -> None:
        """Lists the presets. Emits nothing.

        Args:
            more: presets that are listed after a click on "All presets".
            details: what is said below a name.
        """
        self._names, self._more, self._details = tuple(names), tuple(more), details or {}
        self._current = current
        self._fill(is_whole=False)
        self.set_current(current)

    def set_current(self, name: str) -> None:
        """Shows a preset as chosen. Emits nothing."""
        self._current = name
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(name, NAME_ROLE))
        for row in range(self.count()):
            self.setItemData(row, self.itemData(row, NAME_ROLE) == name, CHOSEN_ROLE)
        shown = shown_name(name)
        self.setAccessibleDescription(shown)
        self.setToolTip(as_written(tr("Preset: {name}", name=shown)) if name else tr("Preset"))
        self.updateGeometry()

    def _fill(self, is_whole: bool) -> None:
        with QSignalBlocker(self):
            self.clear()
            for name in (*self._names, *(self._more if is_whole else ())):
                self._add(name)
            if self._more and not is_whole:
                self._add_action(tr("All presets"), "caret-down", _ALL)
            self.insertSeparator(self.count())
            if self._standard_model:
                self._add_action(
                    tr("Use for all new chats with {standard_model}", standard_model=self._standard_model),
                    "push-pin",
                    _STANDARD,
                )
            self._add_action(tr("Manage presets…"), "pencil-simple", _EDIT)

    def _add(self, name: str) -> None:
        self.addItem(shown_name(name))
        row = self.count() - 1
        self.setItemData(row, name, NAME_ROLE)
        self.setItemData(row, self._details.get(name, ""), DETAIL_ROLE)
        self.setItemData(row, as_written(shown_name(name)), Qt.ItemDataRole.ToolTipRole)

    def _add_action(self, text: str, icon_name: str, action: str) -> None:
        self.addItem(text)
        row = self.count() - 1
        self.setItemData(row, action, _ACTION_ROLE)
        self.setItemData(row, icon_name, ICON_ROLE)
        self.setItemData(row, as_written(text), Qt.ItemDataRole.ToolTipRole)

    def _list_all(self) -> None:
        first = len(self._names)
        self._fill(is_whole=True)
        self.set_current(self._current)
        super().showPopup()  # Makes room for the longer list.
        self.view().setCurrentIndex(self.model().index(first, 0))

    def _on_current_index_changed(self, row: int) -> None:
        if row < 0:
            return
        action = self.itemData(row, _ACTION_ROLE)
        if action is None:
            self.set_current(self.itemData(row, NAME_ROLE))
            self.preset_chosen.emit(self._current)
            return
        self.set_current(self._current)
        if action == _EDIT:
            self.edit_presets_requested.emit()
        elif action == _STANDARD:
            self.standard_requested.emit()

    @override
    def showPopup(self) -> None:
        if self._more:
            self._fill(is_whole=False)
            self.set_current(self._current)
        super().showPopup()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_click = event.type() == QEvent.Type.MouseButtonRelease
        is_key = isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_on_all = self.view().currentIndex().data(_ACTION_ROLE) == _ALL
        if not (is_on_all and (is_click or is_key) and self.view().isVisible()):
            return super().eventFilter(watched, event)
        if is_click or event.type() == QEvent.Type.KeyPress:
            self._list_all()
        event.accept()  # Before the key is pressed Qt asks for it, and would choose the row with it.
        return True
