"""The frame: sidebar, pages, menu bar."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QKeyCombination, QSize, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QWidget
from typing_extensions import override

from app.core.translation import tr
from app.hub.library.projectors import pair_of
from app.ui.chat.chat_page import ChatPage
from app.ui.composer.composer import ComposerState
from app.ui.drop_hint import DropHint, accept_as_copy, attachable_files, dropped_models, exported_chats
from app.ui.menus import Menus
from app.ui.messages import Messages
from app.ui.sidebar.sidebar import Sidebar

NARROW = 860
"""Pixels. In a narrower window the sidebar goes away by itself, and comes back with the room."""

ROOM_FOR_SETTINGS = 1100
"""Pixels. In a narrower window the settings of a conversation lie over it instead of beside it."""

FIRST_SIZE = QSize(1180, 780)


class MainWindow(QMainWindow):
    """Holds the sidebar, the pages and the menus; decides nothing about chats or models.

    Attributes:
        sidebar, chat_page, menus, messages: the parts.

    Signals:
        model_dropped(Path): a GGUF file or a folder was dropped onto the window.
        pair_dropped(Path, Path): a model was, together with the file that lets it see.
        files_dropped(list[Path]): pictures and recordings were.
        exports_dropped(list[Path]): files that may hold chats of other programs were.
        picture_dropped(QMimeData): a picture that is in no file was, such as one of a web page.
        sidebar_toggled(bool): the user showed or hid the sidebar.
        settings_panel_toggled(bool): the user opened or closed the settings of conversations.
        activated(): it is in front again; files may have come or gone meanwhile.
        closing(): the window is about to close; its geometry can still be read.
    """

    model_dropped = Signal(object)
    pair_dropped = Signal(object, object)
    files_dropped = Signal(object)
    exports_dropped = Signal(object)
    picture_dropped = Signal(object)
    sidebar_toggled = Signal(bool)
    settings_panel_toggled = Signal(bool)
    activated = Signal()
    closing = Signal()

    def __init__(self, transcript: QWidget, app_icon: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Tarn")
        self.setWindowIcon(app_icon)
        self.setMinimumSize(720, 480)
        self.setAcceptDrops(True)
        self._is_sidebar_wanted = True
        self.sidebar = Sidebar(self)
        self.chat_page = ChatPage(transcript, app_icon, self)
        self.menus = Menus(self)
        self.messages = Messages(self, self.chat_page.banner, self.chat_page.conversation_area)
        self._pages = QStackedWidget(self)
        self._drop_hint = DropHint(self)
        self._lay_out()
        self._connect()
        self.chat_page.composer.edit.setFocus()

    def add_page(self, page: QWidget) -> None:
        """Adds a screen beside the chat, such as the model manager."""
        self._pages.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Shows a screen that was added; `chat_page` is always one."""
        self._pages.setCurrentWidget(page)

    @property
    def current_page(self) -> QWidget | None:
        return self._pages.currentWidget()

    def set_conversation_title(self, title: str) -> None:
        """Names the conversation in the window's title."""
        self.setWindowTitle(tr("{title} · Tarn", title=title) if title else "Tarn")

    def set_sidebar_visible(self, is_wanted: bool) -> None:
        """Shows or hides the sidebar; in a narrow window it covers nothing, so it can be shown there too."""
        self._is_sidebar_wanted = is_wanted
        self._show_sidebar(is_wanted)

    def set_settings_panel_visible(self, is_wanted: bool) -> None:
        """Shows or hides the settings of conversations, and leaves the keyboard where it is."""
        self.chat_page.settings_panel.setVisible(is_wanted)
        self.chat_page.header.settings_button.setChecked(is_wanted)
        self.menus.chat_settings_action.setChecked(is_wanted)

    def saved_geometry(self) -> bytes:
        """Place and size, for `restore_saved_geometry` at the next start."""
        return bytes(self.saveGeometry().data())

    def restore_saved_geometry(self, geometry: bytes) -> None:
        """Brings the window to where it was; without usable bytes it has a middle size."""
        if not geometry or not self.restoreGeometry(QByteArray(geometry)):
            room = self.screen().availableSize()
            # Some systems count their panels and the window's title as available.
            self.resize(FIRST_SIZE.boundedTo(QSize(room.width(), room.height() * 92 // 100)))

    def _lay_out(self) -> None:
        self.setMenuBar(self.menus.bar)
        self._pages.addWidget(self.chat_page)
        middle = QWidget(self)
        layout = QHBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.sidebar)
        layout.addWidget(self._pages, 1)
        self.setCentralWidget(middle)
        self.chat_page.header.set_menu(self.menus.conversation_menu(self))

    def _connect(self) -> None:
        menus, header = self.menus, self.chat_page.header
        for going_on in (  # Before others act on it, which may fail in its turn.
            self.chat_page.composer.send_requested,
            self.sidebar.new_chat_requested,
            self.sidebar.list.conversation_selected,
            self.sidebar.list.hit_selected,
            menus.new_chat_action.triggered,
            menus.next_chat_action.triggered,
            menus.previous_chat_action.triggered,
        ):
            going_on.connect(self.messages.end_errors)
        for going_there in (  # Also from a screen beside the chat, where the list is in sight as well.
            self.sidebar.list.conversation_selected,
            self.sidebar.list.hit_selected,
            menus.next_chat_action.triggered,
            menus.previous_chat_action.triggered,
        ):
            going_there.connect(lambda *_: self.show_page(self.chat_page))
        self.messages.log_requested.connect(menus.log_folder_action.trigger)
        menus.sidebar_action.toggled.connect(self._on_sidebar_action_toggled)
        self.sidebar.hide_requested.connect(lambda: menus.sidebar_action.setChecked(False))
        header.sidebar_requested.connect(lambda: menus.sidebar_action.setChecked(True))
        menus.chat_settings_action.triggered.connect(self._on_chat_settings_triggered)
        header.settings_button.clicked.connect(self._on_chat_settings_triggered)
        self.chat_page.settings_panel.close_requested.connect(lambda: self._on_chat_settings_triggered(False))
        menus.quit_action.triggered.connect(self.close)
        menus.search_action.triggered.connect(self._focus_search)
        menus.focus_composer_action.triggered.connect(self.focus_composer)
        menus.switch_model_action.triggered.connect(self.open_model_picker)
        for action in (menus.cut_action, menus.copy_action, menus.paste_action, menus.select_all_action):
            action.triggered.connect(lambda _checked=False, action=action: self._pass_to_focus(action))
        self.chat_page.composer.state_changed.connect(self._on_composer_state_changed)
        self._pages.currentChanged.connect(self._on_page_changed)

    def focus_composer(self) -> None:
        """Shows the chat with the cursor in the composer."""
        self.show_page(self.chat_page)
        self.chat_page.composer.edit.setFocus()

    def open_model_picker(self) -> None:
        """Shows the chat with the list of models dropped down."""
        self.show_page(self.chat_page)
        self.chat_page.header.model_picker.setFocus()
        self.chat_page.header.model_picker.showPopup()

    def _focus_search(self) -> None:
        self.menus.sidebar_action.setChecked(True)
        self.sidebar.search_field.setFocus()
        self.sidebar.search_field.selectAll()

    def _pass_to_focus(self, action: QAction) -> None:
        """Cut, copy, paste and select all belong to whatever has the focus, as the keys they are."""
        widget = QApplication.focusWidget()
        if widget is None:
            return
        keys: QKeyCombination = action.shortcut()[0]  # type: ignore[index]  # Missing in Qt's stubs.
        action.setEnabled(False)  # Else Qt would take the keys for this very shortcut.
        QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, keys.key(), keys.keyboardModifiers()))
        action.setEnabled(True)

    def _show_sidebar(self, is_shown: bool) -> None:
        self.sidebar.setVisible(is_shown)
        self.chat_page.header.sidebar_button.setVisible(not is_shown)
        self.menus.sidebar_action.blockSignals(True)
        self.menus.sidebar_action.setChecked(is_shown)
        self.menus.sidebar_action.blockSignals(False)

    def _on_sidebar_action_toggled(self, is_shown: bool) -> None:
        self.set_sidebar_visible(is_shown)
        self.sidebar_toggled.emit(is_shown)

    def _on_chat_settings_triggered(self, is_wanted: bool) -> None:
        is_open = is_wanted or self.current_page is not self.chat_page
        self.set_settings_panel_visible(is_open)
        self.focus_composer()
        if is_open:
            self.chat_page.settings_panel.take_focus()
        self.settings_panel_toggled.emit(is_open)

    def _on_page_changed(self) -> None:
        self.menus.allow_finding(self.current_page is self.chat_page)
        self.messages.toast.place()

    def _on_composer_state_changed(self, state: ComposerState) -> None:
        self.menus.stop_action.setEnabled(state is ComposerState.ANSWERING)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_hint.setGeometry(self.rect())
        self.chat_page.set_panel_docked(event.size().width() >= ROOM_FOR_SETTINGS)
        was_narrow = event.oldSize().isValid() and event.oldSize().width() < NARROW
        is_narrow = event.size().width() < NARROW
        if is_narrow != was_narrow and self._is_sidebar_wanted:
            self._show_sidebar(not is_narrow)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasUrls() or data.hasImage():
            accept_as_copy(event)
            self._drop_hint.show_for(data)

    @override
    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_hint.hide()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_hint.hide()
        accept_as_copy(event)
        data = event.mimeData()
        models, files, exports = dropped_models(data), attachable_files(data), exported_chats(data)
        if len(models) == 2 and (pair := pair_of(*models)):
            self.pair_dropped.emit(*pair)
        else:
            for path in models:
                self.model_dropped.emit(path)
        if exports:
            self.exports_dropped.emit(exports)
            return
        if files:
            self.files_dropped.emit(files)
        elif data.hasImage() and not data.hasUrls():
            self.picture_dropped.emit(data)
        elif not models:
            self.messages.show_notice(
                tr("That file cannot be opened."),
                tr("Drop documents, pictures, sound, a GGUF model, a folder of models, or exported chats."),
            )
        if not models:
            self.focus_composer()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self._drop_hint.hide()
        elif event.type() == QEvent.Type.WindowActivate:
            self.activated.emit()
        return super().event(event)
