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

from app.core.translation import tr
from app.ui.transcript.content.blocks import Block, CodeBlock
from app.ui.transcript.content.code_folds import shown_code
from app.ui.transcript.content.highlighting import (
    LINES_READ_AGAIN,
    ProgressiveColouring,
    Stretch,
    coloured_lines,
)
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.plain_text import utf16_length, utf16_slice, utf16_stretches
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target
from app.ui.transcript.items.code_header import HEADER, PADDING, header_targets, paint_header
from app.ui.transcript.items.document_painting import draw_document
from app.ui.transcript.items.drawing import draw_line, saved, sharp
from app.ui.transcript.items.horizontal_scroll import paint_handle
from app.ui.transcript.items.line_breaks import end_lines_anywhere, has_endless_word
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.items.rich_document import (
    moved_in,
    new_document,
    text_area,
)

RADIUS = 10.0
ABOVE_CODE = 10.0
"""Less than `PADDING`: the first line has some room above its letters."""
BAR_ABOVE_EDGE = 4.0
FOLD_HEIGHT = 30.0
NARROWEST = 220.0
"""Where there is less code, its header has room."""
BESIDE_NUMBER = 14.0
BAR_ROOM = 7.0
LINES_AHEAD = 2_000
"""How far a long listing is coloured in one go, when there is time."""
LINES_COLOURED_AT_ONCE = 200
SECONDS_OF_COLOURING = 0.008


class CodeView(BlockView):
    """Code as it was written; a growing one is only ever appended to."""

    follows_window = False

    def __init__(self, block: CodeBlock, style: RenderStyle) -> None:
        super().__init__(block, style)
        self._code = block
        self._wraps = style.wraps_code
        self._document = new_document(style.code_font, wraps=self._wraps, is_code=True)
        self._header = style.px(HEADER)
        self._formats: dict[str, QTextCharFormat] = {}
        self._coloured_lines = 0
        self._reading: ProgressiveColouring | None = None
        self._note_endless_words(block.code)
        plain = QTextCharFormat()
        plain.setForeground(style.colour("code_text"))
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        cursor.setBlockFormat(style.code_block_format())
        cursor.setBlockCharFormat(plain)
        cursor.insertText(shown_code(block), plain)
        cursor.endEditBlock()
        self._plain = plain
        self._end = cursor
        """Kept: to bring another one to the end, Qt lays the last line out."""
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
        if block.is_folded or self._code.is_folded:
            return False
        added = block.code[len(self._code.code) :]
        self.block = self._code = block
        if added:
            self._note_endless_words(block.code.rpartition("\n")[2] + added)
            self._end.insertText(added, self._plain)
        if block.is_open and added.count("\n") < LINES_COLOURED_AT_ONCE:
            self._colour_tail()
        else:
            self._colour_from_start()
        return True

    def _note_endless_words(self, code: str) -> None:
        if self._wraps and has_endless_word(code):
            end_lines_anywhere(self._document)

    @override
    def lay_out(self, width: float) -> None:
        room = width - 2 * PADDING - self._gutter
        if self._wraps and (room != self._document.textWidth()):
            self._document.setTextWidth(room)
        self.width = width
        size = self._document.size()
        self.horizontal.fit(0 if self._wraps else size.width(), room)
        fold = self.style.px(FOLD_HEIGHT) + self._bar_room if self._code.fold_key else 0
        self.height = self._header + size.height() + ABOVE_CODE + max(PADDING, fold) + 2
        self.horizontal.place_bar(PADDING, self.height - BAR_ABOVE_EDGE, width - 2 * PADDING)

    @override
    def paint(self, painter: QPainter, paint: PaintContext) -> None:
        self._paint_frame(painter)
        paint_header(painter, self, self._code, self._header_targets(), paint)
        below_header = QRectF(1, self._header, self.width - 2, self.height - self._header - 1)
        if self._gutter:
            self._paint_numbers(painter, paint.clip.translated(0, -self._top))
            below_header.setLeft(PADDING + self._gutter - 2)
        shown = paint.clip.intersected(below_header).translated(-self._origin)
        with saved(painter):
            painter.setClipRect(below_header, Qt.ClipOperation.IntersectClip)
            painter.translate(self._origin)
            draw_document(self._document, painter, paint, shown)
        self._paint_fold(painter, paint)
        paint_handle(painter, self.horizontal.handle, self.style)
        if self._reading is not None and self._reading.next_line <= self._line_at(shown.bottom()):
            paint.unfinished.append(self)

    @property
    @override
    def natural_width(self) -> float:
        words = self._document.idealWidth() + 2 * PADDING + self._gutter + 1
        return min(self.width, max(words, self.style.px(NARROWEST)))

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

    def _paint_numbers(self, painter: QPainter, clip: QRectF) -> None:
        """The number of each line, beside its beginning."""
        painter.setFont(self.style.code_font)
        painter.setPen(self.style.colour("muted"))
        layout = self._document.documentLayout()
        block = self._document.findBlockByNumber(self._line_at(clip.top()) if not self._wraps else 0)
        while block.isValid():
            area = layout.blockBoundingRect(block)
            if area.top() > clip.bottom():
                return
            if area.bottom() >= clip.top():
                height = self.style.code_block_format().lineHeight()
                place = QRectF(PADDING, self._top + area.top(), self._gutter - BESIDE_NUMBER, height)
                flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                painter.drawText(place, flags, str(block.blockNumber() + 1))
            block = block.next()

    def _paint_fold(self, painter: QPainter, paint: PaintContext) -> None:
        target = self._fold_target()
        if target is None:
            return
        colour = "text" if paint.hovered == self.id_of(target) else "link"
        draw_line(painter, self.style.small_font, self.style, colour, target.area, target.label)

    def _fold_target(self) -> Target | None:
        if not self._code.fold_key:
            return None
        count = self._code.code.count("\n") + 1
        words = tr("Show all {count:,} lines", count=count) if self._code.is_folded else tr("Show less")
        wide = QFontMetricsF(self.style.small_font).horizontalAdvance(words) + 2
        height = self.style.px(FOLD_HEIGHT)
        area = QRectF(PADDING, self.height - height - self._bar_room - 2, wide, height)
        return Target(MessageAction.FOLD_CODE, area, words, self._code.fold_key)

    @property
    def _origin(self) -> QPointF:
        return QPointF(PADDING + self._gutter - self.horizontal.offset, self._top)

    @property
    def _top(self) -> float:
        return self._header + ABOVE_CODE

    @property
    def _bar_room(self) -> float:
        """Keeps the words below folded code off the bar."""
        return BAR_ROOM if self.horizontal.range else 0.0

    @property
    def _gutter(self) -> float:
        """The width of the numbers of lines."""
        if not self.style.shows_line_numbers:
            return 0.0
        digits = len(str(self._code.code.count("\n") + 1))
        return QFontMetricsF(self.style.code_font).horizontalAdvance("0" * digits) + BESIDE_NUMBER

    # Selecting and copying

    @property
    @override
    def first_line_height(self) -> float:
        return self._header

    @property
    @override
    def length(self) -> int:
        return utf16_length(self._code.code)

    @property
    def _shown_length(self) -> int:
        return max(0, self._document.characterCount() - 1)

    @override
    def is_hidden(self, position: int) -> bool:
        return position > self._shown_length

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
    def moved(self, position: int, step: QTextCursor.MoveOperation) -> int | None:
        return moved_in(self._document, position, step)

    @override
    def word_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.WordUnderCursor)

    @override
    def paragraph_at(self, position: int) -> tuple[int, int]:
        return self._selected(position, QTextCursor.SelectionType.LineUnderCursor)

    def _selected(self, position: int, kind: QTextCursor.SelectionType) -> tuple[int, int]:
        cursor = QTextCursor(self._document)
        cursor.setPosition(min(position, self._shown_length))
        cursor.select(kind)
        return cursor.selectionStart(), cursor.selectionEnd()

    @override
    def targets(self) -> Sequence[Target]:
        fold = self._fold_target()
        return (*self._header_targets(), *((fold,) if fold is not None else ()))

    def _header_targets(self) -> Sequence[Target]:
        return header_targets(self._code, self.style, self.width)

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
