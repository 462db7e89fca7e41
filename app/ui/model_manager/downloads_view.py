"""What is on its way, what waits, what failed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.core.translation import tr
from app.ui.model_manager.empty_page import EmptyPage
from app.ui.model_manager.row_layout import CARDS
from app.ui.model_manager.row_list import SIDE, RowList
from app.ui.model_manager.rows import Row
from app.ui.theme import Theme

COLUMN_WIDTH = 880


class DownloadsView(QWidget):
    """The downloads, newest last, each with what can be done about it.

    Signals:
        action_requested(str, str): a download's id, and what is to be done.
        discover_requested(): the user wants to look for models.
        tidy_requested(): take those that are done off the list.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = RowList(tr("Downloads"), CARDS, theme, COLUMN_WIDTH, self)
        self.list.setObjectName("downloads_list")
        self.summary = QLabel(self)
        self.summary.setProperty("muted", True)
        self.tidy_button = QPushButton(tr("Clear finished"), self)
        self.tidy_button.setObjectName("tidy_button")
        self.tidy_button.setProperty("quiet", True)
        self._empty = EmptyPage(
            "download-simple",
            tr("No downloads"),
            tr("They continue in the background and resume after a restart."),
            tr("Discover models"),
            self,
        )
        self._lay_out()
        self.action_requested = self.list.action_requested
        self.tidy_requested = self.tidy_button.clicked
        self.discover_requested = self._empty.button.clicked

    def set_rows(self, rows: Sequence[Row], summary: str, has_done: bool) -> None:
        """Shows these downloads."""
        self.list.set_entries(rows)
        self.summary.setText(summary)
        self.tidy_button.setVisible(has_done)
        self._pages.setCurrentWidget(self._filled if rows else self._empty)

    def _lay_out(self) -> None:
        self._filled = QWidget(self)
        top = QWidget(self._filled)
        top.setMaximumWidth(COLUMN_WIDTH)
        row = QHBoxLayout(top)
        row.setContentsMargins(2, 0, 2, 0)
        row.addWidget(self.summary, 1)
        row.addWidget(self.tidy_button)
        centre = QHBoxLayout()
        centre.setContentsMargins(SIDE, 0, SIDE, 0)
        centre.addWidget(top)  # Wider than it may be, a layout puts it in the middle.
        filled = QVBoxLayout(self._filled)
        filled.setContentsMargins(0, 12, 0, 0)
        filled.setSpacing(8)
        filled.addLayout(centre)
        filled.addWidget(self.list, 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._filled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
