"""From the first page to a chat: a model is found, fetched, checked, loaded and asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.application import Application
from app.core.model_file import ModelFile
from app.hub.hub import Hub
from app.hub.library.library import Library
from app.hub.token import HubToken
from app.ui.model_manager.model_manager_page import ModelManagerPage
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring
from tests.support.person import TINY_MODEL, Person

REPOSITORY = "LiquidAI/LFM2.5-1.2B-Instruct-GGUF"
FILE = "LFM2.5-1.2B-Instruct-Q4_K_M.gguf"
WAIT_MS = 60_000

Start = Callable[[], Person]


@pytest.fixture
def server() -> Iterator[FakeHub]:
    with FakeHub() as hub:
        hub.put(REPOSITORY, FILE, TINY_MODEL.read_bytes(), gguf={"architecture": "lfm2"})
        yield hub


@pytest.fixture
def start(qtbot: QtBot, data_dir: Path, server: FakeHub) -> Iterator[Start]:
    """Starts the program on one data folder, with a hub on this machine."""
    running: list[Application] = []

    def end() -> None:
        while running:
            running.pop().shutdown()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def start() -> Person:
        end()
        hub = Hub(HubToken(FakeKeyring()), endpoint=server.address)
        application = Application(data_dir, hub=hub)
        running.append(application)
        with qtbot.waitExposed(application.window):
            application.window.show()
        return Person(qtbot, application)

    yield start
    end()


def page_of(person: Person) -> ModelManagerPage:
    found = person.window.findChild(ModelManagerPage, "model_manager")
    assert found is not None
    return found


def accept_licence(person: Person, qtbot: QtBot) -> None:
    dialog = person.window.findChild(object, "licence_dialog")
    qtbot.mouseClick(dialog.findChild(QPushButton, "confirm_button"), Qt.MouseButton.LeftButton)


def test_two_clicks_lead_from_the_first_start_to_a_chat_with_a_fetched_model(
    start: Start, qtbot: QtBot, data_dir: Path
) -> None:
    person = start()
    qtbot.mouseClick(person.window.chat_page.welcome.get_button, Qt.MouseButton.LeftButton)
    page = page_of(person)
    assert person.window.current_page is page
    cards = page.discover.start.cards
    qtbot.waitUntil(lambda: "LFM2.5-1.2B-Instruct" in cards, timeout=WAIT_MS)
    qtbot.mouseClick(cards["LFM2.5-1.2B-Instruct"].button, Qt.MouseButton.LeftButton)
    accept_licence(person, qtbot)
    models = person.application.services.models
    fetched = data_dir / "models" / REPOSITORY / FILE
    qtbot.waitUntil(lambda: models.info is not None and models.info.path == fetched, timeout=WAIT_MS)
    assert person.window.current_page is person.window.chat_page
    assert fetched.read_bytes() == TINY_MODEL.read_bytes()
    assert person.asks("What is the capital of France?") == "The capital of France is **Paris**."
    picker = person.window.chat_page.header.model_picker
    qtbot.waitUntil(lambda: picker.findText("LFM2.5 1.2B Instruct") >= 0, timeout=WAIT_MS)


def test_a_download_that_the_end_of_the_program_broke_off_goes_on_at_the_next_start(
    start: Start, qtbot: QtBot, data_dir: Path, server: FakeHub
) -> None:
    server.fail(path="/resolve/", bytes_per_second=400_000, times=9)
    person = start()
    person.window.menus.models_action.trigger()
    cards = page_of(person).discover.start.cards
    qtbot.waitUntil(lambda: "LFM2.5-1.2B-Instruct" in cards, timeout=WAIT_MS)
    qtbot.mouseClick(cards["LFM2.5-1.2B-Instruct"].button, Qt.MouseButton.LeftButton)
    accept_licence(person, qtbot)
    downloads = person.application.screens.model_manager.downloads
    qtbot.waitUntil(lambda: any(one.done_bytes > 200_000 for one in downloads.states), timeout=WAIT_MS)
    person = start()
    server.faults.clear()
    picker = person.window.chat_page.header.model_picker
    qtbot.waitUntil(lambda: picker.findText("LFM2.5 1.2B Instruct") >= 0, timeout=WAIT_MS)
    assert (data_dir / "models" / REPOSITORY / FILE).read_bytes() == TINY_MODEL.read_bytes()
    assert server.sent_bytes() < 1.1 * TINY_MODEL.stat().st_size + 300_000


def test_files_are_read_off_the_windows_thread(
    start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[threading.Thread] = set()
    scan = Library.scan

    def noted(library: Library, *arguments: Any) -> list[ModelFile]:
        threads.add(threading.current_thread())
        return scan(library, *arguments)

    monkeypatch.setattr(Library, "scan", noted)
    person = start()
    person.window.sidebar.models_requested.emit()
    person.application.services.models.refresh()
    qtbot.waitUntil(lambda: len(threads) > 0, timeout=WAIT_MS)
    assert threading.main_thread() not in threads


def test_the_shortcut_opens_the_screen_and_esc_leaves_it(start: Start, qtbot: QtBot) -> None:
    person = start()
    with qtbot.waitActive(person.window):
        person.window.activateWindow()
    person.composer.edit.setFocus()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(person.composer.edit, Qt.Key.Key_M, keys)
    page = page_of(person)
    assert page.isVisible()
    qtbot.waitUntil(lambda: len(page.discover.start.cards) == 3, timeout=WAIT_MS)
    qtbot.keyClick(page.discover.list, Qt.Key.Key_Escape)
    assert person.window.current_page is person.window.chat_page
    assert person.composer.edit.hasFocus()
