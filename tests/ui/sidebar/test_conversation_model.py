from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot

from app.ui.sidebar.conversation_model import ConversationListModel
from app.ui.sidebar.conversation_rows import ConversationRow, GroupHeading, Row

ROWS: list[Row] = [GroupHeading("Today"), ConversationRow("a", "Apples"), ConversationRow("b", "Bread")]


def shown(model: ConversationListModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_qt_finds_no_fault_while_rows_come_and_go(qtmodeltester: object) -> None:
    model = ConversationListModel()
    qtmodeltester.check(model)  # type: ignore[attr-defined]
    model.set_rows(ROWS)
    model.set_rows(
        [GroupHeading("Today"), ConversationRow("b", "Butter"), ConversationRow("c", "Cheese"), ROWS[1]]
    )
    model.set_rows([])


ids = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(ids, ids)
def test_any_list_becomes_any_other(first: list[str], second: list[str]) -> None:
    model = ConversationListModel()
    model.set_rows([ConversationRow(name, name) for name in first])
    model.set_rows([ConversationRow(name, name.upper()) for name in second])
    assert shown(model) == [name.upper() for name in second]


def test_a_row_that_moves_stays_the_same_row() -> None:
    """So that selection, an open rename field and the scroll position survive a message elsewhere."""
    model = ConversationListModel()
    model.set_rows(ROWS)
    kept = QPersistentModelIndex(model.index(2))
    model.set_rows([ROWS[0], ROWS[2], ConversationRow("new", "New"), ROWS[1]])
    assert kept.data() == "Bread"
    assert kept.row() == 1


def test_headings_can_be_neither_chosen_nor_renamed() -> None:
    model = ConversationListModel()
    model.set_rows(ROWS)
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0), "Tomorrow")


def test_a_new_title_is_told_without_needless_blanks(qtbot: QtBot) -> None:
    model = ConversationListModel()
    model.set_rows(ROWS)
    with qtbot.waitSignal(model.title_edited) as edited:
        model.setData(model.index(1), "  Pears \n and  plums ")
    assert edited.args == ["a", "Pears and plums"]
    with qtbot.assertNotEmitted(model.title_edited):
        model.setData(model.index(1), "   ")
        model.setData(model.index(1), "Apples")
