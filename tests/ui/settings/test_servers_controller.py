"""Servers in the settings and in the list of models, through the real widgets and a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.servers.server import ServerKind
from app.ui.chat.model_delegate import FILE_ROLE, HEADING_ROLE
from app.ui.settings.server_dialog import ServerDialog
from app.ui.settings.servers_controller import ServersController
from app.ui.settings.servers_page import ServersPage
from app.ui.widgets.question_dialog import QuestionDialog
from tests.fakes.chat_server import FakeChatServer, fault, reply
from tests.support.chat_desk import Desk, SitDown
from tests.support.server_desk import add_server, choose, model_on


@pytest.fixture
def server() -> Iterator[FakeChatServer]:
    with FakeChatServer() as server:
        yield server


class Office:
    """A desk with the page of servers open."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.desk = desk
        self.servers = desk.services.servers
        self.controller = ServersController(desk.window, self.servers, desk.models.choose)
        self.page: ServersPage = self.controller.make_page(desk.window)
        qtbot.addWidget(self.page)
        self.page.setWindowFlags(Qt.WindowType.Window)

    @property
    def dialog(self) -> ServerDialog:
        (dialog,) = [it for it in self.page.findChildren(ServerDialog) if it.isVisible()]
        return dialog

    @property
    def question(self) -> QuestionDialog:
        found = [*self.desk.window.findChildren(QuestionDialog), *self.page.findChildren(QuestionDialog)]
        (question,) = {it for it in found if it.isVisible()}
        return question

    def waits_for(self, words: str) -> None:
        self.desk.waits(lambda: words in self.page.outcome.text())


@pytest.fixture
def office(qtbot: QtBot, sit_down: SitDown, monkeypatch: pytest.MonkeyPatch) -> Office:
    # What listens on the machine that the tests run on is nobody's business.
    monkeypatch.setattr("app.services.servers.USUAL_PORTS", ())
    return Office(qtbot, sit_down("from here"))


def test_a_server_is_added_and_tells_what_it_is(office: Office, server: FakeChatServer) -> None:
    office.page.show()
    office.page.add_button.click()
    office.dialog.name_field.setText("Studio")
    office.dialog.address_field.setText(server.address + "/v1")
    office.dialog.save_button.click()
    office.waits_for("vLLM 0.32.0")
    assert "tiny · 4,096 tokens · calls tools" in office.page.outcome.text()
    assert office.page.list.item(0).text().startswith("Studio · 127.0.0.1:")
    assert "not encrypted" not in office.page.outcome.text()  # It is on this computer.


def test_what_is_wrong_with_an_address_is_said_in_the_dialog(office: Office) -> None:
    office.page.add_button.click()
    office.dialog.address_field.setText("not an address")
    office.dialog.save_button.click()
    assert "not the address of a server" in office.dialog.problem.text()
    assert office.servers.servers == ()


def test_a_server_that_fails_says_why_and_a_test_asks_again(office: Office, server: FakeChatServer) -> None:
    page = server.pages["/v1/models"]
    server.pages["/v1/models"] = fault(500, "no cheese")
    office.servers.add("Studio", server.address)
    office.waits_for("It says: no cheese")
    server.pages["/v1/models"] = page
    office.page.test_button.click()
    office.waits_for("vLLM 0.32.0")


def test_a_key_is_entered_kept_and_removed(office: Office, server: FakeChatServer) -> None:
    server.key = "sesame"
    added = office.servers.add("Studio", server.address)
    office.waits_for("wants a key")
    office.page.edit_button.click()
    dialog = office.dialog
    dialog.key_field.setFocus()
    dialog.key_field.insert("sesame")
    dialog.key_field.textEdited.emit("sesame")
    dialog.save_button.click()
    office.waits_for("vLLM 0.32.0")
    office.desk.waits(lambda: (found := office.servers.find(added.id)) and found.has_key)
    office.page.edit_button.click()
    assert office.dialog.key_field.text() == ""
    office.dialog.forget_button.click()
    office.dialog.save_button.click()
    office.waits_for("wants a key")


def test_removing_is_asked(office: Office, server: FakeChatServer) -> None:
    add_server(office.desk, server)
    office.page.remove_button.click()
    assert len(office.servers.servers) == 1
    office.question.confirm_button.click()
    assert office.servers.servers == ()
    assert office.page.outcome.text() == "No servers yet."
    assert not office.page.edit_button.isEnabled()


def test_what_answers_on_this_computer_is_offered_while_the_page_is_open(
    office: Office, server: FakeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.servers.USUAL_PORTS", ((ServerKind.VLLM, server.port),))
    assert server.requests == []
    office.page.show()
    office.desk.waits(lambda: office.page.findChild(QPushButton, "add_found_button"))
    assert any("vLLM answers on this computer" in label.text() for label in office.page.findChildren(QLabel))
    office.page.findChild(QPushButton, "add_found_button").click()
    assert office.dialog.address_field.text() == server.address
    assert office.dialog.name_field.text() == "vLLM"
    office.dialog.reject()
    office.page.hide()
    office.desk.waits(lambda: not office.page.findChildren(QPushButton, "add_found_button"))


def test_what_was_added_is_offered_no_more(
    office: Office, server: FakeChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.servers.USUAL_PORTS", ((ServerKind.VLLM, server.port),))
    office.page.show()
    office.desk.waits(lambda: office.page.findChild(QPushButton, "add_found_button"))
    office.page.findChild(QPushButton, "add_found_button").click()
    office.dialog.save_button.click()
    office.desk.waits(lambda: not office.page.findChildren(QPushButton, "add_found_button"))
    assert [it.address for it in office.servers.servers] == [server.address]


def test_a_servers_models_stand_under_its_name_with_a_mark(office: Office, server: FakeChatServer) -> None:
    added = add_server(office.desk, server)
    picker = office.desk.window.chat_page.header.model_picker
    rows = range(picker.count())
    (heading,) = [row for row in rows if picker.itemData(row, HEADING_ROLE)]
    model = picker.itemData(heading + 1, FILE_ROLE)
    assert (picker.itemText(heading), model.name, model.server) == ("studio", "tiny", "studio")
    spoken = picker.itemData(heading, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"studio. Your words go to {added.host}"
    assert not picker.model().item(heading).isEnabled()


def test_choosing_asks_once_and_then_shows_where_words_go(office: Office, server: FakeChatServer) -> None:
    desk = office.desk
    added = add_server(desk, server)
    picker = desk.window.chat_page.header.model_picker
    before = picker.current_path
    model = model_on(desk, added)
    picker.model_chosen.emit(model.path)
    assert added.host in office.question.windowTitle()
    office.question.cancel_button.click()
    assert picker.current_path == before
    assert server.chats == []
    picker.model_chosen.emit(model.path)
    office.question.confirm_button.click()
    desk.waits(lambda: desk.models.info is not None and desk.models.info.server == "studio")
    assert f"Your words go to {added.host}" in picker.accessibleDescription()
    server.replies = [reply("Hello", " you.")]
    desk.composer.send_requested.emit("Hello?")
    desk.waits_for("Hello you.")
    desk.models.choose(before)  # type: ignore[arg-type]
    desk.waits(lambda: desk.models.info is not None and not desk.models.info.server)
    picker.model_chosen.emit(model.path)
    desk.waits(lambda: desk.models.info is not None and desk.models.info.server == "studio")
    assert not [it for it in desk.window.findChildren(QuestionDialog) if it.isVisible()]


def test_while_a_server_is_asked_its_name_is_shown(office: Office, server: FakeChatServer) -> None:
    desk = office.desk
    choose(desk, add_server(desk, server))
    statuses: list[str] = []
    desk.answers.changed.connect(lambda change: statuses.append(change.answer.status))
    server.replies = [reply("Hi")]
    desk.answers.send("Hello?")
    desk.waits_for("Hi")
    assert statuses[0] == "Waiting for studio"
