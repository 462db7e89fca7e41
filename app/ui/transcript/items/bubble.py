"""What the user wrote, in a soft bubble at the side where lines end."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.blocks import Bubble, Container, FoldLine, Quoted, Span
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_line
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument, is_right_to_left
from app.ui.transcript.items.text import ParagraphView

SIDE = 16.0
ABOVE = 10.0
"""Empty space between the bubble's edge and what is in it."""
WIDEST = 0.78
"""Of the column."""
RADIUS = 18.0
LONG_WORDS = 2_000
"""Words that have all of the width, so that they are laid out once."""
FOLD_HEIGHT = 24.0
BAR_WIDTH = 2.0
BESIDE_BAR = 12.0


class BubbleView(ParagraphView):
    """Words as they were typed; every line is a paragraph with a direction of its own."""

    def __init__(self, block: Bubble, style: RenderStyle) -> None:
        rich = RichDocument(style)
        rich.write_paragraph(block.spans, style.block_format(), line_break="\n")
        super().__init__(block, style, rich)

    @property
    @override
    def natural_width(self) -> float:
        if self.length > LONG_WORDS:
            return self.width
        return min(self.width, self._rich.document.idealWidth() + 1)

    @property
    @override
    def _code_ground(self) -> QColor:
        return self.style.hover_colour


class QuotedView(ParagraphView):
    """A passage that leads to where it stands in the conversation."""

    def __init__(self, block: Quoted, style: RenderStyle) -> None:
        rich = RichDocument(style)
        rich.write_paragraph((Span(block.text),), style.block_format(), colour="muted", line_break="\n")
        super().__init__(block, style, rich)
        self._quote = block.text

    @property
    @override
    def _origin(self) -> QPointF:
        return super()._origin + QPointF(0 if self.is_right_to_left else BESIDE_BAR, 0)

    @property
    @override
    def is_right_to_left(self) -> bool:
        return is_right_to_left(self._rich.document.firstBlock())

    @property
    @override
    def natural_width(self) -> float:
        return min(self.width, self._rich.document.idealWidth() + BESIDE_BAR + 1)

    @override
    def lay_out(self, width: float) -> None:
        super().lay_out(width - BESIDE_BAR)
        self.width = width

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        (target,) = self.targets()
        colour = "accent" if paint.hovered == self.id_of(target) else "muted"
        left = self.width - BAR_WIDTH if self.is_right_to_left else 0
        painter.fillRect(QRectF(left, 0, BAR_WIDTH, self.height), self.style.colour(colour))
        super().paint(painter, paint)

    @override
    def targets(self) -> Sequence[Target]:
        return (Target(MessageAction.SHOW_QUOTED, self.area, tr("Show in the chat"), self._quote),)


class FoldLineView(BlockView):
    """Shows all of a long message, or less of it again."""

    def __init__(self, block: FoldLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        is_cut = block.is_unfolded and block.hidden
        self._action = MessageAction.SHOW_MORE if is_cut else MessageAction.FOLD_TEXT
        self._words = tr("Show more") if block.hidden else tr("Show less")
        self._told = tr("Show more of this message") if block.hidden else tr("Show less of this message")

    @property
    @override
    def natural_width(self) -> float:
        return QFontMetricsF(self.style.small_font).horizontalAdvance(self._words) + 2

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(FOLD_HEIGHT)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        (target,) = self.targets()
        colour = "text" if paint.hovered == self.id_of(target) else "link"
        draw_line(painter, self.style.small_font, self.style, colour, self.area, self._words)

    @override
    def targets(self) -> Sequence[Target]:
        area = QRectF(0, 0, self.natural_width, self.height)
        return (Target(self._action, area, self._told),)


class BubbleFrame:
    """The ground behind what stands in a bubble, as wide as its widest block needs."""

    def __init__(self, views: Sequence[BlockView], style: RenderStyle) -> None:
        self._views = [view for view in views if Container.BUBBLE in view.block.place.containers]
        self._style = style
        self._width = 0.0
        self._room = 0.0
        self.area = QRectF()
        """Empty where nothing stands in a bubble."""

    def lay_out(self, width: float) -> None:
        """Find how wide the blocks are in a column of that width."""
        most = math.floor(width * WIDEST - 2 * SIDE)
        for view in self._views:
            view.lay_out(most)
        self._width = width
        self._room = math.ceil(max((view.natural_width for view in self._views), default=0.0))
        self.area = QRectF()

    def place(self, view: BlockView, y: float) -> QPointF:
        """Lay the next block out below `y`, which is outside of the ground so far: where it begins."""
        view.lay_out(self._room)
        left = SIDE if self._style.is_right_to_left else self._width - SIDE - self._room
        top = y - ABOVE if self.area.height() else y + ABOVE
        ground = QRectF(left - SIDE, top - ABOVE, self._room + 2 * SIDE, view.height + 2 * ABOVE)
        self.area = self.area.united(ground)
        return QPointF(left, top)

    def paint(self, painter: QPainter) -> None:
        """Draw it; goes under the blocks."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.colour("bubble"))
        painter.drawRoundedRect(self.area, RADIUS, RADIUS)
