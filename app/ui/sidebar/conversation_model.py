"""The rows of the list of conversations, for Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from typing_extensions import override

from app.ui.sidebar.conversation_rows import SPOKEN_ACTIVITIES, ConversationRow, GroupHeading, Row
from app.ui.widgets.tooltip import as_written

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row itself: a `GroupHeading` or a `ConversationRow`."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ConversationListModel(QAbstractListModel):
    """Shows rows, and changes only those that differ, so that selection, scrolling and renaming survive.

    Signals:
        title_edited(str, str): a conversation, and the title the user typed. The row shows it once it is set.
    """

    title_edited = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._is_changing = False
        self._titles: dict[str, str] = {}
        """Typed while the rows change: Qt closes the field of a row that goes."""

    @property
    def rows(self) -> Sequence[Row]:
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Brings the list to these rows by removing, moving and inserting what differs."""
        self._is_changing = True
        try:
            self._change_rows(rows)
        finally:
            self._is_changing = False
        titles, self._titles = self._titles, {}
        for conversation_id, title in titles.items():
            if self.row_of(conversation_id) >= 0:
                self.title_edited.emit(conversation_id, title)

    def _change_rows(self, rows: Sequence[Row]) -> None:
        wanted = {row.key for row in rows}
        for place in reversed(range(len(self._rows))):
            if self._rows[place].key not in wanted:
                self._remove(place)
        for place, row in enumerate(rows):
            self._bring(row, place)
        for place in reversed(range(len(rows), len(self._rows))):
            self._remove(place)

    def row_of(self, conversation_id: str) -> int:
        """The first row of a conversation; -1 where it has none."""
        for place, row in enumerate(self._rows):
            if isinstance(row, ConversationRow) and row.id == conversation_id:
                return place
        return -1

    def _bring(self, row: Row, place: int) -> None:
        old = next((i for i in range(place, len(self._rows)) if self._rows[i].key == row.key), -1)
        if old < 0:
            self.beginInsertRows(_NOWHERE, place, place)
            self._rows.insert(place, row)
            self.endInsertRows()
            return
        if old != place:
            self.beginMoveRows(_NOWHERE, old, old, _NOWHERE, place)
            self._rows.insert(place, self._rows.pop(old))
            self.endMoveRows()
        if self._rows[place] != row:
            self._rows[place] = row
            self.dataChanged.emit(self.index(place), self.index(place))

    def _remove(self, place: int) -> None:
        self.beginRemoveRows(_NOWHERE, place, place)
        del self._rows[place]
        self.endRemoveRows()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, GroupHeading):
            return row.text if role == Qt.ItemDataRole.DisplayRole else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return as_written(
                f"{row.title}\n{SPOKEN_ACTIVITIES[row.activity]}" if row.activity else row.title
            )
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        return None

    @override
    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not isinstance(row, ConversationRow) or not title:
            return False
        if title != row.title and self._is_changing:
            self._titles[row.id] = title  # Whoever hears of it may change the rows again.
        elif title != row.title:
            self.title_edited.emit(row.id, title)
        return True

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], GroupHeading):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
