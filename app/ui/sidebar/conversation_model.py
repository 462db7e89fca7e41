"""The rows of the list of conversations, for Qt: shown, edited and dragged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from typing_extensions import override

from app.ui.sidebar.conversation_rows import (
    SPOKEN_ACTIVITIES,
    ConversationRow,
    FolderRow,
    GroupHeading,
    Row,
)
from app.ui.widgets.tooltip import as_written

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row itself: a `GroupHeading`, a `FolderRow` or a `ConversationRow`."""
CONVERSATIONS_TYPE = "application/x-tarn-conversations"
FOLDER_TYPE = "application/x-tarn-folder"
"""What is dragged: ids with a space between them, or the id of one folder."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ConversationListModel(QAbstractListModel):
    """Shows rows, and changes only those that differ, so that selection, scrolling and renaming survive.

    Signals:
        title_edited(str, str): a conversation, and the title the user typed. The row shows it once it is set.
        folder_name_edited(str, str): a folder, and the name the user typed.

    Attributes:
        are_deleted: these are conversations of the bin, which can neither be renamed nor dragged.
    """

    title_edited = Signal(str, str)
    folder_name_edited = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self.are_deleted = False
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

    def row_of_folder(self, folder_id: str) -> int:
        """The row of a folder; -1 where it has none."""
        key = FolderRow(folder_id, "", 0).key
        return next((place for place, row in enumerate(self._rows) if row.key == key), -1)

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
        if isinstance(row, FolderRow):
            return _folder_data(row, role)
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
        if role != Qt.ItemDataRole.EditRole or isinstance(row, GroupHeading) or not title:
            return False
        if isinstance(row, FolderRow):
            if title != row.name:
                self.folder_name_edited.emit(row.id, title)
            return True
        if title != row.title and self._is_changing:
            self._titles[row.id] = title  # Whoever hears of it may change the rows again.
        elif title != row.title:
            self.title_edited.emit(row.id, title)
        return True

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], GroupHeading):
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self.are_deleted:
            return flags
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    @override
    def mimeTypes(self) -> list[str]:
        return [CONVERSATIONS_TYPE, FOLDER_TYPE]

    @override
    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """One folder, or all conversations of the selection."""
        rows = [self._rows[index.row()] for index in indexes]
        data = QMimeData()
        if len(rows) == 1 and isinstance(rows[0], FolderRow):
            data.setData(FOLDER_TYPE, QByteArray(rows[0].id.encode()))
            return data
        ids = dict.fromkeys(row.id for row in rows if isinstance(row, ConversationRow))
        data.setData(CONVERSATIONS_TYPE, QByteArray(" ".join(ids).encode()))
        return data


def _folder_data(row: FolderRow, role: int) -> str | None:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
        return row.name
    if role == Qt.ItemDataRole.ToolTipRole:
        return as_written(row.name)
    return row.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None
