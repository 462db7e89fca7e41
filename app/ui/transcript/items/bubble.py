"""What the user wrote, in a soft bubble at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from app.ui.transcript.content.blocks import Bubble, Span
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import PaintContext, Target
from app.ui.transcript.items.document_painting import draw_document
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument
from app.ui.transcript.items.text import DocumentView

SIDE = 16.0
ABOVE = 10.0
WIDEST = 0.78
"""Of the column."""
RADIUS = 18.0
FOLD_HEIGHT = 28.0
"""What "Show more" adds to the bubble's height."""
FOLD_ABOVE_EDGE = 10.0
FOLD_AREA = (90.0, 24.0)


class BubbleView(DocumentView):
    """Plain text, never read as Markdown."""

    def __init__(self, block: Bubble, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._bubble = block
        self._box = QRectF()
        self._rich = RichDocument(style)
        self._rich.write_paragraph((Span(block.text),), style.block_format(), line_break="\n")

    @property
    @override
    def _origin(self) -> QPointF:
        return QPointF(self._box.left() + SIDE, ABOVE - self.style.half_leading())

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        document = self._rich.document
        document.setTextWidth(width * WIDEST - 2 * SIDE)
        inner = min(document.idealWidth() + 1, width * WIDEST - 2 * SIDE)
        button = QFontMetricsF(self.style.small_font).horizontalAdvance(self._button_words) + 4
        if self._bubble.is_foldable:
            inner = max(inner, button)
        document.setTextWidth(inner)
        below = self.style.px(FOLD_HEIGHT) if self._bubble.is_foldable else 0
        self.height = document.size().height() + 2 * ABOVE + below
        left = width - inner - 2 * SIDE
        self._box = QRectF(left, 0, inner + 2 * SIDE, self.height)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.colour("bubble"))
        painter.drawRoundedRect(self._box, RADIUS, RADIUS)
        for target in self.targets():
            hovered = paint.hovered == self.id_of(target)
            painter.setFont(self.style.small_font)
            painter.setPen(self.style.colour("text" if hovered else "link"))
            painter.drawText(target.area, Qt.AlignmentFlag.AlignVCenter, self._button_words)
        painter.translate(self._origin)
        clip = paint.clip.translated(-self._origin)
        draw_document(self._rich.document, painter, paint, clip)

    @override
    def is_text_at(self, point: QPointF) -> bool:
        return self._box.contains(point)

    @property
    def _button_words(self) -> str:
        return "Show more" if self._bubble.hidden else "Show less"

    @override
    def targets(self) -> Sequence[Target]:
        if not self._bubble.is_foldable:
            return ()
        width, height = map(self.style.px, FOLD_AREA)
        top = self.height - self.style.px(FOLD_ABOVE_EDGE) - height
        area = QRectF(self._box.left() + SIDE, top, width, height)
        return (Target(MessageAction.FOLD_TEXT, area, f"{self._button_words} of this message"),)
