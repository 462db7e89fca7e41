"""Where the reader was in each conversation, while the program runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.view.viewport import Viewport

MOST_KEPT = 200


class ReadingPlaces:
    """Remembers the message at the top of the window, and how far it was scrolled."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._places: OrderedDict[str, tuple[str, int]] = OrderedDict()
        """By the first message of the conversation; none for those that are read at their end."""

    def note(self, entries: Sequence[MessageEntry]) -> None:
        """Remember where the reader is in the conversation on screen."""
        if not entries:
            return
        self._places.pop(entries[0].id, None)
        row, y = self._viewport.place()
        if not self._viewport.is_following and row < len(entries):
            self._places[entries[0].id] = (entries[row].id, y)
            if len(self._places) > MOST_KEPT:
                self._places.popitem(last=False)

    def place_in(self, entries: Sequence[MessageEntry]) -> tuple[int, int] | None:
        """The row where the reader was, and where it began; None for the end."""
        found = self._places.get(entries[0].id) if entries else None
        if found is None:
            return None
        entry_id, y = found
        return next(((row, y) for row, entry in enumerate(entries) if entry.id == entry_id), None)
