"""The token, the offline switch and the network log, in the settings."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView
from pytestqt.modeltest import ModelTester

from app.core.connection import Connection
from app.ui.model_manager import model_manager_controller
from app.ui.model_manager.connections_page import ConnectionsModel
from app.ui.model_manager.network_page import NetworkPage
from app.ui.settings.settings_dialog import SettingsPage
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import AskingKeyring, FakeKeyring, LockedKeyring
from tests.support.models_screen import INSTRUCT, INSTRUCT_FILE, MakeScreen, Screen
from tests.support.waiting import PATIENCE_S

TOKEN = "hf_abcdefghijklmnop"


def page_of(screen: Screen) -> NetworkPage:
    screen.settings_dialog.open(SettingsPage.NETWORK)
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
    screen.waits(lambda: "belongs to ann" in page.outcome.label.text())
    screen.waits(lambda: "saved in the system keyring" in page.where.text())
    assert TOKEN in ring.passwords.values()
    assert page.field.text() == ""
    click(screen, "check_token_button")
    screen.waits(lambda: page.check_button.isEnabled())
    click(screen, "forget_token_button")
    screen.waits(lambda: "No token." in page.where.text())
    assert ring.passwords == {}


@pytest.mark.parametrize(
    ("text", "sentence"), [("hf_unknown", "does not accept"), ("two words", "not a token")]
)
def test_a_wrong_token_is_refused_in_words(screen: Screen, text: str, sentence: str) -> None:
    page = page_of(screen)
    enter(screen, text)
    screen.waits(lambda: sentence in page.outcome.label.text())
    assert text not in page.outcome.label.text()
    assert "No token." in page.where.text()


def test_without_a_keyring_the_token_serves_this_run_and_it_is_said(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    server.tokens[TOKEN] = "ann"
    screen = make_screen(keyring=FakeKeyring(problem=RuntimeError("no bus")))
    page = page_of(screen)
    enter(screen, TOKEN)
    screen.waits(lambda: "until Tarn is closed" in page.where.text())


def test_a_locked_keyring_is_said_and_asked_again_on_request(make_screen: MakeScreen) -> None:
    ring = LockedKeyring(TOKEN)
    screen = make_screen(keyring=ring, has_hub_token=True)
    screen.opens()
    page = page_of(screen)
    screen.waits(lambda: "keyring is locked" in page.where.text())
    ring.problem = None
    assert page.check_button.text() == "Unlock"
    click(screen, "check_token_button")
    screen.waits(lambda: "saved in the system keyring" in page.where.text())
    assert page.check_button.text() == "Check"


def test_a_token_that_a_locked_keyring_still_has_is_not_said_to_be_gone(
    make_screen: MakeScreen,
) -> None:
    ring = FakeKeyring(TOKEN)
    screen = make_screen(keyring=ring, has_hub_token=True)
    screen.opens()
    page = page_of(screen)
    screen.waits(lambda: "saved in the system keyring" in page.where.text())
    ring.problem = LockedKeyring().problem
    click(screen, "forget_token_button")
    screen.waits(lambda: "the token is still in it" in page.outcome.label.text())
    assert screen.settings.current.has_hub_token


@pytest.mark.measures
def test_a_keyring_that_asks_for_its_password_holds_nothing_up(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    server.tokens[TOKEN] = "ann"
    ring = AskingKeyring()
    screen = make_screen(keyring=ring)
    screen.opens()
    page = page_of(screen)
    enter(screen, TOKEN)
    screen.waits(lambda: "Waiting for the system's keyring" in page.where.text())
    assert "belongs to ann" in page.outcome.label.text()
    assert screen.hub.token.secret() == TOKEN
    started = time.monotonic()
    screen.end()
    assert time.monotonic() - started < 2
    ring.answered.set()


def test_another_token_can_be_entered_while_the_keyring_asks_for_the_first(
    make_screen: MakeScreen, server: FakeHub
) -> None:
    server.tokens |= {TOKEN: "ann", "hf_other": "bob"}
    ring = AskingKeyring()
    screen = make_screen(keyring=ring)
    page = page_of(screen)
    enter(screen, TOKEN)
    screen.waits(lambda: "Waiting for the system's keyring" in page.where.text())
    enter(screen, "hf_other")
    screen.waits(lambda: "belongs to bob" in page.outcome.label.text())
    ring.answered.set()
    screen.waits(lambda: "saved in the system keyring" in page.where.text())
    assert screen.hub.token.secret() == "hf_other"


def test_a_keyring_is_asked_only_where_it_keeps_a_token(make_screen: MakeScreen) -> None:
    ring = AskingKeyring(TOKEN)
    screen = make_screen(keyring=ring)
    screen.opens()
    page = page_of(screen)
    assert "No token." in page.where.text()
    assert not ring.is_asking.is_set()


def test_downloads_do_not_wait_for_ever_for_a_keyring(
    make_screen: MakeScreen, server: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_manager_controller, "TOKEN_WAIT_MS", 100)
    first = make_screen()
    first.opens()
    server.fail(path="resolve", stall_at=1000)
    card = first.page.discover.start.cards["LFM2.5-1.2B-Instruct"]
    first.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    first.waits(lambda: server.sent_bytes() == 1000)
    first.end()
    ring = AskingKeyring(TOKEN)
    second = make_screen(keyring=ring, has_hub_token=True)
    assert ring.is_asking.wait(PATIENCE_S)
    second.waits(lambda: (second.models_folder / INSTRUCT / INSTRUCT_FILE).exists())
    second.end()
    ring.answered.set()


def test_what_was_refused_for_want_of_a_token_goes_on_once_it_is_there(
    screen: Screen, server: FakeHub
) -> None:
    server.repositories[INSTRUCT].is_gated = True
    server.tokens[TOKEN] = "ann"
    server.members.add("ann")
    card = screen.page.discover.start.cards["LFM2.5-1.2B-Instruct"]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: any(state.error for state in screen.controller.downloads.states))
    page_of(screen)
    enter(screen, TOKEN)
    screen.waits(lambda: screen.ready)


def test_the_network_log_lists_what_was_asked_and_can_be_emptied(screen: Screen) -> None:
    screen.chooses("LFM2.5 1.2B Instruct")
    screen.waits(lambda: len(screen.page.discover.details.variants.entries) == 1)
    screen.settings_dialog.open(SettingsPage.CONNECTIONS)
    table = screen.window.findChild(QTableView, "connections_table")
    model = table.model()
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[1:3] == ["127.0.0.1", "Look at a repository"]
    assert cells[5] == "200"
    click(screen, "clear_connections_button")
    assert model.rowCount() == 0
    assert screen.hub.network_log.connections() == []


def test_the_open_network_log_follows_what_is_asked_and_keeps_what_was_chosen(screen: Screen) -> None:
    for _ in range(3):
        screen.hub.network_log.add(connection("Search for models"))
    screen.settings_dialog.open(SettingsPage.CONNECTIONS)
    table = screen.window.findChild(QTableView, "connections_table")
    table.selectRow(1)
    screen.hub.network_log.add(connection("Check the token"))
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
    screen = make_screen(keyring=FakeKeyring(TOKEN), has_hub_token=True)
    screen.opens()
    card = screen.page.discover.start.cards["LFM2.5-1.2B-Instruct"]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.ready)
