"""The column at the left: conversations, and the way to models and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.conversation import ConversationSummary
from app.services.conversations import Activity
from app.store.search import SearchHit
from app.ui.fonts import BODY_SIZE
from app.ui.icons import icon
from app.ui.sidebar.conversation_list import ConversationList
from app.ui.sidebar.conversation_rows import Row, rows_found, rows_of, with_activities
from app.ui.widgets.icon_button import IconButton
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.tooltip import with_shortcut

WIDTH = 260
_SEARCH_PAUSE_MS = 150
_DAY_CHECK_MS = 30_000
"""Between two looks whether a new day has begun, over which a computer may also have slept."""


class Sidebar(QFrame):
    """Takes conversations and search results, and tells what the user wants with them.

    Signals:
        new_chat_requested()
        conversation_selected(str): open this conversation.
        hit_selected(str, str): open this conversation at that message, which a search found.
        rename_requested(str, str): a conversation and its new title.
        delete_requested(str)
        search_changed(str): what to look for, a moment after the last key; empty when the search is over.
        models_requested(), settings_requested(), hide_requested()
    """

    search_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._activities: Mapping[str, Activity] = {}
        self.new_chat_button = self._button("New chat", "note-pencil", "new_chat_button", "Ctrl+N")
        self.hide_button = IconButton("caret-double-left", "Hide the sidebar", "Ctrl+B", self)
        self.hide_button.setObjectName("hide_sidebar_button")
        self.search_field = SearchField("Search chats", "Ctrl+Shift+F", self)
        self.search_field.setObjectName("search_field")
        self.list = ConversationList(self)
        self.models_button = self._button("Models", "cube", "models_button", "Ctrl+Shift+M")
        self.settings_button = self._button("Settings", "gear-six", "settings_button", "Ctrl+,")
        self._day = date.today()
        self._day_timer = QTimer(self, interval=_DAY_CHECK_MS)
        self._day_timer.start()
        self._search_timer = QTimer(self, interval=_SEARCH_PAUSE_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._fit_width()
        self._recolour()

    def set_conversations(self, summaries: Sequence[ConversationSummary], today: date | None = None) -> None:
        """Lists these conversations by date; kept for later while a search is shown."""
        self._summaries = tuple(summaries)
        self._day = today or date.today()
        if not self.search_text:
            self._set_rows(rows_of(self._summaries, self._day))
            self.list.set_shown(self.list.shown_id)

    def set_search_results(self, hits: Sequence[SearchHit]) -> None:
        """Shows what a search found, unless the search is over by now."""
        if self.search_text:
            self._set_rows(rows_found(hits))

    def set_activities(self, activities: Mapping[str, Activity]) -> None:
        """Marks conversations, by their ids, with what goes on in them."""
        self._activities = activities
        self._set_rows(self.list.rows)

    def set_shown(self, conversation_id: str) -> None:
        """Marks the conversation that is on screen; empty for a new one."""
        self.list.set_shown(conversation_id)

    def set_download_share(self, share: float | None) -> None:
        """Says beside Models how far running downloads are, 0 to 1; nothing for None."""
        percent = "" if share is None else f"{int(share * 100)} %"
        self.models_button.setText(f"Models · {percent}" if percent else "Models")
        spoken = f"Models, downloading, {percent}" if percent else "Models"
        self.models_button.setAccessibleName(spoken)
        self.models_button.setToolTip(with_shortcut(spoken, "Ctrl+Shift+M"))

    def start_rename(self, conversation_id: str) -> None:
        """Opens the field for a new title, also where a search or the hidden sidebar is in its way."""
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
        layout.addWidget(self.search_field)
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
        self.rename_requested = self.list.rename_requested
        self.delete_requested = self.list.delete_requested

    def _on_search_field_text_changed(self) -> None:
        if self.search_text:
            self._search_timer.start()
            return
        self._search_timer.stop()
        self.set_conversations(self._summaries)
        self.search_changed.emit("")

    def _follow_day(self) -> None:
        """Lets Today become Yesterday in a window that is left open over midnight."""
        if date.today() != self._day:
            self.set_conversations(self._summaries)

    def _fit_width(self) -> None:
        """Wider letters get a wider column, up to half as wide again."""
        zoom = max(1.0, self.font().pixelSize() / BODY_SIZE)
        self.setFixedWidth(round(WIDTH * min(zoom, 1.5)))

    def _recolour(self) -> None:
        for button in (self.new_chat_button, self.models_button, self.settings_button):
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
