"""The menu that opens on a message with the right button or the menu key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class ContextMenuItem:
    """One line of the menu; without words it is a dividing line."""

    words: str = ""
    do: Callable[[], None] | None = None
    is_enabled: bool = True
    shortcut: QKeySequence.StandardKey | None = None
    choices: tuple[ContextMenuItem, ...] = ()
    """The lines of a menu beside this one, which it opens."""


def message_menu(parent: QWidget, choices: Sequence[ContextMenuItem]) -> QMenu:
    """A menu that deletes itself when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _fill(menu, choices)
    return menu


def _fill(menu: QMenu, choices: Sequence[ContextMenuItem]) -> None:
    for choice in choices:
        if choice.choices:
            beside = QMenu(choice.words, menu)
            _fill(beside, choice.choices)
            beside.menuAction().setEnabled(choice.is_enabled)
            menu.addMenu(beside)
            continue
        if choice.do is None:
            menu.addSeparator()
            continue
        action = QAction(choice.words, menu)
        action.setEnabled(choice.is_enabled)
        if choice.shortcut is not None:
            action.setShortcut(choice.shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(choice.do)
        menu.addAction(action)
