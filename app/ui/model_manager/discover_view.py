"""Where models are found: the catalog, a search on the hub, and the model that was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core.errors import HubError
from app.core.translation import tr
from app.hub.search import SearchOrder
from app.ui.fonts import BODY_SIZE
from app.ui.icons import ICON_SIZE, icon
from app.ui.model_manager.model_details import ModelDetails
from app.ui.model_manager.notice_strip import NoticeStrip
from app.ui.model_manager.row_layout import FLAT
from app.ui.model_manager.row_list import RowList
from app.ui.model_manager.rows import Entry
from app.ui.model_manager.start_page import StartPage
from app.ui.theme import Theme
from app.ui.widgets.drop_down import DropDown
from app.ui.widgets.search_field import SearchField

LIST_WIDTH = 352
NARROW = 800
"""Pixels. In a narrower page list and model take turns."""
_SEARCH_PAUSE_MS = 350
_ORDERS = (
    (SearchOrder.DOWNLOADS, tr("Most downloaded")),
    (SearchOrder.TRENDING, tr("Trending")),
    (SearchOrder.LIKES, tr("Most liked")),
    (SearchOrder.UPDATED, tr("Newest")),
)


class DiscoverView(QWidget):
    """A list at the left, one model at the right.

    Attributes:
        list, search_field, order_field: what to choose from.
        start, details: what is shown at the right.

    Signals:
        search_changed(str, SearchOrder): what to look for, a moment after the last key; empty for nothing.
        search_entered(str): Enter was pressed in the field.
        row_chosen(str): show this one.
        more_requested(): the end of the list is near.
        retry_requested(): search again.
    """

    search_changed = Signal(str, object)
    search_entered = Signal(str)
    row_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_narrow = False
        self.search_field = SearchField(tr("Search models or paste a link"), "Ctrl+F", self)
        self.search_field.setObjectName("model_search_field")
        self.search_field.setPlaceholderText(tr("Search models or paste a link"))
        self.order_field = DropDown(self)
        self.order_field.setObjectName("model_order_field")
        self.order_field.setAccessibleName(tr("Sort by"))
        for order, text in _ORDERS:
            self.order_field.addItem(text, order)
        self.order_field.hide()
        self.list = RowList(tr("Models"), FLAT, theme, parent=self)
        self.list.setObjectName("model_list")
        self.strip = NoticeStrip(self)
        self.strip.button.setText(tr("Try again"))
        self.start = StartPage(self)
        self.details = ModelDetails(theme, self)
        self.list_button = QPushButton(tr("All models"), self)
        self.list_button.setObjectName("all_models_button")
        self.list_button.setProperty("quiet", True)
        self._pause = QTimer(self, interval=_SEARCH_PAUSE_MS, singleShot=True)
        self._lay_out()
        self._connect()
        self._recolour()

    @property
    def search_text(self) -> str:
        return self.search_field.text().strip()

    @property
    def order(self) -> SearchOrder:
        return SearchOrder(self.order_field.currentData())

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Shows the catalog or what was found."""
        self.list.set_entries(entries)

    def set_search_state(self, text: str, error: HubError | None = None) -> None:
        """Says below the field how the search goes: that it runs, that nothing was found, what failed."""
        self.strip.set_text(error.told if error else text, is_error=error is not None)
        self.strip.button.setVisible(error is not None)

    def show_start(self) -> None:
        """Shows the first page at the right."""
        self._turn_to(self.start)

    def show_details(self) -> None:
        """Shows the chosen model at the right."""
        self._turn_to(self.details)

    def show_list(self) -> None:
        """Shows the list, where there is no room for both."""
        self._show_pane(self._left_pane)

    @property
    def is_start_shown(self) -> bool:
        return self._right.currentWidget() is self.start

    def focus_first(self) -> None:
        """Takes the focus: in the list, or in what is shown where they take turns."""
        if not self._left_pane.isHidden():
            self.list.setFocus()
        elif self.is_start_shown and self.start.cards:
            next(iter(self.start.cards.values())).button.setFocus()
        elif not self.is_start_shown:
            self.details.variants.setFocus()

    def go_back(self) -> bool:
        """Leaves the model for the list where they take turns, or ends a search; False else."""
        if self._is_narrow and self._left_pane.isHidden() and not self.is_start_shown:
            self.show_list()
            self.list.setFocus()
            return True
        if self.search_text:
            self.search_field.clear()
            return True
        return False

    def _lay_out(self) -> None:
        self._left_pane = QFrame(self)
        self._left_pane.setObjectName("model_list_pane")
        left = QVBoxLayout(self._left_pane)
        left.setContentsMargins(12, 12, 8, 8)
        left.setSpacing(8)
        for widget in (self.search_field, self.order_field, self.strip):
            left.addWidget(widget)
        left.addWidget(self.list, 1)
        self._right = QStackedWidget(self)
        self._right.addWidget(self.start)
        self._right.addWidget(self.details)
        self._right_pane = QWidget(self)
        right = QVBoxLayout(self._right_pane)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 0)
        bar.addWidget(self.list_button)
        bar.addStretch(1)
        right.addLayout(bar)
        right.addWidget(self._right, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._left_pane)
        layout.addWidget(self._right_pane, 1)

    def _connect(self) -> None:
        self.search_field.textChanged.connect(self._on_search_field_text_changed)
        self.search_field.returnPressed.connect(self._on_search_field_return_pressed)
        self.search_field.left_downwards.connect(self.list.focus_first)
        self.order_field.currentIndexChanged.connect(lambda _index: self._emit_search())
        self._pause.timeout.connect(self._emit_search)
        self.list.row_chosen.connect(self._on_list_row_chosen)
        self.list.row_activated.connect(self.row_chosen)
        self.more_requested = self.list.end_neared
        self.list_button.clicked.connect(self._on_list_button_clicked)
        self.retry_requested = self.strip.button.clicked

    def _on_search_field_text_changed(self) -> None:
        self.order_field.setVisible(bool(self.search_text))
        if self.search_text:
            self._pause.start()
        else:
            self._emit_search()

    def _on_search_field_return_pressed(self) -> None:
        self._emit_search()
        self.search_entered.emit(self.search_text)

    def _emit_search(self) -> None:
        self._pause.stop()
        self.search_changed.emit(self.search_text, self.order)

    def _on_list_row_chosen(self, key: str) -> None:
        # Where list and model take turns, walking down the list must not leave it.
        if not self._is_narrow:
            self.row_chosen.emit(key)

    def _on_list_button_clicked(self) -> None:
        self.show_list()
        self.list.setFocus()

    def _turn_to(self, page: QWidget) -> None:
        """Shows a page at the right; the focus does not stay on one that is covered."""
        covered = self._right.currentWidget()
        focused = QApplication.focusWidget()
        has_focus = bool(covered and focused and covered.isAncestorOf(focused))
        self._right.setCurrentWidget(page)
        self._show_pane(self._right_pane)
        if has_focus and covered is not page:
            self.focus_first()

    def _show_pane(self, pane: QWidget) -> None:
        self._shown = pane
        focused = QApplication.focusWidget()
        for one in (self._left_pane, self._right_pane):
            one.setVisible(not self._is_narrow or one is pane)
        self.list_button.setVisible(self._is_narrow)
        if focused and self.isAncestorOf(focused) and self.isVisible() and not focused.isVisible():
            self.focus_first()

    def _fit(self) -> None:
        zoom = min(1.3, max(1.0, self.font().pixelSize() / BODY_SIZE))
        self._is_narrow = self.width() < NARROW * zoom
        self._left_pane.setMinimumWidth(0 if self._is_narrow else round(LIST_WIDTH * zoom))
        self._left_pane.setMaximumWidth(16_777_215 if self._is_narrow else round(LIST_WIDTH * zoom))
        self._show_pane(getattr(self, "_shown", self._right_pane))

    def _recolour(self) -> None:
        self.list_button.setIcon(icon("caret-left", QGuiApplication.palette()))
        self.list_button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not hasattr(self, "_right_pane"):
            return
        if event.type() == QEvent.Type.PaletteChange:
            self._recolour()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()
