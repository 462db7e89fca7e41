"""The daily copies, with a button that brings one back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.translation import sentences, tr, tr_count
from app.store.backups import COPIES_KEPT, Backup
from app.ui.widgets.question_dialog import QuestionDialog


class CopiesPage(QWidget):
    """A list of the copies.

    Signals:
        shown(): somebody looks at the page; the list may be old.
        restore_requested(Backup): the user has said that this copy is to be brought back.
        folder_requested(Backup): show where it is.
    """

    shown = Signal()
    restore_requested = Signal(object)
    folder_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(tr("Daily copies"), self)
        heading.setProperty("subheading", True)
        self.summary = QLabel(self)
        self.summary.setProperty("muted", True)
        self.summary.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setObjectName("copies_list")
        self.list.setAccessibleName(tr("Daily copies"))
        self.restore_button = QPushButton(tr("Restore…"), self)
        self.restore_button.setObjectName("restore_copy_button")
        self.folder_button = QPushButton(tr("Show in folder"), self)
        foot = QHBoxLayout()
        foot.addWidget(self.restore_button)
        foot.addWidget(self.folder_button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(self.summary)
        layout.addWidget(self.list, 1)
        layout.addLayout(foot)
        self.list.currentRowChanged.connect(self._offer)
        self.restore_button.clicked.connect(self._ask)
        self.folder_button.clicked.connect(self._on_folder_button_clicked)
        self.set_copies(())

    def set_copies(self, copies: Sequence[Backup]) -> None:
        """Shows these, the newest first."""
        self.list.clear()
        for copy in copies:
            item = QListWidgetItem(words_of(copy))
            item.setData(Qt.ItemDataRole.UserRole, copy)
            self.list.addItem(item)
        if copies:
            self.list.setCurrentRow(0)
        kept = tr(
            "Chats, settings and presets are copied once a day. The last {copies_kept} copies are kept.",
            copies_kept=COPIES_KEPT,
        )
        self.summary.setText(kept if copies else sentences(kept, tr("There is none yet.")))
        self._offer()

    @property
    def current(self) -> Backup | None:
        """The copy that is marked."""
        item = self.list.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item else None
        return found if isinstance(found, Backup) else None

    def _offer(self) -> None:
        for button in (self.restore_button, self.folder_button):
            button.setEnabled(self.current is not None)

    def _ask(self) -> None:
        copy = self.current
        if copy is None:
            return
        dialog = QuestionDialog(
            tr("Restore the chats of {day}?", day=formatting.day_of(copy.day)),
            tr_count(
                "The list will hold the {count:,} chat of that day. "
                "The chats of now are not deleted: they are kept in a file beside the new one.",
                "The list will hold the {count:,} chats of that day. "
                "The chats of now are not deleted: they are kept in a file beside the new one.",
                copy.conversation_count,
            ),
            tr("Restore"),
            self,
        )
        dialog.setObjectName("restore_question")
        dialog.confirmed.connect(lambda: self.restore_requested.emit(copy))
        dialog.open()

    def _on_folder_button_clicked(self) -> None:
        if self.current is not None:
            self.folder_requested.emit(self.current)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()


def words_of(copy: Backup) -> str:
    """A copy on one line: its day, what is in it, and its size."""
    return " · ".join(
        (
            formatting.day_of(copy.day),
            tr_count("{count:,} chat", "{count:,} chats", copy.conversation_count),
            tr_count("{count:,} message", "{count:,} messages", copy.message_count),
            formatting.size(copy.size_bytes),
        )
    )
