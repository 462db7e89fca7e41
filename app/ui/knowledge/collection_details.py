"""One collection on screen: its files and folders, how far it is, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core import formatting
from app.core.translation import sentences, tr
from app.knowledge.collection import Collection
from app.services.collection_status import CollectionStatus, IndexingPhase, UnreadFile
from app.ui.knowledge.collection_words import status_words, unread_words
from app.ui.widgets.flow_layout import FlowLayout
from app.ui.widgets.path_delegate import PathDelegate

_STEPS = 1000
_SHOWN_UNREAD = 500
_UNREAD_HEIGHT = 160


class CollectionDetails(QWidget):
    """Takes a collection and its status, and says what the user wants.

    Signals:
        rename_requested(), delete_requested(), files_requested(), folder_requested()
        pause_requested(bool): the indexing should wait, or go on.
        source_removed(Path): a file or a folder should no longer belong to it.
    """

    rename_requested = Signal()
    delete_requested = Signal()
    files_requested = Signal()
    folder_requested = Signal()
    pause_requested = Signal(bool)
    source_removed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_paused = False
        self.name = QLabel(self)
        self.name.setProperty("subheading", True)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        self.tag = QLabel(self)
        self.tag.setProperty("muted", True)
        self.tag.setTextFormat(Qt.TextFormat.PlainText)
        self.tag.setWordWrap(True)
        self.rename_button = self._button(tr("Rename…"), "rename_collection_button")
        self.delete_button = self._button(tr("Delete…"), "delete_collection_button")
        self.status = QLabel(self)
        self.status.setObjectName("collection_status")
        self.status.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.pause_button = self._button(tr("Pause"), "pause_indexing_button")
        self.sources = QListWidget(self)
        self.sources.setItemDelegate(PathDelegate(self.sources))
        self.sources.setObjectName("source_list")
        self.sources.setAccessibleName(tr("Files and folders"))
        self.files_button = self._button(tr("Add files…"), "add_files_button")
        self.folder_button = self._button(tr("Add folder…"), "add_source_folder_button")
        self.folder_button.setProperty("primary", True)
        self.remove_button = self._button(tr("Remove"), "remove_source_button")
        self.unread_label = QLabel(self)
        self.unread_label.setProperty("muted", True)
        self.unread = QListWidget(self)
        self.unread.setObjectName("unread_files")
        self.unread.setAccessibleName(tr("What could not be read"))
        self.unread.setWordWrap(True)
        self.unread.setMaximumHeight(_UNREAD_HEIGHT)
        self._shown_unread: tuple[UnreadFile, ...] = ()
        self._lay_out()
        self._connect()

    def show_collection(self, collection: Collection) -> None:
        """Shows another collection, or what one has become."""
        self.name.setText(collection.name)
        self.tag.setText(tr("Choose it beside the model, or write {tag} in a message.", tag=collection.tag))
        paths = [str(path) for path in collection.sources]
        if paths != [self.sources.item(row).text() for row in range(self.sources.count())]:
            self.sources.clear()
            self.sources.addItems(paths)
        self._show_remove_button()

    def show_status(self, status: CollectionStatus, *, is_paused: bool) -> None:
        """Shows how far it is indexed."""
        self._is_paused = is_paused
        is_busy = status.phase is not IndexingPhase.DONE
        words = [status_words(status, is_paused=is_paused)]
        if status.phase is IndexingPhase.READING and not is_paused and status.file_name:
            words.append(formatting.one_line(status.file_name))
        self.status.setText(sentences(*words))
        self.bar.setVisible(is_busy and status.total > 0)
        self.bar.setValue(round(status.share * _STEPS))
        self.pause_button.setVisible(is_busy or is_paused)
        self.pause_button.setText(tr("Go on") if is_paused else tr("Pause"))
        self._show_unread(status.unread)

    def _show_unread(self, unread: tuple[UnreadFile, ...]) -> None:
        for widget in (self.unread_label, self.unread):
            widget.setVisible(bool(unread))
        if unread == self._shown_unread:
            return
        self._shown_unread = unread
        self.unread_label.setText(unread_words(len(unread)))
        self.unread.clear()
        for file in unread[:_SHOWN_UNREAD]:
            item = QListWidgetItem(f"{formatting.one_line(file.path.name)} · {file.problem}")
            item.setToolTip(str(file.path))
            self.unread.addItem(item)

    def _button(self, words: str, name: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 1)
        for button in (self.rename_button, self.delete_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        layout.addWidget(self.tag)
        progress = QHBoxLayout()
        progress.addWidget(self.status, 1)
        progress.addWidget(self.pause_button)
        layout.addLayout(progress)
        layout.addWidget(self.bar)
        layout.addWidget(self.sources, 1)
        foot = FlowLayout()
        for button in (self.folder_button, self.files_button, self.remove_button):
            foot.addWidget(button)
        layout.addLayout(foot)
        layout.addWidget(self.unread_label)
        layout.addWidget(self.unread)

    def _connect(self) -> None:
        self.rename_button.clicked.connect(self.rename_requested)
        self.delete_button.clicked.connect(self.delete_requested)
        self.files_button.clicked.connect(self.files_requested)
        self.folder_button.clicked.connect(self.folder_requested)
        self.pause_button.clicked.connect(lambda: self.pause_requested.emit(not self._is_paused))
        self.remove_button.clicked.connect(self._remove_chosen)
        self.sources.itemSelectionChanged.connect(self._show_remove_button)

    def _show_remove_button(self) -> None:
        self.remove_button.setEnabled(bool(self.sources.selectedItems()))

    def _remove_chosen(self) -> None:
        chosen: Sequence[QListWidgetItem] = self.sources.selectedItems()
        for item in chosen:
            self.source_removed.emit(Path(item.text()))
