"""The menu bar: everything that can be asked for, with its shortcut."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget
from typing_extensions import override

from app.settings import Theme as ThemeChoice
from app.ui.icons import icon
from app.ui.widgets.rounded_popup import round_off


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a menu. The first shortcut is the one that is shown."""

    name: str
    """The attribute of `Menus` that holds the action, without `_action`."""
    text: str
    shortcuts: tuple[str, ...] = ()
    icon_name: str = ""
    is_checkable: bool = False
    role: QAction.MenuRole = QAction.MenuRole.NoRole


SEPARATOR = None
MENUS: tuple[tuple[str, tuple[Entry | None, ...]], ...] = (
    (
        "&File",
        (
            Entry("new_chat", "&New chat", ("Ctrl+N",), "note-pencil"),
            SEPARATOR,
            Entry("open_model", "&Open model…", ("Ctrl+O",), "folder-open"),
            Entry("add_folder", "Add model &folder…", (), "folder-plus"),
            SEPARATOR,
            Entry("export", "&Export to Markdown…", ("Ctrl+E",), "export"),
            SEPARATOR,
            Entry("settings", "&Settings…", ("Ctrl+,",), "gear-six", role=QAction.MenuRole.PreferencesRole),
            SEPARATOR,
            Entry("quit", "&Quit", ("Ctrl+Q",), role=QAction.MenuRole.QuitRole),
        ),
    ),
    (
        "&Edit",
        (
            Entry("cut", "Cu&t", ("Ctrl+X",)),
            Entry("copy", "&Copy", ("Ctrl+C",)),
            Entry("paste", "&Paste", ("Ctrl+V",)),
            Entry("select_all", "Select &all", ("Ctrl+A",)),
            SEPARATOR,
            Entry("search", "&Search conversations", ("Ctrl+Shift+F", "Ctrl+K"), "magnifying-glass"),
        ),
    ),
    (
        "&View",
        (
            Entry("sidebar", "&Sidebar", ("Ctrl+B",), is_checkable=True),
            SEPARATOR,
            Entry("theme_system", "&Follow the system", is_checkable=True),
            Entry("theme_light", "&Light", is_checkable=True),
            Entry("theme_dark", "&Dark", is_checkable=True),
            SEPARATOR,
            Entry("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+=")),
            Entry("zoom_out", "Zoom &out", ("Ctrl+-",)),
            Entry("zoom_reset", "&Actual size", ("Ctrl+0",)),
        ),
    ),
    (
        "&Chat",
        (
            Entry("stop", "&Stop", ("Esc",), "stop"),
            Entry("regenerate", "&Regenerate the answer", ("Ctrl+R",), "arrow-clockwise"),
            Entry("copy_answer", "&Copy the last answer", ("Ctrl+Shift+C",), "copy"),
            SEPARATOR,
            Entry("rename", "Re&name…", ("F2",), "pencil-simple"),
            Entry("delete", "&Delete", ("Ctrl+Shift+Backspace",), "trash"),
            SEPARATOR,
            Entry("next_chat", "Ne&xt conversation", ("Ctrl+PgDown", "Ctrl+Tab")),
            Entry("previous_chat", "&Previous conversation", ("Ctrl+PgUp", "Ctrl+Shift+Tab")),
            SEPARATOR,
            Entry("focus_composer", "&Write a message", ("Ctrl+L",)),
            Entry("switch_model", "Switch &model", ("Ctrl+M",), "cube"),
            Entry("models", "Mana&ge models", ("Ctrl+Shift+M",), "download-simple"),
        ),
    ),
    (
        "&Help",
        (
            Entry("shortcuts", "&Keyboard shortcuts", ("Ctrl+/",), "keyboard"),
            Entry("log_folder", "Open &log folder"),
            SEPARATOR,
            Entry("about", "&About Tarn", role=QAction.MenuRole.AboutRole),
        ),
    ),
)


class Menus(QObject):
    """The actions of the window, and the menu bar that shows them.

    Every entry of `MENUS` is an attribute, such as `export_action`; connect to its `triggered`.
    """

    new_chat_action: QAction
    open_model_action: QAction
    add_folder_action: QAction
    export_action: QAction
    settings_action: QAction
    quit_action: QAction
    cut_action: QAction
    copy_action: QAction
    paste_action: QAction
    select_all_action: QAction
    search_action: QAction
    sidebar_action: QAction
    theme_system_action: QAction
    theme_light_action: QAction
    theme_dark_action: QAction
    zoom_in_action: QAction
    zoom_out_action: QAction
    zoom_reset_action: QAction
    stop_action: QAction
    regenerate_action: QAction
    copy_answer_action: QAction
    rename_action: QAction
    delete_action: QAction
    next_chat_action: QAction
    previous_chat_action: QAction
    focus_composer_action: QAction
    switch_model_action: QAction
    models_action: QAction
    shortcuts_action: QAction
    log_folder_action: QAction
    about_action: QAction

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.bar = QMenuBar(window)
        self._icon_names: dict[QAction, str] = {}
        self._menus = [self._add_menu(title, entries) for title, entries in MENUS]
        group = QActionGroup(self)
        for action in (self.theme_system_action, self.theme_light_action, self.theme_dark_action):
            group.addAction(action)
        self.theme_system_action.setChecked(True)
        self.sidebar_action.setChecked(True)
        self.stop_action.setEnabled(False)
        window.installEventFilter(self)
        self._recolour()

    def set_theme_choice(self, choice: ThemeChoice) -> None:
        """Marks the chosen theme. Emits no `triggered`."""
        {
            ThemeChoice.SYSTEM: self.theme_system_action,
            ThemeChoice.LIGHT: self.theme_light_action,
            ThemeChoice.DARK: self.theme_dark_action,
        }[choice].setChecked(True)

    def conversation_menu(self, parent: QWidget) -> QMenu:
        """The menu of the conversation on screen, for the button in the header."""
        menu = QMenu(parent)
        round_off(menu)
        menu.addActions([self.rename_action, self.export_action, self.copy_answer_action])
        menu.addSeparator()
        menu.addAction(self.delete_action)
        return menu

    def add_to_help(self, action: QAction) -> None:
        """Puts an entry above About, for what only some builds of the program can do."""
        action.setMenuRole(QAction.MenuRole.ApplicationSpecificRole)
        self._menus[-1].insertAction(self.about_action, action)

    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Menu, entry and shortcuts, as the user reads them."""
        return [
            (menu.title().replace("&", ""), action.text().replace("&", "").rstrip("…"), _keys(action))
            for menu in self._menus
            for action in menu.actions()
            if action.shortcuts()
        ]

    def _add_menu(self, title: str, entries: tuple[Entry | None, ...]) -> QMenu:
        menu = self.bar.addMenu(title)
        round_off(menu)
        for entry in entries:
            if entry is SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(self._make_action(entry))
        return menu

    def _make_action(self, entry: Entry) -> QAction:
        action = QAction(entry.text, self._window)
        action.setObjectName(f"{entry.name}_action")
        action.setShortcuts([QKeySequence(shortcut) for shortcut in entry.shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(entry.is_checkable)
        action.setMenuRole(entry.role)
        self._window.addAction(action)  # Works also where the menu bar is hidden.
        self._icon_names[action] = entry.icon_name
        setattr(self, f"{entry.name}_action", action)
        return action

    def _recolour(self) -> None:
        for action, name in self._icon_names.items():
            action.setIcon(icon(name, self._window.palette()) if name else QIcon())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        return False


def _keys(action: QAction) -> str:
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(form) for keys in action.shortcuts())
