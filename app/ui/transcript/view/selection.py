"""What is selected: from one place to another, over as many messages as stand between them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

BlockPosition = tuple[int, int]
"""The index of a block in its message, and a position in its text."""
START: BlockPosition = (0, 0)
END: BlockPosition = (sys.maxsize, sys.maxsize)


@dataclass(frozen=True, slots=True)
class SelectionEnd:
    """One end of a selection: a place in a message, which need not be built or in sight."""

    entry_id: str
    position: BlockPosition


@dataclass(frozen=True, slots=True)
class Selection:
    """`anchor` is where it was begun and `head` where it has been drawn to."""

    anchor: SelectionEnd
    head: SelectionEnd

    @classmethod
    def within(cls, entry_id: str, anchor: BlockPosition, head: BlockPosition) -> Selection:
        """Select a part of one message."""
        return cls(SelectionEnd(entry_id, anchor), SelectionEnd(entry_id, head))

    @property
    def is_empty(self) -> bool:
        return self.anchor == self.head


@dataclass(frozen=True, slots=True)
class SelectedRange:
    """The part of a selection that lies in one message."""

    first: BlockPosition
    last: BlockPosition

    @property
    def is_empty(self) -> bool:
        return self.first >= self.last

    def within(self, block: int, length: int) -> tuple[int, int] | None:
        """The selected positions of one block of that length."""
        (first_block, first), (last_block, last) = self.first, self.last
        if not first_block <= block <= last_block:
            return None
        start = first if block == first_block else 0
        end = last if block == last_block else length
        return (start, min(end, length)) if start < min(end, length) else None


WHOLE = SelectedRange(START, END)
"""All of a message, which need not be built for it."""
