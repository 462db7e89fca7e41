"""The button beside the model that chooses the collections a conversation is looked up in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from app.core import formatting
from app.core.translation import listed, tr, tr_count
from app.knowledge.collection import Collection
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.rounded_popup import round_off
from app.ui.widgets.staying_menu import CheckableMenu

_LONGEST_NAME = 24


class CollectionsButton(IconButton):
    """Names the collections that are on, and opens the list of them.

    Signals:
        chosen(tuple[str]): the ids of those that are to be looked up in.
        manage_requested(): the user wants to see the collections.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("books", tr("Knowledge"), parent=parent)
        self.setObjectName("collections_button")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = CheckableMenu(self)
        round_off(self._menu)
        self.setMenu(self._menu)
        self._manage = QAction(tr("Collections…"), self)
        self.manage_requested = self._manage.triggered
        self._collections: tuple[Collection, ...] | None = None
        self.set_collections((), ())

    def set_collections(self, collections: Sequence[Collection], on: Sequence[str]) -> None:
        """Shows all collections; `on` are the ids of those that the conversation is looked up in."""
        if self._collections != tuple(collections):
            self._fill(collections)
        self._collections = tuple(collections)
        for action in self._menu.actions()[: len(collections)]:
            action.setChecked(action.data() in on)
        names = [it.name for it in collections if it.id in on]
        self.setText(_label(names))
        named = formatting.one_line(listed(names))
        self.set_name(
            tr("Knowledge: questions are looked up in {listed}", listed=named) if names else tr("Knowledge")
        )

    def _fill(self, collections: Sequence[Collection]) -> None:
        self._menu.clear()
        for collection in collections:
            action = QAction(formatting.one_line(collection.name).replace("&", "&&"), self._menu)
            action.setCheckable(True)
            action.setData(collection.id)
            action.triggered.connect(self._tell)
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(self._manage)

    def _tell(self) -> None:
        self.chosen.emit(tuple(action.data() for action in self._menu.actions() if action.isChecked()))


def _label(names: Sequence[str]) -> str:
    if len(names) != 1:
        return tr_count("{count:,} collection", "{count:,} collections", len(names)) if names else ""
    name = formatting.one_line(names[0])
    name = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
    return name.replace("&", "&&")
