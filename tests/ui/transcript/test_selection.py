"""Selecting with the mouse and copying."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.transcript.view.transcript import Transcript
from tests.ui.transcript.reader import answer, drag, press, question

TEXT = """First `code` word.

- one
- two

```python
x = '👋'
y = 2
```

| a | b |
|---|---|
| 1 | 2 |

Last."""
CONTROL = Qt.KeyboardModifier.ControlModifier


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_dragging_over_a_message_selects_across_its_blocks(transcript: Transcript) -> None:
    transcript.show_entries([answer(TEXT)])
    area = transcript.message_area("answer")
    drag(transcript, area.topLeft() + QPoint(0, 30), area.bottomRight() - QPoint(0, 40))
    assert transcript.selected_text() == (
        "First code word.\n\n• one\n• two\n\nx = '👋'\ny = 2\n\na\tb\n1\t2\n\nLast."
    )


def test_ctrl_c_copies_the_selection_without_padding(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("Use `mmap` and keep the user's\u00a0space.")])
    area = transcript.message_area("answer")
    drag(transcript, area.topLeft() + QPoint(0, 30), area.topRight() + QPoint(0, 40))
    with qtbot.waitSignal(transcript.copied) as signal:
        press(transcript, Qt.Key.Key_C, modifier=CONTROL)
    assert clipboard() == "Use mmap and keep the user's\u00a0space."
    assert signal.args == ["selection"]


def test_ctrl_a_selects_the_message_used_last(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("Because of **that**.")])
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert transcript.selected_text() == "Because of that."
    place = transcript.message_area("question")
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=place.topRight() + QPoint(-30, 25))
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert transcript.selected_text() == "Why?"


def test_two_clicks_select_a_word_and_three_a_paragraph(transcript: Transcript) -> None:
    transcript.show_entries([answer("Alpha beta gamma.\n\nSecond paragraph.")])
    point = transcript.message_area("answer").topLeft() + QPoint(10, 36)
    viewport = transcript.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert transcript.selected_text() == "Alpha"
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert transcript.selected_text() == "Alpha beta gamma."


def test_a_selection_drawn_into_another_message_stays_in_its_own(transcript: Transcript) -> None:
    transcript.show_entries([question("Above"), answer("Middle", "middle"), question("Below", "below")])
    middle = transcript.message_area("middle")
    below = transcript.message_area("below")
    drag(transcript, middle.topLeft() + QPoint(0, 32), below.bottomRight())
    assert transcript.selected_text() == "Middle"


def test_shift_and_a_click_extend_the_selection(transcript: Transcript) -> None:
    transcript.show_entries([answer("Alpha beta gamma.\n\nSecond paragraph.")])
    area = transcript.message_area("answer")
    viewport = transcript.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=area.topLeft() + QPoint(0, 36))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, shift, area.topLeft() + QPoint(500, 72))
    assert transcript.selected_text() == "Alpha beta gamma.\n\nSecond paragraph."


def test_selected_text_is_painted_differently(transcript: Transcript) -> None:
    transcript.show_entries([answer("Some words")])
    before = transcript.viewport().grab().toImage()
    transcript.select_message("answer")
    assert transcript.viewport().grab().toImage() != before


def test_a_part_of_code_with_an_emoji_is_copied_exactly(transcript: Transcript) -> None:
    transcript.show_entries([answer("```python\nx = '👋'  # wave\ny = 2\n```")])
    code = transcript.message_area("answer")
    drag(transcript, code.topLeft() + QPoint(14, 75), code.topLeft() + QPoint(600, 75))
    assert transcript.selected_text() == "x = '👋'  # wave"


def test_what_is_selected_goes_when_its_message_goes(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?"), answer("So.")])
    transcript.select_message("answer")
    transcript.remove_from("answer")
    assert transcript.selected_text() == ""
    transcript.copy_selection()
