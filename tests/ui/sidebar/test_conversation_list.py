"""Folders, pins, the archive and the bin in the list: with the mouse, with keys, dragged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.core.conversation import ConversationSummary, Folder
from app.settings import ConversationSort
from app.ui.sidebar.conversation_model import CONVERSATIONS_TYPE, FOLDER_TYPE, ROW_ROLE
from app.ui.sidebar.conversation_rows import Listing, ListOrder
from app.ui.sidebar.sidebar import Sidebar
from app.ui.theme_switcher import ThemeSwitcher

NOW = datetime.now(UTC)
FOLDERS = (
    Folder("Ideas", "work", "ideas"),
    Folder("Recipes", "", "recipes"),
    Folder("Work & play", "", "work"),
)


def summary(conversation_id: str, title: str, days: int = 0, **place: object) -> ConversationSummary:
    when = NOW - timedelta(days=days)
    return ConversationSummary(conversation_id, title, when, when, **place)  # type: ignore[arg-type]


SUMMARIES = (
    summary("a", "Apples"),
    summary("b", "Bread", 40, folder_id="recipes"),
    summary("c", "Cheese", 41, folder_id="recipes"),
    summary("d", "Dates", 42, folder_id="ideas"),
    summary("e", "Eggs", 43, is_pinned=True, folder_id="recipes"),
    summary("f", "Figs", 44, is_archived=True),
    summary("g", "Grapes", 45, folder_id="gone"),
)


@pytest.fixture
def sidebar(qtbot: QtBot, themes: ThemeSwitcher) -> Sidebar:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.resize(260, 700)
    show(sidebar)
    sidebar.set_shown("a")
    with qtbot.waitExposed(sidebar):
        sidebar.show()
    return sidebar


def show(sidebar: Sidebar, closed: frozenset[str] = frozenset(), sort: str = "last_used") -> None:
    order = ListOrder(ConversationSort(sort), FOLDERS, closed)
    deleted = [summary("x", "Xigua", deleted_at=NOW), summary("y", "Yams", deleted_at=NOW)]
    sidebar.set_conversations(SUMMARIES, deleted=deleted, order=order)


def names(sidebar: Sidebar) -> list[str]:
    model = sidebar.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def index_of(sidebar: Sidebar, name: str) -> QModelIndex:
    return sidebar.list.model().index(names(sidebar).index(name), 0)


def click(
    qtbot: QtBot, sidebar: Sidebar, name: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    place = sidebar.list.visualRect(index_of(sidebar, name)).center()
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, keys, place)


def menu_on(qtbot: QtBot, sidebar: Sidebar, name: str) -> QMenu:
    """The menu that the button on a row opens."""
    rect = sidebar.list.visualRect(index_of(sidebar, name))
    is_from_right = sidebar.list.layoutDirection() is Qt.LayoutDirection.RightToLeft
    place = QPoint(rect.left() + 12 if is_from_right else rect.right() - 12, rect.center().y())
    qtbot.mouseMove(sidebar.list.viewport(), place)
    qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def press(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()
    menu.close()


def submenu(menu: QMenu, text: str) -> QMenu:
    found = next(action for action in menu.actions() if action.text() == text).menu()
    assert isinstance(found, QMenu)
    return found


def drop(sidebar: Sidebar, kind: str, ids: str, name: str) -> None:
    data = QMimeData()
    data.setData(kind, QByteArray(ids.encode()))
    place = sidebar.list.visualRect(index_of(sidebar, name)).center()
    event = QDropEvent(
        QPointF(place),
        Qt.DropAction.MoveAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    sidebar.list.dropEvent(event)


def test_pinned_ones_come_first_then_folders_then_the_rest(sidebar: Sidebar) -> None:
    found = names(sidebar)
    assert found[:8] == ["Pinned", "Eggs", "Folders", "Recipes", "Bread", "Cheese", "Work & play", "Ideas"]
    assert found[8] == "Dates"
    # What is in a folder that is not known is not lost; what is archived is not here.
    assert found[-1] == "Grapes"
    assert "Apples" in found
    assert "Figs" not in found


def test_a_closed_folder_hides_what_is_in_it_and_in_those_within(sidebar: Sidebar) -> None:
    show(sidebar, frozenset({"work", "recipes"}))
    assert names(sidebar)[2:5] == ["Folders", "Recipes", "Work & play"]
    assert index_of(sidebar, "Work & play").data(ROW_ROLE).count == 1
    assert "closed folder, 2 chats" in str(
        index_of(sidebar, "Recipes").data(Qt.ItemDataRole.AccessibleTextRole)
    )


def test_a_folder_opens_and_closes_by_click_and_by_keys(qtbot: QtBot, sidebar: Sidebar) -> None:
    with qtbot.waitSignal(sidebar.list.folder_toggled) as toggled:
        click(qtbot, sidebar, "Recipes")
    assert toggled.args == ["recipes"]
    sidebar.list.setFocus()
    sidebar.list.setCurrentIndex(index_of(sidebar, "Work & play"))
    with qtbot.assertNotEmitted(sidebar.list.folder_toggled):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Right)  # It is open.
    with qtbot.waitSignal(sidebar.list.folder_toggled) as toggled:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Left)
    assert toggled.args == ["work"]


def test_sorted_by_title_there_are_no_dates(sidebar: Sidebar) -> None:
    show(sidebar, frozenset({"work", "recipes"}), "title")
    assert names(sidebar)[5:] == ["Chats", "Apples", "Grapes"]


def test_several_are_selected_and_deleted_at_once(qtbot: QtBot, sidebar: Sidebar) -> None:
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        click(qtbot, sidebar, "Bread", Qt.KeyboardModifier.ControlModifier)
        click(qtbot, sidebar, "Dates", Qt.KeyboardModifier.ControlModifier)
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.delete_requested) as deleted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert set(deleted.args[0]) == {"a", "b", "d"}


@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier], ids=["Ctrl", "Shift"]
)
def test_keys_held_while_another_conversation_is_shown_select_nothing_more(
    qtbot: QtBot, sidebar: Sidebar, held: Qt.KeyboardModifier
) -> None:
    QTest.keyPress(sidebar.windowHandle(), Qt.Key.Key_F9, held)
    assert QApplication.keyboardModifiers() == held
    try:
        for conversation_id in ("d", "e", "", "c", "a"):
            sidebar.set_shown(conversation_id)
            assert {row.id for row in sidebar.list.selected_rows()} == {conversation_id} - {""}
    finally:
        QTest.keyRelease(sidebar.windowHandle(), Qt.Key.Key_F9)


def test_the_menu_of_a_selected_row_is_for_all_that_are_selected(qtbot: QtBot, sidebar: Sidebar) -> None:
    click(qtbot, sidebar, "Bread")
    click(qtbot, sidebar, "Dates", Qt.KeyboardModifier.ShiftModifier)
    menu = menu_on(qtbot, sidebar, "Dates")
    assert not any(action.text().startswith("Rename") for action in menu.actions())
    with qtbot.waitSignal(sidebar.list.pin_requested) as pinned:
        press(menu, "Pin")
    assert pinned.args == [("b", "c", "d"), True]
    with qtbot.waitSignal(sidebar.list.archive_requested) as archived:
        press(menu_on(qtbot, sidebar, "Apples"), "Archive")
    assert archived.args == [("a",), True]


def test_from_right_to_left_the_button_of_a_row_is_at_its_left(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    with qtbot.waitSignal(sidebar.list.pin_requested) as pinned:
        press(menu_on(qtbot, sidebar, "Apples"), "Pin")
    assert pinned.args[0] == ("a",)


def test_a_chat_is_moved_by_its_menu_into_a_folder_a_new_one_or_none(qtbot: QtBot, sidebar: Sidebar) -> None:
    menu = menu_on(qtbot, sidebar, "Bread")
    folders = submenu(menu, "Move to folder")
    assert [it.text() for it in folders.actions() if not it.isSeparator()] == [
        *("Recipes", "Work && play", "Work && play / Ideas", "New folder", "No folder"),
    ]
    assert not folders.actions()[0].isEnabled()  # It is there.
    with qtbot.waitSignal(sidebar.list.move_requested) as moved:
        press(folders, "Work && play / Ideas")
    assert moved.args == [("b",), "ideas"]
    with qtbot.waitSignal(sidebar.list.move_requested) as moved:
        press(folders, "No folder")
    assert moved.args == [("b",), ""]
    with qtbot.waitSignal(sidebar.list.new_folder_requested) as created:
        press(folders, "New folder")
    assert created.args == [("b",), ""]
    menu.close()


@pytest.mark.parametrize(
    ("name", "folder_id"),
    [("Recipes", "recipes"), ("Ideas", "ideas"), ("Dates", "ideas"), ("Grapes", "gone")],
)
def test_what_is_dropped_on_a_folder_or_in_it_goes_there(
    qtbot: QtBot, sidebar: Sidebar, name: str, folder_id: str
) -> None:
    with qtbot.waitSignal(sidebar.list.move_requested) as moved:
        drop(sidebar, CONVERSATIONS_TYPE, "a c", name)
    assert moved.args == [("a", "c"), folder_id]


def test_what_is_dropped_among_the_pinned_is_pinned_and_beside_folders_leaves_them(
    qtbot: QtBot, sidebar: Sidebar
) -> None:
    for name in ("Pinned", "Eggs"):
        with qtbot.waitSignal(sidebar.list.pin_requested) as pinned:
            drop(sidebar, CONVERSATIONS_TYPE, "b", name)
        assert pinned.args == [("b",), True]
    with qtbot.waitSignal(sidebar.list.move_requested) as moved:
        drop(sidebar, CONVERSATIONS_TYPE, "b", "Apples")
    assert moved.args == [("b",), ""]


def test_a_folder_is_dropped_into_one_at_the_top_only(qtbot: QtBot, sidebar: Sidebar) -> None:
    with qtbot.waitSignal(sidebar.list.folder_moved) as moved:
        drop(sidebar, FOLDER_TYPE, "ideas", "Recipes")
    assert moved.args == ["ideas", "recipes"]
    with qtbot.waitSignal(sidebar.list.folder_moved) as moved:
        drop(sidebar, FOLDER_TYPE, "ideas", "Apples")
    assert moved.args == ["ideas", ""]
    with qtbot.assertNotEmitted(sidebar.list.folder_moved):
        drop(sidebar, FOLDER_TYPE, "recipes", "Ideas")
        drop(sidebar, FOLDER_TYPE, "recipes", "Recipes")


def test_what_is_dragged_names_the_chats_or_the_folder(sidebar: Sidebar) -> None:
    model = sidebar.list.model()
    indexes = [index_of(sidebar, name) for name in ("Bread", "Recipes", "Dates")]
    assert bytes(model.mimeData(indexes).data(CONVERSATIONS_TYPE).data()) == b"b d"
    assert bytes(model.mimeData(indexes[1:2]).data(FOLDER_TYPE).data()) == b"recipes"


def test_a_folder_is_renamed_with_f2_and_deleted_with_del(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.list.setFocus()
    sidebar.list.setCurrentIndex(index_of(sidebar, "Recipes"))
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    field = sidebar.findChild(QLineEdit, "rename_field")
    field.setText("  Food ")
    with qtbot.waitSignal(sidebar.list.folder_renamed) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == ["recipes", "Food"]
    with qtbot.waitSignal(sidebar.list.folder_delete_requested) as deleted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert deleted.args == ["recipes"]


def test_a_folder_within_another_offers_no_third_level(qtbot: QtBot, sidebar: Sidebar) -> None:
    menu = menu_on(qtbot, sidebar, "Ideas")
    assert not any("inside" in action.text() for action in menu.actions())
    menu.close()
    with qtbot.waitSignal(sidebar.list.new_folder_requested) as created:
        press(menu_on(qtbot, sidebar, "Recipes"), "New folder inside")
    assert created.args == [(), "recipes"]


def test_archived_chats_have_a_list_of_their_own(qtbot: QtBot, sidebar: Sidebar) -> None:
    press(sidebar.menu, "Archived chats")
    assert "Figs" in names(sidebar)
    assert "Apples" not in names(sidebar)
    with qtbot.waitSignal(sidebar.list.archive_requested) as archived:
        press(menu_on(qtbot, sidebar, "Figs"), "Unarchive")
    assert archived.args == [("f",), False]
    assert sidebar.back_button.isVisible()
    qtbot.mouseClick(sidebar.back_button, Qt.MouseButton.LeftButton)
    assert sidebar.listing is Listing.CHATS
    assert "Apples" in names(sidebar)
    assert sidebar.back_button.isHidden()


def test_deleted_chats_are_restored_or_deleted_for_good_and_not_opened(
    qtbot: QtBot, sidebar: Sidebar
) -> None:
    press(sidebar.menu, "Deleted chats")
    assert names(sidebar) == ["Removed after 30 days", "Xigua", "Yams"]
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        click(qtbot, sidebar, "Xigua")
    with qtbot.waitSignal(sidebar.list.restore_requested) as restored:
        press(menu_on(qtbot, sidebar, "Yams"), "Restore")
    assert restored.args == [("y",)]
    sidebar.list.setFocus()
    sidebar.list.selectAll()
    with qtbot.waitSignal(sidebar.list.purge_requested) as purged:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert purged.args == [("x", "y")]
    with qtbot.waitSignal(sidebar.emptying_requested):
        qtbot.mouseClick(sidebar.empty_button, Qt.MouseButton.LeftButton)
    sidebar.set_conversations(SUMMARIES, deleted=[])
    assert names(sidebar) == ["No deleted chats"]
    assert sidebar.empty_button.isHidden()
