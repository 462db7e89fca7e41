"""Everything without a mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.core.message import ReasoningPart, TextPart
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, of_parts, press, question

ENTER, UP, DOWN, RIGHT, TAB = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Right,
    Qt.Key.Key_Tab,
)


def test_arrows_choose_a_message_and_its_buttons_and_enter_uses_them(
    transcript: Transcript, qtbot: QtBot
) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    press(transcript, DOWN, UP, RIGHT, RIGHT)
    with qtbot.waitSignal(transcript.edit_requested) as signal:
        press(transcript, ENTER)
    assert signal.args == ["question"]


def test_a_card_is_opened_with_enter(transcript: Transcript) -> None:
    transcript.show_entries([of_parts(ReasoningPart("Deep thought", ""), TextPart("42", "42"))])
    press(transcript, DOWN, RIGHT, ENTER)
    assert "Deep thought" in transcript.to_plain_text()
    press(transcript, ENTER)
    assert "Deep thought" not in transcript.to_plain_text()


def test_a_link_is_reached_with_the_keyboard(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("[a](https://a.example) [b](https://b.example)")])
    press(transcript, DOWN, RIGHT, RIGHT)
    with qtbot.waitSignal(transcript.link_activated) as signal:
        press(transcript, ENTER)
    assert signal.args == ["https://b.example"]


def test_the_ring_is_seen_and_escape_takes_it_away(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    transcript.setFocus()
    before = transcript.viewport().grab().toImage()
    press(transcript, DOWN)
    assert transcript.viewport().grab().toImage() != before
    press(transcript, Qt.Key.Key_Escape)
    assert transcript.viewport().grab().toImage() == before


def test_tab_goes_through_a_message_s_buttons_and_then_leaves(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    transcript, field = Transcript(DARK, window), QLineEdit(window)
    layout.addWidget(transcript)
    layout.addWidget(field)
    window.resize(900, 700)
    with qtbot.waitActive(window):
        window.show()
    transcript.show_entries([question("Why?"), answer("So.")])
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Backtab)
    asked: list[str] = []
    transcript.regenerate_requested.connect(asked.append)
    press(transcript, TAB, TAB)
    press(transcript, ENTER)
    assert asked == ["answer"]
    assert not field.hasFocus()
    press(transcript, TAB)
    assert field.hasFocus()


def test_a_message_higher_than_the_window_is_read_through_first(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("\n\n".join(f"Paragraph {n}" for n in range(100)))])
    transcript.verticalScrollBar().setValue(0)
    press(transcript, DOWN)
    values = []
    for _ in range(5):
        press(transcript, DOWN)
        values.append(transcript.verticalScrollBar().value())
    assert values == sorted(set(values))


def test_home_and_end_and_pages(transcript: Transcript) -> None:
    transcript.show_entries([answer("\n\n".join(f"Paragraph {n}" for n in range(200)))])
    bar = transcript.verticalScrollBar()
    press(transcript, Qt.Key.Key_Home)
    assert bar.value() == 0
    press(transcript, Qt.Key.Key_PageDown)
    assert bar.value() == bar.pageStep() - 40
    press(transcript, Qt.Key.Key_End)
    assert transcript.is_at_end


def test_keys_that_mean_nothing_here_are_left_to_the_window(qtbot: QtBot) -> None:
    class Window(QWidget):
        """Notes the keys that reach it."""

        def __init__(self) -> None:
            super().__init__()
            self.keys: list[int] = []

        def keyPressEvent(self, event: object) -> None:
            self.keys.append(event.key())  # type: ignore[attr-defined]

    window = Window()
    qtbot.addWidget(window)
    transcript = Transcript(DARK, window)
    transcript.show_entries([answer("So.")])
    press(transcript, Qt.Key.Key_Escape)
    assert window.keys == [Qt.Key.Key_Escape]
