"""A block of code: its language, a Copy button, colours, and scrolling sideways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from typing_extensions import override

from app.ui.transcript.content.blocks import Block, CodeBlock
from app.ui.transcript.content.highlighting import (
    LINES_READ_AGAIN,
    ProgressiveColouring,
    Stretch,
    coloured_lines,
)
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.plain_text import utf16_slice, utf16_stretches
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.drawing import draw_hover, draw_icon, draw_line, saved, sharp
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import draw_document, new_document, text_area

HEADER = 36.0
PADDING = 14.0
RADIUS = 10.0
ABOVE_CODE = 10.0
"""Less than `PADDING`: the first line has some room above its letters."""
BAR_ABOVE_EDGE = 4.0
BUTTON_WIDTH = 82.0
AROUND_BUTTON = 5.0
BUTTON_RADIUS = 6.0
BESIDE_BUTTON_WORDS = 8.0
BESIDE_BUTTON_ICON = 6.0
BUTTON_ICON_SIZE = 16
LINES_AHEAD = 2_000
"""How far a long listing is coloured in one go, when there is time."""
LINES_COLOURED_AT_ONCE = 200
SECONDS_OF_COLOURING = 0.008


class CodeView(BlockView):
    """Code as it was written; a growing one is only ever appended to."""

    def __init__(self, block: CodeBlock, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._code = block
        self._document = new_document(style.code_font, wraps=False)
        self._header = style.px(HEADER)
        self._formats: dict[str, QTextCharFormat] = {}
        self._coloured_lines = 0
        self._reading: ProgressiveColouring | None = None
        plain = QTextCharFormat()
        plain.setForeground(style.colour("code_text"))
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        cursor.setBlockFormat(style.code_block_format())
        cursor.setBlockCharFormat(plain)
        cursor.insertText(block.code, plain)
        cursor.endEditBlock()
        self._plain = plain
        self._colour_from_start()

    @property
    def code(self) -> str:
        return self._code.code

    @override
    def take(self, block: Block) -> bool:
        if not isinstance(block, CodeBlock) or not block.code.startswith(self._code.code):
            return False
        if (block.language, block.place) != (self._code.language, self._code.place):
            return False
        added = block.code[len(self._code.code) :]
        self.block = self._code = block
        if added:
            cursor = QTextCursor(self._document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(added, self._plain)
        if block.is_open:
            self._colour_tail()
        else:
            self._colour_from_start()
        return True

    @override
    def lay_out(self, width: float) -> None:
        self.width = width
        size = self._document.size()
        self.horizontal.fit(size.width(), width - 2 * PADDING)
        self.height = self._header + size.height() + ABOVE_CODE + PADDING + 2
        self.horizontal.place_bar(PADDING, self.height - BAR_ABOVE_EDGE, width - 2 * PADDING)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        self._paint_frame(painter)
        self._paint_header(painter, paint)
        below_header = QRectF(1, self._header, self.width - 2, self.height - self._header - 1)
        shown = paint.clip.intersected(below_header).translated(-self._origin)
        with saved(painter):
            painter.setClipRect(below_header, Qt.ClipOperation.IntersectClip)
            painter.translate(self._origin)
            draw_document(self._document, painter, paint, shown)
        paint_handle(painter, self.horizontal.handle, self.style)
        if self._reading is not None and self._reading.next_line <= self._line_at(shown.bottom()):
            paint.unfinished.append(self)

    def _paint_frame(self, painter: QPainter) -> None:
        frame = QPainterPath()
        frame.addRoundedRect(sharp(self.area), RADIUS, RADIUS)
        painter.fillPath(frame, self.style.colour("code"))
        with saved(painter):
            painter.setClipRect(QRectF(0, 0, self.width, self._header), Qt.ClipOperation.IntersectClip)
            painter.fillPath(frame, self.style.colour("code_header"))
        painter.setPen(QPen(self.style.colour("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(frame)

    def _paint_header(self, painter: QPainter, paint: PaintContext) -> None:
        button = self._button()
        if paint.hovered == self.id_of(button):
            draw_hover(painter, self.style, button.area, BUTTON_RADIUS)
        room = max(0.0, button.area.left() - 2 * PADDING)
        name = QRectF(PADDING, 0, room, self._header)
        draw_line(painter, self.style.small_font, self.style, "muted", name, self._code.language or "text")
        is_copied = paint.just_copied == self.id_of(button)
        colour, words = ("link", "Copied") if is_copied else ("muted", "Copy")
        wide = QFontMetricsF(self.style.small_font).horizontalAdvance(words) + 1
        area = button.area.adjusted(button.area.width() - wide - BESIDE_BUTTON_WORDS, 0, 0, 0)
        draw_line(painter, self.style.small_font, self.style, colour, area, words)
        left = area.left() - self.style.px(BUTTON_ICON_SIZE) - BESIDE_BUTTON_ICON
        icon = "check" if is_copied else "copy"
        draw_icon(painter, self.style, icon, colour, QPointF(left, self._header / 2), BUTTON_ICON_SIZE)

    def _button(self) -> Target:
        width = self.style.px(BUTTON_WIDTH)
        left = self.width - width - AROUND_BUTTON
        area = QRectF(left, AROUND_BUTTON, width, self._header - 2 * AROUND_BUTTON)
        return Target(MessageAction.COPY_CODE, area, "Copy code")

    @property
    def _origin(self) -> QPointF:
        return QPointF(PADDING - self.horizontal.offset, self._header + ABOVE_CODE)

    # Selecting and copying

    @property
    @override
    def first_line_height(self) -> float:
        return self._header

    @property
    @override
    def length(self) -> int:
        return max(0, self._document.characterCount() - 1)

    @override
    def position_at(self, point: QPointF) -> int:
        layout = self._document.documentLayout()
        return max(0, layout.hitTest(point - self._origin, Qt.HitTestAccuracy.FuzzyHit))

    @override
    def is_text_at(self, point: QPointF) -> bool:
        return QRectF(0, self._header, self.width, self.height - self._header).contains(point)

    @override
    def plain_text(self, first: int, last: int) -> str:
        return self.code if first <= 0 and last >= self.length else utf16_slice(self.code, first, last)

    @override
    def find(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        return list(utf16_stretches(self.code, query.find(self.code)))

    @override
    def text_area(self, first: int, last: int) -> QRectF:
        area = text_area(self._document, first, last)
        self.horizontal.show(area.left(), area.right())
        return area.translated(self._origin)

    @override
    def word_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.WordUnderCursor)

    @override
    def paragraph_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.LineUnderCursor)

    def _selected(self, position: int, kind: QTextCursor.SelectionType) -> tuple[int, int]:
        cursor = QTextCursor(self._document)
        cursor.setPosition(min(position, self.length))
        cursor.select(kind)
        return cursor.selectionStart(), cursor.selectionEnd()

    @override
    def targets(self) -> Sequence[Target]:
        return (self._button(),)

    # Colouring

    @override
    def prepare_more(self) -> bool:
        if self._reading is None:
            return False
        before = self._reading.next_line
        self._advance(before + LINES_AHEAD)
        return self._reading is None or self._reading.next_line > before

    def _colour_from_start(self) -> None:
        """Colours the beginning; the rest follows when it is shown."""
        self._reading = ProgressiveColouring(self._code.code, self._code.language)
        self._advance(LINES_COLOURED_AT_ONCE)
        self._coloured_lines = max(0, self._document.blockCount() - 1)

    def _advance(self, last_line: int) -> None:
        assert self._reading is not None
        for number, stretches in self._reading.advance(last_line, SECONDS_OF_COLOURING):
            self._colour_line(number, stretches)
        if self._reading.is_finished:
            self._reading = None

    def _colour_tail(self) -> None:
        """Colours the lines that have come or changed since the last time."""
        self._reading = None
        lines = self._code.code.rsplit(
            "\n", LINES_READ_AGAIN + self._document.blockCount() - self._coloured_lines
        )
        count = self._document.blockCount()
        if len(lines) > count - self._coloured_lines + LINES_READ_AGAIN:
            lines = lines[1:]  # The first is everything before.
        first = count - len(lines)
        for offset, stretches in enumerate(coloured_lines("\n".join(lines), self._code.language)):
            if first + offset >= self._coloured_lines:
                self._colour_line(first + offset, stretches)
        self._coloured_lines = count - 1

    def _colour_line(self, number: int, stretches: Sequence[Stretch]) -> None:
        line = self._document.findBlockByNumber(number)
        if not line.isValid() or (not stretches and not line.layout().formats()):
            return
        line.layout().setFormats([self._format_range(stretch) for stretch in stretches])
        self._document.markContentsDirty(line.position(), line.length())

    def _format_range(self, stretch: Stretch) -> QTextLayout.FormatRange:
        start, length, colour = stretch
        if colour not in self._formats:
            self._formats[colour] = QTextCharFormat()
            self._formats[colour].setForeground(self.style.colour(colour))
        painted = QTextLayout.FormatRange()
        painted.start = start
        painted.length = length
        painted.format = self._formats[colour]
        return painted

    def _line_at(self, y: float) -> int:
        return int(y / self.style.code_block_format().lineHeight())
