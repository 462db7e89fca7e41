"""Tables, which are drawn in bands of rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTextCursor

from app.paths import resources
from app.ui.fonts import load_fonts
from app.ui.transcript.content.blocks import TableBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items import table
from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.table import TableView
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer, question, unfinished, written

ROWS = 90
WIDTH = 700


def source(rows: int = ROWS) -> str:
    lines = [f"| row {n} | [link {n}](https://a.example/{n}) | {n * 7} |\n" for n in range(rows)]
    return "| Name | Address | Number |\n|---|---|--:|\n" + "".join(lines)


def block_of(text: str) -> TableBlock:
    (block,) = parse(text)
    assert isinstance(block, TableBlock)
    return block


@pytest.fixture
def style(transcript: Transcript) -> RenderStyle:
    load_fonts(resources() / "fonts")  # Those of the machine may have lines that end between two pixels.
    return RenderStyle(DARK)


def laid_out(text: str, style: RenderStyle) -> TableView:
    view = TableView(block_of(text), style)
    view.lay_out(WIDTH)
    return view


def drawn(view: TableView, style: RenderStyle, selection: tuple[int, int] | None = None) -> QImage:
    image = QImage(WIDTH, int(view.height), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        view.paint(painter, PaintContext(style, QRectF(0, 0, WIDTH, view.height), selection))
    return image


def test_bands_cannot_be_seen(style: RenderStyle, monkeypatch: pytest.MonkeyPatch) -> None:
    in_bands = laid_out(source(), style)
    monkeypatch.setattr(table, "CELLS_IN_BAND", 100_000)
    whole = laid_out(source(), style)
    assert in_bands.height == whole.height
    assert drawn(in_bands, style) == drawn(whole, style)
    everything = (0, in_bands.length)
    assert drawn(in_bands, style, everything) == drawn(whole, style, (0, whole.length))


def test_a_table_that_grows_looks_as_if_it_had_come_at_once(style: RenderStyle) -> None:
    growing = laid_out(source(3), style)
    for rows in (4, 5, 30, 31, 89, ROWS):
        assert growing.take(block_of(source(rows)))
        growing.lay_out(WIDTH)
    at_once = laid_out(source(), style)
    assert growing.height == at_once.height
    assert growing.plain_text(0, growing.length) == at_once.plain_text(0, at_once.length)
    assert drawn(growing, style) == drawn(at_once, style)


def test_a_wider_cell_at_the_end_widens_the_column_everywhere(style: RenderStyle) -> None:
    growing = laid_out(source(), style)
    wider = source() + "| " + "much wider than all before " * 2 + "| b | c |\n"
    assert growing.take(block_of(wider))
    growing.lay_out(WIDTH)
    assert drawn(growing, style) == drawn(laid_out(wider, style), style)


def test_another_table_is_not_taken_for_more_of_it(style: RenderStyle) -> None:
    view = laid_out(source(), style)
    assert not view.take(block_of(source().replace("Name", "Title")))
    assert not view.take(block_of(source().replace("--:", "---")))
    assert not view.take(block_of(source() + "| a | b | c | d |\n"))


def test_all_of_it_is_copied_found_and_clicked(style: RenderStyle) -> None:
    view = laid_out(source(), style)
    lines = view.plain_text(0, view.length).split("\n")
    assert lines[0] == "Name\tAddress\tNumber"
    assert lines[1:] == [f"row {n}\tlink {n}\t{n * 7}" for n in range(ROWS)]
    matches = view.find(SearchQuery("row "))
    assert [view.plain_text(*match) for match in matches] == ["row "] * ROWS
    links = view.targets()
    assert [link.label for link in links] == [f"https://a.example/{n}" for n in range(ROWS)]
    assert len({link.id for link in links}) == ROWS
    for match, link in list(zip(matches, links, strict=True))[::7]:
        area = view.text_area(*match)
        assert abs(area.center().y() - link.area.center().y()) < 4
        assert view.position_at(QPointF(area.left() + 1, area.center().y())) == match[0]
        first, last = view.word_at(match[0] + 1)
        assert view.plain_text(first, last) == "row"


def test_keys_go_through_all_of_it_and_out(style: RenderStyle) -> None:
    view = laid_out(source(40), style)
    step, back = QTextCursor.MoveOperation.Down, QTextCursor.MoveOperation.Up
    position: int | None = view.find(SearchQuery("Name"))[0][0]
    seen = []
    while position is not None:
        seen.append(position)
        position = view.moved(position, step)
    assert seen == sorted(set(seen))
    assert view.plain_text(seen[-1], view.length).startswith(("row 39", "link 39", "273"))
    position, count = seen[-1], 0
    while position is not None:
        assert 0 <= position <= view.length
        position, count = view.moved(position, back), count + 1
    assert count >= 40


def test_a_table_keeps_its_place_sideways_while_it_is_written(transcript: Transcript) -> None:
    head = "|" + "column |" * 40 + "\n|" + "---|" * 40 + "\n"
    row = "|" + "value |" * 40 + "\n"
    transcript.show_entries([question("Wide?")])
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written([head, row]))
    transcript.redraw_reply()
    view = transcript._column.layout(1).views[-1]
    view.horizontal.move_to(300)
    for _ in range(30):
        transcript._streaming.feed(written([row])[1:], None)
        transcript.redraw_reply()
    assert transcript._column.layout(1).views[-1].horizontal.offset == 300
    transcript.finish_reply(answer(head + row * 31))
    assert transcript._column.layout(1).views[-1].horizontal.offset == 300
