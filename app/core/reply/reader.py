"""What the readers of answers, thoughts and calls have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.core.reply.bare_calls import BareCallFinder
from app.core.reply.part_writer import PartKind, PartWriter
from app.core.reply.tool_schema import OfferedTools


@dataclass(frozen=True, slots=True)
class Reply:
    """Where a reader writes to and what it may look up."""

    writer: PartWriter
    tools: OfferedTools
    bare_calls: BareCallFinder


class ReplyReader(Protocol):
    """Reads one kind of part.

    Readers keep only plain values of their own, so that a copy of one goes on independently.
    """

    def read(self, text: str, position: int, reply: Reply, *, is_final: bool) -> tuple[int, PartKind | None]:
        """Reads on from `position`.

        Gives how far it came and, where its part is over, what kind of reader goes on from there. What it
        left unread without ending is given to it again, with more after it; `is_final` tells that no more
        will come.
        """
        ...

    def end(self, reply: Reply) -> None:
        """Ends the part at the end of the reply."""
        ...
