"""Folders, pins, the archive and the bin through the window, with a real file behind it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.core.errors import StoreError
from app.store.store import open_store
from app.ui.sidebar.conversation_rows import Listing
from app.ui.widgets.question_dialog import QuestionDialog
from tests.support.chat_desk import Desk, SitDown


@pytest.fixture
def desk(sit_down: SitDown) -> Desk:
    """Three chats: One, Two and, on screen, Three."""
    desk = sit_down("1.", "2.", "3.")
    for title in ("One", "Two", "Three"):
        desk.chat.start_new()
        desk.answers.send(title)
        desk.waits_for_answer()
    desk.waits_until_saved()
    return desk


def names(desk: Desk) -> list[str]:
    model = desk.window.sidebar.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def ids(desk: Desk, *titles: str) -> tuple[str, ...]:
    by_title = {it.title: it.id for it in desk.services.conversations.summaries}
    return tuple(by_title[title] for title in titles)


def test_a_new_folder_is_named_where_it_stands_and_is_there_at_the_next_start(
    qtbot: QtBot, desk: Desk
) -> None:
    rows = desk.window.sidebar.list
    rows.new_folder_requested.emit(ids(desk, "One", "Two"), "")
    field = rows.findChild(QLineEdit, "rename_field")
    assert field.text() == "New folder"
    field.setText("Numbers")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(desk)[:4] == ["Folders", "Numbers", "Two", "One"])
    desk.waits_until_saved()
    store = open_store(desk.services.paths.conversations)
    (folder,) = store.order.folders()
    homes = {it.title: it.folder_id for it in store.conversations.list_summaries()}
    store.conversations.close()
    assert folder.name == "Numbers"
    assert homes == {"One": folder.id, "Two": folder.id, "Three": ""}


def test_a_folder_stays_closed_and_opens_for_what_comes_into_it(desk: Desk) -> None:
    rows = desk.window.sidebar.list
    folder = desk.services.folders.create("Numbers")
    rows.move_requested.emit(ids(desk, "One"), folder.id)
    rows.folder_toggled.emit(folder.id)
    assert "One" not in names(desk)
    assert desk.settings.current.closed_folders == (folder.id,)
    rows.move_requested.emit(ids(desk, "Two"), folder.id)
    assert names(desk)[:4] == ["Folders", "Numbers", "Two", "One"]


def test_a_folder_that_is_deleted_leaves_its_chats(desk: Desk) -> None:
    folder = desk.services.folders.create("Numbers")
    inner = desk.services.folders.create("Odd", folder.id)
    assert not desk.services.folders.move(folder.id, inner.id)
    desk.services.conversations.move(ids(desk, "One"), inner.id)
    desk.window.sidebar.list.folder_delete_requested.emit(folder.id)
    desk.window.sidebar.list.folder_delete_requested.emit(inner.id)
    assert set(names(desk)) >= {"One", "Two", "Three"}
    assert "Folders" not in names(desk)


def test_what_is_archived_goes_from_the_list_and_comes_back_with_undo(qtbot: QtBot, desk: Desk) -> None:
    rows = desk.window.sidebar.list
    rows.archive_requested.emit(ids(desk, "One", "Three"), True)
    assert not {"One", "Three"} & set(names(desk))
    assert desk.chat.conversation.title == "Three"  # It stays on screen.
    toast = desk.window.messages.toast
    assert toast.label.text() == "Archived 2 chats"
    qtbot.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert {"One", "Three"} <= set(names(desk))


def test_a_chat_that_is_answered_again_stays_pinned_and_in_its_folder(desk: Desk) -> None:
    desk.services.conversations.pin(ids(desk, "Three"), True)
    desk.answers.send("More")
    desk.waits_for_answer()
    desk.services.conversations.rename(ids(desk, "Three")[0], "Drei")
    assert names(desk)[:2] == ["Pinned", "Drei"]


def test_several_are_deleted_at_once_and_come_back_from_the_bin(desk: Desk) -> None:
    sidebar = desk.window.sidebar
    sidebar.delete_requested.emit(ids(desk, "One", "Three"))
    assert desk.window.messages.toast.label.text() == "Deleted 2 chats"
    sidebar.show_listing(Listing.DELETED)
    assert set(names(desk)[1:]) == {"One", "Three"}
    one = next(it.id for it in desk.services.conversations.deleted if it.title == "One")
    sidebar.list.restore_requested.emit((one,))
    desk.waits(lambda: desk.chat.conversation.title == "One")
    assert sidebar.listing is Listing.CHATS
    assert {"One", "Two"} <= set(names(desk))


def test_the_bin_is_emptied_only_after_a_question(qtbot: QtBot, desk: Desk) -> None:
    sidebar = desk.window.sidebar
    conversation_id = ids(desk, "Two")[0]
    sidebar.delete_requested.emit((conversation_id,))
    sidebar.show_listing(Listing.DELETED)
    for name in ("Cancel", "Delete"):
        qtbot.mouseClick(sidebar.empty_button, Qt.MouseButton.LeftButton)
        dialog = next(it for it in desk.window.findChildren(QuestionDialog) if it.isVisible())
        button = next(it for it in dialog.findChildren(QPushButton) if it.text() == name)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        is_gone = name == "Delete"
        assert bool(desk.services.conversations.deleted) is not is_gone
    desk.waits_until_saved()
    assert names(desk) == ["No deleted chats"]
    with pytest.raises(StoreError):
        desk.services.store.conversations.restore(conversation_id)
