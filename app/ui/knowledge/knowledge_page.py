"""The screen for collections of files that questions are looked up in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.translation import tr
from app.knowledge.collection import Collection
from app.ui.drop_hint import accept_as_copy
from app.ui.fonts import scaled
from app.ui.knowledge.collection_details import CollectionDetails
from app.ui.widgets.back_page import BackPage
from app.ui.widgets.column_page import ColumnPage

_LIST_WIDTH = 220
_WORDS_WIDTH = 560
_WHAT_IT_IS = tr(
    "Put files and folders together under a name. Tarn reads them on this computer, and finds the passages "
    "that answer your question. The model is given these and nothing else; its answers say where they stand."
)


class KnowledgePage(BackPage):
    """A list of collections, and one of them beside it.

    Attributes:
        details: the collection that is chosen.

    Signals:
        collection_chosen(str): the id of the one that the user wants to see.
        create_requested()
        sources_dropped(list[Path]): files and folders were dropped onto the screen.
        model_requested(): the user wants the model that finds what is said in other words.
    """

    collection_chosen = Signal(str)
    create_requested = Signal()
    sources_dropped = Signal(object)
    model_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("knowledge_page")
        self.setAccessibleName(tr("Knowledge"))
        self.setAcceptDrops(True)
        self.back_button = self._back_button("knowledge_back_button")
        self.size_label = QLabel(self)
        self.size_label.setObjectName("knowledge_size")
        self.size_label.setProperty("muted", True)
        self.list = QListWidget(self)
        self.list.setObjectName("collection_list")
        self.list.setAccessibleName(tr("Collections"))
        self.create_button = QPushButton(tr("New collection…"), self)
        self.create_button.setObjectName("create_collection_button")
        self.details = CollectionDetails(self)
        self.meaning_label = QLabel(self)
        self.meaning_label.setObjectName("meaning_label")
        self.meaning_label.setProperty("muted", True)
        self.meaning_label.setWordWrap(True)
        self.model_button = QPushButton(tr("Show the model"), self)
        self.model_button.setObjectName("embedding_model_button")
        self.model_button.setProperty("quiet", True)
        self.start = self._make_start()
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.create_button.clicked.connect(self.create_requested)
        self.model_button.clicked.connect(self.model_requested)
        self.show_collections((), "")

    def show_collections(self, collections: Sequence[Collection], chosen_id: str) -> None:
        """Shows the list, with one of them chosen."""
        self.list.blockSignals(True)
        self.list.clear()
        for collection in collections:
            item = QListWidgetItem(formatting.one_line(collection.name))
            item.setData(Qt.ItemDataRole.UserRole, collection.id)
            self.list.addItem(item)
            if collection.id == chosen_id:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self._pages.setCurrentIndex(1 if collections else 0)

    def show_size(self, size: int) -> None:
        """Says how much of the disk the index takes; nothing for 0."""
        self.size_label.setText(tr("{size} on the disk", size=formatting.size(size)) if size else "")

    def show_meaning(self, model_name: str, offered: str) -> None:
        """Says how passages are found: by meaning too, or by words and which model would do more.

        Args:
            model_name: the embedding model that is there; empty where none is.
            offered: the one that could be downloaded.
        """
        self.model_button.setVisible(bool(offered))
        if model_name:
            self.meaning_label.setText(
                tr("Found by words, and by meaning with {model_name}.", model_name=model_name)
            )
        elif offered:
            self.meaning_label.setText(
                tr("Found by words. {offered} would find other words for the same too.", offered=offered)
            )
        else:
            self.meaning_label.setText(tr("Found by words."))

    def _make_start(self) -> ColumnPage:
        start = ColumnPage(self)
        title = QLabel(tr("Knowledge"), self)
        title.setProperty("title", True)
        words = QLabel(_WHAT_IT_IS, self)
        words.setProperty("body", True)
        words.setWordWrap(True)
        self.first_button = QPushButton(tr("New collection…"), self)
        self.first_button.setObjectName("first_collection_button")
        self.first_button.setProperty("primary", True)
        self.first_button.clicked.connect(self.create_requested)
        column = start.new_column(_WORDS_WIDTH)
        column.addSpacing(24)
        column.addWidget(title)
        column.addWidget(words)
        row = QHBoxLayout()
        row.addWidget(self.first_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return start

    def _lay_out(self) -> None:
        side = QWidget(self)
        side.setFixedWidth(scaled(_LIST_WIDTH))
        inner = QVBoxLayout(side)
        inner.setContentsMargins(12, 20, 0, 20)
        inner.setSpacing(12)
        inner.addWidget(self.list, 1)
        inner.addWidget(self.create_button)
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.details, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 12)
        foot.addWidget(self.meaning_label, 1)
        foot.addWidget(self.model_button)
        beside.addLayout(foot)
        row.addLayout(beside, 1)
        self._pages.addWidget(self.start)
        self._pages.addWidget(both)
        header = self._lay_out_below_header(self.back_button, self._pages)
        header.addWidget(self.size_label)

    def _on_current_changed(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.collection_chosen.emit(current.data(Qt.ItemDataRole.UserRole))

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            accept_as_copy(event)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        accept_as_copy(event)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        self.sources_dropped.emit(paths)
