"""How a row of the list of conversations looks."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPalette, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)
from typing_extensions import override

from app.core import formatting
from app.core.translation import tr
from app.services.conversations import Activity
from app.ui.fonts import in_forms_of, resized
from app.ui.icons import icon, icon_size
from app.ui.reading_direction import draw_elided, draw_layout, in_direction, in_row
from app.ui.sidebar.conversation_model import ROW_ROLE
from app.ui.sidebar.conversation_rows import ConversationRow, FolderRow, GroupHeading
from app.ui.sidebar.snippets import around_first_mark

_Index = QModelIndex | QPersistentModelIndex
_SIDE = 12
_MENU_WIDTH = 34
_MARK_WIDTH = 22
_DOT = 8
_BESIDE_DATE = 8
_MARK_WITHIN = 0.7
"""Of a snippet's width, what the first word that was found must stand in."""
_INDENT = 14
"""Pixels for each folder that a row is in."""


class ConversationDelegate(QStyledItemDelegate):
    """Draws headings, titles and snippets, and a menu button on the row under the pointer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown_id = ""
        """The conversation on screen; its row stays marked while the keyboard is elsewhere."""
        self.shown_node_id: str | None = None
        """The message in it that was opened from what a search found."""
        self.marks_selection = False
        """Several rows are selected: each of them is marked."""
        self.drop_key = ""
        """The row that something would be dropped on."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        row = index.data(ROW_ROLE)
        if isinstance(row, GroupHeading):
            return QSize(100, line + (12 if index.row() == 0 else 20))
        if isinstance(row, FolderRow):
            return QSize(100, line + 14)
        return QSize(100, line + 16 + (line + 2 if row.snippet else 0))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(option.direction)
        if isinstance(row, GroupHeading):
            self._paint_heading(painter, option, row)
        else:
            self._paint_frame(painter, option, row)
            if isinstance(row, FolderRow):
                self._paint_folder(painter, option, row)
            else:
                self._paint_conversation(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: GroupHeading) -> None:
        painter.setFont(resized(option.font, 0.86, option.font.weight().Medium))
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        area = option.rect.adjusted(_SIDE, 0, -_SIDE, -5)
        painter.drawText(area, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.text)

    def _paint_frame(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow | FolderRow
    ) -> None:
        palette = option.palette
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        is_selected = self.marks_selection and bool(option.state & QStyle.StateFlag.State_Selected)
        is_shown = (
            isinstance(row, ConversationRow)
            and row.id == self.shown_id
            and row.node_id in (None, self.shown_node_id)
        )
        frame = option.rect.adjusted(1, 1, -1, -1)
        if is_hovered or is_shown or is_selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(frame, 8, 8)
        if option.state & QStyle.StateFlag.State_HasFocus or is_selected or row.key == self.drop_key:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(frame, 8, 8)

    def _paint_folder(self, painter: QPainter, option: QStyleOptionViewItem, row: FolderRow) -> None:
        """An arrow that tells whether it is open, a folder, its name, and how much is in a closed one."""
        palette = option.palette
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        side = icon_size()
        left = option.rect.left() + _SIDE - 4 + row.depth * _INDENT
        box = QRect(left, 0, side, side)
        box.moveCenter(QPoint(box.center().x(), option.rect.center().y()))
        arrow = in_row(box.adjusted(2, 2, -2, -2), option)
        caret = "caret-down" if row.is_open else "caret-right"
        icon(caret, palette, QPalette.ColorRole.PlaceholderText).paint(painter, arrow)
        box.translate(side, 0)
        name = "folder-open" if row.is_open else "folder"
        icon(name, palette, QPalette.ColorRole.PlaceholderText).paint(painter, in_row(box, option))
        right = _MENU_WIDTH if is_hovered else _SIDE
        area = QRect(box.right() + 8, option.rect.top(), 0, option.rect.height())
        area.setRight(option.rect.right() - right)
        painter.setFont(option.font)
        if not row.is_open and not is_hovered:
            count = formatting.whole(row.count)
            painter.setPen(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
            end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(in_row(area, option), end, count)
            area.setRight(area.right() - option.fontMetrics.horizontalAdvance(count) - 6)
        painter.setPen(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
        draw_elided(painter, in_row(area, option), row.name)
        if is_hovered:
            _paint_menu_button(painter, option)

    def _paint_conversation(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow
    ) -> None:
        palette = option.palette
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        right = _MENU_WIDTH if is_hovered else _SIDE
        if row.activity and not is_hovered:
            self._paint_mark(painter, option, row.activity)
            right += _MARK_WIDTH
        elif row.date and not is_hovered:
            right += self._paint_date(painter, option, row.date)
        area = option.rect.adjusted(_SIDE + row.depth * _INDENT, 8, -right, -8)
        line = option.fontMetrics.height()
        title = QRect(area.left(), area.top(), area.width(), line)
        painter.setFont(in_forms_of(option.font, row.title))
        painter.setPen(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
        draw_elided(painter, in_row(title, option), row.title)
        if row.snippet:
            below = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
            below.setTop(title.bottom() + 3)
            self._paint_snippet(painter, option, row, below)
        if is_hovered:
            _paint_menu_button(painter, option)

    def _paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, activity: Activity) -> None:
        """A ring while it is answered, a dot for a new answer, a hand where the user is asked."""
        line = option.fontMetrics.height()
        side = icon_size()
        area = in_row(QRect(option.rect.right() - _SIDE - side, option.rect.top() + 8, side, line), option)
        if activity is Activity.WAITING:
            icon("hand-palm", option.palette, QPalette.ColorRole.Accent).paint(painter, area)
            return
        dot = QRectF(0, 0, _DOT, _DOT)
        dot.moveCenter(QRectF(area).center())
        accent = option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Accent)
        is_full = activity is Activity.ANSWERED
        painter.setPen(Qt.PenStyle.NoPen if is_full else QPen(accent, 2))
        painter.setBrush(accent if is_full else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)

    def _paint_date(self, painter: QPainter, option: QStyleOptionViewItem, date: str) -> int:
        """Draws a date at the end of the title's line; the room it takes."""
        painter.setFont(resized(option.font, 0.86))
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        area = option.rect.adjusted(_SIDE, 8, -_SIDE, 0)
        area.setHeight(option.fontMetrics.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, date)
        return painter.fontMetrics().horizontalAdvance(date) + _BESIDE_DATE

    def _paint_snippet(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow, area: QRect
    ) -> None:
        font = in_forms_of(resized(option.font, 0.88), row.snippet)
        metrics = QFontMetrics(font)
        snippet, marks = around_first_mark(
            row.snippet, row.marks, area.width() * _MARK_WITHIN, metrics.horizontalAdvance
        )
        text = metrics.elidedText(snippet, Qt.TextElideMode.ElideRight, area.width())
        layout = QTextLayout(text, font)
        layout.setFormats([_mark(start, end - start, option) for start, end in marks if end <= len(text)])
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        draw_layout(painter, layout, QPointF(area.left(), area.top() + metrics.height() / 2), option)

    @override
    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Says a title that is cut, or what goes on in its chat; a title that can be read needs no tip."""
        row = index.data(ROW_ROLE)
        if isinstance(row, ConversationRow) and not row.activity:
            room = option.rect.width() - _SIDE - row.depth * _INDENT - _MENU_WIDTH
            if option.fontMetrics.horizontalAdvance(row.title) <= room:
                QToolTip.hideText()
                return True
        return super().helpEvent(event, view, option, index)

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("rename_field")
        editor.setAccessibleName(tr("Title"))
        editor.setMaxLength(200)
        return editor

    @override
    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(index.data(Qt.ItemDataRole.EditRole))
        editor.selectAll()

    @override
    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:
        assert isinstance(editor, QLineEdit)
        index.model().setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        editor.setGeometry(option.rect.adjusted(2, 2, -2, -2))


def _paint_menu_button(painter: QPainter, option: QStyleOptionViewItem) -> None:
    box = QRect(0, 0, icon_size(), icon_size())
    box.moveCenter(menu_area(option.rect, option.direction).center())
    icon("dots-three", option.palette, QPalette.ColorRole.PlaceholderText).paint(painter, box)


def menu_area(row: QRect, direction: Qt.LayoutDirection) -> QRect:
    """Where the menu button is in a row."""
    at_the_end = QRect(row.right() - _MENU_WIDTH, row.top(), _MENU_WIDTH, row.height())
    return in_direction(at_the_end, row, direction)


def _mark(start: int, length: int, option: QStyleOptionViewItem) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
    look.setFontWeight(600)
    found = QTextLayout.FormatRange()
    found.start = start
    found.length = length
    found.format = look
    return found
