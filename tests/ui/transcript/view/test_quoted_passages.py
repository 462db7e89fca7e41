"""From a quote to the passage that it was taken from."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.core.quoting import with_quote
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, click, labels, question

ANSWER = (
    """First `code` and **bold** words.

1. one
2. two with $x^2$

| a | b |
|---|---|
| c d | e |

```python
x = 1
y = 2
```

"""
    + "Filling. " * 400
)


@pytest.fixture
def chat(transcript: Transcript) -> Transcript:
    transcript.show_entries(
        [answer(ANSWER), question("Thanks"), answer("Other words.\n\n" * 60, entry_id="last")]
    )
    return transcript


@pytest.mark.parametrize(
    ("quote", "selected"),
    [
        ("code and bold", "code and bold"),
        ("2. two with $x^2$", "two with $x^2$"),
        ("words.\n\n1. one\n2. two", "words.\n\n1. one\n2. two"),
        ("c d\te", "c d"),
        ("x = 1\ny = 2", "x = 1\ny = 2"),
        ("Thanks", "Thanks"),
    ],
)
def test_a_quote_leads_to_its_passage_and_selects_it(chat: Transcript, quote: str, selected: str) -> None:
    assert chat.show_passage(quote)
    assert chat.selected_text() == selected
    assert not chat.is_at_end


def test_the_nearest_message_above_the_quoting_one_is_meant(transcript: Transcript) -> None:
    entries = [answer(f"So it is.{'  so' * 900}", entry_id=f"a{number}") for number in range(3)]
    asked = question(with_quote("So it is.", "Why?"))
    transcript.show_entries([*entries[:2], asked, entries[2]])
    transcript.scroll_to(asked.id)
    assert "Show in the chat" in labels(transcript)
    assert transcript.show_passage("So it is.", asked.id)
    assert transcript.selected_text() == "So it is."
    assert 0 <= transcript.message_area("a1").top() < transcript.viewport().height()


def test_what_is_no_longer_there_is_not_found(chat: Transcript) -> None:
    assert not chat.show_passage("never said")
    assert not chat.show_passage("Filling words code bold")
    assert not chat.show_passage("\n \n")
    assert not chat.show_passage("Thanks", "answer")  # Nothing stands above it.


def test_the_menu_of_a_selection_offers_to_ask_about_it(chat: Transcript, qtbot: QtBot) -> None:
    assert chat.show_passage("code and bold")
    place = chat.message_area("answer").topLeft() + QPoint(60, 40)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, chat.viewport().mapToGlobal(place))
    QApplication.sendEvent(chat.viewport(), event)
    menu = chat.findChild(QMenu)
    assert menu is not None
    assert menu.actions()[0].text() == "Ask about this"
    with qtbot.waitSignal(chat.action_requested) as signal:
        menu.actions()[0].trigger()
    assert signal.args == ["answer", MessageAction.ASK_ABOUT, "code and bold"]


def test_a_quote_stands_above_the_words_of_its_message(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([question(with_quote("one\ntwo", "What is `that`?"))])
    assert transcript.to_plain_text() == "one\ntwo\nWhat is that?"
    with qtbot.waitSignal(transcript.action_requested) as signal:
        click(transcript, "Show in the chat")
    assert signal.args == ["question", MessageAction.SHOW_QUOTED, "one\ntwo"]
    transcript.select_message("question")
    assert transcript.selected_text() == "> one\n> two\n\nWhat is `that`?"
