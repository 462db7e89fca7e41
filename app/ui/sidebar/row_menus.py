"""What can be done with rows of the list of conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from app.core.conversation import Folder
from app.core.translation import tr
from app.ui.icons import icon
from app.ui.sidebar.conversation_rows import ConversationRow, FolderRow
from app.ui.widgets.rounded_popup import round_off

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowActions:
    """What the menus call; conversations are named by their ids."""

    rename: Callable[[str], object]
    pin: Callable[[Ids, bool], object]
    move: Callable[[Ids, str], object]
    move_to_new_folder: Callable[[Ids], object]
    archive: Callable[[Ids, bool], object]
    export: Callable[[Ids], object]
    copy: Callable[[Ids], object]
    delete: Callable[[Ids], object]
    restore: Callable[[Ids], object]
    purge: Callable[[Ids], object]
    rename_folder: Callable[[str], object]
    create_folder_in: Callable[[str], object]
    delete_folder: Callable[[str], object]


def menu_for_conversations(
    rows: Sequence[ConversationRow], folders: Sequence[Folder], actions: RowActions, parent: QWidget
) -> QMenu:
    """For one conversation or several, whether archived or not."""
    menu, palette = _menu(parent), parent.palette()
    ids = tuple(dict.fromkeys(row.id for row in rows))
    if len(ids) == 1:
        rename = menu.addAction(icon("pencil-simple", palette), tr("Rename\tF2"))
        rename.triggered.connect(lambda: actions.rename(ids[0]))
    is_pinned = all(row.is_pinned for row in rows)
    pin = menu.addAction(icon("push-pin", palette), tr("Unpin") if is_pinned else tr("Pin"))
    pin.triggered.connect(lambda: actions.pin(ids, not is_pinned))
    move = menu.addMenu(icon("folder", palette), tr("Move to folder"))
    round_off(move)
    _add_folders(move, rows, folders, actions, ids)
    is_archived = all(row.is_archived for row in rows)
    archive = menu.addAction(icon("archive", palette), tr("Unarchive") if is_archived else tr("Archive"))
    archive.triggered.connect(lambda: actions.archive(ids, not is_archived))
    export = menu.addAction(icon("export", palette), tr("Export…"))
    export.triggered.connect(lambda: actions.export(ids))
    if len(ids) == 1:
        copy = menu.addAction(icon("clipboard-text", palette), tr("Copy as Markdown"))
        copy.triggered.connect(lambda: actions.copy(ids))
    menu.addSeparator()
    delete = menu.addAction(icon("trash", palette), tr("Delete\tDel"))
    delete.triggered.connect(lambda: actions.delete(ids))
    return menu


def menu_for_deleted(rows: Sequence[ConversationRow], actions: RowActions, parent: QWidget) -> QMenu:
    """For conversations in the bin."""
    menu, palette = _menu(parent), parent.palette()
    ids = tuple(row.id for row in rows)
    restore = menu.addAction(icon("arrow-counter-clockwise", palette), tr("Restore"))
    restore.triggered.connect(lambda: actions.restore(ids))
    menu.addSeparator()
    purge = menu.addAction(icon("trash", palette), tr("Delete permanently…\tDel"))
    purge.triggered.connect(lambda: actions.purge(ids))
    return menu


def menu_for_folder(row: FolderRow, actions: RowActions, parent: QWidget) -> QMenu:
    """For a folder. One within another holds no more folders."""
    menu, palette = _menu(parent), parent.palette()
    rename = menu.addAction(icon("pencil-simple", palette), tr("Rename\tF2"))
    rename.triggered.connect(lambda: actions.rename_folder(row.id))
    if row.depth == 0:
        create = menu.addAction(icon("folder-plus", palette), tr("New folder inside"))
        create.triggered.connect(lambda: actions.create_folder_in(row.id))
    menu.addSeparator()
    delete = menu.addAction(icon("trash", palette), tr("Delete folder, keep its chats\tDel"))
    delete.triggered.connect(lambda: actions.delete_folder(row.id))
    return menu


def _add_folders(
    menu: QMenu,
    rows: Sequence[ConversationRow],
    folders: Sequence[Folder],
    actions: RowActions,
    ids: Ids,
) -> None:
    palette = menu.palette()
    homes = {row.folder_id for row in rows}

    def add(folder: Folder, name: str) -> None:
        action = menu.addAction(icon("folder", palette), name.replace("&", "&&"))
        action.setEnabled(homes != {folder.id})
        action.triggered.connect(lambda: actions.move(ids, folder.id))

    for folder in folders:
        if folder.parent_id:
            continue
        add(folder, folder.name)
        for inner in folders:
            if inner.parent_id == folder.id:
                add(inner, f"{folder.name} / {inner.name}")
    if not menu.isEmpty():
        menu.addSeparator()
    create = menu.addAction(icon("folder-plus", palette), tr("New folder"))
    create.triggered.connect(lambda: actions.move_to_new_folder(ids))
    if homes - {""}:
        leave = menu.addAction(tr("No folder"))
        leave.triggered.connect(lambda: actions.move(ids, ""))


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    round_off(menu)
    return menu
