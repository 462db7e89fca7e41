"""The first page: one click from what this computer can run to a chat."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from app.ui.model_manager.model_manager_page import ModelManagerSection
from tests.fakes.hub_server import FakeHub
from tests.support.models_screen import INSTRUCT, INSTRUCT_FILE, MakeScreen, Screen

MODEL = "LFM2.5-1.2B-Instruct"


def test_it_says_what_this_computer_can_run(screen: Screen) -> None:
    start = screen.page.discover.start
    assert (
        start.claim.text() == "Models of up to about 7 billion parameters are comfortable on this computer."
    )
    assert "6.0 GB of 16.0 GB RAM free" in start.facts.text()
    assert "A quick processor, 4 cores" in start.facts.text()
    assert list(start.cards) == ["LFM2.5-1.2B-Instruct", "LFM2.5-1.2B-Thinking", "LFM2.5-1.2B-JP-202606"]


def test_offline_it_says_so_and_leads_to_the_settings(make_screen: MakeScreen) -> None:
    screen = make_screen(is_offline=True)
    screen.opens()
    start = screen.page.discover.start
    assert "Tarn is offline" in start.notice.label.text()
    screen.qtbot.mouseClick(start.notice.button, Qt.MouseButton.LeftButton)
    switch = screen.window.findChild(QCheckBox, "offline_field")
    assert switch.isVisible()
    switch.click()
    assert not start.notice.isVisible()


def test_one_click_fetches_a_model_and_opens_a_chat_with_it(screen: Screen) -> None:
    card = screen.page.discover.start.cards[MODEL]
    assert card.button.text() == "Download and chat"
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.ready)
    assert screen.ready == [screen.models_folder / INSTRUCT / INSTRUCT_FILE]
    screen.waits(lambda: card.button.text() == "Chat")


def test_the_card_shows_progress_and_pauses(screen: Screen, server: FakeHub) -> None:
    server.fail(path="/resolve/", bytes_per_second=700_000)
    card = screen.page.discover.start.cards[MODEL]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: card.bar.isVisible() and card.bar.value() > 100)
    assert card.button.text() == "Pause"
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: card.status.text().startswith("Paused · "))
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.ready)


def test_whoever_went_on_to_chat_is_not_torn_away(screen: Screen, server: FakeHub) -> None:
    server.fail(path="/resolve/", bytes_per_second=2_000_000)
    card = screen.page.discover.start.cards[MODEL]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.controller.downloads.states)
    screen.qtbot.mouseClick(screen.page.back_button, Qt.MouseButton.LeftButton)
    screen.waits(screen.window.messages.banner.isVisible)
    assert screen.ready == []


def test_a_hub_that_fails_is_said_on_the_card_and_tried_again(screen: Screen, server: FakeHub) -> None:
    server.fail(path="/api/models/", status=503, times=9)
    card = screen.page.discover.start.cards[MODEL]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: "having problems (error 503)" in card.status.text())
    assert card.button.text() == "Try again"
    server.faults.clear()
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    screen.waits(lambda: screen.ready)


def test_the_licence_comes_before_the_first_download(make_screen: MakeScreen) -> None:
    screen = make_screen(has_accepted_lfm_licence=False)
    screen.opens()
    card = screen.page.discover.start.cards[MODEL]
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert screen.controller.downloads.states == []
    screen.confirms("licence_dialog")
    screen.waits(lambda: screen.ready)


def test_a_model_that_is_here_is_offered_for_a_chat(screen: Screen) -> None:
    folder = screen.models_folder / INSTRUCT
    folder.mkdir(parents=True)
    (folder / INSTRUCT_FILE).write_bytes(screen.server.repositories[INSTRUCT].files[INSTRUCT_FILE].data)
    screen.scan()
    card = screen.page.discover.start.cards[MODEL]
    assert card.button.text() == "Chat"
    screen.qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    assert screen.ready == [folder / INSTRUCT_FILE]


def test_more_about_a_model_leads_to_its_page(screen: Screen) -> None:
    screen.qtbot.mouseClick(screen.page.discover.start.cards[MODEL].info_button, Qt.MouseButton.LeftButton)
    assert screen.page.discover.details.title.text() == "LFM2.5 1.2B Instruct"
    assert screen.page.section is ModelManagerSection.DISCOVER
    assert screen.page.discover.list.hasFocus()  # The arrow keys walk on from there.
