"""Documents that the user has sent, below each other at the right, as the bubble below them is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.attachment_blocks import DocumentRow, ShownDocument
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_icon, draw_words
from app.ui.transcript.items.render_style import ICON_SIZE, RenderStyle

WIDTH = 300.0
"""Pixels of a document."""
BETWEEN = 8.0
PADDING = 12.0
ABOVE, BETWEEN_LINES = 8.0, 2.0
RADIUS = 12.0


class DocumentRowView(BlockView):
    """Documents that are opened with a click."""

    def __init__(self, block: DocumentRow, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._documents = block.documents
        self._areas: list[QRectF] = []

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        wide = min(self.style.px(WIDTH), width)
        name, caption = QFontMetricsF(self.style.text_font), QFontMetricsF(self.style.small_font)
        high = name.height() + BETWEEN_LINES + caption.height() + 2 * ABOVE
        step = high + BETWEEN
        self._areas = [
            QRectF(width - wide, place * step, wide, high) for place in range(len(self._documents))
        ]
        self.height = max(0.0, len(self._documents) * step - BETWEEN)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for document, area, target in zip(self._documents, self._areas, self.targets(), strict=True):
            if paint.clip.intersects(area):
                self._paint_document(painter, document, area, paint.hovered == self.id_of(target))

    def _paint_document(
        self, painter: QPainter, document: ShownDocument, area: QRectF, is_hovered: bool
    ) -> None:
        is_gone = self.style.attachments.is_gone(document.sha256)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.style.colour("bubble"))
        painter.drawRoundedRect(area, RADIUS, RADIUS)
        if is_hovered:
            draw_hover(painter, self.style, area, RADIUS)
        name, colour = ("prohibit", "muted") if is_gone else ("file-text", "accent")
        draw_icon(painter, self.style, name, colour, QPointF(area.left() + PADDING, area.center().y()))
        left = area.left() + PADDING + self.style.px(ICON_SIZE) + PADDING
        place = QRectF(left, area.top() + ABOVE, area.right() - PADDING - left, 0)
        caption = tr("File is missing; its text is kept") if is_gone else document.caption
        for words, font, colour in (
            (document.name, self.style.text_font, "text"),
            (caption, self.style.small_font, "muted"),
        ):
            metrics = QFontMetricsF(font)
            place.setHeight(metrics.height())
            painter.setFont(font)
            painter.setPen(self.style.colour(colour))
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, place.width())
            draw_words(painter, place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            place.moveTop(place.bottom() + BETWEEN_LINES)

    @override
    def targets(self) -> Sequence[Target]:
        return [
            Target(MessageAction.OPEN_DOCUMENT, area, tr("Open {name}", name=document.name), document.key)
            for document, area in zip(self._documents, self._areas, strict=True)
        ]
