"""The presets to choose from, and what can be done with them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.preset import Preset
from app.ui.presets.preset_rows import HEADING_ROLE, NAME_ROLE, UNSAVED_ROLE, PresetDelegate
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.tooltip import as_written

NARROWEST, WIDEST = 232, 340
LETTERS = 15.5
"""The width in heights of a letter, between those two."""


class _Rows(QListWidget):
    """A list whose current row is always the marked one, whatever is clicked, dragged over or pressed."""

    @override
    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        is_preset = bool(index.flags() & Qt.ItemFlag.ItemIsSelectable)
        flags = QItemSelectionModel.SelectionFlag
        return flags.ClearAndSelect if is_preset else flags.NoUpdate


class PresetList(QFrame):
    """The user's own presets above the built-in ones.

    Attributes:
        list: the rows.

    Signals:
        selected(str): another preset is to be shown.
        create_requested(), import_requested()
        duplicate_requested(), rename_requested(), delete_requested(), export_requested(): the selected one.
    """

    selected = Signal(str)
    duplicate_requested = Signal()
    rename_requested = Signal()
    delete_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = _Rows(self)
        self.list.setObjectName("preset_list")
        self.list.setAccessibleName("Presets")
        self.list.setItemDelegate(PresetDelegate(self.list))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.create_button = self._button("plus", "New preset", "create_preset_button")
        self.duplicate_button = self._button("copy", "Duplicate", "duplicate_preset_button", "Ctrl+D")
        self.delete_button = self._button("trash", "Delete", "delete_preset_button")
        self.more_button = self._button("dots-three-bold", "More", "more_presets_button")
        self._is_own: dict[str, bool] = {}
        self._add_actions()
        self._lay_out()
        self._connect()
        self._set_width()

    @property
    def current_name(self) -> str:
        item = self.list.currentItem()
        return str(item.data(NAME_ROLE) or "") if item else ""

    def set_presets(self, presets: Sequence[Preset], unsaved: Collection[str], current: str) -> None:
        """Lists the presets. Emits nothing, and leaves the rows and their place alone where they are right.

        It runs in the middle of a click too, which goes on with the row that is then under the pointer.
        """
        is_own = {preset.name: not preset.is_builtin for preset in presets}
        if self.list.count() and list(is_own.items()) == list(self._is_own.items()):
            self.set_unsaved(unsaved)
            self.set_current(current)
            return
        self._is_own = is_own
        with QSignalBlocker(self.list):
            self.list.clear()
            for title, is_builtin in (("Your presets", False), ("Built-in", True)):
                group = [preset for preset in presets if preset.is_builtin is is_builtin]
                if group:
                    self._add_heading(title)
                for preset in group:
                    self._add_preset(preset, preset.name in unsaved)
        self.set_current(current)

    def set_current(self, name: str) -> None:
        """Marks a preset as shown, and brings it into sight where another one was. Emits nothing."""
        if name == self.current_name:
            return
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                if self.list.item(row).data(NAME_ROLE) == name:
                    self.list.setCurrentRow(row)
        self.scroll_to_current()
        self._show_what_can_be_done()

    def scroll_to_current(self) -> None:
        """Brings the shown preset into sight, and the top of the list with it where there is room."""
        self.list.scrollToTop()
        self.list.scrollToItem(self.list.currentItem())

    def set_unsaved(self, names: Collection[str]) -> None:
        """Marks the presets with changes that are not saved."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(NAME_ROLE):
                self._mark(item, item.data(NAME_ROLE) in names)

    def _add_heading(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(HEADING_ROLE, True)
        self.list.addItem(item)

    def _add_preset(self, preset: Preset, is_unsaved: bool) -> None:
        item = QListWidgetItem(preset.name)
        item.setData(NAME_ROLE, preset.name)
        self._mark(item, is_unsaved)
        self.list.addItem(item)

    def _mark(self, item: QListWidgetItem, is_unsaved: bool) -> None:
        name = item.data(NAME_ROLE)
        item.setData(UNSAVED_ROLE, is_unsaved)
        words = f"{name}: changed and not saved" if is_unsaved else name
        item.setToolTip(as_written(words))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)

    def _show_what_can_be_done(self) -> None:
        is_own = self._is_own.get(self.current_name, False)
        for thing in (self.delete_button, self._delete_action, self._rename_action):
            thing.setEnabled(is_own)
        self.delete_button.setToolTip("Delete (Del)" if is_own else "Built-in presets cannot be deleted")

    def _on_list_current_item_changed(self) -> None:
        self._show_what_can_be_done()
        if self.current_name:
            self.selected.emit(self.current_name)

    def _button(self, icon_name: str, name: str, object_name: str, shortcut: str = "") -> IconButton:
        button = IconButton(icon_name, name, shortcut, self)
        button.setObjectName(object_name)
        return button

    def _add_actions(self) -> None:
        """The same for the keyboard and the right mouse button as for the buttons."""
        self._duplicate_action = self._action("Duplicate", "Ctrl+D", self.duplicate_requested)
        self._rename_action = self._action("Rename", "F2", self.rename_requested)
        self._delete_action = self._action("Delete", "Del", self.delete_requested)
        self._export_action = self._action("Export…", "", self.export_requested)
        self.list.addActions(
            [self._rename_action, self._duplicate_action, self._export_action, self._delete_action]
        )
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        menu = QMenu(self.more_button)
        menu.setObjectName("more_presets_menu")
        round_off(menu)
        menu.addAction(self._action("Import…", "", self.import_requested))
        menu.addAction(self._export_action)
        menu.addSeparator()
        menu.addActions([self._rename_action])
        self.more_button.setMenu(menu)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _action(self, text: str, shortcut: str, signal: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(shortcut))
        # Del in a field deletes a letter.
        is_for_list = shortcut == "Del"
        context = Qt.ShortcutContext
        action.setShortcutContext(context.WidgetShortcut if is_for_list else context.WindowShortcut)
        action.triggered.connect(lambda: signal.emit())  # type: ignore[attr-defined]
        return action

    def _set_width(self) -> None:
        self.setFixedWidth(round(min(WIDEST, max(NARROWEST, LETTERS * self.fontInfo().pixelSize()))))

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._on_list_current_item_changed)
        self.list.itemDoubleClicked.connect(self.rename_requested)
        self.create_requested = self.create_button.clicked
        self.duplicate_button.clicked.connect(self.duplicate_requested)
        self.delete_button.clicked.connect(self.delete_requested)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 4, 8, 8)
        buttons.setSpacing(2)
        for button in (self.create_button, self.duplicate_button, self.delete_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.more_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._set_width()
