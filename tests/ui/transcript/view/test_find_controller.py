"""Finding words in the conversation: what is found, where the reader is taken, and what is opened for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.core.message import Message, ReasoningPart, Role, TextPart, ToolCallPart, ToolResultPart
from app.ui.transcript.content.expansion import CHARACTERS_A_LINE, SHOWN_AT_FIRST
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.content.searched_text import EVERYTHING_OPEN, searched_texts
from app.ui.transcript.view.find_bar import FindBar
from app.ui.transcript.view.match_marks import MatchMarks
from app.ui.transcript.view.message_column import MessageColumn
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, hover, of_parts, press, question, unfinished, written

SHIFT = Qt.KeyboardModifier.ShiftModifier
SAMPLE = (Path(__file__).parents[3] / "screenshots" / "sample.md").read_text(encoding="utf-8")


class Finder:
    """A reader who uses the bar."""

    def __init__(self, transcript: Transcript, qtbot: QtBot) -> None:
        self.transcript = transcript
        self._qtbot = qtbot
        transcript.open_find_bar()
        self.bar = transcript.findChild(FindBar)
        self.field = transcript.findChild(QLineEdit, "find_field")
        self._count = transcript.findChild(QLabel, "find_count")

    def types(self, words: str) -> None:
        self.field.selectAll()
        QTest.keyClicks(self.field, words)

    def reads(self, words: str) -> None:
        self._qtbot.waitUntil(lambda: self._count.text() == words)

    def goes_on(self, times: int = 1) -> None:
        for _ in range(times):
            QTest.keyClick(self.field, Qt.Key.Key_Return)

    def goes_back(self) -> None:
        QTest.keyClick(self.field, Qt.Key.Key_Return, SHIFT)

    def leaves(self) -> str:
        """Closes the bar; gives what is selected then."""
        QTest.keyClick(self.field, Qt.Key.Key_Escape)
        return self.transcript.selected_text()


@pytest.fixture
def finder(transcript: Transcript, qtbot: QtBot) -> Finder:
    return Finder(transcript, qtbot)


def test_the_bar_counts_and_goes_round(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([question("One apple."), answer("An **app**le, and `apple`.\n\n- apple")])
    finder.types("apple")
    finder.reads("1 of 4")
    finder.goes_on()
    finder.reads("2 of 4")
    finder.goes_on(3)
    finder.reads("1 of 4")
    finder.goes_back()
    finder.reads("4 of 4")
    assert finder.leaves() == "apple"


def test_what_is_being_typed_stays_where_it_is_found(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("The tree, then three trees, then the threat.")])
    finder.types("th")
    finder.reads("1 of 6")
    finder.goes_on(2)
    finder.reads("3 of 6")
    QTest.keyClicks(finder.field, "r")
    finder.reads("1 of 2")
    assert finder.leaves() == "thr"


def test_match_case_is_a_button(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("Apple apple")])
    finder.types("apple")
    finder.reads("1 of 2")
    button = finder.bar.findChildren(type(finder.bar._case_button))[0]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    finder.reads("1 of 1")


def test_nothing_found_is_said(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("Apple")])
    finder.types("pear")
    finder.reads("No matches")
    finder.types("p")
    finder.reads("1 of 2")


def test_esc_ends_the_search_and_does_not_stop_an_answer(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("Apple")])
    finder.types("apple")
    finder.reads("1 of 1")
    assert finder.leaves() == "Apple"
    assert finder.bar.isHidden()
    assert QApplication.focusWidget() is transcript
    press(transcript, Qt.Key.Key_Escape)
    assert transcript.selected_text() == ""


def test_the_bar_opens_with_what_is_selected(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("Apple tree")])
    transcript.select_message("answer")
    finder = Finder(transcript, qtbot)
    assert finder.field.text() == "Apple tree"
    finder.reads("1 of 1")


THOUGHT = ReasoningPart("I look for the needle here.", "<think>I look for the needle here.</think>")
CALL = ToolCallPart("search", {"query": "a" * 400 + "needle"}, "call")
LONG_RESULT = "nothing\n" * 40 + "a needle"
RESULT = ToolResultPart("search", LONG_RESULT)


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (of_parts(THOUGHT, TextPart("Found.", "Found.")), "needle"),
        (of_parts(CALL), "needle"),
        (MessageEntry("answer", Message(Role.TOOL, (RESULT,))), "needle"),
        (question("line\n" * 100 + "needle", "answer"), "needle"),
        (answer("Words.\n\n" * (SHOWN_AT_FIRST // CHARACTERS_A_LINE) + "needle"), "needle"),
    ],
    ids=["thought", "call", "result", "question", "long"],
)  # fmt: skip
def test_what_is_folded_away_opens_for_a_match(
    transcript: Transcript, finder: Finder, entry: MessageEntry, found: str
) -> None:
    transcript.show_entries([entry])
    assert found not in transcript.to_plain_text().split("\n")[-1]
    finder.types("needle")
    finder.reads("1 of 1")
    assert finder.leaves() == "needle"
    assert found in transcript.to_plain_text()


def test_a_folded_thought_stays_folded_while_a_match_is_in_sight(
    transcript: Transcript, finder: Finder
) -> None:
    transcript.show_entries([of_parts(THOUGHT, TextPart("The needle.", "The needle."))])
    finder.types("needle")
    finder.reads("2 of 2")
    assert "I look for" not in transcript.to_plain_text()
    finder.goes_back()
    finder.reads("1 of 2")
    assert "I look for" in transcript.to_plain_text()


def test_a_match_far_away_is_brought_into_sight(transcript: Transcript, finder: Finder) -> None:
    entries = [answer(f"Answer {n}.\n\n{'Words. ' * 80}", f"a{n}") for n in range(300)]
    entries[3] = answer("The needle.", "a3")
    transcript.show_entries(entries)
    finder.types("needle")
    finder.reads("1 of 1")
    area = transcript.message_area("a3")
    assert 0 < area.top() < transcript.viewport().height()
    assert not transcript.is_at_end


def test_a_match_in_code_is_brought_into_sight_sideways(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer(f"```\n{'x' * 400} needle\n```")])
    before = transcript.viewport().grab().toImage()
    finder.types("needle")
    finder.reads("1 of 1")
    assert colour_count(transcript, DARK.found_now) > 20
    assert before != transcript.viewport().grab().toImage()


def colour_count(transcript: Transcript, colour: str) -> int:
    """How many pixels of the picture have a colour."""
    image = transcript.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = int(colour[1:], 16) | 0xFF000000
    rows = (image.constScanLine(y).cast("I") for y in range(image.height()))  # type: ignore[attr-defined]
    return sum(list(row).count(wanted) for row in rows)


def test_all_matches_are_marked_also_in_the_scroll_bar(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("needle and needle\n\n" + "Words.\n\n" * 200 + "needle")])
    transcript.verticalScrollBar().setValue(0)
    finder.types("needle")
    finder.reads("1 of 3")
    hover(transcript, transcript.rect().bottomLeft())
    assert colour_count(transcript, DARK.found) > 100
    assert colour_count(transcript, DARK.found_now) > 100
    marks = transcript.findChild(MatchMarks)
    assert marks.isVisible()
    assert marks.heights[0] < 20
    assert marks.heights[-1] > marks.height() * 0.9
    finder.leaves()
    assert not marks.isVisible()
    assert colour_count(transcript, DARK.found) == 0


def test_an_answer_is_searched_while_it_is_written(
    transcript: Transcript, finder: Finder, qtbot: QtBot
) -> None:
    transcript.show_entries([question("needle?")])
    finder.types("needle")
    finder.reads("1 of 1")
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["A nee"]))
    transcript.feed_reply(written(["A needle, a ", "needle"]))
    finder.reads("1 of 3")
    finder.goes_on(2)
    finder.reads("3 of 3")
    transcript.finish_reply(answer("A needle, a needle and needles."))
    finder.reads("3 of 4")


def test_another_conversation_is_searched_anew(transcript: Transcript, finder: Finder) -> None:
    transcript.show_entries([answer("needle needle")])
    finder.types("needle")
    finder.reads("1 of 2")
    transcript.show_entries([answer("one needle", "other")])
    finder.reads("1 found")
    finder.goes_on()
    finder.reads("1 of 1")
    transcript.remove_from("other")
    finder.reads("No matches")


@pytest.mark.parametrize(
    "entry",
    [
        answer(SAMPLE),
        answer(SAMPLE * 8),
        of_parts(THOUGHT, CALL, TextPart(SAMPLE, SAMPLE)),
        question(SAMPLE * 3, "answer"),
        answer("", note="Stopped by you."),
        answer("`a` **a** [a](b) 👋a\n\n| a | `a` |\n|---|---|\n| $a$ | |"),
        answer("Words", error="a fault", error_hint="try a thing"),
    ],
)
@pytest.mark.parametrize("words", ["a", "the", " ", "e\n", "👋"])
def test_what_is_counted_is_what_can_be_marked(
    transcript: Transcript, entry: MessageEntry, words: str
) -> None:
    query = SearchQuery(words)
    counted = sum(len(list(query.find(text))) for _, text in searched_texts(entry))
    column = MessageColumn(transcript._column.style)
    column.expansion = EVERYTHING_OPEN
    column.set_entries([entry])
    marked = [(view, match) for view in column.layout(0).views for match in view.found(query)]
    assert len(marked) == counted
    pattern = list(query.find("x"))
    assert all(list(query.find(view.plain_text(*match))) for view, match in marked), pattern
