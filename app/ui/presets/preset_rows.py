"""Presets as rows of a list: the name, what it is for, and marks for the chosen and the unsaved ones."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.ui.fonts import resized
from app.ui.icons import icon, icon_size
from app.ui.reading_direction import draw_elided, in_row

NAME_ROLE = Qt.ItemDataRole.UserRole + 1
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
ICON_ROLE = Qt.ItemDataRole.UserRole + 3
"""The icon of a row that does something; a row without it is a preset."""
CHOSEN_ROLE = Qt.ItemDataRole.UserRole + 4
UNSAVED_ROLE = Qt.ItemDataRole.UserRole + 5
HEADING_ROLE = Qt.ItemDataRole.UserRole + 6

_Index = QModelIndex | QPersistentModelIndex


class PresetDelegate(QStyledItemDelegate):
    """Draws presets, headings between them, and rows that do something."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        if _is_separator(index):
            return QSize(0, 9)
        if index.data(HEADING_ROLE):
            return QSize(160, line + 14)
        return QSize(160, 2 * line + 12 if index.data(DETAIL_ROLE) else line + 16)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if _is_separator(index):
            painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
            middle = option.rect.center().y()
            painter.drawLine(option.rect.left() + 8, middle, option.rect.right() - 8, middle)
        elif index.data(HEADING_ROLE):
            area = QRectF(option.rect).adjusted(10, 8, -10, 0)
            font = resized(option.font, 0.82, QFont.Weight.Medium)
            self._paint_text(painter, font, _muted(option), in_row(area, option), index.data())
        else:
            self._paint_ground(painter, option)
            self._paint_row(painter, option, index, QRectF(option.rect).adjusted(10, 5, -10, -5))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        flag = QStyle.StateFlag
        if option.state & (flag.State_Selected | flag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(0, 1, 0, -1), 6, 6)

    def _paint_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        text = option.palette.color(QPalette.ColorRole.Text)
        if index.data(ICON_ROLE):
            box = QRectF(area.left(), area.center().y() - icon_size() / 2, icon_size(), icon_size())
            icon(index.data(ICON_ROLE), option.palette).paint(painter, in_row(box, option).toRect())
            font = resized(option.font, 0.95)
            words = in_row(area.adjusted(28, 0, 0, 0), option)
            self._paint_text(painter, font, text, words, index.data())
            return
        self._paint_marks(painter, option, index, area)
        area.setRight(area.right() - 24)
        area = in_row(area, option)
        name_font = resized(option.font, 0.95, QFont.Weight.Medium)
        if not index.data(DETAIL_ROLE):
            self._paint_text(painter, name_font, text, area, index.data())
            return
        top = QRectF(area.left(), area.top(), area.width(), area.height() / 2)
        self._paint_text(painter, name_font, text, top, index.data())
        below = top.translated(0, top.height())
        self._paint_text(painter, resized(option.font, 0.82), _muted(option), below, index.data(DETAIL_ROLE))

    def _paint_marks(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        if index.data(UNSAVED_ROLE):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Accent))
            painter.drawEllipse(in_row(QRectF(area.right() - 8, area.center().y() - 4, 8, 8), option))
        elif index.data(CHOSEN_ROLE):
            box = QRectF(area.right() - 16, area.center().y() - 8, 16, 16)
            check = icon("check", option.palette, QPalette.ColorRole.Accent)
            check.paint(painter, in_row(box, option).toRect())

    def _paint_text(self, painter: QPainter, font: QFont, colour: object, area: QRectF, text: str) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        draw_elided(painter, area, text)


def _is_separator(index: _Index) -> bool:
    return bool(index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator")


def _muted(option: QStyleOptionViewItem) -> object:
    return option.palette.color(QPalette.ColorRole.PlaceholderText)
