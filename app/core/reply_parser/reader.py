"""What the readers of answers, thoughts and calls have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.core.reply_parser.part_writer import PartKind, PartWriter
from app.core.reply_parser.tool_schema import OfferedTools
from app.core.reply_parser.unmarked_calls import UnmarkedCallFinder


@dataclass(frozen=True, slots=True)
class ParseContext:
    """Where a reader writes to and what it may look up."""

    writer: PartWriter
    tools: OfferedTools
    unmarked_calls: UnmarkedCallFinder


class ReplyReader(Protocol):
    """Reads one kind of part.

    Readers keep only plain values of their own, so that a copy of one goes on independently.
    """

    def read(
        self, text: str, position: int, context: ParseContext, *, is_final: bool
    ) -> tuple[int, PartKind | None]:
        """Reads on from `position`.

        What it left unread without ending its part is given to it again, with more after it; `is_final` tells
        that no more will come.
        """
        ...

    def end(self, context: ParseContext) -> None:
        """Ends the part at the end of the reply."""
        ...
