"""The models on this disk."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.core.errors import UserError
from app.core.translation import tr
from app.ui.icons import ICON_SIZE, icon
from app.ui.model_manager.empty_page import EmptyPage
from app.ui.model_manager.notice_strip import NoticeStrip
from app.ui.model_manager.row_layout import CARDS
from app.ui.model_manager.row_list import SIDE, RowList
from app.ui.model_manager.rows import Row
from app.ui.theme import Theme
from app.ui.widgets.search_field import SearchField

COLUMN_WIDTH = 880


class LibraryView(QWidget):
    """Every model that is here, what it takes, and what can be done with it.

    Attributes:
        offer: asks whether models of another program are to be used.
        problem: says what went wrong.

    Signals:
        action_requested(str, str): a model's path, and what is to be done.
        filter_changed(str): show only what has these words.
        import_requested(), add_folder_requested(): take in what is on a disk already.
        offer_answered(bool): whether the models that are offered are to be used.
        discover_requested(): the user wants to look for models.
    """

    offer_answered = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = RowList(tr("Models on this computer"), CARDS, theme, COLUMN_WIDTH, self)
        self.list.setObjectName("library_list")
        self.summary = QLabel(self)
        self.summary.setProperty("muted", True)
        self.summary.setWordWrap(True)
        self.filter_field = SearchField(tr("Filter by name, quantisation or folder"), "Ctrl+F", self)
        self.filter_field.setObjectName("library_filter_field")
        self.filter_field.setPlaceholderText(tr("Filter"))
        self.import_button = QPushButton(tr("Import a file…"), self)
        self.import_button.setObjectName("import_button")
        self.folder_button = QPushButton(tr("Add a folder…"), self)
        self.folder_button.setObjectName("library_add_folder_button")
        self.offer = NoticeStrip(self)
        self.offer.setObjectName("found_models_offer")
        self.offer.button.setText(tr("Use in place"))
        self.offer.second_button.setText(tr("Not now"))
        self.problem = NoticeStrip(self)
        self.problem.setObjectName("library_problem")
        self.problem.second_button.setText(tr("Dismiss"))
        self._empty = EmptyPage(
            "cube",
            tr("No models yet"),
            tr("Download one, import a file in the GGUF format, or drop one onto this window."),
            tr("Discover models"),
            self,
        )
        self._none = EmptyPage("magnifying-glass", tr("No matches"), "", tr("Show all"), self)
        self._lay_out()
        self._connect()
        self._recolour()

    def set_rows(self, rows: Sequence[Row], summary: str, has_models: bool) -> None:
        """Shows these models; `has_models` tells whether there are any that the filter keeps back."""
        self.list.set_entries(rows)
        self.summary.setText(summary)
        empty = self._none if has_models else self._empty
        self._pages.setCurrentWidget(self.list if rows else empty)

    def set_offer(self, text: str) -> None:
        """Offers models of another program; an empty text takes the offer away."""
        self.offer.set_text(text)

    def set_problem(self, error: UserError | None) -> None:
        """Says what went wrong, until it is dismissed; None takes it away."""
        self.problem.set_text(error.told if error else "", is_error=True)

    def _lay_out(self) -> None:
        self.offer.button.show()
        self.offer.second_button.show()
        self.problem.second_button.show()
        self._pages = QStackedWidget(self)
        for page in (self.list, self._empty, self._none):
            self._pages.addWidget(page)
        top = QWidget(self)
        top.setMaximumWidth(COLUMN_WIDTH)
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.filter_field, 1)
        row.addWidget(self.import_button)
        row.addWidget(self.folder_button)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.offer)
        column.addWidget(self.summary)
        centre = QHBoxLayout()
        centre.setContentsMargins(SIDE, 0, SIDE, 0)
        centre.addWidget(top)  # Wider than it may be, a layout puts it in the middle.
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(centre)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.action_requested = self.list.action_requested
        self.filter_changed = self.filter_field.textChanged
        self.filter_field.left_downwards.connect(self.list.focus_first)
        self.import_requested = self.import_button.clicked
        self.add_folder_requested = self.folder_button.clicked
        self.offer.button.clicked.connect(lambda: self.offer_answered.emit(True))
        self.offer.second_button.clicked.connect(lambda: self.offer_answered.emit(False))
        self.discover_requested = self._empty.button.clicked
        self.problem.second_button.clicked.connect(lambda: self.set_problem(None))
        self._none.button.clicked.connect(self.filter_field.clear)

    def _recolour(self) -> None:
        for button, name in ((self.import_button, "file-plus"), (self.folder_button, "folder-plus")):
            button.setIcon(icon(name, QGuiApplication.palette()))
            button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pages"):
            self._recolour()
