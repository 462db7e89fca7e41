"""Words without an end break anywhere: where Qt looks for the ends of lines in them, a second goes by."""

import pytest
from PySide6.QtGui import QTextOption

from app.ui.transcript.content.blocks import Block, Bubble, CodeBlock, Span, TableBlock, TextBlock
from app.ui.transcript.items.block_registry import new_view
from app.ui.transcript.items.block_view import BlockView
from app.ui.transcript.items.render_style import RenderStyle
from tests.support.themes import DARK

WORD = "x" * 5_000


def blocks(word: str) -> dict[str, Block]:
    spans = (Span(word),)
    return {
        "paragraph": TextBlock(spans),
        "code in a paragraph": TextBlock((Span(word, is_code=True),)),
        "table": TableBlock(((spans, (Span("a"),)),) * 2),
        "code": CodeBlock(f"a b\n{word}"),
        "question": Bubble(spans),
    }


def wrap_mode(view: BlockView) -> QTextOption.WrapMode:
    view = getattr(view, "_bands", [view])[0]
    document = view._rich.document if hasattr(view, "_rich") else view._document
    return document.defaultTextOption().wrapMode()


@pytest.mark.parametrize("name", blocks(""))
def test_lines_end_anywhere_in_a_word_without_an_end_only(qtbot: object, name: str) -> None:
    style = RenderStyle(DARK, wraps_code=True)
    modes = QTextOption.WrapMode
    assert wrap_mode(new_view(blocks(WORD)[name], style)) == modes.WrapAnywhere
    assert wrap_mode(new_view(blocks("some words " * 400)[name], style)) == modes.WrapAtWordBoundaryOrAnywhere


def test_code_that_grows_into_such_a_word_too(qtbot: object) -> None:
    view = new_view(CodeBlock("a\n", is_open=True), RenderStyle(DARK, wraps_code=True))
    for length in range(0, len(WORD), 50):
        assert view.take(CodeBlock(f"a\n{WORD[:length]}", is_open=True))
    assert wrap_mode(view) == QTextOption.WrapMode.WrapAnywhere
