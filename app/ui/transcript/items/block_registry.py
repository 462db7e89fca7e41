"""Which segment draws a block, and how far two of them stand apart."""

from __future__ import annotations

from app.ui.transcript.content.blocks import (
    Block,
    Bubble,
    ButtonRow,
    CardHeader,
    CodeBlock,
    ErrorNote,
    MemoryMark,
    MoreLine,
    NameLine,
    RepeatMark,
    RuleBlock,
    StatusLine,
    TableBlock,
    TextBlock,
    place_of,
)
from app.ui.transcript.items.block_view import BlockView
from app.ui.transcript.items.bubble import BubbleView
from app.ui.transcript.items.buttons import ButtonRowView
from app.ui.transcript.items.card import (
    CardHeaderView,
    ErrorNoteView,
    MarkLineView,
    MoreLineView,
    NameLineView,
    StatusLineView,
)
from app.ui.transcript.items.code import CodeView
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.table import TableView
from app.ui.transcript.items.text import RuleView, TextView


def gap(before: Block, after: Block) -> float:
    """The empty space between two blocks, in pixels."""
    if isinstance(before, NameLine):
        return 6.0
    if isinstance(after, TextBlock) and after.level:
        return 22.0 if after.level <= 2 else 18.0
    if isinstance(before, TextBlock) and before.level:
        return 8.0
    place, earlier = place_of(after), place_of(before)
    if place.shared and earlier.containers:
        return 4.0 if place.is_tight else 10.0
    if isinstance(after, CardHeader) or isinstance(before, CardHeader):
        return 10.0
    return 12.0


def new_view(block: Block, style: RenderStyle) -> BlockView:
    """The segment that draws a block."""
    match block:
        case TextBlock():
            return TextView(block, style)
        case CodeBlock():
            return CodeView(block, style)
        case TableBlock():
            return TableView(block, style)
        case RuleBlock():
            return RuleView(block, style)
        case Bubble():
            return BubbleView(block, style)
        case NameLine():
            return NameLineView(block, style)
        case CardHeader():
            return CardHeaderView(block, style)
        case ErrorNote():
            return ErrorNoteView(block, style)
        case StatusLine():
            return StatusLineView(block, style)
        case MoreLine():
            return MoreLineView(block, style)
        case MemoryMark() | RepeatMark():
            return MarkLineView(block, style)
        case ButtonRow():
            return ButtonRowView(block, style)
