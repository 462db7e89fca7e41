"""The import screen, driven by its buttons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services.import_state import ImportPhase
from app.ui.exchange.import_controller import ImportController
from app.ui.theme_switcher import ThemeSwitcher
from tests.support import foreign_chats as chats
from tests.support.chat_desk import Desk


class ImportDesk(Desk):
    """The whole window with the import screen."""

    def __init__(self, qtbot: QtBot, folder: Path, themes: ThemeSwitcher) -> None:
        super().__init__(qtbot, folder / "data", themes)
        self.controller = ImportController(self.window, self.services.imports)
        self.screen = self.controller.page
        self._chosen = folder
        self.qtbot = qtbot

    def file(self, name: str, value: object) -> Path:
        path = self._chosen / name
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return path

    def waits_for(self, phase: ImportPhase) -> None:  # type: ignore[override]
        self.waits(lambda: self.services.imports.state.phase is phase)

    def drops(self, widget: object, *paths: Path) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy, place = Qt.DropAction.CopyAction, QPoint(5, 5)
        for event in (  # Qt hands a drop to what the drag has entered.
            QDragEnterEvent(place, copy, data, buttons, keys),
            QDropEvent(QPointF(place), copy, data, buttons, keys),
        ):
            QApplication.sendEvent(widget, event)  # type: ignore[arg-type]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, themes: ThemeSwitcher) -> Iterator[ImportDesk]:
    made = ImportDesk(qtbot, tmp_path, themes)
    yield made
    made.shut_down()


def test_the_menu_opens_the_screen_and_escape_leads_back(desk: ImportDesk) -> None:
    desk.window.menus.import_action.trigger()
    assert desk.window.current_page is desk.screen
    desk.qtbot.keyClick(desk.screen.start.files_button, Qt.Key.Key_Escape)
    assert desk.window.current_page is desk.window.chat_page


def test_an_archive_dropped_onto_the_window_is_looked_through_and_imported(desk: ImportDesk) -> None:
    second = chats.chatgpt("c2", "<b>More</b>")
    second["mapping"]["q1"]["message"]["content"]["parts"] = ["How high is Fuji?"]
    desk.drops(desk.window, desk.file("export.zip", chats.chatgpt_zip(chats.chatgpt(), second)))
    desk.waits_for(ImportPhase.CHOOSING)
    assert desk.window.current_page is desk.screen
    assert desk.screen.summary.text() == "2 chats found."
    assert desk.screen.import_button.text() == "Import 2 chats"
    desk.screen.model.toggle(0)
    assert desk.screen.import_button.text() == "Import 1 chat"
    desk.qtbot.mouseClick(desk.screen.import_button, Qt.MouseButton.LeftButton)
    desk.waits_for(ImportPhase.DONE)
    assert "Imported 1 chat." in desk.screen.summary.text()
    rows = [row.title for row in desk.window.sidebar.list.rows if hasattr(row, "title")]
    assert rows == ["<b>More</b>"]


def test_those_that_are_here_are_not_ticked_and_can_be_ticked(desk: ImportDesk) -> None:
    path = desk.file("a.json", [chats.claude()])
    desk.controller.read([path])
    desk.waits_for(ImportPhase.CHOOSING)
    desk.screen.import_button.click()
    desk.waits_for(ImportPhase.DONE)
    desk.controller.read([path])
    desk.waits_for(ImportPhase.CHOOSING)
    assert "One is here already." in desk.screen.summary.text()
    assert not desk.screen.import_button.isEnabled()
    desk.screen.all_button.click()
    assert desk.screen.import_button.text() == "Import 1 chat"
    desk.screen.none_button.click()
    assert not desk.screen.import_button.isEnabled()


def test_what_cannot_be_read_is_listed_with_its_reason(desk: ImportDesk) -> None:
    desk.drops(desk.screen, desk.file("a.json", b"[{"), desk.file("b.json", [chats.claude()]))
    desk.waits_for(ImportPhase.CHOOSING)
    assert desk.screen.unread_label.text() == "One could not be read:"
    assert "a.json · This file cannot be read as JSON." in desk.screen.unread.item(0).text()
    assert desk.screen.unread.isVisibleTo(desk.screen)


def test_a_click_on_a_heading_sorts(desk: ImportDesk) -> None:
    named = [chats.chatgpt(str(number), title) for number, title in enumerate("CAB")]
    desk.controller.read([desk.file("a.json", named)])
    desk.waits_for(ImportPhase.CHOOSING)
    desk.screen.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert [row.title for row in desk.screen.model.rows] == ["A", "B", "C"]
    assert len(desk.screen.model.wanted) == 1


def test_leaving_while_nothing_is_saved_forgets_the_files(desk: ImportDesk) -> None:
    desk.controller.read([desk.file("a.json", [chats.claude()])])
    desk.waits_for(ImportPhase.CHOOSING)
    desk.screen.back_button.click()
    assert desk.services.imports.state.phase is ImportPhase.IDLE
    assert desk.window.current_page is desk.window.chat_page
