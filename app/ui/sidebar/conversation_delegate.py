"""How a row of the list of conversations looks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.services.conversations import Activity
from app.ui.fonts import resized
from app.ui.icons import icon, icon_size
from app.ui.sidebar.conversation_model import ROW_ROLE
from app.ui.sidebar.conversation_rows import ConversationRow, GroupHeading

_Index = QModelIndex | QPersistentModelIndex
_SIDE = 12
_MENU_WIDTH = 34
_MARK_WIDTH = 22
_DOT = 8


class ConversationDelegate(QStyledItemDelegate):
    """Draws headings, titles and snippets, and a menu button on the row under the pointer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown_id = ""
        """The conversation on screen; its row stays marked while the keyboard is elsewhere."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = option.fontMetrics.height()
        row = index.data(ROW_ROLE)
        if isinstance(row, GroupHeading):
            return QSize(100, line + (12 if index.row() == 0 else 20))
        return QSize(100, line + 16 + (line + 2 if row.snippet else 0))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, GroupHeading):
            self._paint_heading(painter, option, row)
        else:
            self._paint_conversation(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: GroupHeading) -> None:
        painter.setFont(resized(option.font, 0.86, option.font.weight().Medium))
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        area = option.rect.adjusted(_SIDE, 0, -_SIDE, -5)
        painter.drawText(area, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.text)

    def _paint_conversation(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow
    ) -> None:
        palette = option.palette
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        frame = option.rect.adjusted(1, 1, -1, -1)
        if is_hovered or (row.id == self.shown_id and row.node_id is None):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(frame, 8, 8)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(frame, 8, 8)
        right = _MENU_WIDTH if is_hovered else _SIDE
        if row.activity and not is_hovered:
            self._paint_mark(painter, option, row.activity)
            right += _MARK_WIDTH
        area = option.rect.adjusted(_SIDE, 8, -right, -8)
        line = option.fontMetrics.height()
        title = QRect(area.left(), area.top(), area.width(), line)
        shown = option.fontMetrics.elidedText(row.title, Qt.TextElideMode.ElideRight, title.width())
        painter.setFont(option.font)
        painter.setPen(palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, shown)
        if row.snippet:
            self._paint_snippet(painter, option, row, title.translated(0, line + 2))
        if is_hovered:
            box = QRect(0, 0, icon_size(), icon_size())
            box.moveCenter(menu_area(option.rect).center())
            icon("dots-three", palette, QPalette.ColorRole.PlaceholderText).paint(painter, box)

    def _paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, activity: Activity) -> None:
        """A ring while it is answered, a dot for a new answer, a hand where the user is asked."""
        line = option.fontMetrics.height()
        side = icon_size()
        area = QRect(option.rect.right() - _SIDE - side, option.rect.top() + 8, side, line)
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

    def _paint_snippet(
        self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationRow, area: QRect
    ) -> None:
        font = resized(option.font, 0.88)
        text = QFontMetrics(font).elidedText(row.snippet, Qt.TextElideMode.ElideRight, area.width())
        layout = QTextLayout(text, font)
        layout.setFormats([_mark(start, end - start, option) for start, end in row.marks if end <= len(text)])
        layout.beginLayout()
        layout.createLine().setLineWidth(area.width() + 40)
        layout.endLayout()
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        layout.draw(painter, area.topLeft().toPointF())

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("rename_field")
        editor.setAccessibleName("Title")
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


def menu_area(row: QRect) -> QRect:
    """Where the menu button is in a row."""
    return QRect(row.right() - _MENU_WIDTH, row.top(), _MENU_WIDTH, row.height())


def _mark(start: int, length: int, option: QStyleOptionViewItem) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText))
    look.setFontWeight(600)
    found = QTextLayout.FormatRange()
    found.start = start
    found.length = length
    found.format = look
    return found
