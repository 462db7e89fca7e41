"""A map of a conversation's branches: one row for each, with lines as of a tree that grows downwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.core import formatting
from app.core.branch_map import BranchRow
from app.core.message import SPEAKERS
from app.core.translation import listed, tr, tr_count
from app.ui.fonts import resized, scaled
from app.ui.reading_direction import draw_elided, in_direction, in_row, mirrored

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `BranchRow` of a row."""
WIDTH = 380
MOST_ROWS = 14
LONGEST_WORDS = 120
MOST_LANES = 8
"""What is further to the right is drawn there, so that room is left for the words."""
_LANE, _DOT, _SIDE, _ROW_MARGIN = 16, 9, 10, 14
_MARGIN, _FRAME = 12, 14

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class BranchModel(QAbstractListModel):
    """The branches, each by the beginning of its first message."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: Sequence[BranchRow] = ()
        self._is_held = False

    def set_rows(self, rows: Sequence[BranchRow], *, is_held: bool) -> None:
        """`is_held`: only what is on screen can be gone to, as an answer is being written."""
        self.beginResetModel()
        self._rows, self._is_held = rows, is_held
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        is_reachable = not self._is_held or self._rows[index.row()].is_shown
        return super().flags(index) if is_reachable else Qt.ItemFlag.NoItemFlags

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return words_of(row)
        return spoken(row) if role == Qt.ItemDataRole.AccessibleTextRole else None


def words_of(row: BranchRow) -> str:
    """The beginning of what its first message says."""
    message = row.first.message
    words = " ".join(message.text[:LONGEST_WORDS].split())
    return words or (tr("Picture or recording") if message.attachments else tr("Message without words"))


def spoken(row: BranchRow) -> str:
    """All that a row shows, in words."""
    version = (
        tr("version {version} of {version_count}", version=row.version, version_count=row.version_count)
        if row.version_count > 1
        else ""
    )
    count = tr_count("{count:,} message", "{count:,} messages", row.count)
    place = tr("on screen") if row.is_shown else ""
    return listed((f"{SPEAKERS[row.first.role]}: {words_of(row)}", version, count, place))


class BranchMap(QListView):
    """Lies over the conversation while it has the keyboard. Enter or a click goes to a branch, Esc leaves.

    Signals:
        chosen(object): a `BranchRow`.
        left(): it has gone, and the keyboard is free.
    """

    chosen = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("branch_map")
        self.setAccessibleName(tr("Branches"))
        self._model = BranchModel(self)
        self.setModel(self._model)
        self.setItemDelegate(BranchDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._choose)
        self.hide()

    def open(self, rows: Sequence[BranchRow], area: QRect, *, is_held: bool) -> None:
        """Shows branches at the top right of an area, with the keyboard on the end of what is on screen."""
        self._model.set_rows(rows, is_held=is_held)
        shown = max((at for at, row in enumerate(rows) if row.is_shown), default=0)
        height = min(len(rows), MOST_ROWS) * self.sizeHintForRow(0) + _FRAME
        width = min(scaled(WIDTH), area.width() - 2 * _MARGIN)
        place = QRect(area.right() - width - _MARGIN, area.top() + _MARGIN, width, 0)
        place.setHeight(min(height, area.height() - 2 * _MARGIN))
        self.setGeometry(in_direction(place, area, self.layoutDirection()))
        self.show()
        self.raise_()
        self.setCurrentIndex(self._model.index(shown))
        self.scrollTo(self.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            row = index.data(ROW_ROLE)
            self._leave()
            self.chosen.emit(row)

    def _leave(self) -> None:
        if self.isVisible():
            self.hide()
            self.left.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hide()


class BranchDelegate(QStyledItemDelegate):
    """Draws a dot in its lane with the lines to its neighbours, the words, and the numbers at the right."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + _ROW_MARGIN)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: BranchRow = index.data(ROW_ROLE)
        before = index.model().index(index.row() - 1, 0).data(ROW_ROLE) if index.row() else None
        palette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 6, 6)
        if not option.state & QStyle.StateFlag.State_Enabled:
            painter.setOpacity(0.5)
        with mirrored(painter, QRectF(option.rect), option.direction):
            self._paint_lines(painter, option.rect, row, before, palette)
        left = _lane_x(option.rect, row.lane) + scaled(_LANE) / 2 + scaled(4)
        area = QRect(option.rect)
        area.setLeft(round(left))
        area.setRight(area.right() - _SIDE)
        self._paint_words(painter, option, row, area)
        painter.restore()

    def _paint_lines(
        self, painter: QPainter, area: QRect, row: BranchRow, before: BranchRow | None, palette: QPalette
    ) -> None:
        line = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText)
        accent = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Accent)
        top, bottom = float(area.top()), float(area.bottom() + 1)
        x, y = _lane_x(area, row.lane), area.center().y() + 0.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for lane in range(row.lane):  # Each goes on below, to what is newest there.
            painter.setPen(QPen(accent if lane == 0 else line, 1.5))
            painter.drawLine(QPointF(_lane_x(area, lane), top), QPointF(_lane_x(area, lane), bottom))
        painter.setPen(QPen(accent if row.is_shown else line, 1.5))
        if row.is_branching_off:
            aside = _lane_x(area, row.lane - 1)
            path = QPainterPath(QPointF(aside, top))
            path.quadTo(QPointF(aside, y), QPointF(x, y))
            painter.drawPath(path)
        elif before is not None and (before.lane > row.lane or before.goes_on):
            painter.drawLine(QPointF(x, top), QPointF(x, y))
        if row.goes_on:
            painter.drawLine(QPointF(x, y), QPointF(x, bottom))
        painter.setBrush(accent if row.is_shown else palette.color(QPalette.ColorRole.Base))
        painter.drawEllipse(QPointF(x, y), scaled(_DOT) / 2, scaled(_DOT) / 2)

    def _paint_words(
        self, painter: QPainter, option: QStyleOptionViewItem, row: BranchRow, area: QRect
    ) -> None:
        palette, small = option.palette, resized(option.font, 0.88)
        muted = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText)
        version = f"{row.version}/{row.version_count}" if row.version_count > 1 else ""
        count = f"{version}  ·  {formatting.whole(row.count)}" if version else formatting.whole(row.count)
        painter.setFont(small)
        painter.setPen(muted)
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(in_row(area, option), end, count)
        area.setRight(area.right() - painter.fontMetrics().horizontalAdvance(count) - _SIDE)
        painter.setFont(option.font)
        shown = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
        painter.setPen(shown if row.is_shown else muted)
        draw_elided(painter, in_row(area, option), words_of(row))


def _lane_x(area: QRect, lane: int) -> float:
    return area.left() + _SIDE + scaled(_LANE) * (min(lane, MOST_LANES) + 0.5)
