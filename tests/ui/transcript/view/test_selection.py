"""Selecting with the mouse and copying."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, click, click_at, drag, press, question

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


def test_a_whole_message_of_the_user_is_copied_as_it_was_typed(transcript: Transcript) -> None:
    typed = "Why `so`?\n\n```python\nx = 1\n```\n" + "And so on. " * 200
    transcript.show_entries([question(typed), answer("Because.")])
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    press(transcript, Qt.Key.Key_C, modifier=CONTROL)
    assert clipboard().startswith(f"{typed}\n\n")
    click(transcript, "Copy code")
    assert clipboard() == "x = 1"


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


def test_a_selection_is_drawn_over_messages(transcript: Transcript) -> None:
    transcript.show_entries(
        [question("Above"), answer("Middle **words**", "middle"), question("Below", "below")]
    )
    middle = transcript.message_area("middle")
    below = transcript.message_area("below")
    drag(transcript, middle.topLeft() + QPoint(0, 32), below.bottomRight())
    assert transcript.selected_text() == "Middle words\n\nBelow"
    drag(transcript, below.bottomRight(), transcript.message_area("question").topLeft() + QPoint(0, 4))
    assert transcript.selected_text() == "Above\n\nMiddle words\n\nBelow"


def test_shift_and_a_click_select_over_messages(transcript: Transcript) -> None:
    transcript.show_entries([question("Above"), answer("Middle", "middle"), answer("Below", "below")])
    viewport = transcript.viewport()
    click_at(transcript, transcript.message_area("middle").topLeft() + QPoint(0, 32))
    shift = Qt.KeyboardModifier.ShiftModifier
    end = transcript.message_area("below").topLeft() + QPoint(500, 32)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, shift, end)
    assert transcript.selected_text() == "Middle\n\nBelow"


def test_ctrl_a_once_more_selects_everything(transcript: Transcript) -> None:
    messages = [question("Why?", "q0"), *(answer(f"Because of {n}.", f"a{n}") for n in range(300))]
    transcript.show_entries(messages)
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert transcript.selected_text() == "Because of 299."
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    wanted = "\n\n".join(["Why?", *(f"Because of {n}." for n in range(300))])
    assert transcript.selected_text() == wanted
    press(transcript, Qt.Key.Key_C, modifier=CONTROL)
    assert clipboard() == wanted


def test_a_selection_stays_while_its_messages_are_out_of_sight(transcript: Transcript) -> None:
    transcript.show_entries([answer(f"Answer {n}.\n\nMore.", f"a{n}") for n in range(400)])
    transcript.verticalScrollBar().setValue(0)
    start = transcript.message_area("a0").topLeft() + QPoint(0, 32)
    click_at(transcript, start)
    transcript.scroll_to_end()
    end = transcript.message_area("a399").topLeft() + QPoint(500, 36)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, shift, end)
    text = transcript.selected_text()
    assert text.startswith("Answer 0.\n\nMore.\n\nAnswer 1.")
    assert text.endswith("Answer 398.\n\nMore.\n\nAnswer 399.")


def test_two_clicks_and_a_drag_select_whole_words(transcript: Transcript) -> None:
    transcript.show_entries([answer("Alpha beta gamma.", "one"), answer("Delta epsilon zeta.", "two")])
    viewport = transcript.viewport()
    start = transcript.message_area("one").topLeft() + QPoint(50, 36)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=start)
    double = QMouseEvent(
        QEvent.Type.MouseButtonDblClick,
        QPointF(start),
        QPointF(viewport.mapToGlobal(start)),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, double)
    QTest.mouseMove(viewport, transcript.message_area("two").topLeft() + QPoint(50, 36))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start)
    assert transcript.selected_text() == "beta gamma.\n\nDelta epsilon"


def test_the_form_of_what_is_selected_is_copied_with_it(transcript: Transcript) -> None:
    text = "A **bold** [link](http://a.b) & `x < y`.\n\n1. one\n2. two\n   - inner\n\n> said\n\n|a|\n|-|\n|1|"
    transcript.show_entries([answer(text)])
    transcript.select_message("answer")
    transcript.copy_selection()
    html = QGuiApplication.clipboard().mimeData().html()
    assert '<p>A <b>bold</b> <a href="http://a.b">link</a> &amp; <code>x &lt; y</code>.</p>' in html
    inner = "<ul><li><p>inner</p></li></ul>"
    assert f'<ol start="1"><li><p>one</p></li><li><p>two</p>{inner}</li></ol>' in html
    assert "<blockquote><p>said</p></blockquote>" in html
    assert "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>" in html


def test_what_is_selected_can_be_dragged_away(
    transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[str] = []

    def take(drag: QDrag, action: Qt.DropAction) -> Qt.DropAction:
        dragged.append(drag.mimeData().text())
        return action

    monkeypatch.setattr(QDrag, "exec", take)  # Nothing can be dropped on without a screen.
    transcript.show_entries([answer("Alpha beta gamma.")])
    transcript.select_message("answer")
    start = transcript.message_area("answer").topLeft() + QPoint(50, 36)
    drag(transcript, start, start + QPoint(200, 0))
    assert dragged == ["Alpha beta gamma."]
    assert transcript.selected_text() == "Alpha beta gamma."
    click_at(transcript, start + QPoint(40, 0))
    assert transcript.selected_text() == ""


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


def test_nothing_is_marked_above_a_selected_table(transcript: Transcript) -> None:
    transcript.show_entries([answer("|a|b|\n|-|-|\n|1|2|")])
    transcript.select_message("answer")
    area = transcript.message_area("answer")
    image = transcript.viewport().grab().toImage().copy(area.adjusted(0, 22, 0, 0))
    marked = [
        (x, y)
        for y in range(image.height())
        for x in range(image.width())
        if image.pixelColor(x, y).name() == DARK.selection
    ]
    assert marked
    top, *_ = sorted({y for _, y in marked})
    assert sum(y == top for _, y in marked) > 12  # Both cells, not a speck.


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


def test_messages_that_are_not_built_are_copied_as_those_on_screen(transcript: Transcript) -> None:
    transcript.show_entries([question("Q", "q"), answer(TEXT, "a"), question("R", "r")])
    transcript.select_message("a")
    alone = transcript.selected_text()
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert transcript.selected_text() == f"Q\n\n{alone}\n\nR"


def test_ten_thousand_messages_are_copied_without_being_built(transcript: Transcript) -> None:
    transcript.show_entries([answer(f"Answer **{n}**.", f"a{n}") for n in range(10_000)])
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert transcript.selected_text().count("Answer") == 10_000
    assert transcript.built_count < 200


def test_the_program_ends_well_with_something_copied() -> None:
    program = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.ui.transcript.view.clipboard import put_data, rich_data
application = QApplication([])
put_data(rich_data("words", "<b>words</b>"))
QTimer.singleShot(0, application.quit)
application.exec()
print(application.clipboard().text())
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "words\n")
