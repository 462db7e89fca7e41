"""Which view draws a block, and how far two of them stand apart.

A new kind of block is drawn once its view is added to `VIEWS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.ui.transcript.content.attachment_blocks import DocumentRow, PictureRow, RecordingRow
from app.ui.transcript.content.blocks import (
    DEFINITION,
    Block,
    Bubble,
    ButtonRow,
    CardHeader,
    CodeBlock,
    Container,
    ErrorNote,
    FoldLine,
    MemoryMark,
    MoreLine,
    NameLine,
    Quoted,
    RepeatMark,
    RuleBlock,
    StatusLine,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.items.block_view import BlockView
from app.ui.transcript.items.bubble import BubbleView, FoldLineView, QuotedView
from app.ui.transcript.items.buttons import ButtonRowView
from app.ui.transcript.items.card import CardHeaderView
from app.ui.transcript.items.code import CodeView
from app.ui.transcript.items.document_row import DocumentRowView
from app.ui.transcript.items.formula import text_or_formula_view
from app.ui.transcript.items.notes import (
    ErrorNoteView,
    MarkLineView,
    MoreLineView,
    NameLineView,
    StatusLineView,
)
from app.ui.transcript.items.picture import PictureRowView
from app.ui.transcript.items.recording import RecordingRowView
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.table import TableView
from app.ui.transcript.items.text import RuleView

VIEWS: dict[type[Block], Callable[[Any, RenderStyle], BlockView]] = {
    TextBlock: text_or_formula_view,
    CodeBlock: CodeView,
    TableBlock: TableView,
    RuleBlock: RuleView,
    Bubble: BubbleView,
    FoldLine: FoldLineView,
    Quoted: QuotedView,
    PictureRow: PictureRowView,
    RecordingRow: RecordingRowView,
    DocumentRow: DocumentRowView,
    NameLine: NameLineView,
    CardHeader: CardHeaderView,
    ErrorNote: ErrorNoteView,
    StatusLine: StatusLineView,
    MoreLine: MoreLineView,
    MemoryMark: MarkLineView,
    RepeatMark: MarkLineView,
    ButtonRow: ButtonRowView,
}

GAP = 12.0
"""Pixels between two blocks that have nothing to do with each other."""
AROUND_CARD = 10.0
BELOW_NAME = 6.0
BELOW_HEADING = 8.0
ABOVE_LARGE_HEADING = 22.0
ABOVE_SMALL_HEADING = 18.0
LARGE_HEADINGS = 2
"""Headings up to this level count as large."""
BETWEEN_ITEMS = 10.0
BETWEEN_TIGHT_ITEMS = 4.0
WITHIN_BUBBLE = 8.0


def new_view(block: Block, style: RenderStyle) -> BlockView:
    """Make the view that draws a block."""
    return VIEWS[type(block)](block, style)


def gap(before: Block, after: Block) -> float:
    """The empty space between two blocks, in pixels."""
    if isinstance(before, NameLine):
        return BELOW_NAME
    if isinstance(after, FoldLine):
        return 0.0
    if isinstance(before, Bubble) and isinstance(after, Bubble):
        return 0.0  # Words go on.
    if Container.BUBBLE in before.place.containers and Container.BUBBLE in after.place.containers:
        return WITHIN_BUBBLE
    if isinstance(after, TextBlock) and after.level:
        return ABOVE_LARGE_HEADING if after.level <= LARGE_HEADINGS else ABOVE_SMALL_HEADING
    if isinstance(before, TextBlock) and before.level:
        return BELOW_HEADING
    if after.place.marker == DEFINITION and after.place.is_tight:
        return BETWEEN_TIGHT_ITEMS
    if after.place.shared and before.place.containers:
        return BETWEEN_TIGHT_ITEMS if after.place.is_tight else BETWEEN_ITEMS
    if isinstance(after, CardHeader) or isinstance(before, CardHeader):
        return AROUND_CARD
    return GAP
