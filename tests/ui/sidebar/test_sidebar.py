from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from app.core.conversation import ConversationSummary
from app.services.conversations import Activity
from app.store.search import SearchHit
from app.ui.sidebar.conversation_model import ROW_ROLE
from app.ui.sidebar.conversation_rows import SPOKEN_ACTIVITIES
from app.ui.sidebar.sidebar import Sidebar
from app.ui.theme_switcher import ThemeSwitcher

NOW = datetime.now(UTC)


@pytest.fixture
def sidebar(qtbot: QtBot, themes: ThemeSwitcher) -> Sidebar:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    sidebar.resize(260, 600)
    sidebar.set_conversations(
        [
            ConversationSummary("a", "Apples", NOW),
            ConversationSummary("b", "Bread", NOW - timedelta(minutes=1)),
            ConversationSummary("c", "Cheese", NOW - timedelta(days=60)),
        ]
    )
    sidebar.set_shown("a")
    with qtbot.waitExposed(sidebar):
        sidebar.show()
    return sidebar


def rows(sidebar: Sidebar) -> list[str]:
    model = sidebar.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def index_of(sidebar: Sidebar, title: str) -> QModelIndex:
    return sidebar.list.model().index(rows(sidebar).index(title), 0)


def place_of(sidebar: Sidebar, title: str) -> QPoint:
    return sidebar.list.visualRect(index_of(sidebar, title)).center()


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def press(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()
    menu.close()


def test_conversations_stand_under_their_dates(sidebar: Sidebar) -> None:
    titles = rows(sidebar)
    assert titles[0] in ("Today", "Yesterday")  # "Bread" may be of yesterday just after midnight.
    assert [title for title in titles if title in ("Apples", "Bread", "Cheese")] == [
        "Apples",
        "Bread",
        "Cheese",
    ]
    assert len(titles) in (5, 6)


def test_a_click_opens_a_conversation(qtbot: QtBot, sidebar: Sidebar) -> None:
    with qtbot.waitSignal(sidebar.conversation_selected) as selected:
        qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place_of(sidebar, "Bread"))
    assert selected.args == ["b"]


def test_arrow_keys_walk_over_headings_and_enter_opens(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.list.setFocus()
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert sidebar.list.currentIndex().data() == "Cheese"
    with qtbot.waitSignal(sidebar.conversation_selected) as selected:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert selected.args == ["c"]


@pytest.mark.parametrize("way", ["f2", "double click", "start_rename"])
def test_a_conversation_is_renamed_in_its_row(qtbot: QtBot, sidebar: Sidebar, way: str) -> None:
    sidebar.list.setFocus()
    if way == "f2":
        qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    elif way == "double click":
        place = place_of(sidebar, "Apples")
        qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    else:
        sidebar.start_rename("a")
    field = sidebar.findChild(QLineEdit, "rename_field")
    assert field.text() == "Apples"
    qtbot.keyClicks(field, "Pears")
    with qtbot.waitSignal(sidebar.rename_requested) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == ["a", "Pears"]


def test_escape_leaves_the_title(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.start_rename("a")
    field = sidebar.findChild(QLineEdit, "rename_field")
    qtbot.keyClicks(field, "Pears")
    with qtbot.assertNotEmitted(sidebar.rename_requested):
        qtbot.keyClick(field, Qt.Key.Key_Escape)


@pytest.mark.parametrize("other", ["a", "b"])
def test_another_rename_keeps_the_title_that_is_being_typed(
    qtbot: QtBot, sidebar: Sidebar, other: str
) -> None:
    """Qt says "editing failed" and does nothing where a field is open already."""
    sidebar.start_rename("a")
    first = sidebar.findChild(QLineEdit, "rename_field")
    first.setText("Pears")
    with qtbot.waitSignal(sidebar.rename_requested) as renamed:
        sidebar.start_rename(other)
    assert renamed.args == ["a", "Pears"]
    (field,) = [field for field in sidebar.findChildren(QLineEdit, "rename_field") if not field.isHidden()]
    field.setText("Rolls")
    with qtbot.waitSignal(sidebar.rename_requested) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == [other, "Rolls"]


def test_a_title_whose_row_goes_away_is_dropped_in_silence(qtbot: QtBot, sidebar: Sidebar) -> None:
    """Return commits a moment later; by then a deletion may have taken the row."""
    sidebar.start_rename("b")
    field = sidebar.findChild(QLineEdit, "rename_field")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(sidebar.rename_requested):
        sidebar.set_conversations([ConversationSummary("a", "Apples", NOW)])
        QApplication.processEvents()


def test_a_title_that_is_typed_while_its_row_goes_changes_nothing_meanwhile(
    qtbot: QtBot, sidebar: Sidebar
) -> None:
    """Qt commits the field when its row is about to go; whoever takes the title changes the list again."""
    renamed: list[str] = []
    summaries = [ConversationSummary("a", "Apples", NOW), ConversationSummary("c", "Cheese", NOW)]
    model = sidebar.list.model()
    model.rowsAboutToBeRemoved.connect(lambda: model.setData(index_of(sidebar, "Apples"), "Pears"))
    sidebar.rename_requested.connect(
        lambda _id, title: (renamed.append(title), sidebar.set_conversations(summaries[:1]))
    )
    sidebar.set_conversations(summaries)
    assert set(renamed) == {"Pears"}
    assert [row for row in rows(sidebar) if row in ("Apples", "Bread", "Cheese")] == ["Apples"]


def test_a_rename_goes_on_while_another_conversation_moves_up(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.start_rename("b")
    field = sidebar.findChild(QLineEdit, "rename_field")
    qtbot.keyClicks(field, "Ro")
    sidebar.set_conversations(
        [
            ConversationSummary("c", "Cheese", NOW + timedelta(minutes=1)),
            ConversationSummary("a", "Apples", NOW),
            ConversationSummary("b", "Bread", NOW - timedelta(minutes=1)),
        ]
    )
    qtbot.keyClicks(field, "lls")
    with (
        qtbot.assertNotEmitted(sidebar.conversation_selected),
        qtbot.waitSignal(sidebar.rename_requested) as renamed,
    ):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == ["b", "Rolls"]


def test_the_delete_key_asks_to_delete(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.list.setFocus()
    with qtbot.waitSignal(sidebar.delete_requested) as deleted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
    assert deleted.args == [("a",)]


def test_the_button_on_a_row_opens_its_menu_and_not_the_conversation(qtbot: QtBot, sidebar: Sidebar) -> None:
    rect = sidebar.list.visualRect(index_of(sidebar, "Bread"))
    place = QPoint(rect.right() - 12, rect.center().y())
    with qtbot.assertNotEmitted(sidebar.conversation_selected):
        qtbot.mouseMove(sidebar.list.viewport(), place)
        qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(sidebar.delete_requested) as deleted:
        press(open_menu(), "Delete")
    assert deleted.args == [("b",)]


def test_rename_in_the_menu_opens_the_field(qtbot: QtBot, sidebar: Sidebar) -> None:
    menu = sidebar.list.menu_for(index_of(sidebar, "Cheese").data(ROW_ROLE))
    press(menu, "Rename")
    assert sidebar.findChild(QLineEdit, "rename_field").text() == "Cheese"


def test_the_neighbours_go_round(sidebar: Sidebar) -> None:
    assert sidebar.list.neighbour(1) == "b"
    assert sidebar.list.neighbour(-1) == "c"
    sidebar.set_shown("")
    assert sidebar.list.neighbour(1) == "a"
    sidebar.set_conversations([])
    assert sidebar.list.neighbour(1) == ""


def test_searching_shows_what_is_found_and_clearing_brings_all_back(qtbot: QtBot, sidebar: Sidebar) -> None:
    with qtbot.waitSignal(sidebar.search_changed) as searched:
        qtbot.keyClicks(sidebar.search_field, "rye")
    assert searched.args == ["rye"]
    sidebar.set_search_results([SearchHit("b", "Bread", "n1", "made of rye and wheat", ((8, 11),), NOW)])
    assert rows(sidebar) == ["1 result", "Bread"]
    with (
        qtbot.waitSignal(sidebar.conversation_selected) as selected,
        qtbot.waitSignal(sidebar.hit_selected) as opened,
    ):
        qtbot.mouseClick(sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=place_of(sidebar, "Bread"))
    assert selected.args == ["b"]
    assert opened.args == ["b", "n1", "rye"]
    with qtbot.waitSignal(sidebar.search_changed) as ended:
        sidebar.search_field.clear()
    assert ended.args == [""]
    assert "Apples" in rows(sidebar)


def test_a_search_is_used_and_ended_with_the_keyboard(qtbot: QtBot, sidebar: Sidebar) -> None:
    qtbot.keyClicks(sidebar.search_field, "rye")
    sidebar.set_search_results([SearchHit("b", "Bread", None, "Bread", (), NOW)])
    qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.conversation_selected) as selected:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert selected.args == ["b"]
    ended: list[str] = []
    sidebar.search_changed.connect(ended.append)
    qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Escape)
    assert ended == [""]
    assert "Apples" in rows(sidebar)


def test_escape_in_what_was_found_ends_the_search(qtbot: QtBot, sidebar: Sidebar) -> None:
    qtbot.keyClicks(sidebar.search_field, "rye")
    sidebar.set_search_results([SearchHit("b", "Bread", "n1", "made of rye", ((8, 11),), NOW)])
    qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.escaped):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Escape)
    assert sidebar.search_text == ""
    assert "Apples" in rows(sidebar)


def test_the_result_that_was_opened_stays_current_below_another_of_its_chat(
    qtbot: QtBot, sidebar: Sidebar
) -> None:
    qtbot.keyClicks(sidebar.search_field, "rye")
    hits = [SearchHit("b", "Bread", f"n{n}", "made of rye", ((8, 11),), NOW) for n in (1, 2)]
    sidebar.set_search_results(hits)
    sidebar.conversation_selected.connect(sidebar.set_shown)
    qtbot.keyClick(sidebar.search_field, Qt.Key.Key_Down)
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Return)
    assert sidebar.list.currentIndex().row() == 2


def test_a_search_without_a_find_says_so(qtbot: QtBot, sidebar: Sidebar) -> None:
    sidebar.search_field.setText("zebra")
    sidebar.set_search_results([])
    assert rows(sidebar) == ["No results"]


def test_results_that_come_too_late_are_not_shown(sidebar: Sidebar) -> None:
    sidebar.set_search_results([SearchHit("b", "Bread", None, "Bread", (), NOW)])
    assert "Cheese" in rows(sidebar)


def test_typing_fast_searches_once(qtbot: QtBot, sidebar: Sidebar) -> None:
    searched: list[str] = []
    sidebar.search_changed.connect(searched.append)
    qtbot.keyClicks(sidebar.search_field, "cheddar")
    qtbot.waitUntil(lambda: bool(searched))
    assert searched == ["cheddar"]


@pytest.mark.parametrize(
    ("button", "signal"),
    [
        ("new_chat_button", "new_chat_requested"),
        ("models_button", "models_requested"),
        ("settings_button", "settings_requested"),
        ("hide_button", "hide_requested"),
    ],
)
def test_the_buttons_ask(qtbot: QtBot, sidebar: Sidebar, button: str, signal: str) -> None:
    with qtbot.waitSignal(getattr(sidebar, signal)):
        qtbot.mouseClick(getattr(sidebar, button), Qt.MouseButton.LeftButton)
    assert getattr(sidebar, button).accessibleName()


def test_what_goes_on_in_a_conversation_is_marked_at_the_end_of_its_row(sidebar: Sidebar) -> None:
    def spoken(title: str) -> str:
        return str(index_of(sidebar, title).data(Qt.ItemDataRole.AccessibleTextRole))

    def row_picture() -> QImage:
        return sidebar.list.viewport().grab(sidebar.list.visualRect(index_of(sidebar, "Bread"))).toImage()

    pictures = [row_picture()]
    for activity in Activity:
        sidebar.set_activities({"b": activity})
        pictures.append(row_picture())
        assert SPOKEN_ACTIVITIES[activity] in spoken("Bread")
        assert SPOKEN_ACTIVITIES[activity] not in spoken("Apples")
    assert all(first != second for first, second in combinations(pictures, 2))
    sidebar.set_conversations([ConversationSummary("b", "Bread", NOW)])
    assert SPOKEN_ACTIVITIES[list(Activity)[-1]] in spoken("Bread")
    sidebar.set_activities({})
    assert index_of(sidebar, "Bread").data(Qt.ItemDataRole.AccessibleTextRole) == "Bread"


@pytest.mark.parametrize("is_used_again", [True, False], ids=["when it is used again", "by itself"])
def test_today_becomes_yesterday_in_a_window_left_open_over_midnight(
    sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch, is_used_again: bool
) -> None:
    assert rows(sidebar)[:3] == ["Today", "Apples", "Bread"]

    class Tomorrow(date):
        @classmethod
        def today(cls) -> date:
            return date.today() + timedelta(days=1)

    monkeypatch.setattr("app.ui.sidebar.sidebar.date", Tomorrow)
    if is_used_again:
        QApplication.sendEvent(sidebar.window(), QEvent(QEvent.Type.WindowActivate))
    else:
        sidebar._day_timer.timeout.emit()
    assert rows(sidebar)[0] == "Yesterday"
    assert sidebar.list.shown_id == "a"


def test_only_a_title_that_is_cut_has_a_tip(qtbot: QtBot, sidebar: Sidebar) -> None:
    long = "A very long title of a chat that does not fit into the narrow sidebar at all"
    sidebar.set_conversations([ConversationSummary("a", "Apples", NOW), ConversationSummary("l", long, NOW)])

    def tip_of(title: str) -> str:
        at = place_of(sidebar, title)
        viewport = sidebar.list.viewport()
        QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
        return QToolTip.text() if QToolTip.isVisible() else ""

    assert tip_of("Apples") == ""
    assert "does not fit" in tip_of(long)
