"""What is selected: from one place to another within one message."""

from __future__ import annotations

from dataclasses import dataclass

TextPosition = tuple[int, int]
"""A segment's index and a position in its text."""


@dataclass(frozen=True, slots=True)
class Selection:
    """`anchor` is where it was begun and `head` where it has been drawn to."""

    entry_id: str
    anchor: TextPosition
    head: TextPosition

    @property
    def first(self) -> TextPosition:
        return min(self.anchor, self.head)

    @property
    def last(self) -> TextPosition:
        return max(self.anchor, self.head)

    @property
    def is_empty(self) -> bool:
        return self.anchor == self.head

    def within(self, view: int, length: int) -> tuple[int, int] | None:
        """The selected positions of one segment."""
        (first_segment, first), (last_segment, last) = self.first, self.last
        if not first_segment <= view <= last_segment:
            return None
        start = first if view == first_segment else 0
        end = last if view == last_segment else length
        return (start, min(end, length)) if start < end else None
