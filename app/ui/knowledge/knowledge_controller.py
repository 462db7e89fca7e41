"""The screen for collections and the choice of them beside the model, done with the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog

from app.core.translation import tr
from app.knowledge.collection import LONGEST_NAME
from app.services.chat_change import ChatChange, ChatPart
from app.services.knowledge import KnowledgeChange
from app.services.services import Services
from app.ui.knowledge.collection_completer import CollectionCompleter
from app.ui.knowledge.knowledge_page import KnowledgePage
from app.ui.main_window import MainWindow
from app.ui.widgets.question_dialog import QuestionDialog


class KnowledgeController(QObject):
    """Shows collections and keeps them true; chooses them for the conversation on screen.

    Attributes:
        page: the screen.

    Signals:
        download_requested(str): the user wants this model of the catalog.
    """

    download_requested = Signal(str)

    def __init__(self, window: MainWindow, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._knowledge = services.knowledge
        self._meaning = services.meaning
        self._catalog = services.catalog
        self._chat = services.chat
        self._conversation_settings = services.conversation_settings
        self._shown_id = ""
        self.page = KnowledgePage(window)
        window.add_page(self.page)
        self._button = window.chat_page.header.collections_button
        self._completer = CollectionCompleter(window.chat_page.composer.edit)
        self._connect()
        self._show_all()

    def open(self) -> None:
        """Shows the screen."""
        self._show_all()
        self._window.show_page(self.page)
        (self.page.list if self._knowledge.collections else self.page.first_button).setFocus()

    def _connect(self) -> None:
        page, details = self.page, self.page.details
        self._window.menus.knowledge_action.triggered.connect(self.open)
        page.back_requested.connect(self._window.focus_composer)
        page.create_requested.connect(self._ask_for_name)
        page.collection_chosen.connect(self._show)
        page.sources_dropped.connect(self._on_sources_dropped)
        details.rename_requested.connect(self._ask_for_new_name)
        details.delete_requested.connect(self._ask_to_delete)
        details.files_requested.connect(self._ask_for_files)
        details.folder_requested.connect(self._ask_for_folder)
        details.pause_requested.connect(self._knowledge.set_paused)
        details.source_removed.connect(lambda path: self._knowledge.remove_source(self._shown_id, path))
        self._button.chosen.connect(self._conversation_settings.change_collections)
        self._button.manage_requested.connect(self.open)
        page.model_requested.connect(lambda: self.download_requested.emit(self._meaning.offered_id))
        self._knowledge.changed.connect(self._on_knowledge_changed)
        self._meaning.changed.connect(self._show_meaning)
        self._chat.changed.connect(self._on_chat_changed)

    # What is shown

    def _show_all(self) -> None:
        collections = self._knowledge.collections
        if self._knowledge.find(self._shown_id) is None:
            self._shown_id = collections[0].id if collections else ""
        self.page.show_collections(collections, self._shown_id)
        self._show_details()
        self._show_meaning()
        self._show_choice()

    def _show(self, collection_id: str) -> None:
        self._shown_id = collection_id
        self._show_details()

    def _show_details(self) -> None:
        collection = self._knowledge.find(self._shown_id)
        if collection is not None:
            self.page.details.show_collection(collection)
            status = self._knowledge.status(collection.id)
            self.page.details.show_status(status, is_paused=self._knowledge.is_paused)
        self.page.show_size(self._knowledge.size_on_disk if self._knowledge.collections else 0)

    def _show_meaning(self) -> None:
        offered = self._catalog.get(self._meaning.offered_id)
        self.page.show_meaning(self._meaning.model_name, offered.title if offered else "")

    def _show_choice(self) -> None:
        self._completer.set_collections(self._knowledge.collections)
        self._button.set_collections(self._knowledge.collections, self._chat.conversation.collections)

    def _on_knowledge_changed(self, change: KnowledgeChange) -> None:
        if not change.collection_id:
            self._show_all()
        elif change.collection_id == self._shown_id:
            self._show_details()

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN, ChatPart.COLLECTIONS):
            self._show_choice()

    # What the user does

    def _ask_for_name(self) -> None:
        self._ask_for_text(tr("New collection"), "", self._create)

    def _create(self, name: str) -> None:
        made = self._knowledge.create(name)
        if made is not None:
            self._shown_id = made.id
            self._show_all()
            self.page.details.folder_button.setFocus()

    def _ask_for_new_name(self) -> None:
        found = self._knowledge.find(self._shown_id)
        if found is not None:
            rename = self._knowledge.rename
            self._ask_for_text(tr("Rename collection"), found.name, lambda name: rename(found.id, name))

    def _ask_for_text(self, title: str, text: str, then: Callable[[str], None]) -> None:
        dialog = QInputDialog(self._window)
        dialog.setObjectName("collection_name_dialog")
        dialog.setWindowTitle(title)
        dialog.setLabelText(tr("Name"))
        dialog.setTextValue(text)
        dialog.textValueSelected.connect(lambda name: then(name[:LONGEST_NAME]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_to_delete(self) -> None:
        found = self._knowledge.find(self._shown_id)
        if found is None:
            return
        text = tr("What was read of its files is forgotten. The files themselves stay where they are.")
        dialog = QuestionDialog(
            tr("Delete the collection “{name}”?", name=found.name), text, tr("Delete"), self._window
        )
        dialog.confirmed.connect(lambda: self._knowledge.remove(found.id))
        dialog.open()

    def _ask_for_files(self) -> None:
        dialog = self._file_dialog(tr("Add files"), QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self._add([Path(name) for name in names]))
        dialog.open()

    def _ask_for_folder(self) -> None:
        dialog = self._file_dialog(tr("Add a folder"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self._add([Path(name)]))
        dialog.open()

    def _file_dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setObjectName("add_source_dialog")
        dialog.setFileMode(mode)
        dialog.setDirectory(str(Path.home()))
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _add(self, paths: Sequence[Path]) -> None:
        self._knowledge.add_sources(self._shown_id, paths)

    def _on_sources_dropped(self, paths: Sequence[Path]) -> None:
        if self._shown_id:
            self._add(paths)
        elif made := self._knowledge.create(paths[0].stem, paths):
            self._shown_id = made.id
            self._show_all()
