"""Lines of Chinese, Japanese and Korean break where they may, and tables of Arabic run from right to left."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.fonts import code_font, ui_font
from app.ui.transcript.content.blocks import Span, TextBlock
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.block_registry import new_view
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.table import TableView
from app.ui.transcript.items.text import TextView
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import question, unfinished, written

JAPANESE = "「東京」は、日本の首都です。人口は約1,400万人（2023年）で、最大級の都市です。ー々ゃっ！？"
CHINESE = "北京是中国的首都，人口超过两千万。“故宫”、长城等名胜古迹，吸引了许多游客；你去过吗？"
KOREAN = "서울은 대한민국의 수도입니다. 인구는 약 940만 명이며, 한강이 도시를 가로지릅니다(2023년)."
NEVER_FIRST = "。、」，！？）；”"
NEVER_LAST = "「（“"


def lines_of(text: str, width: float) -> list[str]:
    """The lines that a paragraph is broken into."""
    view = new_view(parse(text)[0], RenderStyle(DARK))
    assert isinstance(view, TextView)
    view.lay_out(width)
    block = view._rich.document.firstBlock()
    layout, words = block.layout(), block.text()
    lines = (layout.lineAt(number) for number in range(layout.lineCount()))
    return [words[line.textStart() : line.textStart() + line.textLength()] for line in lines]


@pytest.mark.parametrize("text", [JAPANESE, CHINESE, KOREAN], ids=["japanese", "chinese", "korean"])
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(
    transcript: Transcript, text: str
) -> None:
    # "。ー々ゃっ！？" must not be broken at all: a narrower line cannot hold it.
    narrowest = 10 * RenderStyle(DARK).text_font.pixelSize()
    for width in range(narrowest, narrowest + 220, 7):
        lines = lines_of(text, width)
        assert "".join(lines) == text
        assert len(lines) > 1
        assert not [line for line in lines[1:] if line[0] in NEVER_FIRST], width
        assert not [line for line in lines if line.rstrip()[-1] in NEVER_LAST], width


def test_the_columns_of_an_arabic_table_run_from_right_to_left(transcript: Transcript) -> None:
    (block,) = parse("| المدينة | السكان |\n|---|---|\n| القاهرة | 10 |")
    view = new_view(block, RenderStyle(DARK))
    assert isinstance(view, TableView)
    view.lay_out(600)
    first, second = (view.text_area(*match) for match in view.find(SearchQuery("ال"))[:2])
    assert first.left() > second.left()
    assert view.plain_text(0, view.length) == "المدينة\tالسكان\nالقاهرة\t10"


def test_code_in_an_arabic_answer_runs_from_left_to_right(transcript: Transcript) -> None:
    blocks = parse("مرحبا `a = 1` يا عالم\n\n```\nx = 'مرحبا'\n```")
    text, code = (new_view(block, RenderStyle(DARK)) for block in blocks)
    text.lay_out(600)
    code.lay_out(600)
    assert text.is_right_to_left
    assert not code.is_right_to_left
    direction = code._document.firstBlock().textDirection()  # type: ignore[attr-defined]
    assert direction == Qt.LayoutDirection.LeftToRight


def test_a_word_without_end_is_broken_as_quickly_as_it_is_long(transcript: Transcript) -> None:
    """Qt looks for the end of each line again from the beginning of a word."""

    def line_ends(text: str) -> list[int]:
        view = new_view(TextBlock((Span(text),)), RenderStyle(DARK))
        view.lay_out(600)
        layout = view._rich.document.firstBlock().layout()  # type: ignore[attr-defined]
        return [layout.lineAt(n).textLength() for n in range(layout.lineCount())]

    ends = line_ends("before " + "x" * 5_000)
    assert ends[0] > len("before ") + 10  # The line is filled at once.
    assert len(set(ends[1:-1])) == 1
    assert line_ends("before " + "x" * 90)[0] == len("before ")


@pytest.mark.parametrize(
    ("text", "han"), [(JAPANESE, "ja"), (CHINESE, "zh_CN"), (KOREAN, "ko"), ("Rain.", "")]
)
def test_a_message_has_the_forms_of_its_own_language(text: str, han: str) -> None:
    style = RenderStyle(DARK)
    shown = style.in_forms_of(text)
    assert shown.text_font.styleStrategy() == ui_font(han=han).styleStrategy()
    assert shown.code_font.families() == code_font(han=han).families()
    assert (shown is style) == (not han)
    assert style.in_forms_of(text) is shown
    assert shown.in_forms_of("Rain.") is style


def test_an_answer_changes_its_forms_when_the_first_kana_come(transcript: Transcript) -> None:
    transcript.show_entries([question("?")])
    transcript.begin_reply(unfinished())
    transcript.feed_reply(written(["東京", "は首都です。"]))
    transcript.redraw_reply()
    column = transcript._column
    layout = column.layout(len(column.entries) - 1)
    assert layout.style.text_font.styleStrategy() == ui_font(han="ja").styleStrategy()
    assert "東京は首都です。" in transcript.to_plain_text()
