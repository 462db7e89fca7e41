"""The menu bar: everything that can be asked for, with its shortcut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.settings import ThemeChoice
from app.ui.chat.conversation_settings_button import SHORTCUT as SETTINGS_SHORTCUT
from app.ui.icons import icon
from app.ui.widgets.rounded_popup import round_off

SEPARATOR = None


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An action of the menus, and how it reads outside of them."""

    action: QAction
    text: str
    shortcut: str
    icon_name: str


def _without_shortcut(text: str) -> str:
    """What a menu or an entry says by itself. In some languages its letter stands behind it: `文件(&F)`."""
    return re.sub(r" ?\(&\w\)", "", text).replace("&", "").rstrip("…")


class Menus(QObject):
    """The actions of the window, and the menu bar that shows them. Connect to an action's `triggered`."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon_names: dict[QAction, str] = {}
        self.bar = QMenuBar(window)
        self._make_file_actions()
        self._make_edit_actions()
        self._make_view_actions()
        self._make_chat_actions()
        self._make_help_actions()
        self._menus = [self._add_menu(title, actions) for title, actions in self._table()]
        window.installEventFilter(self)
        self._recolour()

    def set_theme_choice(self, choice: ThemeChoice) -> None:
        """Marks the chosen theme. Emits no `triggered`."""
        {
            ThemeChoice.SYSTEM: self.theme_system_action,
            ThemeChoice.LIGHT: self.theme_light_action,
            ThemeChoice.DARK: self.theme_dark_action,
            ThemeChoice.HIGH_CONTRAST: self.theme_high_contrast_action,
        }[choice].setChecked(True)

    def conversation_menu(self, parent: QWidget) -> QMenu:
        """The menu of the conversation on screen, for the button in the header."""
        menu = QMenu(parent)
        round_off(menu)
        menu.addActions(
            [self.rename_action, self.export_action, self.copy_answer_action, self.copy_chat_action]
        )
        menu.addSeparator()
        menu.addAction(self.delete_action)
        return menu

    def add_to_help(self, action: QAction) -> None:
        """Puts an entry above About, for what only some builds of the program can do."""
        action.setMenuRole(QAction.MenuRole.ApplicationSpecificRole)
        self._menus[-1].insertAction(self.about_action, action)

    def allow_finding(self, is_allowed: bool) -> None:
        """Let the keys to find with be for the conversation, or leave them to another screen's own search."""
        finding = (self.find_action, self.find_next_action, self.find_previous_action)
        for action in (*finding, self.outline_action):
            action.setEnabled(is_allowed)

    def entries(self) -> list[MenuEntry]:
        """All that the menus hold, from left to right and top to bottom, with what each says by itself."""
        return [
            MenuEntry(
                action,
                action.toolTip(),
                self._keys(action).split(", ")[0],
                self._icon_names.get(action, ""),
            )
            for menu in self._menus
            for action in menu.actions()
            if not action.isSeparator()
        ]

    def shortcuts(self) -> list[tuple[str, str, str]]:
        """Menu, entry and shortcuts, as the user reads them."""
        return [
            (_without_shortcut(menu.title()), _without_shortcut(action.text()), self._keys(action))
            for menu in self._menus
            for action in menu.actions()
            if action.shortcuts()
        ]

    def _table(self) -> tuple[tuple[str, tuple[QAction | None, ...]], ...]:
        """The menus from left to right, and their entries from top to bottom."""
        return (
            (
                tr("&File"),
                (
                    self.new_chat_action,
                    self.temporary_chat_action,
                    SEPARATOR,
                    self.open_model_action,
                    self.add_folder_action,
                    SEPARATOR,
                    self.import_action,
                    self.export_action,
                    SEPARATOR,
                    self.settings_action,
                    SEPARATOR,
                    self.quit_action,
                ),
            ),
            (
                tr("&Edit"),
                (
                    self.cut_action,
                    self.copy_action,
                    self.paste_action,
                    self.select_all_action,
                    SEPARATOR,
                    self.find_action,
                    self.find_next_action,
                    self.find_previous_action,
                    self.outline_action,
                    self.search_action,
                ),
            ),
            (
                tr("&View"),
                (
                    self.palette_action,
                    SEPARATOR,
                    self.sidebar_action,
                    self.chat_settings_action,
                    SEPARATOR,
                    self.theme_system_action,
                    self.theme_light_action,
                    self.theme_dark_action,
                    self.theme_high_contrast_action,
                    SEPARATOR,
                    self.zoom_in_action,
                    self.zoom_out_action,
                    self.zoom_reset_action,
                ),
            ),
            (
                tr("&Chat"),
                (
                    self.stop_action,
                    self.regenerate_action,
                    self.copy_answer_action,
                    self.copy_chat_action,
                    SEPARATOR,
                    self.branches_action,
                    self.prompt_action,
                    self.rename_action,
                    self.delete_action,
                    SEPARATOR,
                    self.next_chat_action,
                    self.previous_chat_action,
                    SEPARATOR,
                    self.focus_composer_action,
                    self.switch_model_action,
                    self.models_action,
                    self.knowledge_action,
                    self.presets_action,
                ),
            ),
            (tr("&Help"), (self.shortcuts_action, self.log_folder_action, SEPARATOR, self.about_action)),
        )

    def _make_file_actions(self) -> None:
        self.new_chat_action = self._action("new_chat", tr("&New chat"), "note-pencil", "Ctrl+N")
        self.temporary_chat_action = self._action(
            "temporary_chat", tr("New &temporary chat"), "ghost", "Ctrl+Shift+N"
        )
        self.open_model_action = self._action("open_model", tr("&Open model…"), "folder-open", "Ctrl+O")
        self.add_folder_action = self._action("add_folder", tr("Add model &folder…"), "folder-plus")
        self.import_action = self._action("import", tr("&Import chats…"), "download-simple", "Ctrl+Shift+I")
        self.export_action = self._action("export", tr("&Export chats…"), "export", "Ctrl+E")
        self.settings_action = self._action("settings", tr("&Settings…"), "gear-six", "Ctrl+,")
        self.settings_action.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit_action = self._action("quit", tr("&Quit"), "", "Ctrl+Q")
        self.quit_action.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_edit_actions(self) -> None:
        self.cut_action = self._action("cut", tr("Cu&t"), "", "Ctrl+X")
        self.copy_action = self._action("copy", tr("&Copy"), "", "Ctrl+C")
        self.paste_action = self._action("paste", tr("&Paste"), "", "Ctrl+V")
        self.select_all_action = self._action("select_all", tr("Select &all"), "", "Ctrl+A")
        self.search_action = self._action(
            "search", tr("&Search chats"), "magnifying-glass", "Ctrl+Shift+F", "Ctrl+K"
        )
        self.find_action = self._action("find", tr("&Find in chat"), "", "Ctrl+F")
        self.find_next_action = self._action("find_next", tr("Find &next"), "", "F3", "Ctrl+G")
        self.find_previous_action = self._action(
            "find_previous", tr("Find pre&vious"), "", "Shift+F3", "Ctrl+Shift+G"
        )
        self.outline_action = self._action("outline", tr("&Go to message…"), "", "Ctrl+J")

    def _make_view_actions(self) -> None:
        self.palette_action = self._action("palette", tr("Command &palette…"), "command", "Ctrl+Shift+P")
        self.sidebar_action = self._action("sidebar", tr("&Sidebar"), "", "Ctrl+B")
        self.chat_settings_action = self._action("chat_settings", tr("&Chat settings"), "", SETTINGS_SHORTCUT)
        self.theme_system_action = self._action("theme_system", tr("S&ystem"))
        self.theme_light_action = self._action("theme_light", tr("&Light"))
        self.theme_dark_action = self._action("theme_dark", tr("&Dark"))
        self.theme_high_contrast_action = self._action("theme_high_contrast", tr("&High contrast"))
        self.zoom_in_action = self._action("zoom_in", tr("Zoom &in"), "", "Ctrl++", "Ctrl+=")
        self.zoom_out_action = self._action("zoom_out", tr("Zoom &out"), "", "Ctrl+-")
        self.zoom_reset_action = self._action("zoom_reset", tr("&Actual size"), "", "Ctrl+0")
        themes = QActionGroup(self)
        for action in (
            *(self.theme_system_action, self.theme_light_action),
            *(self.theme_dark_action, self.theme_high_contrast_action),
        ):
            action.setCheckable(True)
            action.setToolTip(tr("{name} theme", name=action.toolTip()))
            themes.addAction(action)
        self.theme_system_action.setChecked(True)
        self.sidebar_action.setCheckable(True)
        self.sidebar_action.setChecked(True)
        self.chat_settings_action.setCheckable(True)

    def _make_chat_actions(self) -> None:
        self.stop_action = self._action("stop", tr("&Stop"), "stop", "Esc")
        self.stop_action.setEnabled(False)
        self.regenerate_action = self._action("regenerate", tr("&Regenerate"), "arrow-clockwise", "Ctrl+R")
        self.copy_answer_action = self._action("copy_answer", tr("&Copy last answer"), "copy", "Ctrl+Shift+C")
        self.copy_chat_action = self._action("copy_chat", tr("Copy chat &as Markdown"), "clipboard-text")
        self.branches_action = self._action("branches", tr("&Branches…"), "git-branch", "Ctrl+Shift+J")
        self.branches_action.setEnabled(False)
        self.prompt_action = self._action("prompt", tr("&What the model sees…"), "eye", "Ctrl+U")
        self.rename_action = self._action("rename", tr("Re&name…"), "pencil-simple", "F2")
        self.delete_action = self._action("delete", tr("&Delete"), "trash", "Ctrl+Shift+Backspace")
        self.next_chat_action = self._action("next_chat", tr("Ne&xt chat"), "", "Ctrl+PgDown", "Ctrl+Tab")
        self.previous_chat_action = self._action(
            "previous_chat", tr("&Previous chat"), "", "Ctrl+PgUp", "Ctrl+Shift+Tab"
        )
        self.focus_composer_action = self._action("focus_composer", tr("&Focus message box"), "", "Ctrl+L")
        self.switch_model_action = self._action("switch_model", tr("Switch &model"), "cube", "Ctrl+M")
        self.knowledge_action = self._action("knowledge", tr("&Knowledge"), "books", "Ctrl+Shift+K")
        self.models_action = self._action("models", tr("M&odels"), "download-simple", "Ctrl+Shift+M")
        self.presets_action = self._action("presets", tr("Manage pres&ets…"), "sliders-horizontal")

    def _make_help_actions(self) -> None:
        self.shortcuts_action = self._action("shortcuts", tr("&Keyboard shortcuts"), "keyboard", "Ctrl+/")
        self.log_folder_action = self._action("log_folder", tr("Open &log folder"))
        self.about_action = self._action("about", tr("&About Tarn"))
        self.about_action.setMenuRole(QAction.MenuRole.AboutRole)

    def _action(self, name: str, text: str, icon_name: str = "", *shortcuts: str) -> QAction:
        """Makes an action that works in the whole window. Its first shortcut is the one that is shown."""
        action = QAction(text, self._window)
        action.setObjectName(f"{name}_action")
        action.setToolTip(_without_shortcut(text))
        action.setShortcuts([QKeySequence(shortcut) for shortcut in shortcuts])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setMenuRole(QAction.MenuRole.NoRole)
        self._window.addAction(action)  # Works also where the menu bar is hidden.
        self._icon_names[action] = icon_name
        return action

    def _add_menu(self, title: str, actions: Sequence[QAction | None]) -> QMenu:
        menu = self.bar.addMenu(title)
        round_off(menu)
        for action in actions:
            if action is SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(action)
        return menu

    def _keys(self, action: QAction) -> str:
        form = QKeySequence.SequenceFormat.NativeText
        return ", ".join(keys.toString(form) for keys in action.shortcuts())

    def _recolour(self) -> None:
        for action, name in self._icon_names.items():
            action.setIcon(icon(name, self._window.palette()) if name else QIcon())

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        return False
