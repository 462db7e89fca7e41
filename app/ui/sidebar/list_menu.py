"""The menu that says how conversations are listed, and which."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.core.translation import tr
from app.settings import ConversationSort
from app.ui.sidebar.conversation_rows import Listing
from app.ui.widgets.rounded_popup import round_off

_SORTS = (
    (ConversationSort.LAST_USED, tr("Sort by last used")),
    (ConversationSort.CREATED, tr("Sort by date created")),
    (ConversationSort.TITLE, tr("Sort by title")),
)
LISTING_NAMES = {Listing.ARCHIVED: tr("Archived chats"), Listing.DELETED: tr("Deleted chats")}


class ListMenu(QMenu):
    """Sorting, a new folder, and the way to archived and deleted conversations.

    Signals:
        folder_requested()
        sort_chosen(object): a `ConversationSort`.
        listing_chosen(object): a `Listing`.
    """

    folder_requested = Signal()
    sort_chosen = Signal(object)
    listing_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        round_off(self)
        self.addAction(tr("New folder")).triggered.connect(lambda: self.folder_requested.emit())
        self.addSeparator()
        group = QActionGroup(self)
        self._sorts = {}
        for sort, text in _SORTS:
            action = self.addAction(text)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, chosen=sort: self.sort_chosen.emit(chosen))
            self._sorts[sort] = action
        self.addSeparator()
        for listing, text in LISTING_NAMES.items():
            action = self.addAction(text)
            action.triggered.connect(lambda _checked=False, chosen=listing: self.listing_chosen.emit(chosen))

    def set_sort(self, sort: ConversationSort) -> None:
        """Ticks the order that conversations are in."""
        self._sorts[sort].setChecked(True)
