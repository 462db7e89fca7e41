"""Paragraphs, headings and rules."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextCursor
from typing_extensions import override

from app.ui.transcript.content.blocks import Block, RuleBlock, TextBlock
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.passages import link_hint
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.document_painting import draw_document
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument, is_right_to_left, moved_in, text_area

RULE_HEIGHT = 17.0
BAR_ROOM = 10.0
"""Below a paragraph that scrolls sideways because of a wide formula."""
LINK_ABOVE = 15.0
LINK_HEIGHT = 21.0
"""Where a link can be clicked: this far above the line that letters stand on, and this high."""


class DocumentView(BlockView):
    """A view whose text is a rich document. `_origin` is where that document is drawn."""

    follows_window = False

    _rich: RichDocument

    @property
    def _origin(self) -> QPointF:
        return QPointF(0, 0)

    @property
    @override
    def length(self) -> int:
        return self._rich.length

    @override
    def position_at(self, point: QPointF) -> int:
        return min(self._rich.position_at(point - self._origin), self.length)

    @override
    def is_text_at(self, point: QPointF) -> bool:
        return QRectF(0, 0, self.width, self.height).contains(point)

    @override
    def plain_text(self, first: int, last: int) -> str:
        return self._rich.plain_text(first, last)

    @override
    def find(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        return self._rich.find(query)

    @override
    def text_area(self, first: int, last: int) -> QRectF:
        area = text_area(self._rich.document, first, last)
        self.horizontal.show(area.left(), area.right())
        return area.translated(self._origin)

    @override
    def moved(self, position: int, step: QTextCursor.MoveOperation) -> int | None:
        return moved_in(self._rich.document, position, step)

    @override
    def word_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.WordUnderCursor)

    @override
    def paragraph_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.BlockUnderCursor)

    def _selected(self, position: int, kind: QTextCursor.SelectionType) -> tuple[int, int]:
        cursor = QTextCursor(self._rich.document)
        cursor.setPosition(min(position, self.length))
        cursor.select(kind)
        return cursor.selectionStart(), cursor.selectionEnd()

    @override
    def targets(self) -> Sequence[Target]:
        found = []
        for ordinal, link in enumerate(self._rich.links):
            for area in self._rich.rectangles(link.first, link.last):
                above, height = self.style.px(LINK_ABOVE), self.style.px(LINK_HEIGHT)
                shown = QRectF(area.x(), area.y() - above, area.width(), height).translated(self._origin)
                found.append(
                    Target(
                        MessageAction.OPEN_LINK, shown, link_hint(link.address), link.address, ordinal=ordinal
                    )
                )
        return found


class ParagraphView(DocumentView):
    """Styled words, which scroll sideways only where a formula is too wide."""

    def __init__(self, block: Block, style: RenderStyle, rich: RichDocument, level: int = 0) -> None:
        super().__init__(block, style)
        self._level = level
        self._rich = rich
        self.waiting = rich.waiting

    @property
    @override
    def _origin(self) -> QPointF:
        return QPointF(-self.horizontal.offset, -self.style.half_leading(self._level))

    @property
    def _code_ground(self) -> QColor:
        return self.style.colour("inline_code")

    @override
    def lay_out(self, width: float) -> None:
        if width != self.width:
            self.width = width
            self._rich.lay_out(max(width, self._rich.widest_image))
            self.horizontal.fit(self._rich.widest_image, width)
        room = BAR_ROOM if self.horizontal.range else 0
        self.height = self._rich.document.size().height() + room
        self.horizontal.place_bar(0, self.height - 1, width)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        with saved(painter):
            if self.horizontal.range:
                painter.setClipRect(self.area, Qt.ClipOperation.IntersectClip)
            painter.translate(self._origin)
            clip = paint.clip.translated(-self._origin)
            self._rich.draw_pills(painter, self._code_ground, clip)
            draw_document(self._rich.document, painter, paint, clip, self._rich.pictures)
        paint_handle(painter, self.horizontal.handle, self.style)


class TextView(ParagraphView):
    """One paragraph or heading."""

    def __init__(self, block: TextBlock, style: RenderStyle) -> None:
        rich = RichDocument(style)
        colour = "muted" if block.place.is_muted else "text"
        rich.write_paragraph(block.spans, style.block_format(block.level), block.level, colour)
        super().__init__(block, style, rich, block.level)

    @property
    @override
    def first_line_height(self) -> float:
        return float(self.style.block_format(self._level).lineHeight())

    @property
    @override
    def is_right_to_left(self) -> bool:
        return is_right_to_left(self._rich.document.firstBlock())


class RuleView(BlockView):
    """A line across."""

    def __init__(self, block: RuleBlock, style: RenderStyle) -> None:
        super().__init__(block, style)

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, RULE_HEIGHT

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        painter.fillRect(QRectF(0, (RULE_HEIGHT - 1) / 2, self.width, 1), self.style.colour("line"))
