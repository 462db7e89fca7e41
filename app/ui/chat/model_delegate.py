"""The rows of the list of models, as they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.core.model_file import ModelFile
from app.ui.fonts import resized, scaled
from app.ui.icons import icon, icon_size
from app.ui.reading_direction import draw_elided, in_row

FILE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The row's `ModelFile`; None for the rows that do something else, or are a heading."""
ACTION_ROLE = Qt.ItemDataRole.UserRole + 2
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3
HEADING_ROLE = Qt.ItemDataRole.UserRole + 4
"""True in the row with a server's name, above its models."""

_Index = QModelIndex | QPersistentModelIndex


class ModelDelegate(QStyledItemDelegate):
    """Draws a row of the open list: name, figures or what is wrong, a mark at the chosen one."""

    def __init__(self, chosen_path: Callable[[], Path | None], parent: QObject | None = None) -> None:
        """`chosen_path` says which model is marked."""
        super().__init__(parent)
        self._chosen_path = chosen_path

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        if index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator":
            return QSize(0, 9)
        line = option.fontMetrics.height()
        if index.data(HEADING_ROLE):
            return QSize(200, 2 * line + 10)
        return QSize(200, line + 18 if index.data(ACTION_ROLE) else 2 * line + 14)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator":
            painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
            middle = option.rect.center().y()
            painter.drawLine(option.rect.left() + 8, middle, option.rect.right() - 8, middle)
        else:
            self._paint_row(painter, option, index)
        painter.restore()

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area = QRectF(option.rect)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver) and (
            option.state & QStyle.StateFlag.State_Enabled
        ):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(area.adjusted(0, 1, 0, -1), 6, 6)
        if index.data(ACTION_ROLE):
            self._paint_action(painter, option, index, area.adjusted(12, 0, -12, 0))
        elif index.data(HEADING_ROLE):
            self._paint_heading(painter, option, index, area.adjusted(12, 4, -12, -4))
        else:
            self._paint_model(painter, option, index, area.adjusted(12, 6, -12, -6))

    def _paint_action(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        side = icon_size()
        box = QRectF(area.left(), area.center().y() - side / 2, side, side)
        icon(index.data(DETAIL_ROLE), option.palette).paint(painter, in_row(box, option).toRect())
        painter.setFont(resized(option.font, 0.95))
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        words = in_row(area.adjusted(side + 10, 0, 0, 0), option)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, index.data())

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        side = scaled(16)
        box = QRectF(area.left(), area.top() + (area.height() / 2 - side) / 2, side, side)
        cloud = icon("cloud-arrow-up", option.palette, QPalette.ColorRole.Accent)
        cloud.paint(painter, in_row(box, option).toRect())
        muted = option.palette.color(QPalette.ColorRole.PlaceholderText)
        top = QRectF(area.left() + side + 8, area.top(), area.width() - side - 8, area.height() / 2)
        top = in_row(top, option)
        name_font = resized(option.font, 0.85, QFont.Weight.DemiBold)
        self._paint_line(painter, name_font, muted, top, index.data())
        below = top.translated(0, top.height())
        accent = option.palette.color(QPalette.ColorRole.Text)
        self._paint_line(painter, resized(option.font, 0.82), accent, below, index.data(DETAIL_ROLE))

    def _paint_model(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, area: QRectF
    ) -> None:
        model: ModelFile = index.data(FILE_ROLE)
        muted = option.palette.color(QPalette.ColorRole.PlaceholderText)
        text = option.palette.color(QPalette.ColorRole.Text)
        if model.path == self._chosen_path():
            side = scaled(16)
            box = QRectF(area.right() - side, area.center().y() - side / 2, side, side)
            check = icon("check", option.palette, QPalette.ColorRole.Accent)
            check.paint(painter, in_row(box, option).toRect())
        area.setRight(area.right() - 24)
        top = in_row(QRectF(area.left(), area.top(), area.width(), area.height() / 2), option)
        name_font = resized(option.font, 0.95, QFont.Weight.Medium)
        self._paint_line(painter, name_font, muted if model.problem else text, top, model.name)
        below = top.translated(0, top.height())
        self._paint_line(painter, resized(option.font, 0.82), muted, below, index.data(DETAIL_ROLE))

    def _paint_line(self, painter: QPainter, font: QFont, colour: object, area: QRectF, text: str) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        draw_elided(painter, area, text)
