"""What stands around the words: who speaks, cards that fold, notes on what went wrong or is going on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from typing_extensions import override

from app.ui.transcript.content.blocks import (
    Button,
    CardHeader,
    ErrorNote,
    MemoryMark,
    MoreLine,
    NameLine,
    RepeatMark,
    Span,
    StatusLine,
)
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.plain_text import more_label, text_of
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.buttons import button_width, paint_button, target_of
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import RichDocument, draw_document
from app.ui.transcript.items.text import DocumentView

CARD_HEIGHT = 38.0


class NameLineView(BlockView):
    """The model's name above its answer."""

    def __init__(self, block: NameLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._name = block.name

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(18)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        draw_line(
            painter,
            self.style.name_font,
            self.style,
            "muted",
            QRectF(0, 0, self.width, self.height),
            self._name,
        )


class CardHeaderView(BlockView):
    """The header of a thinking, tool or result card; opens and closes what stands below it."""

    def __init__(self, block: CardHeader, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._header = block
        self._shown_width = 0.0
        self._buttons: list[tuple[Button, QRectF]] = []

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(CARD_HEIGHT)
        header = self._header
        natural = 50 + QFontMetricsF(self.style.name_font).horizontalAdvance(header.title)
        if header.detail:
            natural += 14 + QFontMetricsF(self.style.small_font).horizontalAdvance(header.detail)
        self._shown_width = width if header.is_busy else min(width, max(220.0, natural + 30))
        self._buttons = self._placed_buttons()

    def _placed_buttons(self) -> list[tuple[Button, QRectF]]:
        """From the left; so many that half of the line is left for the words."""
        widths = [button_width(button, self.style) for button in self._header.buttons]
        while len(widths) > 1 and sum(widths) > self._shown_width / 2:
            widths.pop()
        placed: list[tuple[Button, QRectF]] = []
        right = self._shown_width - 5
        for button, wide in reversed(list(zip(self._header.buttons, widths, strict=False))):
            placed.insert(0, (button, QRectF(right - wide, 5, wide, self.height - 10)))
            right -= wide + 6
        return placed

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        box = QRectF(0.5, 0.5, self._shown_width - 1, self.height - 1)
        is_hovered = paint.hovered == self.targets()[0].moved(0, 0, self.index).id
        painter.setPen(QPen(self.style.colour("accent" if self._header.is_waiting else "line"), 1))
        painter.setBrush(self.style.colour("raised"))
        painter.drawRoundedRect(box, 9, 9)
        if is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.style.colour("hover"))
            painter.drawRoundedRect(box, 9, 9)
        self._paint_icon(painter, paint)
        head = QRectF(0, 0, self._head_width, self.height)
        self._paint_words(painter, head)
        arrow = "caret-down" if self._header.is_open else "caret-right"
        painter.drawPixmap(
            QPointF(head.right() - 26, self.height / 2 - 7), self.style.icon(arrow, "muted", 14)
        )
        for button, area in self._buttons:
            is_hovered = paint.hovered == target_of(button, area).moved(0, 0, self.index).id
            paint_button(painter, button, area, self.style, is_hovered=is_hovered)

    @property
    def _head_width(self) -> float:
        """What opens and closes the card: all of it but the buttons."""
        return self._buttons[0][1].left() - 4 if self._buttons else self._shown_width

    def _paint_icon(self, painter: QPainter, paint: PaintContext) -> None:
        if self._header.is_busy:
            paint_dots(painter, self.style, QPointF(11, self.height / 2), paint.phase)
            return
        colour = "danger" if self._header.is_failed else "accent" if self._header.is_waiting else "muted"
        painter.drawPixmap(QPointF(13, self.height / 2 - 9), self.style.icon(self._header.icon, colour))

    def _paint_words(self, painter: QPainter, box: QRectF) -> None:
        area = box.adjusted(40, 0, -32, 0)
        used = draw_line(painter, self.style.name_font, self.style, "text", area, self._header.title)
        if self._header.detail:
            rest = area.adjusted(used + 10, 0, 0, 0)
            draw_line(painter, self.style.small_font, self.style, "muted", rest, self._header.detail)

    @override
    def targets(self) -> Sequence[Target]:
        word = "Close" if self._header.is_open else "Open"
        area = QRectF(0, 0, self._head_width, self.height)
        toggle = Target(MessageAction.TOGGLE_CARD, area, f"{word}: {self._header.title}", self._header.key)
        return (toggle, *(target_of(button, area) for button, area in self._buttons))


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
    @override
    def _origin(self) -> QPointF:
        return QPointF(46, 14 - self.style.half_leading())

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        self._rich.document.setTextWidth(max(60.0, width - 62))
        self.height = self._rich.document.size().height() + 28

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        box = QRectF(0.5, 0.5, self.width - 1, self.height - 1)
        edge = self.style.colour("danger")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.setOpacity(0.09)
        painter.drawRoundedRect(box, 10, 10)
        painter.setOpacity(0.45)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(edge, 1))
        painter.drawRoundedRect(box, 10, 10)
        painter.setOpacity(1)
        painter.drawPixmap(QPointF(16, 17), self.style.icon("warning-circle", "danger"))
        painter.translate(self._origin)
        clip = paint.clip.translated(-self._origin)
        draw_document(self._rich.document, painter, self.style, clip, paint.selection)


class StatusLineView(BlockView):
    """What goes on before the first word."""

    def __init__(self, block: StatusLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._text = block.text

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(24)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        paint_dots(painter, self.style, QPointF(0, self.height / 2), paint.phase)
        area = QRectF(32, 0, self.width - 32, self.height)
        draw_line(painter, self.style.small_font, self.style, "muted", area, self._text)


class MoreLineView(BlockView):
    """Brings the next part of a very long message."""

    def __init__(self, block: MoreLine, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._words = more_label(block.hidden)

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(36)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        target = self.targets()[0]
        painter.setPen(QPen(self.style.colour("line"), 1))
        painter.setBrush(self.style.colour("raised"))
        painter.drawRoundedRect(target.area, 9, 9)
        if paint.hovered == target.moved(0, 0, self.index).id:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.style.colour("hover"))
            painter.drawRoundedRect(target.area, 9, 9)
        words = target.area.adjusted(14, 0, -8, 0)
        draw_line(painter, self.style.small_font, self.style, "text", words, self._words)

    @override
    def targets(self) -> Sequence[Target]:
        words = QFontMetricsF(self.style.small_font).horizontalAdvance(self._words)
        area = QRectF(0.5, 0.5, min(self.width - 1, words + 30), self.height - 1)
        return (Target(MessageAction.SHOW_MORE, area, "Show more of this message"),)


class MarkLineView(BlockView):
    """A thin labelled line across: from here on something is different."""

    def __init__(self, block: MemoryMark | RepeatMark, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._words = text_of(block)
        self._colour = "danger" if isinstance(block, RepeatMark) else "muted"
        self._height = 24 if isinstance(block, RepeatMark) else 34

    @override
    def lay_out(self, width: float) -> None:
        self.width, self.height = width, self.style.px(self._height)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        words = QFontMetricsF(self.style.small_font).horizontalAdvance(self._words)
        side = max(0.0, (self.width - words) / 2 - 12)
        line = self.style.colour("line")
        middle = self.style.px(12)
        painter.fillRect(QRectF(0, middle, side, 1), line)
        painter.fillRect(QRectF(self.width - side, middle, side, 1), line)
        area = QRectF(side + 12, 0, words + 4, middle * 2)
        draw_line(painter, self.style.small_font, self.style, self._colour, area, self._words)


def draw_line(
    painter: QPainter, font: QFont, style: RenderStyle, colour: str, area: QRectF, text: str
) -> float:
    """Draws one line, shortened where it does not fit; returns how wide it became."""
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, area.width()))
    painter.setFont(font)
    painter.setPen(style.colour(colour))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(area, int(flags), shown)
    return float(metrics.horizontalAdvance(shown))


def paint_dots(painter: QPainter, style: RenderStyle, left: QPointF, phase: float) -> None:
    """Three dots that brighten one after the other."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour("accent"))
    for index in range(3):
        glow = 0.5 + 0.5 * math.cos(2 * math.pi * (phase / 1.2 - index / 4))
        painter.setOpacity(0.3 + 0.7 * glow)
        painter.drawEllipse(QPointF(left.x() + 3 + index * 8, left.y()), 2.5, 2.5)
    painter.setOpacity(1.0)
