"""The folders that conversations are put into."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Folder
from app.services.conversations import ConversationService
from app.services.store_writer import StoreWriter
from app.store.conversation_order import ConversationOrder


@dataclass(frozen=True, slots=True)
class FoldersChange:
    """Folders were made, renamed, moved or deleted."""


class FolderService(QObject):
    """All folders, kept in memory. A folder at the top may hold others, and those hold conversations only.

    Signals:
        changed: a `FoldersChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        order: ConversationOrder,
        writer: StoreWriter,
        conversations: ConversationService,
        parent: QObject | None = None,
    ) -> None:
        """
        Raises:
            StoreError: the folders cannot be read.
        """
        super().__init__(parent)
        self._order = order
        self._writer = writer
        self._conversations = conversations
        self._folders = {folder.id: folder for folder in order.folders()}

    @property
    def all(self) -> tuple[Folder, ...]:
        """All folders by their names; one whose outer folder is not at the top counts as being there."""
        tops = {folder.id for folder in self._folders.values() if not folder.parent_id}
        placed = (
            folder if folder.parent_id in tops else replace(folder, parent_id="")
            for folder in self._folders.values()
        )
        return tuple(sorted(placed, key=lambda folder: (folder.name.casefold(), folder.id)))

    def reload(self) -> None:
        """Reads the folders again, as the file is another one now."""
        self._folders = {folder.id: folder for folder in self._order.folders()}
        self.changed.emit(FoldersChange())

    def create(self, name: str, parent_id: str = "") -> Folder:
        """Makes a folder, at the top or in one that is there."""
        folder = Folder(name, parent_id)
        self._save(folder)
        return folder

    def rename(self, folder_id: str, name: str) -> None:
        """Gives a folder another name."""
        if folder := self._folders.get(folder_id):
            self._save(replace(folder, name=name))

    def move(self, folder_id: str, parent_id: str) -> bool:
        """Puts a folder into one at the top, or to the top where it is empty.

        Returns:
            Whether it is there now: a folder that holds others stays at the top.
        """
        folder, outer = self._folders.get(folder_id), self._folders.get(parent_id)
        holds_others = any(it.parent_id == folder_id for it in self._folders.values())
        is_allowed = not parent_id or (outer is not None and not outer.parent_id and not holds_others)
        if folder is None or not is_allowed or folder_id == parent_id:
            return False
        self._save(replace(folder, parent_id=parent_id))
        return True

    def delete(self, folder_id: str) -> None:
        """Takes a folder away. What is in it moves to the folder that it was in, or to the top."""
        folder = self._folders.pop(folder_id, None)
        if folder is None:
            return
        for inner in [it for it in self._folders.values() if it.parent_id == folder_id]:
            self._folders[inner.id] = replace(inner, parent_id=folder.parent_id)
        self._conversations.leave_folder(folder_id, folder.parent_id)
        self._writer.run(lambda: self._order.delete_folder(folder_id), lambda: None)
        self.changed.emit(FoldersChange())

    def _save(self, folder: Folder) -> None:
        before = self._folders.get(folder.id)
        self._folders[folder.id] = folder

        def put_back() -> None:
            if before is None:
                self._folders.pop(folder.id, None)
            else:
                self._folders[folder.id] = before
            self.changed.emit(FoldersChange())

        self._writer.run(lambda: self._order.save_folder(folder), lambda: None, put_back)
        self.changed.emit(FoldersChange())
