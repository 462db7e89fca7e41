"""Which segment draws a block, and how far two of them stand apart."""

from __future__ import annotations

from app.ui.chat.transcript.blocks import (
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
from app.ui.chat.transcript.bubble_segment import BubbleSegment
from app.ui.chat.transcript.button_row import ButtonRowSegment
from app.ui.chat.transcript.card_segments import (
    CardSegment,
    ErrorSegment,
    MarkSegment,
    MoreSegment,
    NameSegment,
    StatusSegment,
)
from app.ui.chat.transcript.code_segment import CodeSegment
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.segment import Segment
from app.ui.chat.transcript.table_segment import TableSegment
from app.ui.chat.transcript.text_segment import RuleSegment, TextSegment


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


def new_segment(block: Block, look: Look) -> Segment:
    """The segment that draws a block."""
    match block:
        case TextBlock():
            return TextSegment(block, look)
        case CodeBlock():
            return CodeSegment(block, look)
        case TableBlock():
            return TableSegment(block, look)
        case RuleBlock():
            return RuleSegment(block, look)
        case Bubble():
            return BubbleSegment(block, look)
        case NameLine():
            return NameSegment(block, look)
        case CardHeader():
            return CardSegment(block, look)
        case ErrorNote():
            return ErrorSegment(block, look)
        case StatusLine():
            return StatusSegment(block, look)
        case MoreLine():
            return MoreSegment(block, look)
        case MemoryMark() | RepeatMark():
            return MarkSegment(block, look)
        case ButtonRow():
            return ButtonRowSegment(block, look)
