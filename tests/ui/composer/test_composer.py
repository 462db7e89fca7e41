from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.composer.composer import Composer, ComposerState
from app.ui.composer.composer_edit import SendKey
from app.ui.theme_switcher import ThemeSwitcher


@pytest.fixture
def composer(qtbot: QtBot, themes: ThemeSwitcher) -> Composer:
    composer = Composer()
    qtbot.addWidget(composer)
    composer.resize(600, 120)
    with qtbot.waitExposed(composer):
        composer.show()
    composer.edit.setFocus()
    return composer


def compose(composer: Composer, preedit: str, committed: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(committed)
    QApplication.sendEvent(composer.edit, event)


def test_enter_sends_the_text_without_blanks_around_it(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.edit, "  What is a tarn? ")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent.args == ["What is a tarn?"]


@pytest.mark.parametrize("text", ["10\u00a0km", "a\u202fb\nc\u00a0d", "\u6f22\u3000\u5b57", "x\u2007y"])
def test_spaces_that_mean_something_are_sent(qtbot: QtBot, composer: Composer, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    composer.edit.insertFromMimeData(data)
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent.args == [text]


def test_the_text_stays_until_it_is_taken(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.edit, "hello")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert composer.text == "hello"
    composer.clear()
    assert composer.text == ""
    assert not composer.send_button.isEnabled()


def test_shift_enter_begins_a_line(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClicks(composer.edit, "one")
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClicks(composer.edit, "two")
    assert composer.text == "one\ntwo"


def test_the_enter_of_the_number_pad_sends_too(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.edit, "hello")
    with qtbot.waitSignal(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)


def test_with_the_other_send_key_enter_begins_a_line(qtbot: QtBot, composer: Composer) -> None:
    composer.set_send_key(SendKey.CTRL_ENTER)
    qtbot.keyClicks(composer.edit, "one")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(composer.edit, "two")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent.args == ["one\ntwo"]
    assert "Ctrl+Enter" in composer.send_button.toolTip()


def test_enter_never_sends_while_an_input_method_composes(qtbot: QtBot, composer: Composer) -> None:
    compose(composer, "きょう")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    compose(composer, "", "今日")
    assert composer.text == "今日"
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent.args == ["今日"]


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_is_not_sent(qtbot: QtBot, composer: Composer, text: str) -> None:
    composer.edit.setPlainText(text)
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not composer.send_button.isEnabled()


def test_the_send_button_sends(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.edit, "hello")
    with qtbot.waitSignal(composer.send_requested):
        qtbot.mouseClick(composer.send_button, Qt.MouseButton.LeftButton)


def test_stop_takes_the_place_of_send_while_an_answer_comes(qtbot: QtBot, composer: Composer) -> None:
    place = composer.send_button.geometry()
    composer.set_state(ComposerState.ANSWERING)
    qtbot.waitUntil(lambda: composer.stop_button.geometry() == place)
    assert composer.send_button.isHidden()
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.stop_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)


def test_one_can_write_and_send_while_an_answer_comes(qtbot: QtBot, composer: Composer) -> None:
    composer.set_state(ComposerState.ANSWERING)
    assert composer.send_button.isHidden()
    qtbot.keyClicks(composer.edit, "the next question")
    assert not composer.send_button.isHidden()
    assert not composer.stop_button.isHidden()
    assert composer.send_button.accessibleName() == "Send when this answer is done"
    assert composer.hint.text() == "Enter to send next · Esc to stop"
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert sent.args == ["the next question"]


def test_one_can_write_and_send_while_a_model_loads(qtbot: QtBot, composer: Composer) -> None:
    composer.set_state(ComposerState.LOADING)
    qtbot.keyClicks(composer.edit, "hello")
    with qtbot.waitSignal(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)


def test_without_a_model_one_can_write_but_not_send(qtbot: QtBot, composer: Composer) -> None:
    composer.set_state(ComposerState.NO_MODEL)
    qtbot.keyClicks(composer.edit, "hello")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not composer.send_button.isEnabled()
    assert composer.hint.text() == "Choose a model to send messages"


def test_the_field_grows_with_its_lines_up_to_ten(qtbot: QtBot, composer: Composer) -> None:
    line = composer.edit.fontMetrics().lineSpacing()
    one = composer.edit.height()
    composer.edit.setPlainText("1\n2\n3")
    assert composer.edit.height() == pytest.approx(one + 2 * line, abs=3)
    composer.edit.setPlainText("\n".join("many lines" for _ in range(40)))
    assert composer.edit.height() <= 10 * line + 4
    composer.clear()
    assert composer.edit.height() == one


def test_pasting_keeps_the_words_and_drops_the_looks(composer: Composer) -> None:
    data = QMimeData()
    data.setHtml("<b style='color:red'>bold</b> words")
    data.setText("bold words")
    QApplication.clipboard().setMimeData(data)
    composer.edit.paste()
    assert composer.text == "bold words"
    assert "red" not in composer.edit.toHtml()


def test_files_are_left_to_the_window(composer: Composer) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/models/a.gguf")])
    assert not composer.edit.canInsertFromMimeData(data)


def test_up_in_the_empty_field_asks_for_the_last_message(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.waitSignal(composer.recall_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Up)
    qtbot.keyClicks(composer.edit, "text")
    with qtbot.assertNotEmitted(composer.recall_requested):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Up)


def test_the_draft_is_told_with_every_key(qtbot: QtBot, composer: Composer) -> None:
    drafts: list[str] = []
    composer.draft_changed.connect(drafts.append)
    qtbot.keyClicks(composer.edit, "hey")
    assert drafts == ["h", "he", "hey"]


def test_a_text_that_was_put_in_is_no_change_of_the_draft(qtbot: QtBot, composer: Composer) -> None:
    with qtbot.assertNotEmitted(composer.draft_changed, wait=600):
        composer.set_text("from the store")
    assert composer.text == "from the store"
    assert composer.send_button.isEnabled()


def test_cancelling_an_edit_brings_the_draft_back(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.edit, "my draft")
    composer.begin_edit("an old message")
    assert composer.is_editing
    assert composer.text == "an old message"
    assert composer.draft == "my draft"
    cancel = composer.findChild(QPushButton, "cancel_edit_button")
    with qtbot.waitSignal(composer.edit_cancelled):
        qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert composer.text == "my draft"
    assert not composer.is_editing
    assert not cancel.isVisible()


def test_escape_cancels_an_edit(qtbot: QtBot, composer: Composer) -> None:
    composer.begin_edit("an old message")
    with qtbot.waitSignal(composer.edit_cancelled):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.text == ""


def test_every_part_has_a_name_for_those_who_listen(composer: Composer) -> None:
    assert composer.edit.accessibleName() == "Message"
    assert composer.send_button.accessibleName() == "Send"
    assert composer.stop_button.accessibleName() == "Stop"
    assert composer.edit.objectName() == "composer"


def test_no_break_spaces_of_a_question_stay(qtbot: QtBot, composer: Composer) -> None:
    text = "10\u00a0km\u202ffar\nand\u00a0on"
    composer.set_text(text)
    assert composer.text == text


@pytest.mark.parametrize(
    "state", [ComposerState.IDLE, ComposerState.LOADING, ComposerState.ANSWERING, ComposerState.NO_MODEL]
)
def test_the_hint_gives_way_before_a_button_does(
    qtbot: QtBot, composer: Composer, state: ComposerState
) -> None:
    composer.set_state(state)
    composer.resize(320, 120)
    qtbot.waitUntil(lambda: composer.width() == 320)
    button = composer.stop_button if state is ComposerState.ANSWERING else composer.send_button
    assert composer.hint.geometry().right() < button.geometry().left()
    assert composer.hint.width() < composer.hint.sizeHint().width() or state is ComposerState.ANSWERING


def test_what_is_written_can_be_about_a_passage(qtbot: QtBot, composer: Composer) -> None:
    composer.ask_about("one\ntwo")
    assert composer.quote.isVisible()
    qtbot.keyClicks(composer.edit, "Why?")
    assert composer.text == "> one\n> two\n\nWhy?"
    with qtbot.waitSignal(composer.quote.activated) as signal:
        qtbot.mouseClick(composer.quote, Qt.MouseButton.LeftButton)
    assert signal.args == ["one\ntwo"]
    with qtbot.waitSignal(composer.send_requested) as signal:
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    assert signal.args == ["> one\n> two\n\nWhy?"]
    composer.clear()
    assert not composer.quote.isVisible()


def test_the_cross_takes_the_passage_away_and_leaves_the_words(qtbot: QtBot, composer: Composer) -> None:
    composer.ask_about("one")
    qtbot.keyClicks(composer.edit, "Why?")
    with qtbot.waitSignal(composer.draft_changed) as signal:
        qtbot.mouseClick(composer.quote.remove_button, Qt.MouseButton.LeftButton)
    assert signal.args == ["Why?"]
    assert composer.text == "Why?"
    assert composer.edit.hasFocus()


@pytest.mark.parametrize(
    ("draft", "quote"),
    [
        ("> one\n> two\n\nWhy?", "one\ntwo"),
        ("> one", "one"),
        (">one\n\nWhy?", ""),
        ("> one\nWhy?", ""),
        ("Why?\n\n> one", ""),
    ],
)
def test_the_passage_comes_back_with_its_draft(composer: Composer, draft: str, quote: str) -> None:
    composer.ask_about("something else")
    composer.set_text(draft)
    assert (composer.quote.quote, composer.text) == (quote, draft)
    assert composer.quote.isVisible() == bool(quote)


def test_the_passage_comes_back_when_a_question_is_edited_and_again_after_it(composer: Composer) -> None:
    composer.ask_about("of the draft")
    composer.begin_edit("> of the question\n\nWhy?")
    assert composer.quote.quote == "of the question"
    composer.cancel_edit()
    assert composer.quote.quote == "of the draft"
    composer.begin_edit("> of an answer\n\nBecause.", is_answer=True)
    assert composer.quote.quote == ""


@pytest.mark.usefixtures("right_to_left")
def test_an_empty_field_begins_where_the_window_does_and_words_where_they_do(
    qtbot: QtBot, composer: Composer
) -> None:
    edit = composer.edit
    middle = edit.viewport().width() // 2
    assert edit.cursorRect().left() > middle
    qtbot.keyClicks(edit, "Hello")
    assert edit.cursorRect().left() < middle
    composer.set_text("مرحبا")
    assert edit.cursorRect().left() > middle
    composer.clear()
    assert edit.cursorRect().left() > middle
