"""Every block is drawn, of whatever Markdown it was made."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.plain_text import displayable, is_selectable
from app.ui.transcript.items.block_registry import new_view
from app.ui.transcript.items.block_view import PaintContext
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.view.transcript import Transcript
from tests.support.markdown_examples import EXAMPLES
from tests.support.themes import DARK


def filled(text: str) -> str:
    """Without the empty cells that are added to the ends of short rows."""
    return "\n".join(line.rstrip("\t") for line in text.split("\n"))


def test_the_examples_of_commonmark_are_drawn_and_can_be_copied(transcript: Transcript) -> None:
    style = RenderStyle(DARK)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    uncopied = {}
    with QPainter(image) as painter:
        for name, markdown, _ in EXAMPLES:
            for block in parse(displayable(markdown)):
                view = new_view(block, style)
                view.lay_out(400)
                view.paint(painter, PaintContext(style, QRectF(0, 0, 400, 300)))
                copied = filled(view.plain_text(0, view.length))
                if is_selectable(block) and copied != filled(block.plain_text()):
                    uncopied[name] = copied
    assert uncopied == {}
