"""Where the reader is, and staying there."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.core.stream import PartGrew, PartKind, PartStarted
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.message_column import SMALLEST_MARGIN
from app.ui.transcript.view.transcript import Transcript
from tests.support.transcript_reader import answer, click, drag, press, question, unfinished

PARAGRAPHS = "\n\n".join(f"Paragraph {n}, with a few words." for n in range(30))


def conversation(count: int) -> list[MessageEntry]:
    texts = [PARAGRAPHS, "Short.", "```python\nx = 1\ny = 2\n```\n\n- a\n- b", "| a | b |\n|-|-|\n| 1 | 2 |"]
    return [
        answer(texts[n // 2 % 4], str(n)) if n % 2 else question(f"Question {n}", str(n))
        for n in range(count)
    ]


def stream_paragraphs(transcript: Transcript, count: int) -> None:
    transcript.begin_reply(unfinished("live"))
    transcript.feed_reply([PartStarted(0, PartKind.TEXT)])
    for number in range(count):
        transcript.feed_reply([PartGrew(0, f"New paragraph {number}.\n\n")])
        transcript.redraw_reply()


def test_a_conversation_opens_at_its_end(transcript: Transcript) -> None:
    transcript.show_entries(conversation(40))
    assert transcript.is_at_end
    assert transcript.message_area("39").bottom() < transcript.viewport().height()


def test_opening_ten_thousand_messages_builds_only_a_few(transcript: Transcript) -> None:
    transcript.show_entries(conversation(10_000))
    assert transcript.built_count < 40
    transcript.verticalScrollBar().setValue(0)
    assert transcript.message_area("0").top() >= 0
    for step in range(60):
        transcript.verticalScrollBar().setValue(step * 15_000)
    assert transcript.built_count < 200


def test_an_answer_is_followed_while_the_reader_is_at_the_end(transcript: Transcript) -> None:
    transcript.show_entries(conversation(10))
    stream_paragraphs(transcript, 60)
    assert transcript.is_at_end
    assert transcript.verticalScrollBar().value() > 0


def test_a_reader_who_scrolled_up_is_left_alone(transcript: Transcript) -> None:
    transcript.show_entries(conversation(10))
    stream_paragraphs(transcript, 40)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.value() - 300)
    before, place = bar.value(), transcript.message_area("live").top()
    transcript.feed_reply([PartGrew(0, "More.\n\n" * 50)])
    transcript.redraw_reply()
    assert bar.value() == before
    assert transcript.message_area("live").top() == place
    assert not transcript.is_at_end


def test_the_round_button_leads_back_to_the_newest_words(transcript: Transcript) -> None:
    transcript.show_entries(conversation(20))
    button = transcript.findChild(QAbstractButton, "jump_to_newest")
    assert isinstance(button, QAbstractButton)
    assert not button.isVisible()
    transcript.verticalScrollBar().setValue(0)
    assert button.isVisible()
    button.click()
    assert transcript.is_at_end
    assert not button.isVisible()


def test_scrolling_up_does_not_jump_while_heights_are_corrected(transcript: Transcript) -> None:
    transcript.show_entries(conversation(300))
    bar = transcript.verticalScrollBar()
    for _ in range(80):
        row = next(str(n) for n in range(299, -1, -1) if transcript.message_area(str(n)).top() < 600)
        before = transcript.message_area(row).top()
        bar.setValue(bar.value() - 50)
        assert transcript.message_area(row).top() == before + 50


def test_going_to_the_beginning_ends_at_the_beginning(transcript: Transcript) -> None:
    transcript.show_entries(conversation(300))
    transcript.verticalScrollBar().setValue(0)
    assert transcript.verticalScrollBar().value() == 0
    assert 0 <= transcript.message_area("0").top() < 60


def test_what_is_read_stays_in_sight_when_the_window_gets_narrower(transcript: Transcript) -> None:
    transcript.show_entries(conversation(100))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    first = next(str(n) for n in range(100) if transcript.message_area(str(n)).bottom() > 0)
    before = transcript.message_area(first).top()
    transcript.resize(600, 700)
    assert transcript.message_area(first).top() == before


def test_who_is_at_the_end_stays_there_when_the_window_changes(transcript: Transcript) -> None:
    transcript.show_entries(conversation(100))
    transcript.resize(500, 400)
    assert transcript.is_at_end
    transcript.resize(1400, 900)
    assert transcript.is_at_end


def test_another_branch_is_shown_from_where_the_reader_is(transcript: Transcript) -> None:
    entries = conversation(60)
    transcript.show_entries(entries)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    first = next(n for n in range(60) if transcript.message_area(str(n)).bottom() > 0)
    before = transcript.message_area(str(first)).top()
    transcript.show_entries(
        [*entries[: first + 3], question("Another branch", "new"), answer(PARAGRAPHS, "newer")]
    )
    assert transcript.message_area(str(first)).top() == before


def test_opening_a_card_does_not_move_it(transcript: Transcript) -> None:
    call = "\n\n".join(f"Line {n}" for n in range(60))
    from app.core.message import ReasoningPart
    from tests.support.transcript_reader import of_parts

    transcript.show_entries([*conversation(20), of_parts(ReasoningPart(call, ""), entry_id="thinking")])
    before = next(
        area.top() for label, area in transcript.visible_targets() if label.startswith("Open: Thought")
    )
    click(transcript, "Open: Thought")
    after = next(
        area.top() for label, area in transcript.visible_targets() if label.startswith("Close: Thought")
    )
    assert after == before


def test_wide_code_scrolls_sideways_and_nothing_else_moves(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([*conversation(20), answer("```\n" + "wide " * 200 + "\n```", "wide")])
    value = transcript.verticalScrollBar().value()
    point = transcript.message_area("wide").center()
    before = transcript.viewport().grab().toImage()
    turn_wheel(transcript, point, QPoint(-120, 0))
    assert transcript.viewport().grab().toImage() != before
    turn_wheel(transcript, point, QPoint(120, 0))
    assert transcript.viewport().grab().toImage() == before
    turn_wheel(transcript, point, QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert transcript.viewport().grab().toImage() != before
    assert transcript.verticalScrollBar().value() == value


@pytest.mark.parametrize(
    "text",
    ["```\n" + "wide " * 200 + "END\n```", "|" + "a wide cell|" * 40 + "\n" + "|" + "-|" * 40],
    ids=["code", "table"],
)
def test_the_bar_under_what_is_wide_is_drawn_along_with_the_pointer(
    transcript: Transcript, text: str
) -> None:
    transcript.show_entries([answer(text), question("And then?")])
    start = bar_of(transcript, "answer")
    before = transcript.viewport().grab().toImage()
    drag(transcript, start, start + QPoint(40, 0))
    moved = transcript.viewport().grab().toImage()
    assert moved != before
    drag(transcript, start + QPoint(40, 0), start + QPoint(5_000, 0))
    assert transcript.viewport().grab().toImage() != moved
    assert transcript.is_at_end


def bar_of(transcript: Transcript, entry_id: str) -> QPoint:
    """Where the handle of a message's bar begins: the lowest place from which drawing moves the picture."""
    area = transcript.message_area(entry_id)
    for y in range(area.bottom(), area.top(), -3):
        point = QPoint(area.left() + 24, y)
        before = transcript.viewport().grab().toImage()
        drag(transcript, point, point + QPoint(20, 0))
        if transcript.viewport().grab().toImage() != before and not transcript.selected_text():
            drag(transcript, point + QPoint(20, 0), point)
            assert transcript.viewport().grab().toImage() == before
            return point
        press(transcript, Qt.Key.Key_Escape)
    raise AssertionError("nothing there can be drawn sideways")


def turn_wheel(
    transcript: Transcript,
    point: QPoint,
    angle: QPoint,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    viewport = transcript.viewport()
    event = QWheelEvent(
        QPointF(point),
        QPointF(viewport.mapToGlobal(point)),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_nothing_moves_sideways_when_the_scroll_bar_comes(transcript: Transcript) -> None:
    transcript.show_entries([question("Why?")])
    before = transcript.message_area("question")
    transcript.add_entry(answer(PARAGRAPHS))
    after = transcript.message_area("question")
    assert transcript.verticalScrollBar().maximum() > 0
    assert (after.left(), after.width()) == (before.left(), before.width())


def test_the_column_is_as_wide_as_the_user_wants_it(transcript: Transcript) -> None:
    transcript.show_entries(conversation(4))
    transcript.set_column(600, is_compact=False)
    assert transcript.message_area("1").width() == 600
    transcript.set_column(10_000, is_compact=False)
    assert transcript.message_area("1").width() == transcript.width() - 2 * SMALLEST_MARGIN
    assert transcript.message_area("1").left() == SMALLEST_MARGIN


def test_compact_messages_are_lower_and_the_reader_stays_at_the_same_one(transcript: Transcript) -> None:
    transcript.show_entries(conversation(40))
    transcript.scroll_to("21")
    before = transcript.message_area("21")
    transcript.set_column(760, is_compact=True)
    after = transcript.message_area("21")
    assert after.height() < 0.95 * before.height()
    assert after.top() == before.top()
