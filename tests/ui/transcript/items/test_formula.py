"""Formulas are shown as pictures once they are drawn, and are their source for everything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.services.formulas import FormulaService
from app.ui.transcript.content.blocks import TextBlock
from app.ui.transcript.items.block_view import BlockView
from app.ui.transcript.items.formula import FormulaView
from app.ui.transcript.items.text import TextView
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK, LIGHT
from tests.support.transcript_reader import answer, click_at, drag, press, unfinished, written
from tests.support.waiting import PATIENCE_MS

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def formulas(qapp: object) -> Iterator[FormulaService]:
    service = FormulaService()
    yield service
    service.shut_down()


@pytest.fixture
def transcript(qtbot: QtBot, formulas: FormulaService) -> Iterator[Transcript]:
    widget = Transcript(DARK, formulas=formulas.picture)
    qtbot.addWidget(widget)
    widget.resize(900, 700)
    formulas.drawn.connect(widget.show_drawn_formulas)
    with qtbot.waitActive(widget):
        widget.show()
    yield widget
    formulas.drawn.disconnect(widget.show_drawn_formulas)


def views(transcript: Transcript, row: int = 0) -> list[BlockView]:
    shown = transcript._column.layout(row).views
    return [view for view in shown if isinstance(view.block, TextBlock)]


def shows_pictures(transcript: Transcript) -> bool:
    return all(not view.waiting for view in views(transcript))


def test_formulas_in_a_sentence_become_pictures_and_stay_text(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer(r"So $x^2$, \(y\) and $5 or $6.")])
    (view,) = views(transcript)
    assert isinstance(view, TextView)
    before = view.length
    qtbot.waitUntil(lambda: shows_pictures(transcript), timeout=PATIENCE_MS)
    assert views(transcript)[0].length < before
    transcript.select_message("answer")
    assert transcript.selected_text() == r"So $x^2$, \(y\) and $5 or $6."
    press(transcript, Qt.Key.Key_C, modifier=CONTROL)
    assert QGuiApplication.clipboard().text() == r"So $x^2$, \(y\) and $5 or $6."


def test_a_formula_in_a_line_of_its_own_is_a_picture_in_the_middle(
    transcript: Transcript, qtbot: QtBot
) -> None:
    source = "\\[\n\\frac{1}{2} = x\n\\]"
    transcript.show_entries([answer(f"Then\n\n{source}\n\nholds.")])
    qtbot.waitUntil(lambda: isinstance(views(transcript)[1], FormulaView), timeout=PATIENCE_MS)
    layout = transcript._column.layout(0)
    area = layout.area_of(layout.views.index(views(transcript)[1]))
    left = transcript.message_area("answer").left()
    top = transcript.message_area("answer").top() + int(area.top())
    drag(transcript, QPoint(left + 200, top + 5), QPoint(left + 600, top + 12))
    assert transcript.selected_text() == source


def test_what_cannot_be_drawn_stays_as_it_was_written(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("$$\\text{速度} = v$$\n\nand $\\foo{x}$ and $y$")])
    qtbot.waitUntil(lambda: len(views(transcript)[1].waiting) == 1, timeout=PATIENCE_MS)
    first = views(transcript)[0]
    assert isinstance(first, TextView)
    assert first.plain_text(0, first.length) == "$$\\text{速度} = v$$"
    assert "\\foo{x}" in transcript.to_plain_text()


def test_a_wide_formula_scrolls_sideways(transcript: Transcript, qtbot: QtBot) -> None:
    wide = " + ".join(f"x_{{{n}}}" for n in range(60))
    transcript.show_entries([answer(f"$${wide}$$\n\nor ${wide}$ here.")])
    qtbot.waitUntil(lambda: shows_pictures(transcript), timeout=PATIENCE_MS)
    assert [view.horizontal.range > 100 for view in views(transcript)] == [True, True]
    assert all(view.width <= 760 for view in views(transcript))


def test_formulas_in_tables_and_headings_are_drawn(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("# On $x$\n\n| $y$ | $5 |\n|---|---|\n| $\\frac{1}{2}$ | a |")])
    layout = transcript._column.layout(0)
    qtbot.waitUntil(lambda: not any(view.waiting for view in layout.views), timeout=PATIENCE_MS)
    transcript.select_message("answer")
    assert transcript.selected_text() == "On $x$\n\n$y$\t$5\n$\\frac{1}{2}$\ta"


def test_a_formula_is_drawn_while_the_answer_is_written(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["Is $a = b"]))
    transcript.redraw_reply()
    assert not views(transcript)[0].waiting
    transcript.feed_reply(written(["Is $a = b$ then"]))
    transcript.redraw_reply()
    qtbot.waitUntil(lambda: shows_pictures(transcript), timeout=PATIENCE_MS)
    transcript.finish_reply(answer("Is $a = b$ then"))
    assert shows_pictures(transcript)
    assert transcript.is_at_end


def test_another_theme_and_size_draw_formulas_anew(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("$$a = b$$")])
    qtbot.waitUntil(lambda: isinstance(views(transcript)[0], FormulaView), timeout=PATIENCE_MS)
    before = views(transcript)[0].height
    transcript.set_theme(LIGHT, 200)
    qtbot.waitUntil(lambda: isinstance(views(transcript)[0], FormulaView), timeout=PATIENCE_MS)
    assert views(transcript)[0].height > 1.4 * before


def test_what_is_read_stays_where_it_is_when_formulas_are_drawn(transcript: Transcript, qtbot: QtBot) -> None:
    text = "Words.\n\n$$\\frac{a}{b}$$\n\n" * 8
    transcript.show_entries([answer(text, f"a{n}") for n in range(12)])
    transcript.scroll_to("a6")
    viewport = transcript._viewport
    row, index = viewport.first_block()
    y = viewport.block_y(row, index)
    qtbot.waitUntil(lambda: all(not view.waiting for view in views(transcript, 6)), timeout=PATIENCE_MS)
    assert abs(viewport.block_y(row, index) - y) <= 1


def test_a_found_formula_is_marked_and_selected_by_two_clicks(transcript: Transcript, qtbot: QtBot) -> None:
    transcript.show_entries([answer("$$\\frac{a}{b}$$")])
    qtbot.waitUntil(lambda: isinstance(views(transcript)[0], FormulaView), timeout=PATIENCE_MS)
    area = transcript._column.layout(0).area_of(1)
    point = QPoint(transcript.width() // 2, transcript.message_area("answer").top() + int(area.center().y()))
    click_at(transcript, point)
    click_at(transcript, point)
    assert transcript.selected_text() == "$$\\frac{a}{b}$$"


def test_no_line_begins_with_the_comma_behind_a_formula(transcript: Transcript, qtbot: QtBot) -> None:
    text = " ".join("word " * n + "$x$, so" for n in range(12)) + " and ($y$)."
    transcript.show_entries([answer(text)])
    qtbot.waitUntil(lambda: shows_pictures(transcript), timeout=PATIENCE_MS)
    (view,) = views(transcript)
    assert isinstance(view, TextView)
    for width in range(200, 700, 23):
        view.lay_out(width)
        block = view._rich.document.firstBlock()
        layout, words = block.layout(), block.text()
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        beginnings = [words[line.textStart() : line.textStart() + 3].strip("\u2066\u2069") for line in lines]
        assert not [start for start in beginnings if start[:1] in ",.)"], width
    transcript.select_message("answer")
    assert transcript.selected_text() == text


@pytest.mark.parametrize(
    "text", [r"a \(\blacksquare\) b", "|a|b|\n|-|-|\n|c|$\\blacksquare$|", "# **a** $\\blacksquare$"]
)
def test_a_selected_formula_in_a_sentence_stays_as_it_is(
    transcript: Transcript, qtbot: QtBot, text: str
) -> None:
    def places_of(colour: str) -> set[tuple[int, int]]:
        image = transcript.viewport().grab().toImage()
        places = ((x, y) for y in range(image.height()) for x in range(image.width()))
        return {place for place in places if image.pixelColor(*place).name() == colour}

    transcript.resize(300, 160)
    transcript.show_entries([answer(text)])
    qtbot.waitUntil(lambda: shows_pictures(transcript), timeout=PATIENCE_MS)
    square = places_of(DARK.text)
    press(transcript, Qt.Key.Key_A, modifier=CONTROL)
    assert places_of(DARK.selection)
    assert len(square & places_of(DARK.text)) > 0.8 * len(square) > 30
