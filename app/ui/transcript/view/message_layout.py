"""One message, built: its blocks below each other, and the line under them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.core.message import Role
from app.ui.transcript.content.blocks import DEFINITION, Block, Container
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import first_words, separator, with_marker
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.alert import AlertView, alert_bars
from app.ui.transcript.items.block_registry import gap, new_view
from app.ui.transcript.items.block_view import BlockView, PaintContext, Target, TargetId
from app.ui.transcript.items.bubble import BubbleFrame
from app.ui.transcript.items.drawing import saved
from app.ui.transcript.items.footer import Footer
from app.ui.transcript.items.list_marker import paint_marker
from app.ui.transcript.items.render_style import RenderStyle
from app.ui.transcript.view.selection import END, START, BlockPosition, SelectedRange

INDENTS = {Container.LIST: 26.0, Container.QUOTE: 18.0, Container.CARD: 20.0}
BAR_WIDTH = 2.0
CARD_BAR_LEFT = 6.0
BESIDE_MARKER = 8.0
RIGHT_TO_LEFT_MARKER = 22.0
FOCUS_AROUND_MESSAGE = (10.0, 6.0)
FOCUS_RADIUS = 10.0
FOCUS_WIDTH = 1.5
FOCUS_AROUND_BUTTON = 1.0
FOCUS_BUTTON_RADIUS = 8.0
FOCUS_BUTTON_WIDTH = 2.0
BLOCK_COST = 200
"""What a block costs besides its characters, in characters."""
ABOVE_QUESTION = 6.0
"""Empty space that sets a new question off from the answer before it."""
NARROWEST = 120.0
"""What deeply nested blocks are at least wide; they end up outside of the column instead."""


MatchPlace = tuple[int, tuple[int, int]]
"""The index of a block in its message, and the first and last position of a match in its text."""


@dataclass(slots=True)
class PaintState:
    """How a message is shown at the moment."""

    selection: SelectedRange | None = None
    query: SearchQuery | None = None
    match: MatchPlace | None = None
    """The match that the reader is at."""
    hovered: TargetId | None = None
    focused: TargetId | None = None
    has_focus: bool = False
    just_copied: TargetId | None = None
    is_active: bool = False
    """Its buttons are shown: it is under the pointer, has the focus, or is the last answer."""
    phase: float = 0.0
    unfinished: list[BlockView] = field(default_factory=list)


class MessageLayout:
    """The block views of a message. Points and areas are its own: the column begins at 0, 0."""

    def __init__(self, entry: MessageEntry, blocks: Sequence[Block], style: RenderStyle) -> None:
        self.style = style
        self.views: list[BlockView] = []
        self.footer = Footer(entry, style)
        self.width = 0.0
        self.height = 0.0
        self.cost = 0
        self._tops: list[float] = []
        self._lefts: list[float] = []
        self._bottom = 0.0
        self._first_stale = 0
        self._bubble = BubbleFrame((), style)
        self._bars: dict[tuple[int, int], str] = {}
        self.show(entry, blocks)

    def show(self, entry: MessageEntry, blocks: Sequence[Block]) -> None:
        """Change to other content; views whose value stays the same are kept."""
        style = self.style.in_forms_of(first_words(blocks))
        if style is not self.style:
            self.style, self.views = style, []
        old = self.views
        start = _common_start(old, blocks)
        end = _common_end(old, blocks, start)
        changed = blocks[start : len(blocks) - end]
        outgoing = old[start : len(old) - end]
        fresh = [
            outgoing[i] if i < len(outgoing) and outgoing[i].take(block) else new_view(block, self.style)
            for i, block in enumerate(changed)
        ]
        self.views = [*old[:start], *fresh, *old[len(old) - end :]]
        for index in range(start, len(self.views)):
            self.views[index].index = index
        self._first_stale = min(self._first_stale, start)
        self._bars = alert_bars(blocks) if any(isinstance(view, AlertView) for view in self.views) else {}
        if entry is not self.footer.entry:
            is_read_aloud = self.footer.is_read_aloud
            self.footer = Footer(entry, self.style)
            self.footer.is_read_aloud = is_read_aloud
        self.cost = sum(view.length for view in self.views) + BLOCK_COST * len(self.views)

    def draw_waiting(self) -> bool:
        """Build the views anew whose formulas have been drawn since; whether there was one."""
        is_changed = False
        for index, view in enumerate(self.views):
            if any(self.style.formulas(formula) is not None for formula in view.waiting):
                self.views[index] = new_view(view.block, self.style)
                self.views[index].index = index
                self._first_stale = min(self._first_stale, index)
                is_changed = True
        return is_changed

    def lay_out(self, width: float) -> None:
        """Finds everything's place for a column width."""
        first = self._first_stale if width == self.width else 0
        is_question = self.footer.entry.message.role is Role.USER
        if is_question:
            first = 0  # The widest block decides where all of a bubble stand.
        self.width = width
        del self._tops[first:], self._lefts[first:]
        if is_question:
            self._bubble = BubbleFrame(self.views, self.style)
            self._bubble.lay_out(width)
        y = self._tops[-1] + self.views[first - 1].height if first else self._space_above
        for index in range(first, len(self.views)):
            view = self.views[index]
            if index:
                y += gap(self.views[index - 1].block, view.block) * self.style.gaps
            y = float(round(y))  # Frames are sharp only on whole pixels.
            in_bubble = Container.BUBBLE in view.block.place.containers
            at = self._bubble.place(view, y) if in_bubble else self._placed(view, y)
            self._tops.append(at.y())
            self._lefts.append(at.x())
            y = max(at.y() + view.height, self._bubble.area.bottom())
        self._first_stale = len(self.views)
        self._bottom = y
        self.footer.lay_out(width, y)
        self.height = y + self.footer.height

    def _placed(self, view: BlockView, y: float) -> QPointF:
        """Lay a block out in the column: where it begins."""
        indent = sum(self._indent(container) for container in view.block.place.containers)
        room = max(NARROWEST, self.width - indent)
        view.lay_out(room)
        left = sum(
            self._indent(container)
            for container in view.block.place.containers
            if not self._is_at_right(container, view)
        )
        return QPointF(left if left == indent else self.width - (indent - left) - room, y)

    def _is_at_right(self, container: Container, view: BlockView) -> bool:
        """Whether a block is indented at its right: in cards as the window is read, in lists as its words."""
        return self.style.is_right_to_left if container is Container.CARD else view.is_right_to_left

    def _indent(self, container: Container) -> float:
        return self.style.px(INDENTS[container])

    @property
    def _space_above(self) -> float:
        return ABOVE_QUESTION if self.footer.entry.message.role is Role.USER else 0.0

    # Drawing

    def paint(self, painter: QPainter, clip: QRectF, paint_state: PaintState) -> None:
        """Draws what is within the clip."""
        self._bubble.paint(painter)
        first = max(0, bisect_right(self._tops, clip.top()) - 1)
        for index in range(first, len(self.views)):
            if self._tops[index] > clip.bottom():
                break
            self._paint_view(painter, index, clip, paint_state)
        paint = PaintContext(
            self.style, clip, hovered=paint_state.hovered, just_copied=paint_state.just_copied
        )
        self.footer.draw(painter, paint, is_active=paint_state.is_active)
        if paint_state.has_focus:
            self._paint_focus(painter, paint_state)

    def _paint_view(self, painter: QPainter, index: int, clip: QRectF, paint_state: PaintState) -> None:
        view, x, y = self.views[index], self._lefts[index], self._tops[index]
        query, match = paint_state.query, paint_state.match
        self._paint_surroundings(painter, index)
        selection = paint_state.selection.within(index, view.length) if paint_state.selection else None
        paint = PaintContext(
            self.style,
            clip.translated(-x, -y),
            selection,
            view.found(query) if query is not None else (),
            match[1] if match is not None and match[0] == index else None,
            paint_state.hovered,
            paint_state.just_copied,
            paint_state.phase,
            paint_state.unfinished,
        )
        with saved(painter):
            painter.translate(x, y)
            view.draw(painter, paint)

    def _paint_surroundings(self, painter: QPainter, index: int) -> None:
        """Bars of quotes and cards, and the marker of a list item."""
        view = self.views[index]
        place = view.block.place
        if not place.containers or Container.BUBBLE in place.containers:
            return
        y = self._tops[index]
        above = self._tops[index - 1] + self.views[index - 1].height if index else y
        x = 0.0
        for depth, container in enumerate(place.containers):
            if container is not Container.LIST:
                top = above if depth < place.shared else y
                left = x + (CARD_BAR_LEFT if container is Container.CARD else 0)
                if self._is_at_right(container, view):
                    left = self.width - left - BAR_WIDTH
                bar = QRectF(left, top, BAR_WIDTH, y + view.height - top)
                painter.fillRect(bar, self.style.colour(self._bars.get((index, depth), "line")))
            x += self._indent(container)
        if place.marker and place.marker != DEFINITION:
            right = self._lefts[index] - BESIDE_MARKER
            if view.is_right_to_left:
                right = self._lefts[index] + view.width + self.style.px(RIGHT_TO_LEFT_MARKER)
            paint_marker(painter, self.style, place.marker, QPointF(right, y + view.first_line_height / 2))

    def _paint_focus(self, painter: QPainter, paint_state: PaintState) -> None:
        """The ring around what the keyboard is at."""
        x, y = FOCUS_AROUND_MESSAGE
        area, radius = QRectF(-x, -y, self.width + 2 * x, self.height + y), FOCUS_RADIUS
        for target in self.targets(is_active=True):
            if target.id == paint_state.focused:
                around = FOCUS_AROUND_BUTTON
                area = target.area.adjusted(-around, -around, around, around)
                radius = FOCUS_BUTTON_RADIUS
        wide = FOCUS_BUTTON_WIDTH if paint_state.focused else FOCUS_WIDTH
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.style.colour("accent"), wide))
        painter.drawRoundedRect(area, radius, radius)

    # Asking

    def targets(self, *, is_active: bool) -> list[Target]:
        """All places that can be clicked, in reading order."""
        found: list[Target] = []
        for index, view in enumerate(self.views):
            x, y = self._lefts[index], self._tops[index]
            found += [target.moved(x, y, index) for target in view.shown_targets()]
        return [*found, *self.footer.shown_targets(is_active=is_active)]

    def target_at(self, point: QPointF, *, is_active: bool) -> Target | None:
        index = self.view_at(point.y())
        if index is not None:
            x, y = self._lefts[index], self._tops[index]
            for target in self.views[index].shown_targets():
                if target.area.contains(point - QPointF(x, y)):
                    return target.moved(x, y, index)
        for target in self.footer.shown_targets(is_active=is_active):
            if target.area.contains(point):
                return target
        return None

    def view_at(self, y: float) -> int | None:
        """The block at a height; the nearest one above in a gap."""
        index = bisect_right(self._tops, y) - 1
        return index if index >= 0 and y <= self._bottom else None

    def area_of(self, index: int) -> QRectF:
        view = self.views[index]
        return QRectF(self._lefts[index], self._tops[index], view.width, view.height)

    def is_text_at(self, point: QPointF) -> bool:
        index = self.view_at(point.y())
        return index is not None and self.views[index].is_text_at(self._local(index, point))

    def position_at(self, point: QPointF) -> BlockPosition:
        """The place in the text that is nearest to a point."""
        index = max(0, bisect_right(self._tops, point.y()) - 1)
        selectable = [i for i, view in enumerate(self.views) if view.length]
        if not selectable:
            return 0, 0
        if index not in selectable:
            above = [i for i in selectable if i < index]
            if above:
                return above[-1], self.views[above[-1]].length
            return selectable[0], 0
        return index, self.views[index].position_at(self._local(index, point))

    def _local(self, index: int, point: QPointF) -> QPointF:
        return point - QPointF(self._lefts[index], self._tops[index])

    def clamped(self, selection: SelectedRange) -> SelectedRange:
        """The range without what cannot be selected before its beginning and behind its end."""
        selectable = [index for index, view in enumerate(self.views) if view.length]
        if not selectable:
            return SelectedRange(START, START)
        last = (selectable[-1], self.views[selectable[-1]].length)
        return SelectedRange(max(selection.first, (selectable[0], 0)), min(selection.last, last))

    def is_whole(self, selection: SelectedRange) -> bool:
        """Whether everything that can be selected is."""
        return not selection.is_empty and self.clamped(selection) == self.whole()

    def whole(self) -> SelectedRange:
        """Everything that can be selected."""
        return self.clamped(SelectedRange(START, END))

    def selected_blocks(self, selection: SelectedRange) -> Iterator[tuple[Block, str, bool]]:
        """The selected blocks, each with what of its text is selected, and whether that is all of it."""
        for index, view in enumerate(self.views):
            chosen = selection.within(index, view.length)
            if chosen is not None:
                yield view.block, view.plain_text(*chosen), chosen == (0, view.length)

    def text_area(self, place: MatchPlace) -> QRectF:
        """Where a stretch of a block's text begins, once it has been brought into sight sideways."""
        index, (first, last) = place
        area = self.views[index].text_area(first, last)
        return area.translated(self._lefts[index], self._tops[index])

    def plain_text(self, selection: SelectedRange) -> str:
        """The selected text as it is copied."""
        return "".join(self._pieces(selection))

    def _pieces(self, selection: SelectedRange) -> Iterator[str]:
        previous: BlockView | None = None
        for index, view in enumerate(self.views):
            chosen = selection.within(index, view.length)
            if chosen is None:
                continue
            text = view.plain_text(*chosen)
            if previous is not None:
                yield separator(previous.block, view.block)
            is_single = selection.first[0] == selection.last[0]
            yield text if is_single or chosen[0] > 0 else with_marker(view.block, text)
            previous = view


def _common_start(views: Sequence[BlockView], blocks: Sequence[Block]) -> int:
    count = 0
    for view, block in zip(views, blocks, strict=False):
        if view.block is not block and view.block != block:
            break
        count += 1
    return count


def _common_end(views: Sequence[BlockView], blocks: Sequence[Block], start: int) -> int:
    most = min(len(views), len(blocks)) - start
    count = 0
    while count < most and views[-1 - count].block == blocks[-1 - count]:
        count += 1
    return count
