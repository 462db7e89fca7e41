"""Lines and notes around the words: who speaks, what goes on or went wrong, where something begins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.blocks import (
    ErrorNote,
    MemoryMark,
    MoreLine,
    NameLine,
    RepeatMark,
    Span,
    StatusLine,
)
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.document_painting import draw_document
from app.ui.transcript.items.drawing import (
    DOTS_WIDTH,
    draw_dots,
    draw_frame,
    draw_hover,
    draw_icon,
    draw_line,
    sharp,
)
from app.ui.transcript.items.render_style import ICON_SIZE, RenderStyle
from app.ui.transcript.items.rich_document import RichDocument
from app.ui.transcript.items.text import DocumentView

NAME_HEIGHT = 18.0
STATUS_HEIGHT = 24.0
MORE_HEIGHT = 36.0
MORE_PADDING = 14.0
MEMORY_MARK_HEIGHT = 34.0
REPEAT_MARK_HEIGHT = 24.0
AROUND_MARK = 12.0
"""Pixels between the words of a mark and the line on either side."""
RADIUS = 9.0
BESIDE_DOTS = 11.0

ERROR_PADDING = 14.0
ERROR_SIDE = 16.0
BESIDE_ERROR_ICON = 12.0
NARROWEST_ERROR = 60.0
ERROR_GROUND_OPACITY = 0.09
ERROR_LINE_OPACITY = 0.45


class NameLineView(BlockView):
    """The model's name above its answer."""

    def __init__(self, block: NameLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._name = block.name

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(NAME_HEIGHT)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        draw_line(painter, self.style.name_font, self.style, "muted", self.area, self._name)


class StatusLineView(BlockView):
    """What goes on before the first word."""

    def __init__(self, block: StatusLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._text = block.text

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(STATUS_HEIGHT)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        draw_dots(painter, self.style, QPointF(0, self.height / 2), paint.phase)
        words = self.area.adjusted(DOTS_WIDTH + BESIDE_DOTS, 0, 0, 0)
        draw_line(painter, self.style.small_font, self.style, "muted", words, self._text)


class MoreLineView(BlockView):
    """Brings the next part of a very long message."""

    def __init__(self, block: MoreLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._words = block.plain_text()

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(MORE_HEIGHT)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        (target,) = self.targets()
        draw_frame(painter, self.style, target.area, RADIUS, "line", "raised")
        if paint.hovered == self.id_of(target):
            draw_hover(painter, self.style, target.area, RADIUS)
        words = target.area.adjusted(MORE_PADDING, 0, 0, 0)
        draw_line(painter, self.style.small_font, self.style, "text", words, self._words)

    @override
    def targets(self) -> Sequence[Target]:
        words = QFontMetricsF(self.style.small_font).horizontalAdvance(self._words)
        area = QRectF(0, 0, min(self.width, words + 2 * MORE_PADDING + 2), self.height)
        return (Target(MessageAction.SHOW_MORE, area, tr("Show more of this message")),)


class MarkLineView(BlockView):
    """A thin labelled line across: from here on something is different."""

    def __init__(self, block: MemoryMark | RepeatMark, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._words = block.plain_text()
        self._is_warning = isinstance(block, RepeatMark)

    @override
    def lay_out(self, width: float) -> None:
        height = REPEAT_MARK_HEIGHT if self._is_warning else MEMORY_MARK_HEIGHT
        self.width, self.height = width, self.style.px(height)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        words = QFontMetricsF(self.style.small_font).horizontalAdvance(self._words)
        side = max(0.0, (self.width - words) / 2 - AROUND_MARK)
        line = self.style.colour("line")
        middle = self.style.px(REPEAT_MARK_HEIGHT / 2)
        painter.fillRect(QRectF(0, middle, side, 1), line)
        painter.fillRect(QRectF(self.width - side, middle, side, 1), line)
        area = QRectF(side + AROUND_MARK, 0, words + 4, middle * 2)
        colour = "danger" if self._is_warning else "muted"
        draw_line(painter, self.style.small_font, self.style, colour, area, self._words)


class ErrorNoteView(DocumentView):
    """A calm card that says why an answer failed and what to do."""

    def __init__(self, block: ErrorNote, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._rich = RichDocument(style)
        spans: tuple[Span, ...] = (Span(block.sentence),)
        if block.hint:
            spans = (*spans, Span("\n" + block.hint, is_muted=True))
        self._rich.write_paragraph(spans, style.block_format(), line_break="\n")

    @property
    def _words_left(self) -> float:
        return ERROR_SIDE + self.style.px(ICON_SIZE) + BESIDE_ERROR_ICON

    @property
    @override
    def _origin(self) -> QPointF:
        left = ERROR_SIDE if self.style.is_right_to_left else self._words_left
        return QPointF(left, ERROR_PADDING - self.style.half_leading())

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        self._rich.document.setTextWidth(max(NARROWEST_ERROR, width - self._words_left - ERROR_SIDE))
        self.height = self._rich.document.size().height() + 2 * ERROR_PADDING

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        edge = self.style.colour("danger")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.setOpacity(ERROR_GROUND_OPACITY)
        painter.drawRoundedRect(sharp(self.area), RADIUS, RADIUS)
        painter.setOpacity(ERROR_LINE_OPACITY)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(edge, 1))
        painter.drawRoundedRect(sharp(self.area), RADIUS, RADIUS)
        painter.setOpacity(1)
        first_line = ERROR_PADDING + self.style.block_format().lineHeight() / 2
        is_turned = self.style.is_right_to_left
        left = self.width - ERROR_SIDE - self.style.px(ICON_SIZE) if is_turned else ERROR_SIDE
        draw_icon(painter, self.style, "warning-circle", "danger", QPointF(left, first_line))
        painter.translate(self._origin)
        clip = paint.clip.translated(-self._origin)
        draw_document(self._rich.document, painter, paint, clip, self._rich.pictures)
