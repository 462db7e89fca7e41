"""One message, built: its segments below each other, and the line under them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.core.message import Role
from app.ui.chat.transcript.blocks import (
    BULLET,
    TICKED,
    UNTICKED,
    Block,
    Container,
    place_of,
)
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.footer import Footer
from app.ui.chat.transcript.look import Look
from app.ui.chat.transcript.plain_text import separator, with_marker
from app.ui.chat.transcript.segment import Paint, Segment, Target, TargetId
from app.ui.chat.transcript.segments import gap, new_segment
from app.ui.chat.transcript.selection import Selection, Spot

INDENTS = {Container.LIST: 26.0, Container.QUOTE: 18.0, Container.CARD: 20.0}
ABOVE_QUESTION = 14.0
"""Empty space that sets a new question off from the answer before it."""
NARROWEST = 120.0
"""What deeply nested blocks are at least wide; they end up outside of the column instead."""


@dataclass(slots=True)
class Shown:
    """How a message is shown at the moment."""

    selection: Selection | None = None
    hovered: TargetId | None = None
    focused: TargetId | None = None
    has_focus: bool = False
    just_copied: TargetId | None = None
    is_active: bool = False
    """Its buttons are shown: it is under the pointer, has the focus, or is the last answer."""
    phase: float = 0.0
    unfinished: list[Segment] = field(default_factory=list)


class Body:
    """The segments of a message. Points and areas are its own: the column begins at 0, 0."""

    def __init__(self, entry: Entry, blocks: Sequence[Block], look: Look) -> None:
        self.look = look
        self.segments: list[Segment] = []
        self.footer = Footer(entry, look)
        self.width = 0.0
        self.height = 0.0
        self.cost = 0
        self._tops: list[float] = []
        self._lefts: list[float] = []
        self._bottom = 0.0
        self._first_stale = 0
        self.show(entry, blocks)

    def show(self, entry: Entry, blocks: Sequence[Block]) -> None:
        """Changes to other content; segments whose value stays the same are kept."""
        old = self.segments
        start = _common_start(old, blocks)
        end = _common_end(old, blocks, start)
        changed = blocks[start : len(blocks) - end]
        outgoing = old[start : len(old) - end]
        fresh = [
            outgoing[i] if i < len(outgoing) and outgoing[i].take(block) else new_segment(block, self.look)
            for i, block in enumerate(changed)
        ]
        self.segments = [*old[:start], *fresh, *old[len(old) - end :]]
        for index in range(start, len(self.segments)):
            self.segments[index].index = index
        self._first_stale = min(self._first_stale, start)
        if entry is not self.footer.entry:
            self.footer = Footer(entry, self.look)
        self.cost = sum(segment.length for segment in self.segments) + 200 * len(self.segments)

    def lay_out(self, width: float) -> None:
        """Finds everything's place for a column width."""
        first = self._first_stale if width == self.width else 0
        self.width = width
        del self._tops[first:], self._lefts[first:]
        y = self._tops[-1] + self.segments[first - 1].height if first else self._space_above
        for index in range(first, len(self.segments)):
            segment = self.segments[index]
            if index:
                y += gap(self.segments[index - 1].block, segment.block)
            y = float(round(y))  # Frames are sharp only on whole pixels.
            indent = sum(self._indent(container) for container in place_of(segment.block).containers)
            room = max(NARROWEST, width - indent)
            segment.lay_out(room)
            self._tops.append(y)
            self._lefts.append(width - indent - room if segment.is_right_to_left else indent)
            y += segment.height
        self._first_stale = len(self.segments)
        self._bottom = y
        self.footer.lay_out(width, y)
        self.height = y + self.footer.height

    def _indent(self, container: Container) -> float:
        return self.look.px(INDENTS[container])

    @property
    def _space_above(self) -> float:
        return ABOVE_QUESTION if self.footer.entry.message.role is Role.USER else 0.0

    # Drawing

    def paint(self, painter: QPainter, clip: QRectF, shown: Shown) -> None:
        """Draws what is within the clip."""
        first = max(0, bisect_right(self._tops, clip.top()) - 1)
        for index in range(first, len(self.segments)):
            if self._tops[index] > clip.bottom():
                break
            self._paint_segment(painter, index, clip, shown)
        paint = Paint(self.look, clip, hovered=shown.hovered, just_copied=shown.just_copied)
        self.footer.paint(painter, paint, is_active=shown.is_active)
        if shown.has_focus:
            self._paint_focus(painter, shown)

    def _paint_segment(self, painter: QPainter, index: int, clip: QRectF, shown: Shown) -> None:
        segment, x, y = self.segments[index], self._lefts[index], self._tops[index]
        self._paint_surroundings(painter, index)
        selection = shown.selection.within(index, segment.length) if shown.selection else None
        paint = Paint(
            self.look,
            clip.translated(-x, -y),
            selection,
            shown.hovered,
            shown.just_copied,
            shown.phase,
            shown.unfinished,
        )
        painter.save()
        painter.translate(x, y)
        segment.paint(painter, paint)
        painter.restore()

    def _paint_surroundings(self, painter: QPainter, index: int) -> None:
        """Bars of quotes and cards, and the marker of a list item."""
        segment = self.segments[index]
        place = place_of(segment.block)
        if not place.containers:
            return
        y = self._tops[index]
        above = self._tops[index - 1] + self.segments[index - 1].height if index else y
        x = 0.0
        for depth, container in enumerate(place.containers):
            if container is not Container.LIST:
                top = above if depth < place.shared else y
                left = self.width - x - 3 if segment.is_right_to_left else x
                bar = QRectF(
                    left + (6 if container is Container.CARD else 0), top, 2, y + segment.height - top
                )
                painter.fillRect(bar, self.look.colour("line"))
            x += self._indent(container)
        if place.marker:
            self._paint_marker(painter, index, place.marker)

    def _paint_marker(self, painter: QPainter, index: int, marker: str) -> None:
        segment = self.segments[index]
        height = segment.first_line_height
        y = self._tops[index]
        right = self._lefts[index] - 8
        if segment.is_right_to_left:
            right = self._lefts[index] + segment.width + self.look.px(22)
        if marker == BULLET:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.look.colour("muted"))
            painter.drawEllipse(QPointF(right - 4, y + height / 2 + 0.5), 2.6, 2.6)
        elif marker in (TICKED, UNTICKED):
            name, colour = ("check-square", "accent") if marker == TICKED else ("square", "muted")
            painter.drawPixmap(QPointF(right - 15, y + height / 2 - 9), self.look.icon(name, colour))
        else:
            painter.setFont(self.look.text_font)
            painter.setPen(self.look.colour("muted"))
            area = QRectF(right - 80, y, 80, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, marker)

    def _paint_focus(self, painter: QPainter, shown: Shown) -> None:
        """The ring around what the keyboard is at."""
        area = QRectF(-10, -6, self.width + 20, self.height + 4)
        radius = 10.0
        for target in self.targets(is_active=True):
            if target.id == shown.focused:
                area, radius = target.area.adjusted(-1, -1, 1, 1), 8.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = painter.pen()
        pen.setColor(self.look.colour("accent"))
        pen.setWidthF(2.0 if shown.focused else 1.5)
        painter.setPen(pen)
        painter.drawRoundedRect(area, radius, radius)

    # Asking

    def targets(self, *, is_active: bool) -> list[Target]:
        """All places that can be clicked, in reading order."""
        found: list[Target] = []
        for index, segment in enumerate(self.segments):
            x, y = self._lefts[index], self._tops[index]
            found += [target.moved(x, y, index) for target in segment.targets()]
        return [*found, *self.footer.targets(is_active=is_active)]

    def target_at(self, point: QPointF, *, is_active: bool) -> Target | None:
        index = self.segment_at(point.y())
        if index is not None:
            x, y = self._lefts[index], self._tops[index]
            for target in self.segments[index].targets():
                if target.area.contains(point - QPointF(x, y)):
                    return target.moved(x, y, index)
        for target in self.footer.targets(is_active=is_active):
            if target.area.contains(point):
                return target
        return None

    def segment_at(self, y: float) -> int | None:
        """The segment at a height; the nearest one above in a gap."""
        index = bisect_right(self._tops, y) - 1
        return index if index >= 0 and y <= self._bottom else None

    def area_of(self, index: int) -> QRectF:
        segment = self.segments[index]
        return QRectF(self._lefts[index], self._tops[index], segment.width, segment.height)

    def is_text_at(self, point: QPointF) -> bool:
        index = self.segment_at(point.y())
        return index is not None and self.segments[index].is_text_at(self._local(index, point))

    def spot_at(self, point: QPointF) -> Spot:
        """The place in the text that is nearest to a point."""
        index = max(0, bisect_right(self._tops, point.y()) - 1)
        selectable = [i for i, segment in enumerate(self.segments) if segment.length]
        if not selectable:
            return 0, 0
        if index not in selectable:
            above = [i for i in selectable if i < index]
            if above:
                return above[-1], self.segments[above[-1]].length
            return selectable[0], 0
        return index, self.segments[index].position_at(self._local(index, point))

    def _local(self, index: int, point: QPointF) -> QPointF:
        return point - QPointF(self._lefts[index], self._tops[index])

    def whole(self, entry_id: str) -> Selection:
        """Everything that can be selected."""
        selectable = [i for i, segment in enumerate(self.segments) if segment.length]
        if not selectable:
            return Selection(entry_id, (0, 0), (0, 0))
        last = selectable[-1]
        return Selection(entry_id, (selectable[0], 0), (last, self.segments[last].length))

    def plain_text(self, selection: Selection) -> str:
        """The selected text as it is copied."""
        return "".join(self._pieces(selection))

    def _pieces(self, selection: Selection) -> Iterator[str]:
        previous: Segment | None = None
        for index, segment in enumerate(self.segments):
            chosen = selection.within(index, segment.length)
            if chosen is None:
                continue
            text = segment.plain_text(*chosen)
            if previous is not None:
                yield separator(previous.block, segment.block)
            is_single = selection.first[0] == selection.last[0]
            yield text if is_single or chosen[0] > 0 else with_marker(segment.block, text)
            previous = segment


def _common_start(segments: Sequence[Segment], blocks: Sequence[Block]) -> int:
    count = 0
    for segment, block in zip(segments, blocks, strict=False):
        if segment.block is not block and segment.block != block:
            break
        count += 1
    return count


def _common_end(segments: Sequence[Segment], blocks: Sequence[Block], start: int) -> int:
    most = min(len(segments), len(blocks)) - start
    count = 0
    while count < most and segments[-1 - count].block == blocks[-1 - count]:
        count += 1
    return count
