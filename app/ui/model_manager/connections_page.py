"""The network log in the settings: every connection that the program made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.connection import Connection
from app.core.translation import tr, tr_in

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_COLUMNS = (
    tr_in("when it was", "Time"),
    tr("Host"),
    tr("Purpose"),
    tr("Sent"),
    tr("Received"),
    tr("Outcome"),
)
_FIRST_FIGURE, _LAST_FIGURE = 3, 4
_LOOK_MS = 500


class ConnectionsModel(QAbstractTableModel):
    """Connections, newest first, for Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connections: tuple[Connection, ...] = ()

    def set_connections(self, connections: Sequence[Connection]) -> None:
        """Shows these. Where some were added at the top, the others stay chosen as they are."""
        shown = tuple(connections)
        added = len(shown) - len(self._connections)
        if added > 0 and shown[added:] == self._connections:
            self.beginInsertRows(_NOWHERE, 0, added - 1)
            self._connections = shown
            self.endInsertRows()
        elif shown != self._connections:
            self.beginResetModel()
            self._connections = shown
            self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._connections)

    @override
    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _cells(self._connections[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and _FIRST_FIGURE <= index.column() <= _LAST_FIGURE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _COLUMNS[section]
        return None


class ConnectionsPage(QWidget):
    """A table of the connections.

    Signals:
        clear_requested(): forget them.
        shown(): somebody looks at the page, and looks on; the list may be old.
    """

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ConnectionsModel(self)
        self.table = QTableView(self)
        self.table.setObjectName("connections_table")
        self.table.setAccessibleName(tr("Connections"))
        self.table.setModel(self._model)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(0)  # By the rows that can be seen, not by all.
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.summary = QLabel(self)
        self.summary.setProperty("muted", True)
        self.summary.setWordWrap(True)
        self.clear_button = QPushButton(tr("Clear"), self)
        self.clear_button.setObjectName("clear_connections_button")
        self.clear_requested = self.clear_button.clicked
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self.shown)
        self._lay_out()
        self.set_connections(())

    def set_connections(self, connections: Sequence[Connection]) -> None:
        """Shows these, newest first."""
        place = self.table.verticalScrollBar()
        was_at_top = place.value() == 0
        self._model.set_connections(connections)
        if was_at_top:
            self.table.scrollToTop()
        self.clear_button.setEnabled(bool(connections))
        if not connections:
            self.summary.setText(tr("No connections yet."))
            return
        down = sum(connection.bytes_down for connection in connections)
        self.summary.setText(
            tr(
                "The last {connections:,} connections, {size} received.",
                connections=len(connections),
                size=formatting.size(down),
            )
        )

    def _lay_out(self) -> None:
        heading = QLabel(tr("Connections"), self)
        heading.setProperty("subheading", True)
        foot = QHBoxLayout()
        foot.addWidget(self.clear_button)
        foot.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        for widget in (heading, self.summary):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look.start()
        self.shown.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._look.stop()


def _cells(connection: Connection) -> tuple[str, ...]:
    local = connection.time.astimezone()
    return (
        tr("{day}, {time:%H:%M}", day=formatting.day_and_month(local), time=local),
        connection.host,
        connection.purpose,
        formatting.size(connection.bytes_up),
        formatting.size(connection.bytes_down),
        connection.outcome,
    )
