"""The conversations that an import would bring, as a table with boxes to tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from app.core import formatting
from app.core.translation import tr
from app.services.import_state import ImportCandidate, Standing
from app.ui.widgets.tooltip import as_written

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_COLUMNS = (tr("Chat"), tr("From"), tr("Begun"), tr("Last used"), tr("Messages"), "")
_MESSAGES = 4
WORDS = {
    Standing.NEW: "",
    Standing.GROWN: tr("Has grown since it was imported"),
    Standing.HERE: tr("Already here"),
    Standing.TWICE: tr("Twice in these files"),
}
WANTED = (Standing.NEW, Standing.GROWN)
"""What is ticked until somebody says otherwise."""
LONGEST_TITLE = 200


class CandidateModel(QAbstractTableModel):
    """One row for each conversation; the first column can be ticked.

    Signals:
        ticked(): other conversations are wanted now.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ImportCandidate] = []
        self._wanted: set[tuple[str, int]] = set()

    @property
    def rows(self) -> Sequence[ImportCandidate]:
        return self._rows

    @property
    def wanted(self) -> frozenset[tuple[str, int]]:
        """The places of those that are ticked."""
        return frozenset(self._wanted)

    def set_candidates(self, candidates: Sequence[ImportCandidate]) -> None:
        """Shows these, with a tick at those that are not here yet."""
        self.beginResetModel()
        self._rows = list(candidates)
        self._wanted = {row.place for row in candidates if row.standing in WANTED}
        self.endResetModel()
        self.ticked.emit()

    def tick(self, is_wanted: Callable[[ImportCandidate], bool]) -> None:
        """Ticks those for which it holds, and no others."""
        self._wanted = {row.place for row in self._rows if is_wanted(row)}
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        self.ticked.emit()

    def toggle(self, row: int) -> None:
        """Ticks one, or takes its tick off."""
        self._wanted ^= {self._rows[row].place}
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
        self.ticked.emit()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return Qt.CheckState.Checked if row.place in self._wanted else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return _cells(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return as_written(f"{formatting.one_line(row.title[:LONGEST_TITLE])}\n{row.file}")
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == _MESSAGES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self.toggle(index.row())
        return True

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _COLUMNS[section]
        return None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        keys: tuple[Callable[[ImportCandidate], Any], ...] = (
            lambda row: row.title.casefold(),
            lambda row: row.origin.label,
            lambda row: row.created_at,
            lambda row: row.updated_at,
            lambda row: row.message_count,
            lambda row: WORDS[row.standing],
        )
        self.layoutAboutToBeChanged.emit()
        self._rows.sort(key=keys[column], reverse=order == Qt.SortOrder.DescendingOrder)
        self.layoutChanged.emit()


def _cells(row: ImportCandidate) -> tuple[str, ...]:
    return (
        formatting.one_line(row.title[:LONGEST_TITLE]),
        row.origin.label,
        formatting.short_day(row.created_at),
        formatting.short_day(row.updated_at),
        formatting.whole(row.message_count),
        WORDS[row.standing],
    )
