"""What every block of a message can do on screen: be laid out, drawn, hit and copied."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTextCursor

from app.core.formula import Formula
from app.ui.reading_direction import in_direction, mirrored
from app.ui.transcript.content.blocks import Block
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.search_query import SearchQuery
from app.ui.transcript.items.horizontal_scroll import HorizontalScroll
from app.ui.transcript.items.render_style import RenderStyle


@dataclass(frozen=True, slots=True)
class Target:
    """A place that can be clicked or reached with the keyboard."""

    action: MessageAction
    area: QRectF
    label: str
    """What it does, for tooltips and screen readers."""
    payload: str = ""
    """The address, the card's key, or nothing."""
    block_index: int = -1
    """Which block of the message it belongs to; -1 is the line under the message."""
    ordinal: int = 0

    @property
    def id(self) -> tuple[int, MessageAction, str, int]:
        """What it is known by while the message is laid out anew."""
        return (self.block_index, self.action, self.payload, self.ordinal)

    def in_direction(self, bounds: QRectF, direction: Qt.LayoutDirection) -> Target:
        """Where it is when what it belongs to is drawn in this direction."""
        if direction is not Qt.LayoutDirection.RightToLeft:
            return self
        return replace(self, area=in_direction(self.area, bounds, direction))

    def moved(self, x: float, y: float, block_index: int) -> Target:
        return replace(self, area=self.area.translated(x, y), block_index=block_index)


TargetId = tuple[int, MessageAction, str, int]


@dataclass(slots=True)
class PaintContext:
    """What a view is told when it is drawn; areas are in its own coordinates."""

    style: RenderStyle
    clip: QRectF
    selection: tuple[int, int] | None = None
    found: Sequence[tuple[int, int]] = ()
    """The matches of a search, first and last position of each, in order."""
    current: tuple[int, int] | None = None
    """The match that the reader is at."""
    hovered: TargetId | None = None
    just_copied: TargetId | None = None
    phase: float = 0.0
    """Seconds on the clock of everything that moves; stands still where motion is unwanted."""
    unfinished: list[BlockView] = field(default_factory=list)
    """Views put themselves here that have more to prepare for what was shown."""


class BlockView(ABC):
    """Draws one block. The base is one that cannot be selected or clicked."""

    follows_window = True
    """Whether it is drawn as the window is read. Words and code have a direction of their own."""

    def __init__(self, block: Block, style: RenderStyle) -> None:
        self.block = block
        self.style = style
        self.horizontal = HorizontalScroll()
        self.index = -1
        self.width = 0.0
        self.height = 0.0
        self.waiting: list[Formula] = []
        """Formulas that are shown as they were written until they are drawn."""
        self._found: tuple[SearchQuery, Block, Sequence[tuple[int, int]]] | None = None

    def take(self, block: Block) -> bool:
        """Changes to another value in place where that is cheaper than being built again."""
        return False

    def lay_out(self, width: float) -> None:
        """Finds the height for a width; both are in `width` and `height` then."""
        self.width = width

    @property
    def natural_width(self) -> float:
        """The width that it needs, of the one that it was laid out for."""
        return self.width

    @property
    def area(self) -> QRectF:
        """All of it, in its own coordinates."""
        return QRectF(0, 0, self.width, self.height)

    def id_of(self, target: Target) -> TargetId:
        """What one of its targets is known by in the message."""
        return target.moved(0, 0, self.index).id

    def draw(self, painter: QPainter, paint: PaintContext) -> None:
        """Paints it in its direction."""
        paint.clip = in_direction(paint.clip, self.area, self.direction)
        with mirrored(painter, self.area, self.direction):
            self.paint(painter, paint)

    @abstractmethod
    def paint(self, painter: QPainter, paint: PaintContext) -> None: ...

    @property
    def first_line_height(self) -> float:
        """Where a list marker is centred."""
        return self.height

    @property
    def direction(self) -> Qt.LayoutDirection:
        """In which it is drawn; it is laid out from left to right."""
        return self.style.direction if self.follows_window else Qt.LayoutDirection.LeftToRight

    @property
    def is_right_to_left(self) -> bool:
        return self.direction is Qt.LayoutDirection.RightToLeft

    @property
    def length(self) -> int:
        """How many positions can be selected."""
        return 0

    def position_at(self, point: QPointF) -> int:
        return 0

    def is_text_at(self, point: QPointF) -> bool:
        """Whether the pointer is over text, rather than a frame or a button."""
        return False

    def plain_text(self, first: int, last: int) -> str:
        return ""

    def word_at(self, position: int) -> tuple[int, int]:
        return position, position

    def paragraph_at(self, position: int) -> tuple[int, int]:
        return 0, self.length

    def found(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        """The matches of a query, first and last position of each."""
        if self._found is None or self._found[0] != query or self._found[1] is not self.block:
            self._found = (query, self.block, self.find(query))
        return self._found[2]

    def find(self, query: SearchQuery) -> Sequence[tuple[int, int]]:
        """Looks for matches."""
        return ()

    def moved(self, position: int, step: QTextCursor.MoveOperation) -> int | None:
        """Where a step of the cursor leads from a place in the text; None out of the block."""
        return None

    def is_hidden(self, position: int) -> bool:
        """Whether a place in its text is folded away."""
        return False

    def text_area(self, first: int, last: int) -> QRectF:
        """Where a stretch of its text begins, once it has been brought into sight sideways."""
        return self.area

    def targets(self) -> Sequence[Target]:
        """What can be clicked, as it is laid out."""
        return ()

    def shown_targets(self) -> Sequence[Target]:
        """What can be clicked, where it is drawn."""
        return [target.in_direction(self.area, self.direction) for target in self.targets()]

    def prepare_more(self) -> bool:
        """Do a little of what `PaintContext.unfinished` asked for; whether there is something new to show."""
        return False
