"""The list of conversations: choose, rename, delete."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QLineEdit, QListView, QMenu, QWidget
from typing_extensions import override

from app.ui.icons import icon
from app.ui.sidebar.conversation_delegate import ConversationDelegate, menu_area
from app.ui.sidebar.conversation_model import ROW_ROLE, ConversationListModel
from app.ui.sidebar.conversation_rows import ConversationRow, Row
from app.ui.widgets.rounded_popup import round_off

_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class ConversationList(QListView):
    """Conversations by their dates, or what a search found.

    A click or Enter opens; the arrow keys only move, so that walking down the list loads nothing.

    Signals:
        conversation_selected(str): open this one.
        hit_selected(str, str): open this one at that message, which a search found.
        rename_requested(str, str): a conversation and its new title.
        delete_requested(str)
    """

    conversation_selected = Signal(str)
    hit_selected = Signal(str, str)
    delete_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation_list")
        self.setAccessibleName("Chats")
        self.setModel(ConversationListModel(self))
        self._delegate = ConversationDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.rename_requested = self._model().title_edited
        self.clicked.connect(self._open)

    @property
    def shown_id(self) -> str:
        """The conversation that is marked as on screen; empty for none."""
        return self._delegate.shown_id

    @property
    def rows(self) -> Sequence[Row]:
        return self._model().rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Shows these rows."""
        self._model().set_rows(rows)

    def set_shown(self, conversation_id: str) -> None:
        """Marks the conversation that is on screen and brings it into view. Emits nothing."""
        self._delegate.shown_id = conversation_id
        self.viewport().update()
        if self._rename_field():
            return  # Another current row would close the field that a title is typed into.
        row = self._model().row_of(conversation_id)
        self.setCurrentIndex(self._model().index(row) if row >= 0 else QModelIndex())

    def start_rename(self, conversation_id: str) -> None:
        """Opens the field for a new title; a title that is being typed is kept before that."""
        row = self._model().row_of(conversation_id)
        if row < 0:
            return
        if field := self._rename_field():
            self.commitData(field)
            self.closeEditor(field, QAbstractItemDelegate.EndEditHint.NoHint)
        index = self._model().index(row)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        self.edit(index)

    def focus_first(self) -> None:
        """Takes the focus, with the first conversation ready to be opened with Enter."""
        for row in range(self._model().rowCount()):
            index = self._model().index(row)
            if isinstance(index.data(ROW_ROLE), ConversationRow):
                self.setCurrentIndex(index)
                self.setFocus()
                return

    def neighbour(self, step: int) -> str:
        """The conversation so many rows below the one on screen, going round; empty if there is none."""
        ids = [row.id for row in self._model().rows if isinstance(row, ConversationRow)]
        if not ids:
            return ""
        if self.shown_id not in ids:
            return ids[0]
        return ids[(ids.index(self.shown_id) + step) % len(ids)]

    def menu_for(self, conversation_id: str) -> QMenu:
        """What can be done with a conversation."""
        menu = QMenu(self)
        round_off(menu)
        rename = menu.addAction(icon("pencil-simple", self.palette()), "Rename\tF2")
        delete = menu.addAction(icon("trash", self.palette()), "Delete\tDel")
        rename.triggered.connect(lambda: self.start_rename(conversation_id))
        delete.triggered.connect(lambda: self.delete_requested.emit(conversation_id))
        return menu

    def _model(self) -> ConversationListModel:
        model = self.model()
        assert isinstance(model, ConversationListModel)
        return model

    def _current_row(self) -> ConversationRow | None:
        row = self.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, ConversationRow) else None

    def _rename_field(self) -> QLineEdit | None:
        """Where a title is being typed. Qt hides the fields of rows that are gone, and deletes them later."""
        fields = self.viewport().findChildren(QLineEdit)
        return next((field for field in fields if not field.isHidden()), None)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, ConversationRow):
            self.conversation_selected.emit(row.id)
            if row.node_id:
                self.hit_selected.emit(row.id, row.node_id)

    def _show_menu(self, conversation_id: str, place: QPoint) -> None:
        menu = self.menu_for(conversation_id)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    @override
    def commitData(self, editor: QWidget) -> None:
        """Takes a typed title, unless its row went away between the key and this."""
        if not editor.isHidden():
            super().commitData(editor)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self._current_row()
        if row is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit(row.id)
        elif row is not None and event.key() in _OPENING_KEYS:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._is_on_menu(event):
            super().mousePressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE)
        if self._is_on_menu(event) and isinstance(row, ConversationRow):
            self._show_menu(row.id, event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = index.data(ROW_ROLE)
        if isinstance(row, ConversationRow):
            place = (
                self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            )
            self._show_menu(row.id, place)

    def _is_on_menu(self, event: QMouseEvent) -> bool:
        position = event.position().toPoint()
        index = self.indexAt(position)
        is_conversation = isinstance(index.data(ROW_ROLE), ConversationRow)
        is_left = event.button() == Qt.MouseButton.LeftButton
        return is_left and is_conversation and menu_area(self.visualRect(index)).contains(position)
