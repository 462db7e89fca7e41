"""The token, the offline switch and the ledger, in the settings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView
from pytestqt.modeltest import ModelTester

from app.core.connection import Connection
from app.ui.model_manager.connections_page import ConnectionsModel
from app.ui.model_manager.network_page import NetworkPage
from tests.fakes.hub_server import FakeHub
from tests.hub.fake_keyring import FakeKeyring
from tests.ui.model_manager.conftest import INSTRUCT, MakeScreen, Screen

TOKEN = "hf_abcdefghijklmnop"


def page_of(screen: Screen) -> NetworkPage:
    screen.settings.open_settings("Network")
    found = screen.window.findChild(NetworkPage)
    assert found is not None
    return found


def connection(purpose: str) -> Connection:
    time = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
    return Connection(time, "huggingface.co", purpose, 300, 4_000, "200")


def click(screen: Screen, name: str) -> None:
    button = screen.window.findChild(QPushButton, name)
    assert button is not None
    screen.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def enter(screen: Screen, text: str) -> None:
    field = screen.window.findChild(QLineEdit, "token_field")
    screen.qtbot.keyClicks(field, text)
    click(screen, "save_token_button")


def test_a_token_is_checked_kept_in_the_keyring_and_forgotten(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    server.tokens[TOKEN] = "ann"
    ring = FakeKeyring()
    screen = make_screen(keyring=ring)
    page = page_of(screen)
    assert page.field.echoMode() is QLineEdit.EchoMode.Password
    enter(screen, TOKEN)
    screen.waits(lambda: "it belongs to ann" in page.outcome.label.text())
    assert "kept in the system's keyring" in page.where.text()
    assert TOKEN in ring.passwords.values()
    assert page.field.text() == ""
    click(screen, "check_token_button")
    screen.waits(lambda: page.check_button.isEnabled())
    click(screen, "forget_token_button")
    screen.waits(lambda: "There is no token" in page.where.text())
    assert ring.passwords == {}


@pytest.mark.parametrize(
    ("text", "sentence"), [("hf_unknown", "does not accept"), ("two words", "not a token")]
)
def test_a_wrong_token_is_refused_in_words(screen: Screen, text: str, sentence: str) -> None:
    page = page_of(screen)
    enter(screen, text)
    screen.waits(lambda: sentence in page.outcome.label.text())
    assert text not in page.outcome.label.text()
    assert "There is no token" in page.where.text()


def test_without_a_keyring_the_token_serves_this_run_and_it_is_said(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    server.tokens[TOKEN] = "ann"
    screen = make_screen(keyring=FakeKeyring(problem=RuntimeError("no bus")))
    page = page_of(screen)
    enter(screen, TOKEN)
    screen.waits(lambda: "until Tarn is closed" in page.where.text())


def test_the_ledger_lists_what_was_asked_and_can_be_emptied(screen: Screen) -> None:
    screen.chooses("LFM2.5 1.2B Instruct")
    screen.waits(lambda: len(screen.page.discover.details.variants.entries) == 1)
    screen.settings.open_settings("Connections")
    table = screen.window.findChild(QTableView, "connections_table")
    model = table.model()
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[1:3] == ["127.0.0.1", "Look at a repository"]
    assert cells[5] == "200"
    click(screen, "clear_connections_button")
    assert model.rowCount() == 0
    assert screen.hub.ledger.connections() == []


def test_the_open_ledger_follows_what_is_asked_and_keeps_what_was_chosen(screen: Screen) -> None:
    for _ in range(3):
        screen.hub.ledger.add(connection("Search for models"))
    screen.settings.open_settings("Connections")
    table = screen.window.findChild(QTableView, "connections_table")
    table.selectRow(1)
    screen.hub.ledger.add(connection("Check the token"))
    screen.waits(lambda: table.model().rowCount() == 4)
    assert table.model().index(0, 2).data() == "Check the token"
    assert [index.row() for index in table.selectionModel().selectedRows()] == [2]


def test_the_table_of_connections_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model = ConnectionsModel()
    model.set_connections([connection("Search for models")] * 3)
    model.set_connections([connection("Check the token"), *[connection("Search for models")] * 3])
    qtmodeltester.check(model)
    assert model.index(0, 3).data() == "300 B"
    assert model.index(0, 4).data() == "4 kB"


def test_a_gated_model_is_fetched_once_the_token_is_there(make_screen: MakeScreen, server: FakeHub) -> None:
    server.repositories[INSTRUCT].is_gated = True
    server.tokens[TOKEN] = "ann"
    server.members.add("ann")
    screen = make_screen(keyring=FakeKeyring(TOKEN))
    screen.opens()
    card = screen.page.discover.start.cards["LFM2.5-1.2B-Instruct"]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.ready)
