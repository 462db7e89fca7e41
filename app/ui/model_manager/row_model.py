"""The lines of a list, for Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.core.translation import listed
from app.ui.model_manager.rows import Entry, Heading, Row

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
"""The line itself: a `Row` or a `Heading`."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RowModel(QAbstractListModel):
    """Shows lines, and changes only those that differ, so that the current one and scrolling survive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    @property
    def entries(self) -> Sequence[Entry]:
        return self._entries

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Brings the list to these lines. Lines of which the order changed are made anew, all others stay."""
        wanted = {entry.key for entry in entries}
        self._remove_all_but(wanted)
        there = {entry.key for entry in self._entries}
        if [entry.key for entry in self._entries] != [entry.key for entry in entries if entry.key in there]:
            self._replace(0, len(self._entries), [])
            there = set()
        self._insert_all_but(there, entries)
        for place, entry in enumerate(entries):
            if self._entries[place] != entry:
                self._entries[place] = entry
                self.dataChanged.emit(self.index(place), self.index(place))

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Adds lines at the end, none of which may be there already."""
        self._replace(len(self._entries), len(self._entries), list(entries))

    def place_of(self, key: str) -> int:
        """The line with this key; -1 where there is none."""
        return next((place for place, entry in enumerate(self._entries) if entry.key == key), -1)

    def row(self, key: str) -> Row | None:
        place = self.place_of(key)
        entry = self._entries[place] if place >= 0 else None
        return entry if isinstance(entry, Row) else None

    def _remove_all_but(self, wanted: set[str]) -> None:
        stop = len(self._entries)
        while stop:
            start = stop
            while start and self._entries[start - 1].key not in wanted:
                start -= 1
            self._replace(start, stop, [])
            stop = max(0, start - 1)

    def _insert_all_but(self, there: set[str], entries: Sequence[Entry]) -> None:
        start = 0
        while start < len(entries):
            stop = start
            while stop < len(entries) and entries[stop].key not in there:
                stop += 1
            self._replace(start, start, list(entries[start:stop]))
            start = stop + 1

    def _replace(self, start: int, stop: int, entries: list[Entry]) -> None:
        if stop > start:
            self.beginRemoveRows(_NOWHERE, start, stop - 1)
            del self._entries[start:stop]
            self.endRemoveRows()
        if entries:
            self.beginInsertRows(_NOWHERE, start, start + len(entries) - 1)
            self._entries[start:start] = entries
            self.endInsertRows()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if isinstance(entry, Heading):
            return entry.text if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return listed(action.text for action in entry.actions)
        return None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._entries[index.row()], Heading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
