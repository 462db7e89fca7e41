"""The list of what the command palette has found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPalette, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.core.translation import tr
from app.ui.fonts import in_forms_of, resized
from app.ui.icons import icon, icon_size
from app.ui.palette.palette_entries import FoundEntry
from app.ui.reading_direction import draw_layout, in_row, isolated

FOUND_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `FoundEntry` of a row."""

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SIDE = 12


class PaletteModel(QAbstractListModel):
    """The entries that were found, for Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: tuple[FoundEntry, ...] = ()

    def set_found(self, found: Sequence[FoundEntry]) -> None:
        """Shows these instead."""
        self.beginResetModel()
        self._found = tuple(found)
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._found)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        found = self._found[index.row()]
        if role == FOUND_ROLE:
            return found
        if role == Qt.ItemDataRole.DisplayRole:
            return found.entry.title
        return found.entry.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None


class PaletteDelegate(QStyledItemDelegate):
    """Draws an icon, the title with the letters that were typed, and at the right the keys or the kind."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + 16)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        found: FoundEntry = index.data(FOUND_ROLE)
        palette = option.palette
        muted = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 8, 8)
        box = QRect(option.rect.left() + _SIDE, 0, icon_size(), icon_size())
        box.moveTop(option.rect.center().y() - icon_size() // 2)
        if found.entry.icon_name:
            shown = icon(found.entry.icon_name, palette, QPalette.ColorRole.PlaceholderText)
            shown.paint(painter, in_row(box, option))
        area = option.rect.adjusted(_SIDE + icon_size() + 10, 0, -_SIDE, 0)
        font = resized(option.font, 0.88)
        words = found.entry.shortcut or tr(found.entry.kind.value)
        painter.setFont(font)
        painter.setPen(muted)
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(in_row(area, option), end, isolated(words))
        area.setRight(area.right() - QFontMetrics(font).horizontalAdvance(words) - 16)
        _draw_title(painter, option, found, area)
        painter.restore()


def _draw_title(painter: QPainter, option: QStyleOptionViewItem, found: FoundEntry, area: QRect) -> None:
    title = found.entry.title.replace("\n", " ")
    text = option.fontMetrics.elidedText(title, Qt.TextElideMode.ElideRight, area.width())
    layout = QTextLayout(text, in_forms_of(option.font, text))
    look = QTextCharFormat()
    look.setForeground(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Accent))
    look.setFontWeight(600)
    marks = []
    for place in found.places:
        if place < len(text):
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = place, 1, look
            marks.append(mark)
    layout.setFormats(marks)
    painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
    draw_layout(painter, layout, QPointF(area.left(), area.center().y() + 1), option)
