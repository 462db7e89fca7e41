"""What can stand in a message, as plain values.

Markdown is read into these, cards are made of these, and a segment draws each of them. Two equal values look
the same, so what is on screen is rebuilt only where a value has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.ui.transcript.content.message_action import MessageAction


class Container(StrEnum):
    """What a block can stand inside of; each moves it to the right."""

    LIST = "list"
    QUOTE = "quote"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Where a block stands in its surroundings."""

    containers: tuple[Container, ...] = ()
    shared: int = 0
    """How many of the containers, from the outside, are the very ones that the block before stands in."""
    marker: str = ""
    """The bullet, number or box in front of the first block of a list item."""
    is_tight: bool = False
    is_muted: bool = False


TOP = BlockPlace()

BULLET = "•"
UNTICKED = "☐"
TICKED = "☑"


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style. `link` is the address it leads to."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_code: bool = False
    is_struck: bool = False
    is_muted: bool = False
    is_danger: bool = False
    link: str = ""


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, or a heading of `level` 1 to 6."""

    spans: Spans
    level: int = 0
    place: BlockPlace = TOP


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Code as written, without the line break before its closing fence."""

    code: str
    language: str = ""
    place: BlockPlace = TOP
    is_open: bool = False
    """More of it is still arriving."""


class Alignment(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table; `rows` holds the header first where `has_header`."""

    rows: tuple[tuple[Spans, ...], ...]
    alignments: tuple[Alignment, ...] = ()
    has_header: bool = True
    place: BlockPlace = TOP


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A line across."""

    place: BlockPlace = TOP


MarkdownBlock = TextBlock | CodeBlock | TableBlock | RuleBlock


@dataclass(frozen=True, slots=True)
class Bubble:
    """What the user wrote, word for word. `hidden` is how many characters are folded away."""

    text: str
    hidden: int = 0
    is_foldable: bool = False


@dataclass(frozen=True, slots=True)
class NameLine:
    """Who wrote the answer."""

    name: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press within a message. `payload` tells which of several things is meant."""

    action: MessageAction
    label: str
    payload: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class ButtonRow:
    """Buttons beside each other."""

    buttons: tuple[Button, ...]
    place: BlockPlace = TOP


@dataclass(frozen=True, slots=True)
class RepeatMark:
    """Stands where an answer begins to repeat itself; what follows is muted."""

    place: BlockPlace = TOP


@dataclass(frozen=True, slots=True)
class CardHeader:
    """The line by which a card is opened and closed."""

    key: str
    """Which card of the message this is."""
    icon: str
    title: str
    detail: str = ""
    is_open: bool = False
    is_busy: bool = False
    is_failed: bool = False
    is_waiting: bool = False
    """It waits for the reader, and should be seen."""
    buttons: tuple[Button, ...] = ()
    """Stand at the right end of the line; the last ones give way where there is no room."""


@dataclass(frozen=True, slots=True)
class ErrorNote:
    """Why an answer failed, and what to do next."""

    sentence: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """What happens before the first word comes."""

    text: str


@dataclass(frozen=True, slots=True)
class MoreLine:
    """Stands where the rest of a very long message is left out. `hidden` is its length in characters."""

    hidden: int


@dataclass(frozen=True, slots=True)
class MemoryMark:
    """Above the first message that the model is still given."""


PlacedBlock = MarkdownBlock | ButtonRow | RepeatMark
"""What can stand within a card."""
Block = PlacedBlock | Bubble | NameLine | CardHeader | ErrorNote | StatusLine | MoreLine | MemoryMark


def place_of(block: Block) -> BlockPlace:
    """Where a block stands; what is never within something else stands on its own."""
    return block.place if isinstance(block, PlacedBlock) else TOP
