from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.ui.chat.chat_page import ChatPage
from app.ui.chat.welcome import Suggestion, SuggestionCard, Welcome, suggestions_of
from app.ui.icons import app_icon
from app.ui.theme_switcher import ThemeSwitcher


@pytest.fixture
def welcome(qtbot: QtBot, themes: ThemeSwitcher) -> Welcome:
    welcome = Welcome(app_icon(resources() / "icons"))
    qtbot.addWidget(welcome)
    welcome.resize(800, 600)
    with qtbot.waitExposed(welcome):
        welcome.show()
    return welcome


def cards(welcome: Welcome) -> list[SuggestionCard]:
    return [card for card in welcome.findChildren(SuggestionCard) if card.isVisible()]


def test_a_model_says_what_it_is_good_at_and_offers_four_things(welcome: Welcome) -> None:
    welcome.show_model("LFM2.5 1.2B", "quick answers and calling tools.")
    assert welcome.text.text() == "LFM2.5 1.2B: quick answers and calling tools."
    assert len(cards(welcome)) == 4
    assert not welcome.open_file_button.isVisible()


def test_a_card_gives_its_prompt(qtbot: QtBot, welcome: Welcome) -> None:
    welcome.show_model("JP", suggestions=[Suggestion("Translate", "Translate “tarn” into Japanese.")])
    (card,) = cards(welcome)
    with qtbot.waitSignal(welcome.prompt_chosen) as chosen:
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert chosen.args == ["Translate “tarn” into Japanese."]


def test_a_card_can_be_pressed_with_the_keyboard(qtbot: QtBot, welcome: Welcome) -> None:
    welcome.show_first_start()
    card = cards(welcome)[0]
    card.setFocus()
    with qtbot.waitSignal(welcome.prompt_chosen):
        qtbot.keyClick(card, Qt.Key.Key_Space)
    assert card.accessibleName().startswith("Explain an idea: ")


def test_a_title_that_only_repeats_the_message_is_left_out(welcome: Welcome) -> None:
    repeated = Suggestion("Explain what rain…", "Explain what rain is to a child.")
    welcome.show_model("SmolLM2", suggestions=[repeated, Suggestion("Rain", "Explain what rain is.")])
    short, long = cards(welcome)
    assert short.accessibleName() == "Explain what rain is to a child."
    assert long.accessibleName() == "Rain: Explain what rain is."
    assert short.sizeHint().height() < long.sizeHint().height()


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("Translate into French: Where is the station?", "Translate into French"),
        ("フランス語に訳してください：駅はどこですか。", "フランス語に訳してください"),
        ("Où est la gare\N{NARROW NO-BREAK SPACE}?", "Où est la gare"),
        ("ما عاصمة فرنسا؟", "ما عاصمة فرنسا"),
    ],
)
def test_a_title_ends_where_its_language_ends_it(prompt: str, title: str) -> None:
    (suggestion,) = suggestions_of([prompt])
    assert suggestion.title == title
    assert not suggestion.has_own_title


def test_the_first_start_says_that_everything_stays_here(welcome: Welcome) -> None:
    welcome.show_first_start()
    assert "stays here" in welcome.text.text()
    assert "Type a message" in welcome.text.text()


def test_without_a_model_there_are_ways_to_one(qtbot: QtBot, welcome: Welcome) -> None:
    welcome.show_no_model()
    assert cards(welcome) == []
    with qtbot.waitSignal(welcome.open_file_requested):
        qtbot.mouseClick(welcome.open_file_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(welcome.add_folder_requested):
        qtbot.mouseClick(welcome.add_folder_button, Qt.MouseButton.LeftButton)


def test_the_page_shows_either_the_welcome_or_the_conversation(qtbot: QtBot, themes: ThemeSwitcher) -> None:
    transcript = QWidget()
    page = ChatPage(transcript, app_icon(resources() / "icons"))
    qtbot.addWidget(page)
    page.show()
    page.show_transcript()
    assert transcript.isVisible()
    assert not page.is_welcome_shown
    page.show_welcome()
    assert page.welcome.isVisible()
    assert not transcript.isVisible()
