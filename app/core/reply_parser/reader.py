"""Types that the readers of answers, thoughts and calls share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from app.core.reasoning_markers import ReasoningMarkers
from app.core.reply_parser.part_writer import PartKind, PartWriter
from app.core.reply_parser.tool_schema import OfferedTools
from app.core.reply_parser.unmarked_calls import UnmarkedCallFinder

Advance = tuple[int, PartKind | None]
"""How far a reader came and, where its part is over, what kind of reader goes on from there."""


@dataclass(slots=True)
class ReplyState:
    """State that readers hand on to each other."""

    reasoning: ReasoningMarkers | None = None
    """The markers around the open thought; None where any closing marker ends it."""
    unclosed: int = 0
    """Opening markers inside the last thought whose closing markers may still come."""
    recipient: str = ""
    """The tool that a header names for the call behind it."""
    answer_tags: tuple[str, ...] = ()
    """The tags that may still come around the answer: the opening and the closing one, or the latter."""
    answer_words: tuple[str, ...] = ()
    """Words at the beginning of a reply that say no more than that an answer follows."""
    has_started: bool = False
    """Whether the beginning of the reply has been read."""


@dataclass(frozen=True, slots=True)
class ParseContext:
    """The reply under way: its parts, its tools and its state."""

    writer: PartWriter
    tools: OfferedTools
    unmarked_calls: UnmarkedCallFinder
    state: ReplyState = field(default_factory=ReplyState)

    def copy(self) -> ParseContext:
        """An independent context in the same state."""
        return replace(self, writer=self.writer.copy(), state=replace(self.state))


class ReplyReader(Protocol):
    """Reads one kind of part.

    Readers keep only plain values of their own, so that a copy of one goes on independently.
    """

    def read(self, text: str, position: int, context: ParseContext, *, is_final: bool) -> Advance:
        """Read on from `position`.

        What it left unread without ending its part is given to it again, with more after it; `is_final` tells
        that no more will come.
        """
        ...

    def end(self, context: ParseContext) -> None:
        """End the part at the end of the reply."""
        ...
