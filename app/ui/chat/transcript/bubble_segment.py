"""What the user wrote, in a soft bubble at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from app.ui.chat.transcript.action import Action
from app.ui.chat.transcript.blocks import Bubble, Span
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.rich_document import RichDocument, draw_document
from app.ui.chat.transcript.segment import Paint, Target
from app.ui.chat.transcript.text_segment import DocumentSegment

SIDE = 16.0
ABOVE = 10.0
WIDEST = 0.78
"""Of the column."""
RADIUS = 18.0


class BubbleSegment(DocumentSegment):
    """Plain text, never read as Markdown."""

    def __init__(self, block: Bubble, look: Look) -> None:
        super().__init__(block, look)
        self._bubble = block
        self._box = QRectF()
        self._rich = RichDocument(look)
        self._rich.write_paragraph((Span(block.text),), look.block_format(), line_break="\n")

    @property
    @override
    def _origin(self) -> QPointF:
        return QPointF(self._box.left() + SIDE, ABOVE - self.look.half_leading())

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        document = self._rich.document
        document.setTextWidth(width * WIDEST - 2 * SIDE)
        inner = min(document.idealWidth() + 1, width * WIDEST - 2 * SIDE)
        button = QFontMetricsF(self.look.small_font).horizontalAdvance(self._button_words) + 4
        if self._bubble.is_foldable:
            inner = max(inner, button)
        document.setTextWidth(inner)
        self.height = (
            document.size().height() + 2 * ABOVE + (self.look.px(28) if self._bubble.is_foldable else 0)
        )
        left = width - inner - 2 * SIDE
        self._box = QRectF(left, 0, inner + 2 * SIDE, self.height)

    @override
    def paint(self, painter: QPainter, paint: Paint) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.colour("bubble"))
        painter.drawRoundedRect(self._box, RADIUS, RADIUS)
        for target in self.targets():
            hovered = paint.hovered == target.moved(0, 0, self.index).id
            painter.setFont(self.look.small_font)
            painter.setPen(self.look.colour("text" if hovered else "accent"))
            painter.drawText(target.area, Qt.AlignmentFlag.AlignVCenter, self._button_words)
        painter.translate(self._origin)
        clip = paint.clip.translated(-self._origin)
        draw_document(self._rich.document, painter, self.look, clip, paint.selection)

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
        area = QRectF(
            self._box.left() + SIDE, self.height - self.look.px(34), self.look.px(90), self.look.px(24)
        )
        return (Target(Action.FOLD_TEXT, area, f"{self._button_words} of this message"),)
