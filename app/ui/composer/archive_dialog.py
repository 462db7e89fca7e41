"""Asks which files of an archive are attached."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core import formatting
from app.core.translation import tr, tr_count
from app.services.opened_files import OpenedArchive
from app.ui.fonts import scaled

MOST_TICKED_AT_FIRST = 5
_SIZE = (460, 420)


class ArchiveDialog(QDialog):
    """The files of an archive, to be ticked.

    Signals:
        chosen(list[str]): the names of those that are wanted.
    """

    chosen = Signal(object)

    def __init__(self, archive: OpenedArchive, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("archive_dialog")
        self.setWindowTitle(archive.name)
        layout = QVBoxLayout(self)
        label = QLabel(tr("Which files do you want to add?"), self)
        layout.addWidget(label)
        self.list = QListWidget(self)
        self.list.setAccessibleName(label.text())
        is_ticked = len(archive.entries) <= MOST_TICKED_AT_FIRST
        for entry in archive.entries:
            item = QListWidgetItem(f"{formatting.one_line(entry.name)}  ·  {formatting.size(entry.size)}")
            item.setData(Qt.ItemDataRole.UserRole, entry.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.itemActivated.connect(_turn)
        self.list.itemChanged.connect(lambda _item: self._refresh())
        layout.addWidget(self.list, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.add_button = QPushButton(self)
        self.add_button.setObjectName("add_from_archive_button")
        self.add_button.setProperty("primary", True)
        self.add_button.setDefault(True)
        buttons.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(*(scaled(side) for side in _SIZE))
        self._refresh()

    def _names(self) -> list[str]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def _refresh(self) -> None:
        count = len(self._names())
        self.add_button.setEnabled(count > 0)
        self.add_button.setText(
            tr_count("Add {count:,} file", "Add {count:,} files", count) if count else tr("Add files")
        )

    def _accept(self) -> None:
        self.chosen.emit(self._names())
        self.accept()


def _turn(item: QListWidgetItem) -> None:
    """Ticks a file that is chosen with Enter or a double click, or no longer."""
    is_ticked = item.checkState() is Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if is_ticked else Qt.CheckState.Checked)
