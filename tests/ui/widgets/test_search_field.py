"""The fields to search with, as the window has them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow


def test_the_text_stays_where_it_is_when_the_field_is_clicked(qtbot: QtBot, window: MainWindow) -> None:
    field, composer = window.sidebar.search_field, window.chat_page.composer.edit
    field.setText("zebra")
    composer.setFocus()
    qtbot.waitUntil(composer.hasFocus)
    before = field.cursorRect().left()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    assert field.cursorRect().left() == before
