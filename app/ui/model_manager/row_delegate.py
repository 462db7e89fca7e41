"""How a line of a list on the models screen looks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)
from typing_extensions import override

from app.ui.fonts import resized
from app.ui.icons import coloured_icon, icon_size
from app.ui.model_manager.row_layout import RowLayout, RowStyle, is_icon_only
from app.ui.model_manager.row_model import ENTRY_ROLE
from app.ui.model_manager.rows import Action, Badge, Heading, Row, Tone
from app.ui.reading_direction import draw_elided, in_direction, isolated
from app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class RowDelegate(QStyledItemDelegate):
    """Draws rows and headings with the colours of a theme.

    Attributes:
        hovered: the row's key and the action under the pointer.
        focused: the row's key and the action that the keyboard is on.
    """

    def __init__(self, look: RowStyle, theme: Theme, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        self.theme = theme
        self.hovered = ("", "")
        self.focused = ("", "")

    def layout_of(self, row: Row, area: QRect) -> RowLayout:
        return RowLayout(row, area, self._view.font(), self._look, self._view.layoutDirection())

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        entry = index.data(ENTRY_ROLE)
        width = self._view.viewport().width()
        if isinstance(entry, Heading):
            line = QFontMetrics(resized(self._view.font(), 0.87)).height()
            return QSize(100, line + (14 if index.row() == 0 else 26))
        return QSize(100, self.layout_of(entry, QRect(0, 0, width, 0)).height)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry = index.data(ENTRY_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Heading):
            self._paint_heading(painter, option.rect, entry)
        else:
            layout = self.layout_of(entry, option.rect)
            self._paint_ground(painter, layout, option)
            self._paint_words(painter, layout, entry)
            for action, area in layout.actions:
                self._paint_action(painter, layout, entry.key, action, area)
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRect, heading: Heading) -> None:
        painter.setFont(resized(self._view.font(), 0.87, QFont.Weight.DemiBold))
        painter.setPen(self.theme.colour("muted"))
        side = 2 if self._look.is_card else self._look.side
        below = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area.adjusted(side, 0, -side, -6), below, isolated(heading.text))

    def _paint_ground(self, painter: QPainter, layout: RowLayout, option: QStyleOptionViewItem) -> None:
        state, flag = option.state, QStyle.StateFlag
        frame = QRectF(layout.frame).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = 12 if self._look.is_card else 8
        ground: QColor | None = self.theme.colour("raised") if self._look.is_card else None
        if not self._look.is_card and state & (flag.State_MouseOver | flag.State_Selected):
            ground = self.theme.colour("hover")
        if ground is not None:
            line = self.theme.colour("line") if self._look.is_card else ground
            painter.setPen(QPen(line, 1))
            painter.setBrush(ground)
            painter.drawRoundedRect(frame, radius, radius)
        if state & flag.State_HasFocus and not self.focused[1]:
            painter.setPen(QPen(self.theme.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _paint_words(self, painter: QPainter, layout: RowLayout, row: Row) -> None:
        if row.icon_name:
            made = coloured_icon(row.icon_name, self.tone_colour(row.icon_tone))
            made.paint(painter, layout.icon)
        painter.setFont(layout.title_font)
        painter.setPen(self.theme.colour("text"))
        draw_elided(painter, layout.title, row.title)
        painter.setFont(layout.small_font)
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(layout.note, _RIGHT, isolated(row.note))
        for line, area in layout.lines:
            painter.setPen(self.tone_colour(line.tone))
            if line.wraps:
                painter.drawText(area, Qt.TextFlag.TextWordWrap, isolated(line.text))
            else:
                draw_elided(painter, area, line.text)
        for badge, area in layout.badges:
            self._paint_badge(painter, layout.badge_font, badge, area)
        if row.progress is not None:
            self._paint_bar(painter, layout.bar, row)

    def tone_colour(self, tone: Tone) -> QColor:
        """The colour of words of a tone."""
        names = {Tone.PLAIN: "muted", Tone.GOOD: "accent", Tone.WARNING: "warning", Tone.BAD: "danger"}
        return self.theme.colour(names[tone])

    def _paint_badge(self, painter: QPainter, font: QFont, badge: Badge, area: QRect) -> None:
        colour = self.tone_colour(badge.tone)
        ground = QColor(colour)
        ground.setAlphaF(0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(area), area.height() / 2, area.height() / 2)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, badge.text)

    def _paint_bar(self, painter: QPainter, area: QRect, row: Row) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("line"))
        painter.drawRoundedRect(QRectF(area), 3, 3)
        share = min(1.0, max(0.0, row.progress or 0.0))
        if share > 0:
            done = QRectF(area)
            done.setWidth(max(area.height(), area.width() * share))
            done = in_direction(done, QRectF(area), self._view.layoutDirection())
            painter.setBrush(self.theme.colour("muted" if row.is_progress_quiet else "accent"))
            painter.drawRoundedRect(done, 3, 3)

    def _paint_action(
        self, painter: QPainter, layout: RowLayout, key: str, action: Action, area: QRect
    ) -> None:
        is_hovered = self.hovered == (key, action.id) and action.is_enabled
        frame = QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5)
        ink = self.theme.colour("text" if action.is_enabled else "muted")
        ground, line = QColor(Qt.GlobalColor.transparent), QColor(Qt.GlobalColor.transparent)
        if action.is_primary and action.is_enabled:
            ground = line = self.theme.colour("accent")
            ink = self.theme.colour("on_accent")
            if is_hovered:
                ground = line = ground.lighter(108) if self.theme.is_dark else ground.darker(110)
        elif not is_icon_only(action):
            line = self.theme.colour("line")
        if is_hovered and not action.is_primary:
            ground = self.theme.colour("hover")
        painter.setPen(QPen(line, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(frame, 8, 8)
        if self.focused == (key, action.id) and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.colour("text" if action.is_primary else "focus"), 2))
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        self._paint_action_words(painter, layout.small_font, action, area, ink)

    def _paint_action_words(
        self, painter: QPainter, font: QFont, action: Action, area: QRect, ink: QColor
    ) -> None:
        words = QRect(area)
        if action.icon_name:
            box = QRect(0, 0, icon_size(), icon_size())
            box.moveCenter(area.center())
            if not is_icon_only(action):
                box.moveLeft(area.left() + 12)
                words.setLeft(box.right() + 7)
                words.setRight(area.right() - 12)
                direction = self._view.layoutDirection()
                box, words = (in_direction(it, area, direction) for it in (box, words))
            coloured_icon(action.icon_name, ink).paint(painter, box)
        if not is_icon_only(action):
            heavy = QFont(font)
            heavy.setWeight(QFont.Weight.DemiBold if action.is_primary else QFont.Weight.Medium)
            painter.setFont(heavy)
            painter.setPen(ink)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, action.text)

    def tip_at(self, row: Row, area: QRect, place: QPoint) -> str:
        """What the pointer is told there."""
        layout = self.layout_of(row, area)
        for action, box in layout.actions:
            if box.contains(place):
                return action.tip or action.text
        for badge, box in layout.badges:
            if box.contains(place) and badge.tip:
                return badge.tip
        return row.tip

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        entry = index.data(ENTRY_ROLE)
        if event.type() != QEvent.Type.ToolTip or not isinstance(entry, Row):
            return False
        text = self.tip_at(entry, option.rect, event.pos())
        # Rich text wraps; plain text would be one long line.
        QToolTip.showText(event.globalPos(), f"<qt>{_escaped(text)}</qt>" if text else "", view.viewport())
        return True


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
