"""Painting goes on after a fault, every kind of block has a view, and icons grow with the letters."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.ui.transcript.content import attachment_blocks, blocks
from app.ui.transcript.content.blocks import Block, MarkdownBlock, PlacedBlock
from app.ui.transcript.items.block_registry import VIEWS
from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.code import CodeView
from app.ui.transcript.view.transcript import Transcript
from tests.support.themes import DARK
from tests.support.transcript_reader import answer


def picture(transcript: Transcript) -> QImage:
    return transcript.viewport().grab().toImage()


def test_a_fault_while_painting_spoils_only_that_picture(
    transcript: Transcript, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript.show_entries([answer("Words\n\n```python\nx = 1\n```\n\nand more.")])
    qtbot.wait(50)
    whole = picture(transcript)
    paint = CodeView.paint

    def fail(view: CodeView, painter: QPainter, context: PaintContext) -> None:
        raise ArithmeticError("a fault of one block")

    monkeypatch.setattr(CodeView, "paint", fail)
    with pytest.raises(ArithmeticError):
        transcript.viewport().repaint()
    monkeypatch.setattr(CodeView, "paint", paint)
    assert picture(transcript) == whole


def test_every_kind_of_block_is_drawn_by_a_view() -> None:
    values = (*vars(blocks).values(), *vars(attachment_blocks).values())
    kinds = {kind for kind in values if isinstance(kind, type) and issubclass(kind, Block)}
    assert set(VIEWS) == kinds - {Block, PlacedBlock, MarkdownBlock}


def test_icons_grow_with_the_letters(transcript: Transcript) -> None:
    transcript.show_entries([answer("Words")])
    narrow = ink_under(transcript, "Copy message")
    transcript.set_theme(DARK, 200)
    assert ink_under(transcript, "Copy message") > 3 * narrow


def ink_under(transcript: Transcript, label: str) -> int:
    """How many pixels of a button differ from the page."""
    area = dict(transcript.visible_targets())[label]
    image = picture(transcript).copy(area)
    ground = image.pixel(0, 0)
    return sum(image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height()))
