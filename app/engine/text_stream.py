"""From tokens' bytes to text that may be shown: whole characters only, nothing of a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from app.core.language_model import Piece


class TextStream:
    """Collects what a model writes and lets go of it as soon as it is certain.

    Held back are the first bytes of an unfinished character, and text that may become a stop string.
    """

    def __init__(self, stop_strings: Sequence[str] = ()) -> None:
        self._stops = tuple(stop for stop in stop_strings if stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""
        self._held_tokens = 0
        self.has_stopped = False
        """Whether a stop string was written; nothing comes after that."""

    def feed(self, data: bytes) -> Piece | None:
        """Takes one token's bytes; gives the text that is certain by now, if there is any."""
        self._held_tokens += 1
        self._held += self._decoder.decode(data)
        if not self._stops:
            return self._release(len(self._held))
        found = min((at for at in map(self._held.find, self._stops) if at >= 0), default=-1)
        if found >= 0:
            self.has_stopped = True
            piece = self._release(found)
            self._held = ""
            return piece
        return self._release(len(self._held) - self._possible_stop())

    def finish(self) -> Piece | None:
        """The rest. An unfinished character at the very end is dropped: it never became text."""
        return self._release(len(self._held))

    def _release(self, length: int) -> Piece | None:
        if length <= 0:
            return None
        piece = Piece(self._held[:length], self._held_tokens)
        self._held = self._held[length:]
        self._held_tokens = 0
        return piece

    def _possible_stop(self) -> int:
        """How many characters at the end could be the beginning of a stop string."""
        return max((_overlap(self._held, stop) for stop in self._stops), default=0)


def _overlap(text: str, stop: str) -> int:
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
