"""The list of conversations: choose, rename, drag, delete; one or several at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QMenu,
    QWidget,
)
from typing_extensions import override

from app.core.conversation import Folder
from app.core.translation import tr
from app.ui.reading_direction import key_along
from app.ui.sidebar.conversation_delegate import ConversationDelegate, menu_area
from app.ui.sidebar.conversation_model import (
    CONVERSATIONS_TYPE,
    FOLDER_TYPE,
    ROW_ROLE,
    ConversationListModel,
)
from app.ui.sidebar.conversation_rows import PINNED, ConversationRow, FolderRow, Row
from app.ui.sidebar.row_menus import (
    RowActions,
    menu_for_conversations,
    menu_for_deleted,
    menu_for_folder,
)

_OPENING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_SELECTING_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ConversationList(QListView):
    """Conversations in their folders and by their dates, or what a search found.

    A click or Enter opens; the arrow keys only move, so that walking down the list loads nothing. With Ctrl
    or Shift, rows are selected together. What is dragged goes into the folder that it is dropped on or in, to
    the pinned ones, or out of its folder.

    Signals:
        conversation_selected(str): open this one.
        hit_selected(str, str, str): open this one at that message, in which a search found that word.
        rename_requested(str, str): a conversation and its new title.
        pin_requested(tuple, bool), archive_requested(tuple, bool): conversations, by their ids.
        move_requested(tuple, str): conversations and the folder to put them into; empty for none.
        new_folder_requested(tuple, str): make a folder for these conversations, within another one.
        delete_requested(tuple), restore_requested(tuple), purge_requested(tuple)
        export_requested(tuple): write these into files.
        copy_requested(tuple): put this one on the clipboard as Markdown.
        folder_renamed(str, str): a folder and its new name.
        folder_moved(str, str): a folder and the one to put it into; empty for none.
        folder_toggled(str): a folder is to be opened or closed.
        folder_delete_requested(str)
        escaped(): Escape was pressed.
    """

    conversation_selected = Signal(str)
    hit_selected = Signal(str, str, str)
    pin_requested = Signal(object, bool)
    archive_requested = Signal(object, bool)
    move_requested = Signal(object, str)
    new_folder_requested = Signal(object, str)
    delete_requested = Signal(object)
    restore_requested = Signal(object)
    purge_requested = Signal(object)
    export_requested = Signal(object)
    copy_requested = Signal(object)
    folder_moved = Signal(str, str)
    folder_toggled = Signal(str)
    folder_delete_requested = Signal(str)
    escaped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation_list")
        self.setAccessibleName(tr("Chats"))
        self._delegate = ConversationDelegate(self)
        self.setModel(ConversationListModel(self))
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self._folders: tuple[Folder, ...] = ()
        self._is_menu_pressed = False
        self._is_row_pressed = False
        self._actions = RowActions(
            rename=self.start_rename,
            pin=self.pin_requested.emit,
            move=self.move_requested.emit,
            move_to_new_folder=lambda ids: self.new_folder_requested.emit(ids, ""),
            archive=self.archive_requested.emit,
            export=self.export_requested.emit,
            copy=self.copy_requested.emit,
            delete=self.delete_requested.emit,
            restore=self.restore_requested.emit,
            purge=self.purge_requested.emit,
            rename_folder=self.start_folder_rename,
            create_folder_in=lambda folder_id: self.new_folder_requested.emit((), folder_id),
            delete_folder=self.folder_delete_requested.emit,
        )
        self.rename_requested = self._model().title_edited
        self.folder_renamed = self._model().folder_name_edited
        self.clicked.connect(self._on_clicked)

    @property
    def shown_id(self) -> str:
        """The conversation that is marked as on screen; empty for none."""
        return self._delegate.shown_id

    @property
    def rows(self) -> Sequence[Row]:
        return self._model().rows

    def set_rows(self, rows: Sequence[Row], *, are_deleted: bool = False) -> None:
        """Shows these rows; those of the bin can only be restored or deleted for good."""
        self._model().are_deleted = are_deleted
        self._model().set_rows(rows)

    def set_folders(self, folders: Sequence[Folder]) -> None:
        """Says which folders conversations can be moved to."""
        self._folders = tuple(folders)

    def set_shown(self, conversation_id: str) -> None:
        """Marks the conversation that is on screen and brings it into view. Emits nothing."""
        self._delegate.shown_id = conversation_id
        self.viewport().update()
        if self._rename_field() or len(self.selected_rows()) > 1:
            return  # Another current row would close the field that a title is typed into.
        row = self._model().row_of(conversation_id)
        self._make_current(self._model().index(row) if row >= 0 else QModelIndex())

    def start_rename(self, conversation_id: str) -> None:
        """Opens the field for a new title; a title that is being typed is kept before that."""
        self._edit_row(self._model().row_of(conversation_id))

    def start_folder_rename(self, folder_id: str) -> None:
        """Opens the field for a folder's name."""
        self._edit_row(self._model().row_of_folder(folder_id))

    def focus_first(self) -> None:
        """Takes the focus, with the first conversation ready to be opened with Enter."""
        for row in range(self._model().rowCount()):
            index = self._model().index(row)
            if isinstance(index.data(ROW_ROLE), ConversationRow):
                self._make_current(index)
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

    def selected_rows(self) -> list[ConversationRow]:
        """The conversations that are selected, from the top."""
        indexes = sorted(self.selectedIndexes(), key=lambda index: index.row())
        rows = (index.data(ROW_ROLE) for index in indexes)
        return [row for row in rows if isinstance(row, ConversationRow)]

    def menu_for(self, row: ConversationRow | FolderRow) -> QMenu:
        """What can be done with a row, and with all others that are selected with it."""
        if isinstance(row, FolderRow):
            return menu_for_folder(row, self._actions, self)
        rows = self.selected_rows()
        rows = rows if row in rows else [row]
        if self._model().are_deleted:
            return menu_for_deleted(rows, self._actions, self)
        return menu_for_conversations(rows, self._folders, self._actions, self)

    def _model(self) -> ConversationListModel:
        model = self.model()
        assert isinstance(model, ConversationListModel)
        return model

    def _make_current(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index)
        # Qt looks at the keys that are down: Ctrl+Tab would select one chat after the other.
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _edit_row(self, row: int) -> None:
        if row < 0:
            return
        if field := self._rename_field():
            self.commitData(field)
            self.closeEditor(field, QAbstractItemDelegate.EndEditHint.NoHint)
        index = self._model().index(row)
        self._make_current(index)
        self.scrollTo(index)
        self.edit(index)

    def _rename_field(self) -> QLineEdit | None:
        """Where a title is being typed. Qt hides the fields of rows that are gone, and deletes them later."""
        fields = self.viewport().findChildren(QLineEdit)
        return next((field for field in fields if not field.isHidden()), None)

    def _on_clicked(self, index: QModelIndex) -> None:
        if not QApplication.keyboardModifiers() & _SELECTING_KEYS:
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, FolderRow):
            self.folder_toggled.emit(row.id)
        elif isinstance(row, ConversationRow) and not self._model().are_deleted:
            opened = QPersistentModelIndex(index)
            self._delegate.shown_node_id = row.node_id
            self.conversation_selected.emit(row.id)
            if row.node_id:
                self.hit_selected.emit(row.id, row.node_id, row.found_word)
                # Another result of the chat may stand above it.
                self._make_current(self._model().index(opened.row()))

    def _delete(self) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        if isinstance(row, FolderRow):
            self.folder_delete_requested.emit(row.id)
        elif ids := tuple(dict.fromkeys(it.id for it in self.selected_rows())):
            (self.purge_requested if self._model().are_deleted else self.delete_requested).emit(ids)

    def _show_menu(self, row: ConversationRow | FolderRow, place: QPoint) -> None:
        menu = self.menu_for(row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    @override
    def event(self, event: QEvent) -> bool:
        # The window's F2 renames the conversation on screen; here it is for the row that has the focus.
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2:
            event.setAccepted(self.currentIndex().isValid())
            return True
        return super().event(event)

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self._delegate.marks_selection = len(self.selectedIndexes()) > 1
        self.viewport().update()

    @override
    def commitData(self, editor: QWidget) -> None:
        """Takes a typed title, unless its row went away between the key and this."""
        if not editor.isHidden():
            super().commitData(editor)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().data(ROW_ROLE)
        if self._rename_field():
            event.accept()  # The field leaves the key that ends it to the list, which would open the row.
        elif event.key() == Qt.Key.Key_Delete:
            self._delete()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif row is not None and event.key() in _OPENING_KEYS:
            self._open(self.currentIndex())
        elif isinstance(row, FolderRow) and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            is_closing = key_along(event.key(), self.layoutDirection()) == Qt.Key.Key_Left
            if row.is_open is is_closing:
                self.folder_toggled.emit(row.id)
        else:
            super().keyPressEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_menu_pressed = self._is_on_menu(event)
        self._is_row_pressed = not self._is_menu_pressed
        if self._is_row_pressed:
            super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # With a button down that was pressed elsewhere, on a menu for one, Qt would select from the last row.
        if self._is_row_pressed or not event.buttons():
            super().mouseMoveEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).data(ROW_ROLE)
        was_menu_pressed, self._is_menu_pressed = self._is_menu_pressed, False
        self._is_row_pressed = False
        if was_menu_pressed:
            if self._is_on_menu(event):
                self._show_menu(row, event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = index.data(ROW_ROLE)
        if isinstance(row, (ConversationRow, FolderRow)):
            place = (
                self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            )
            self._show_menu(row, place)

    def _is_on_menu(self, event: QMouseEvent) -> bool:
        position = event.position().toPoint()
        index = self.indexAt(position)
        has_menu = isinstance(index.data(ROW_ROLE), (ConversationRow, FolderRow))
        is_left = event.button() == Qt.MouseButton.LeftButton
        button = menu_area(self.visualRect(index), self.layoutDirection())
        return is_left and has_menu and button.contains(position)

    # Dragging

    def _target(self, event: QDropEvent) -> Row | None:
        """The row that what is dragged would be dropped on; None where it would go nowhere."""
        data, row = event.mimeData(), self.indexAt(event.position().toPoint()).data(ROW_ROLE)
        if data.hasFormat(FOLDER_TYPE):
            dragged = bytes(data.data(FOLDER_TYPE).data()).decode()
            is_target = not isinstance(row, FolderRow) or (row.depth == 0 and row.id != dragged)
            return row if is_target else None
        is_ours = data.hasFormat(CONVERSATIONS_TYPE) and not self._model().are_deleted
        return row if is_ours else None

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is self:
            event.acceptProposedAction()

    @override
    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        # Qt's own way scrolls the list where the pointer is at its edge.
        super().dragMoveEvent(event)
        target = self._target(event)
        self._mark_target(target.key if isinstance(target, FolderRow) else "")
        event.setAccepted(target is not None)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark_target("")

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._mark_target("")
        target = self._target(event)
        if target is None:
            return
        event.acceptProposedAction()
        data = event.mimeData()
        if data.hasFormat(FOLDER_TYPE):
            outer = target.id if isinstance(target, FolderRow) else ""
            self.folder_moved.emit(bytes(data.data(FOLDER_TYPE).data()).decode(), outer)
            return
        ids = tuple(bytes(data.data(CONVERSATIONS_TYPE).data()).decode().split())
        if target == PINNED or (isinstance(target, ConversationRow) and target.is_pinned):
            self.pin_requested.emit(ids, True)
            return
        self.pin_requested.emit(ids, False)
        if isinstance(target, FolderRow):
            self.move_requested.emit(ids, target.id)
        else:
            self.move_requested.emit(ids, target.folder_id if isinstance(target, ConversationRow) else "")

    def _mark_target(self, key: str) -> None:
        if key != self._delegate.drop_key:
            self._delegate.drop_key = key
            self.viewport().update()
