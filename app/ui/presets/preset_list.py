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
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
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

from app.core.preset import Preset, shown_name
from app.core.translation import tr
from app.ui.presets.preset_rows import HEADING_ROLE, ICON_ROLE, NAME_ROLE, UNSAVED_ROLE, PresetDelegate
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.search_field import SearchField
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

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        is_fold = item is not None and bool(item.data(ICON_ROLE))
        if is_fold and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.itemClicked.emit(item)
        else:
            super().keyPressEvent(event)


class PresetList(QFrame):
    """The user's own presets above the built-in ones; those of models that are not here are folded away.

    Attributes:
        list: the rows.
        filter_field: what is typed into it leaves only presets with these words in their names.

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
        self.filter_field = SearchField(tr("Filter presets"), "Ctrl+F", self)
        self.filter_field.setObjectName("preset_filter_field")
        self.filter_field.setPlaceholderText(tr("Filter"))
        self.list = _Rows(self)
        self.list.setObjectName("preset_list")
        self.list.setAccessibleName(tr("Presets"))
        self.list.setItemDelegate(PresetDelegate(self.list))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.create_button = self._button("plus", tr("New preset"), "create_preset_button")
        self.duplicate_button = self._button("copy", tr("Duplicate"), "duplicate_preset_button", "Ctrl+D")
        self.delete_button = self._button("trash", tr("Delete"), "delete_preset_button")
        self.more_button = self._button("dots-three-bold", tr("More"), "more_presets_button")
        self._is_own: dict[str, bool] = {}
        self._shown = ""
        self._presets: tuple[Preset, ...] = ()
        self._here: frozenset[str] = frozenset()
        self._unsaved: frozenset[str] = frozenset()
        self._is_unfolded = False
        self._add_actions()
        self._lay_out()
        self._connect()
        self._set_width()

    @property
    def current_name(self) -> str:
        item = self.list.currentItem()
        return str(item.data(NAME_ROLE) or "") if item else ""

    def set_presets(
        self, presets: Sequence[Preset], here: Collection[str], unsaved: Collection[str], current: str
    ) -> None:
        """Lists the presets. Emits nothing, and leaves the rows and their place alone where they are right.

        It runs in the middle of a click too, which goes on with the row that is then under the pointer.

        Args:
            here: the names of built-in ones whose models are on this computer.
        """
        before = (self._names(self._presets), self._here)
        self._presets, self._here = tuple(presets), frozenset(here)
        self._is_own = {preset.name: not preset.is_builtin for preset in presets}
        if not self.list.count() or before != (self._names(self._presets), self._here):
            self._unsaved = frozenset(unsaved)
            self._fill()
        else:
            self.set_unsaved(unsaved)
        self.set_current(current)

    def set_current(self, name: str) -> None:
        """Marks a preset as shown, and brings it into sight where another one was. Emits nothing."""
        self._shown = name
        if name == self.current_name:
            return
        self._unfold_for_shown()
        self._mark_shown()
        self.scroll_to_current()
        self._show_what_can_be_done()

    def start_over(self) -> None:
        """Shows the list as it is when it is opened: unfiltered, with the presets of other models folded."""
        self._is_unfolded = False
        with QSignalBlocker(self.filter_field):
            self.filter_field.clear()
        self._fill()

    def scroll_to_current(self) -> None:
        """Brings the shown preset into sight, and the top of the list with it where there is room."""
        self.list.scrollToTop()
        self.list.scrollToItem(self.list.currentItem())

    def set_unsaved(self, names: Collection[str]) -> None:
        """Marks the presets with changes that are not saved."""
        self._unsaved = frozenset(names)
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(NAME_ROLE):
                self._mark(item, item.data(NAME_ROLE) in names)

    def _names(self, presets: Sequence[Preset]) -> list[tuple[str, bool]]:
        return [(preset.name, preset.is_builtin) for preset in presets]

    def _row_of(self, name: str) -> int | None:
        rows = range(self.list.count())
        return next((row for row in rows if self.list.item(row).data(NAME_ROLE) == name), None)

    def _unfold_for_shown(self) -> None:
        if self._row_of(self._shown) is None and not self.filter_field.text():
            self._is_unfolded = True
            self._fill()

    def _mark_shown(self) -> None:
        row = self._row_of(self._shown)
        with QSignalBlocker(self.list):
            if row is not None:
                self.list.setCurrentRow(row)

    def _fill(self) -> None:
        """Makes the rows anew, with the same one marked where it is among them."""
        words = self.filter_field.text().casefold().split()
        found = [it for it in self._presets if all(word in shown_name(it.name).casefold() for word in words)]
        own = [it for it in found if not it.is_builtin]
        others = [it for it in found if it.is_builtin and it.name not in self._here]
        here = [it for it in found if it.is_builtin and it.name in self._here]
        with QSignalBlocker(self.list):
            self.list.clear()
            self._add_group(tr("Your presets"), own)
            self._add_group(tr("Built-in"), here)
            if words:
                self._add_group(tr("For other models"), others)
            elif others:
                self._add_fold(len(others))
                self._add_group("", others if self._is_unfolded else [])
            if not found:
                self._add_heading(tr("No preset has this in its name"))
        self._mark_shown()
        self._show_what_can_be_done()

    def _add_group(self, title: str, presets: Sequence[Preset]) -> None:
        if title and presets:
            self._add_heading(title)
        for preset in presets:
            self._add_preset(preset, preset.name in self._unsaved)

    def _add_fold(self, count: int) -> None:
        item = QListWidgetItem(tr("For other models ({count})", count=count))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setData(ICON_ROLE, "caret-down" if self._is_unfolded else "caret-right")
        spoken = (
            tr("Presets for other models, {count}, shown", count=count)
            if self._is_unfolded
            else tr("Presets for other models, {count}, hidden", count=count)
        )
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        self.list.addItem(item)

    def _on_list_item_clicked(self, item: QListWidgetItem) -> None:
        if not item.data(ICON_ROLE):
            return
        self._is_unfolded = not self._is_unfolded
        self._fill()
        rows = range(self.list.count())
        (fold,) = (row for row in rows if self.list.item(row).data(ICON_ROLE))
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(fold, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _on_filter_field_changed(self) -> None:
        self._fill()
        self._unfold_for_shown()
        self.scroll_to_current()

    def _on_list_item_double_clicked(self, item: QListWidgetItem) -> None:
        if item.data(NAME_ROLE):
            self.rename_requested.emit()

    def _add_heading(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(HEADING_ROLE, True)
        self.list.addItem(item)

    def _add_preset(self, preset: Preset, is_unsaved: bool) -> None:
        item = QListWidgetItem(shown_name(preset.name))
        item.setData(NAME_ROLE, preset.name)
        self._mark(item, is_unsaved)
        self.list.addItem(item)

    def _mark(self, item: QListWidgetItem, is_unsaved: bool) -> None:
        name = item.data(NAME_ROLE)
        item.setData(UNSAVED_ROLE, is_unsaved)
        shown = shown_name(name)
        words = tr("{name}: changed and not saved", name=shown) if is_unsaved else shown
        item.setToolTip(as_written(words))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)

    def _show_what_can_be_done(self) -> None:
        is_own = self._is_own.get(self.current_name, False)
        for thing in (self.delete_button, self._delete_action, self._rename_action):
            thing.setEnabled(is_own)
        self.delete_button.setToolTip(
            tr("Delete (Del)") if is_own else tr("Built-in presets cannot be deleted")
        )

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
        self._duplicate_action = self._action(tr("Duplicate"), "Ctrl+D", self.duplicate_requested)
        self._rename_action = self._action(tr("Rename"), "F2", self.rename_requested)
        self._delete_action = self._action(tr("Delete"), "Del", self.delete_requested)
        self._export_action = self._action(tr("Export…"), "", self.export_requested)
        self.list.addActions(
            [self._rename_action, self._duplicate_action, self._export_action, self._delete_action]
        )
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        menu = QMenu(self.more_button)
        menu.setObjectName("more_presets_menu")
        round_off(menu)
        menu.addAction(self._action(tr("Import…"), "", self.import_requested))
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
        self.list.itemClicked.connect(self._on_list_item_clicked)
        self.list.itemDoubleClicked.connect(self._on_list_item_double_clicked)
        self.filter_field.textChanged.connect(self._on_filter_field_changed)
        self.filter_field.left_downwards.connect(self.list.setFocus)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.activated.connect(self.filter_field.setFocus)
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
        top = QVBoxLayout()
        top.setContentsMargins(8, 10, 8, 0)
        top.addWidget(self.filter_field)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._set_width()
