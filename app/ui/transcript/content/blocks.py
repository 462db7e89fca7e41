"""What can stand in a message, as plain values.

Markdown is read into these, cards are made of these, and a block view draws each of them. Two equal values
look the same, so what is on screen is rebuilt only where a value has changed. A new kind of block is a class
that says how it is copied, and a view of it in `items`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from app.core.translation import tr
from app.ui.transcript.content.message_action import MessageAction


class Container(StrEnum):
    """What a block can stand inside of; each moves it to the right."""

    LIST = "list"
    QUOTE = "quote"
    CARD = "card"
    BUBBLE = "bubble"


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
DEFINITION = ":"
"""The marker of what a term means; it is not drawn."""

MEMORY_MARK_TEXT = tr("Earlier messages are not sent")
REPEAT_MARK_TEXT = tr("Repetition starts here")


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
    is_formula: bool = False
    """LaTeX, with the marks around it as they were written."""


Spans = tuple[Span, ...]


def joined(spans: Spans) -> str:
    return "".join(span.text for span in spans)


class Block:
    """A piece of a message. The base is one that stands on its own and has no words."""

    __slots__ = ()

    @property
    def place(self) -> BlockPlace:
        """Where it stands, for a block that can stand within something else."""
        return TOP

    def plain_text(self) -> str:
        """Its words as a reader would copy them, without marker and indentation."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBlock(Block):
    """A block that can stand within a list, a quote or a card."""

    place: BlockPlace = TOP


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownBlock(PlacedBlock):
    """A block that Markdown is read into."""


class Alert(StrEnum):
    """What the reader of a quote is to pay attention to."""

    NOTE = "note"
    TIP = "tip"
    IMPORTANT = "important"
    WARNING = "warning"
    CAUTION = "caution"

    @property
    def heading(self) -> str:
        return _ALERT_HEADINGS[self]


_ALERT_HEADINGS = {
    Alert.NOTE: tr("Note"),
    Alert.TIP: tr("Tip"),
    Alert.IMPORTANT: tr("Important"),
    Alert.WARNING: tr("Warning"),
    Alert.CAUTION: tr("Caution"),
}


@dataclass(frozen=True, slots=True)
class TextBlock(MarkdownBlock):
    """A paragraph, or a heading of `level` 1 to 6. The first one of an alert has its title above it."""

    spans: Spans
    level: int = 0
    alert: Alert | None = None

    @override
    def plain_text(self) -> str:
        return joined(self.spans)


@dataclass(frozen=True, slots=True)
class CodeBlock(MarkdownBlock):
    """Code as written, without the line break before its closing fence."""

    code: str
    language: str = ""
    is_open: bool = False
    """More of it is still arriving."""
    fold_key: str = ""
    """What it is folded and opened by; empty where it is short."""
    is_folded: bool = False

    @override
    def plain_text(self) -> str:
        return self.code


class Alignment(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TableBlock(MarkdownBlock):
    """A table; `rows` holds the header first where `has_header`."""

    rows: tuple[tuple[Spans, ...], ...]
    alignments: tuple[Alignment, ...] = ()
    has_header: bool = True

    @override
    def plain_text(self) -> str:
        return "\n".join("\t".join(joined(cell) for cell in row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class RuleBlock(MarkdownBlock):
    """A line across."""

    @override
    def plain_text(self) -> str:
        return "———"


@dataclass(frozen=True, slots=True)
class Bubble(PlacedBlock):
    """Words of the user, line for line as they were typed."""

    spans: Spans

    @override
    def plain_text(self) -> str:
        return joined(self.spans)


@dataclass(frozen=True, slots=True)
class Quoted(PlacedBlock):
    """The passage of the chat that a message of the user is about."""

    text: str

    @override
    def plain_text(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class FoldLine(PlacedBlock):
    """Below a long message of the user. `hidden` is how many characters are folded away."""

    hidden: int = 0
    is_unfolded: bool = False
    """The reader wanted to see it whole; what is hidden then is the rest of a very long one."""

    @override
    def plain_text(self) -> str:
        return (
            tr("Show more · {hidden:,} characters not shown", hidden=self.hidden)
            if self.hidden
            else tr("Show less")
        )


@dataclass(frozen=True, slots=True)
class NameLine(Block):
    """Who wrote the answer."""

    name: str

    @override
    def plain_text(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press within a message. `payload` tells which of several things is meant."""

    action: MessageAction
    label: str
    payload: str = ""
    is_primary: bool = False


def button_words(buttons: Iterable[Button]) -> str:
    return " ".join(f"[{button.label}]" for button in buttons)


@dataclass(frozen=True, slots=True)
class ButtonRow(PlacedBlock):
    """Buttons beside each other."""

    buttons: tuple[Button, ...]

    @override
    def plain_text(self) -> str:
        return button_words(self.buttons)


@dataclass(frozen=True, slots=True)
class RepeatMark(PlacedBlock):
    """Stands where an answer begins to repeat itself; what follows is muted."""

    @override
    def plain_text(self) -> str:
        return REPEAT_MARK_TEXT


@dataclass(frozen=True, slots=True)
class CardHeader(Block):
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

    @override
    def plain_text(self) -> str:
        words = f"{self.title} · {self.detail}" if self.detail else self.title
        return f"{words} {button_words(self.buttons)}" if self.buttons else words


@dataclass(frozen=True, slots=True)
class ErrorNote(Block):
    """Why an answer failed, and what to do next."""

    sentence: str
    hint: str = ""

    @override
    def plain_text(self) -> str:
        return f"{self.sentence}\n{self.hint}" if self.hint else self.sentence


@dataclass(frozen=True, slots=True)
class StatusLine(Block):
    """What happens before the first word comes."""

    text: str

    @override
    def plain_text(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class MoreLine(Block):
    """Stands where the rest of a very long message is left out. `hidden` is its length in characters."""

    hidden: int

    @override
    def plain_text(self) -> str:
        return tr("Show more · {hidden:,} characters not shown", hidden=self.hidden)


@dataclass(frozen=True, slots=True)
class MemoryMark(Block):
    """Above the first message that the model is still given."""

    @override
    def plain_text(self) -> str:
        return MEMORY_MARK_TEXT
