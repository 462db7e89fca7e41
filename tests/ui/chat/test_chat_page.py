"""The keyboard on the chat screen, with the real conversation in it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.paths import resources
from app.ui.chat.chat_page import ChatPage
from app.ui.chat.welcome import SuggestionCard
from app.ui.composer.composer import ComposerState
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, click_at, question


@pytest.fixture
def page(qtbot: QtBot, themes: ThemeSwitcher) -> ChatPage:
    """A question and its answer on screen, in the real window."""
    transcript = Transcript(DARK)
    window = MainWindow(transcript, app_icon(resources() / "icons"))
    qtbot.addWidget(window)
    window.resize(1100, 760)
    with qtbot.waitActive(window):
        window.show()
    transcript.show_entries([question("Why?"), answer("Because.")])
    window.chat_page.show_transcript()
    return window.chat_page


def press_focused(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def click_conversation(page: ChatPage) -> None:
    assert isinstance(page.transcript, Transcript)
    click_at(page.transcript, page.transcript.viewport().rect().center())
    assert page.transcript.hasFocus()


def test_what_is_typed_after_a_click_into_the_conversation_goes_into_the_composer(page: ChatPage) -> None:
    page.composer.edit.setPlainText("Well, ")
    page.composer.edit.moveCursor(page.composer.edit.textCursor().MoveOperation.End)
    click_conversation(page)
    QTest.keyClicks(page.transcript, "H")
    assert page.composer.edit.hasFocus()
    QTest.keyClicks(page.composer.edit, "ow?")
    assert page.composer.text == "Well, How?"


def test_what_is_pasted_after_a_click_into_the_conversation_goes_into_the_composer(page: ChatPage) -> None:
    QApplication.clipboard().setText("from elsewhere")
    click_conversation(page)
    press_focused(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.composer.text == "from elsewhere"
    assert page.composer.edit.hasFocus()


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier),
    ],
)
def test_keys_that_write_nothing_leave_the_focus_in_the_conversation(
    page: ChatPage, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    click_conversation(page)
    press_focused(key, modifiers)
    assert page.transcript.hasFocus()
    assert page.composer.text == ""


def focused_by_tab(start: QWidget, end: QWidget) -> list[QWidget | None]:
    start.setFocus()
    seen = [QApplication.focusWidget()]
    while seen[-1] is not end and len(seen) < 40:
        press_focused(Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    return seen


def in_order(seen: list[QWidget | None]) -> list[QWidget | None]:
    """Without staying in place: Tab goes through the buttons of a message first."""
    return [widget for at, widget in enumerate(seen) if at == 0 or seen[at - 1] is not widget]


def test_tab_goes_from_the_header_through_the_conversation_to_the_composer(page: ChatPage) -> None:
    composer = page.composer
    composer.set_state(ComposerState.IDLE)
    composer.edit.setPlainText("Ready")
    composer.tools_button.setEnabled(True)
    seen = in_order(focused_by_tab(page.header.menu_button, composer.send_button))
    assert seen == [
        page.header.menu_button,
        page.transcript,
        composer.edit,
        composer.tools_button,
        composer.send_button,
    ]


def test_tab_goes_through_what_is_suggested_before_the_composer(page: ChatPage) -> None:
    page.welcome.show_model("LFM2.5")
    page.show_welcome()
    seen = focused_by_tab(page.header.menu_button, page.composer.edit)
    cards = [card for card in page.welcome.findChildren(SuggestionCard) if card.isVisible()]
    assert len(cards) == 4
    assert seen[1:-1] == cards
    assert seen[-1] is page.composer.edit


@pytest.mark.parametrize("percent", [70, 100, 140])
def test_the_composer_stands_under_the_text_with_letters_of_any_size(
    page: ChatPage, themes: ThemeSwitcher, qtbot: QtBot, percent: int
) -> None:
    assert isinstance(page.transcript, Transcript)
    page.window().resize(1800, 900)
    themes.set_zoom(percent)
    page.transcript.set_theme(DARK, percent)
    edit = page.composer.edit

    def is_under_the_text() -> bool:
        assert isinstance(page.transcript, Transcript)
        text, written = page.transcript.message_area("answer"), edit.rect()
        left = (
            page.transcript.viewport().mapTo(page, text.topLeft()).x()
            - edit.mapTo(page, written.topLeft()).x()
        )
        return abs(left) <= 2 and abs(text.width() - written.width()) <= 4

    qtbot.waitUntil(is_under_the_text)
