"""The column at the left: conversations, and the way to models and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.conversation import ConversationSummary
from app.core.translation import tr
from app.services.conversations import Activity
from app.store.search import SearchHit
from app.ui.fonts import BODY_SIZE
from app.ui.icons import icon
from app.ui.sidebar.conversation_list import ConversationList
from app.ui.sidebar.conversation_rows import (
    Listing,
    ListOrder,
    Row,
    archived_rows,
    deleted_rows,
    rows_found,
    rows_of,
    with_activities,
)
from app.ui.sidebar.list_menu import LISTING_NAMES, ListMenu
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.tooltip import with_shortcut

WIDTH = 260
_SEARCH_PAUSE_MS = 150
_NARROWING_HINT = tr("Narrow it with role:user, model:lfm, in:folder, before:2026-03 or after:2025-12-24")
_DAY_CHECK_MS = 30_000
"""Between two looks whether a new day has begun, over which a computer may also have slept."""


class Sidebar(QFrame):
    """Takes conversations and search results, and tells what the user wants with them.

    Signals:
        new_chat_requested()
        conversation_selected(str): open this conversation.
        hit_selected(str, str, str): open this one at that message, in which a search found that word.
        rename_requested(str, str): a conversation and its new title.
        delete_requested(tuple): conversations, by their ids. What else is wanted of rows, `list` tells.
        listing_changed(): other conversations are listed, see `listing`.
        emptying_requested(): delete for good all that is in the bin.
        search_changed(str): what to look for, a moment after the last key; empty when the search is over.
        escaped(): Escape in the list, which has ended a search.
        models_requested(), settings_requested(), hide_requested()
    """

    search_changed = Signal(str)
    listing_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._deleted: tuple[ConversationSummary, ...] = ()
        self._order = ListOrder()
        self.listing = Listing.CHATS
        """Which conversations are listed while nothing is searched for."""
        self._activities: Mapping[str, Activity] = {}
        self.new_chat_button = self._button(tr("New chat"), "note-pencil", "new_chat_button", "Ctrl+N")
        self.hide_button = IconButton("caret-double-left", tr("Hide the sidebar"), "Ctrl+B", self)
        self.hide_button.setObjectName("hide_sidebar_button")
        self.search_field = SearchField(tr("Search chats"), "Ctrl+Shift+F", self)
        self.search_field.setObjectName("search_field")
        self.search_field.setToolTip(f"{self.search_field.toolTip()}\n{_NARROWING_HINT}")
        self.list = ConversationList(self)
        self.menu_button = IconButton("dots-three", tr("List options"), parent=self)
        self.menu_button.setObjectName("list_options_button")
        self.menu = ListMenu(self.menu_button)
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.back_button = self._button("", "arrow-left", "back_to_chats_button")
        self.empty_button = QPushButton(tr("Empty"), self)
        self.empty_button.setObjectName("empty_bin_button")
        self.empty_button.setAccessibleName(tr("Delete all permanently"))
        self.models_button = self._button(tr("Models"), "cube", "models_button", "Ctrl+Shift+M")
        self.settings_button = self._button(tr("Settings"), "gear-six", "settings_button", "Ctrl+,")
        self._day = date.today()
        self._day_timer = QTimer(self, interval=_DAY_CHECK_MS)
        self._day_timer.start()
        self._search_timer = QTimer(self, interval=_SEARCH_PAUSE_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._fit_width()
        self._recolour()
        self.show_listing(Listing.CHATS)

    def set_conversations(
        self,
        summaries: Sequence[ConversationSummary],
        today: date | None = None,
        *,
        deleted: Sequence[ConversationSummary] = (),
        order: ListOrder | None = None,
    ) -> None:
        """Lists these conversations; kept for later while a search is shown."""
        self._summaries, self._deleted = tuple(summaries), tuple(deleted)
        self._order = order or self._order
        self._day = today or date.today()
        self.menu.set_sort(self._order.sort)
        self.list.set_folders(self._order.folders)
        self._list_again()

    def show_listing(self, listing: Listing) -> None:
        """Lists chats, archived chats or deleted ones."""
        self.clear_search()
        self.listing = listing
        name = LISTING_NAMES.get(listing, "")
        self.back_button.setText(name)
        self.back_button.setAccessibleName(tr("Back to chats"))
        self.back_button.setToolTip(tr("Back to chats"))
        self.back_button.setVisible(bool(name))
        self.list.setAccessibleName(name or tr("Chats"))
        self._list_again()
        self.listing_changed.emit()

    def _list_again(self) -> None:
        are_deleted = self.listing is Listing.DELETED
        self.empty_button.setVisible(are_deleted and bool(self._deleted))
        if self.search_text:
            return
        if are_deleted:
            self.list.set_rows(deleted_rows(self._deleted), are_deleted=True)
        elif self.listing is Listing.ARCHIVED:
            self._set_rows(archived_rows(self._summaries, self._day, self._order.sort))
        else:
            self._set_rows(rows_of(self._summaries, self._day, self._order))
        self.list.set_shown(self.list.shown_id)

    def set_search_results(self, hits: Sequence[SearchHit]) -> None:
        """Shows what a search found, unless the search is over by now."""
        if self.search_text:
            self._set_rows(rows_found(hits, date.today()))

    def set_activities(self, activities: Mapping[str, Activity]) -> None:
        """Marks conversations, by their ids, with what goes on in them."""
        if activities == self._activities:
            return
        self._activities = activities
        if self.search_text or self.listing is not Listing.DELETED:
            self._set_rows(self.list.rows)

    def set_shown(self, conversation_id: str) -> None:
        """Marks the conversation that is on screen; empty for a new one."""
        self.list.set_shown(conversation_id)

    def set_download_share(self, share: float | None) -> None:
        """Says beside Models how far running downloads are, 0 to 1; nothing for None."""
        percent = "" if share is None else f"{int(share * 100)} %"
        self.models_button.setText(tr("Models · {percent}", percent=percent) if percent else tr("Models"))
        spoken = tr("Models, downloading, {percent}", percent=percent) if percent else tr("Models")
        self.models_button.setAccessibleName(spoken)
        self.models_button.setToolTip(with_shortcut(spoken, "Ctrl+Shift+M"))

    def start_rename(self, conversation_id: str) -> None:
        """Opens the field for a new title, also where a search or the hidden sidebar is in its way."""
        if self.listing is not Listing.CHATS:
            self.show_listing(Listing.CHATS)
        self.clear_search()
        self.list.start_rename(conversation_id)

    @property
    def search_text(self) -> str:
        return self.search_field.text().strip()

    def clear_search(self) -> None:
        """Ends a search and shows all conversations again."""
        self.search_field.clear()

    def _set_rows(self, rows: Sequence[Row]) -> None:
        self.list.set_rows(with_activities(rows, self._activities))

    def _button(self, text: str, icon_name: str, object_name: str, shortcut: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(object_name)
        button.setProperty("icon_name", icon_name)
        button.setAccessibleName(text)
        button.setToolTip(with_shortcut(text, shortcut))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.new_chat_button, 1)
        top.addWidget(self.hide_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        search = QHBoxLayout()
        search.setSpacing(4)
        search.addWidget(self.search_field, 1)
        search.addWidget(self.menu_button)
        layout.addLayout(search)
        back = QHBoxLayout()
        back.setSpacing(4)
        back.addWidget(self.back_button, 1)
        back.addWidget(self.empty_button)
        layout.addLayout(back)
        layout.addWidget(self.list, 1)
        foot = QVBoxLayout()
        foot.setSpacing(2)
        foot.addWidget(self.models_button)
        foot.addWidget(self.settings_button)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.new_chat_requested = self.new_chat_button.clicked
        self.hide_requested = self.hide_button.clicked
        self.models_requested = self.models_button.clicked
        self.settings_requested = self.settings_button.clicked
        self.search_field.textChanged.connect(self._on_search_field_text_changed)
        self.search_field.left_downwards.connect(self.list.focus_first)
        self._day_timer.timeout.connect(self._follow_day)
        self._search_timer.timeout.connect(lambda: self.search_changed.emit(self.search_text))
        self.conversation_selected = self.list.conversation_selected
        self.hit_selected = self.list.hit_selected
        self.list.escaped.connect(self.clear_search)
        self.escaped = self.list.escaped
        self.emptying_requested = self.empty_button.clicked
        self.back_button.clicked.connect(lambda: self.show_listing(Listing.CHATS))
        self.menu.listing_chosen.connect(self.show_listing)
        self.menu.folder_requested.connect(lambda: self.list.new_folder_requested.emit((), ""))
        self.rename_requested = self.list.rename_requested
        self.delete_requested = self.list.delete_requested

    def _on_search_field_text_changed(self) -> None:
        if self.search_text:
            self._search_timer.start()
            return
        self._search_timer.stop()
        self._list_again()
        self.search_changed.emit("")

    def _follow_day(self) -> None:
        """Lets Today become Yesterday in a window that is left open over midnight."""
        if date.today() != self._day:
            self._day = date.today()
            self._list_again()

    def _fit_width(self) -> None:
        """Wider letters get a wider column, up to half as wide again."""
        zoom = max(1.0, self.font().pixelSize() / BODY_SIZE)
        self.setFixedWidth(round(WIDTH * min(zoom, 1.5)))

    def _recolour(self) -> None:
        for button in (self.new_chat_button, self.back_button, self.models_button, self.settings_button):
            button.setIcon(icon(button.property("icon_name"), self.palette()))

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._follow_day()
        return super().event(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not hasattr(self, "settings_button"):
            return  # Qt sends the first changes while the parts are being made.
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        elif event.type() == QEvent.Type.FontChange:
            self._fit_width()
