"""The day with Tarn, with the model on a server: a real one, which answers with what the engine writes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.conversation import MessageState
from app.core.export import from_markdown
from app.core.generation import PromptOrigin
from app.core.model_file import LoadOptions
from app.engine.engine import Engine
from app.ui.widgets.question_dialog import QuestionDialog
from tests.support.model_server import ModelServer
from tests.support.person import ANSWER_MS, TINY_MODEL, Person, StartProgram

STORY = "Tell me a long story."


@pytest.fixture(scope="module")
def behind() -> Iterator[Engine]:
    engine = Engine()
    engine.load(TINY_MODEL, LoadOptions(context_length=2048), lambda _share: None)
    yield engine
    engine.unload()


@pytest.fixture(params=["elsewhere", "tiny-lfm2"])
def server(request: pytest.FixtureRequest, behind: Engine) -> Iterator[ModelServer]:
    """Once with a name that no file here has, so that it makes the prompts; once with one that has."""
    with ModelServer(behind, request.param) as server:
        yield server


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> set[Any]:
    """Every address that the program connects to."""
    reached: set[Any] = set()
    connect = socket.socket.connect

    def note(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple):
            reached.add(address[:2])
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return reached


def sits_down(person: Person, server: ModelServer, qtbot: QtBot) -> None:
    """Adds the server, chooses its model in the list and says yes."""
    servers = person.application.services.servers
    person.waits_for_model()
    added = servers.add("studio", server.address)
    qtbot.waitUntil(lambda: bool((found := servers.find(added.id)) and found.report), timeout=ANSWER_MS)
    report = servers.find(added.id).report  # type: ignore[union-attr]
    person.picks_model(report.models[0].name)  # type: ignore[union-attr]
    person.window.findChild(QuestionDialog, "server_consent_question").confirm_button.click()
    models = person.application.services.models
    qtbot.waitUntil(lambda: models.info is not None and models.info.server == "studio", timeout=ANSWER_MS)


def test_a_day(
    start_program: StartProgram, server: ModelServer, qtbot: QtBot, tmp_path: Path, hosts: set[Any]
) -> None:
    person = start_program()
    sits_down(person, server, qtbot)
    services = person.application.services

    assert person.asks("What is the capital of France?") == "The capital of France is **Paris**."
    assert "on studio" in person.reads
    origin = services.chat.conversation.path()[-1].message.generation.statistics.prompt_origin  # type: ignore[union-attr]
    is_here = "/v1/completions" in [asked.path for asked in server.requests]
    assert (origin is PromptOrigin.HERE) == is_here

    # Another version of the answer.
    person.window.menus.regenerate_action.trigger()
    person.waits_for_answer()
    conversation = services.chat.conversation
    assert len(conversation.siblings(conversation.path()[-1].id)) == 2

    # Stop, and go on.
    server._pause = 0.02
    person.sends(STORY)
    qtbot.waitUntil(lambda: len(person.reads.split(STORY)[-1]) > 60, timeout=60_000)
    person.presses(Qt.Key.Key_Escape)
    person.waits_for_answer()
    server._pause = 0.0
    qtbot.waitUntil(lambda: server.running == 0, timeout=ANSWER_MS)
    stopped = services.chat.conversation.path()[-1]
    assert stopped.state is MessageState.STOPPED
    services.answers.continue_answer(stopped.id)
    person.waits_for_answer()
    whole = services.chat.conversation.path()[-1]
    assert whole.message.raw.startswith(stopped.message.raw)
    assert len(whole.message.raw) > len(stopped.message.raw)

    # The file.
    target = tmp_path / "exported.md"
    person.exports(target)
    text = target.read_text(encoding="utf-8")
    assert " on studio" in text
    shown = services.chat.conversation
    assert [node.message.text for node in from_markdown(text).path()] == [
        node.message.text for node in shown.path()
    ]

    # The next day: the same model on the same server.
    person = start_program(first_model=None)
    models = person.application.services.models
    qtbot.waitUntil(lambda: models.info is not None, timeout=ANSWER_MS)
    assert models.info is not None
    assert models.info.server == "studio"
    person.application.services.chat.start_new()
    assert person.asks("What is 17 + 25?")

    # Without the server: it is said, and the model here goes on.
    server.close()
    person.sends("Hello")
    person.waits_for_answer()
    failed = person.application.services.chat.conversation.path()[-1]
    assert failed.state is MessageState.FAILED
    assert "may be off or asleep" in failed.message.generation.error  # type: ignore[union-attr]
    models.choose(TINY_MODEL)
    qtbot.waitUntil(lambda: bool(models.info and not models.info.server), timeout=ANSWER_MS)
    person.window.menus.regenerate_action.trigger()
    person.waits_for_answer()
    assert person.application.services.chat.last_answer()

    assert hosts <= {("127.0.0.1", server.port)}


@pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)
def test_the_list_has_what_the_server_has_by_now(
    start_program: StartProgram, behind: Engine, qtbot: QtBot
) -> None:
    with ModelServer(behind) as server:
        person = start_program()
        sits_down(person, server, qtbot)
        picker = person.window.chat_page.header.model_picker
        known = picker.currentText()
        server.set_models(
            "vllm", [{"id": known, "max_model_len": 2048}, {"id": "new", "max_model_len": 2048}]
        )

        picker.showPopup()
        qtbot.waitUntil(lambda: picker.findText("new") >= 0, timeout=ANSWER_MS)
        assert picker.currentText() == known
        assert picker.view().currentIndex().data() == known
        picker.hidePopup()
