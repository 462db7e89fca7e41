"""Lists of rows: Qt's rules, keys, clicks, and thousands of lines."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.ui.model_manager.row_layout import CARDS, FLAT, RowLayout
from app.ui.model_manager.row_list import RowList
from app.ui.model_manager.row_model import RowModel
from app.ui.model_manager.rows import Action, Badge, Entry, Heading, Line, Row
from app.ui.theme_switcher import ThemeSwitcher

PAUSE = Action("pause", "Pause", "pause")
CANCEL = Action("cancel", "Cancel", "x")
GET = Action("download", "Download", is_primary=True)


def row(key: str, *actions: Action, lines: int = 1) -> Row:
    texts = tuple(Line(f"line {number}") for number in range(lines))
    return Row(key, f"Row {key}", (Badge("Runs well"),), texts, actions=actions)


@pytest.fixture
def rows(qtbot: QtBot, themes: ThemeSwitcher) -> RowList:
    made = RowList("Things", CARDS, themes.theme)
    qtbot.addWidget(made)
    made.resize(640, 400)
    made.set_entries([Heading("First"), row("a", PAUSE, CANCEL), row("b", GET), row("c")])
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_model_keeps_qts_rules_while_it_changes(qtmodeltester: ModelTester) -> None:
    model = RowModel()
    qtmodeltester.check(model)
    for keys in ("", "abc", "abcd", "bd", "xbyd", "dbyx", "d", ""):
        model.set_entries([row(key) for key in keys])
        assert [entry.key for entry in model.entries] == list(keys)


@given(st.lists(st.lists(st.sampled_from("abcdefg"), unique=True), max_size=6))
def test_whatever_came_before_the_model_shows_what_it_was_given_last(steps: list[list[str]]) -> None:
    model = RowModel()
    for number, keys in enumerate(steps):
        entries: list[Entry] = [row(key, lines=number + 1) for key in keys]
        model.set_entries(entries)
        assert list(model.entries) == entries
        assert model.rowCount() == len(entries)


def test_a_click_on_an_action_asks_for_it_and_one_beside_it_does_not(rows: RowList, qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []
    activated: list[str] = []
    rows.action_requested.connect(lambda key, action: asked.append((key, action)))
    rows.row_activated.connect(activated.append)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.action_area("a", "cancel").center())
    assert (asked, activated) == ([("a", "cancel")], [])
    beside = rows.visualRect(rows.model().index(1, 0)).topLeft()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=beside + QPoint(20, 20))
    assert (asked, activated) == ([("a", "cancel")], ["a"])


def test_all_actions_are_within_reach_of_the_keyboard(rows: RowList, qtbot: QtBot) -> None:
    asked: list[tuple[str, str]] = []
    rows.action_requested.connect(lambda key, action: asked.append((key, action)))
    rows.focus_first()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(rows, key)
    qtbot.keyClick(rows, Qt.Key.Key_Left)
    qtbot.keyClick(rows, Qt.Key.Key_Space)
    qtbot.keyClick(rows, Qt.Key.Key_Delete)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert asked == [("a", "cancel"), ("a", "pause"), ("a", "cancel"), ("b", "download")]


def test_enter_opens_a_row_that_has_no_actions(rows: RowList, qtbot: QtBot) -> None:
    opened: list[str] = []
    rows.row_activated.connect(opened.append)
    rows.choose("c")
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert opened == ["c"]


def test_what_cannot_be_done_now_is_not_asked_for_and_says_why(rows: RowList, qtbot: QtBot) -> None:
    asked: list[str] = []
    rows.action_requested.connect(lambda _key, action: asked.append(action))
    rows.set_entries([row("a", Action("download", "Download", is_enabled=False, tip="Tarn is offline."))])
    qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.action_area("a", "download").center()
    )
    rows.focus_first()
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert asked == []
    found = rows.row("a")
    assert found is not None
    entry = rows.menu_for(found).actions()[0]
    assert not entry.isEnabled()


def test_the_current_row_stays_when_others_come_and_go(rows: RowList) -> None:
    rows.choose("b")
    rows.set_entries([row("new"), row("a"), row("b"), row("z")])
    assert rows.current_key == "b"
    rows.set_entries([row("b")])
    assert rows.current_key == "b"


def test_screen_readers_are_told_rows_with_all_that_is_drawn(rows: RowList) -> None:
    index = rows.model().index(1, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Row a, Runs well, line 0"
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Pause, Cancel"


@pytest.mark.measures
def test_thousands_of_rows_open_and_scroll_without_a_pause(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    made = RowList("Results", FLAT, themes.theme)
    qtbot.addWidget(made)
    made.resize(350, 800)
    with qtbot.waitExposed(made):
        made.show()
    entries = [row(str(number), lines=2) for number in range(5_000)]
    assert min(seconds_of(lambda: show(made, entries)) for _ in range(3)) < 0.2
    bar = made.verticalScrollBar()
    steps = [seconds_of(lambda step=step: scroll(made, bar.maximum() * step // 20)) for step in range(1, 21)]
    assert statistics.median(steps) < 0.03
    assert made.indexAt(made.viewport().rect().bottomLeft()).row() == 4_999


def show(rows: RowList, entries: list[Entry]) -> None:
    rows.set_entries([])
    rows.set_entries(entries)
    rows.grab()


def scroll(rows: RowList, value: int) -> None:
    rows.verticalScrollBar().setValue(value)
    rows.grab()


def seconds_of(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@pytest.mark.parametrize(("width", "is_beside"), [(300, False), (700, True)])
def test_a_name_is_not_cut_for_a_badge_which_stands_below_where_there_is_no_room(
    rows: RowList, width: int, is_beside: bool
) -> None:
    name = "LFM2.5 1.2B Thinking"
    badges = (Badge("Slow, about 2 tokens/s", tip="The sum"),)
    entry = Row("long", name, badges, (Line("731 MB · 8 languages"),), icon_name="brain")
    layout = RowLayout(entry, QRect(0, 0, width, 0), rows.font(), FLAT)
    assert layout.title.width() >= QFontMetrics(layout.title_font).horizontalAdvance(name)
    ((_, box),) = layout.badges
    areas = [layout.title, box, *(area for _, area in layout.lines)]
    assert all(layout.frame.contains(area) for area in areas)
    assert not any(one.intersects(other) for one in areas for other in areas if one is not other)
    assert (box.top() < layout.lines[0][1].top()) is is_beside
