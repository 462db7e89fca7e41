"""Reads a stream of events, as servers send them while a model writes, within limits.

The form is that of https://html.spec.whatwg.org/multipage/server-sent-events.html, of which only the data
matters here.
"""

from __future__ import annotations

LONGEST_EVENT = 1024 * 1024
"""Bytes; an event holds a few tokens, or a whole tool call at most."""


class EventTooLongError(ValueError):
    """A line, or an event of many lines, is longer than any real one."""


class EventReader:
    """Takes bytes as they come and gives the data of each event that is whole."""

    def __init__(self, longest: int = LONGEST_EVENT) -> None:
        self._longest = longest
        self._rest = b""
        self._data: list[bytes] = []
        self._data_bytes = 0
        self.has_seen_field = False
        """Whether anything that came had the form of such a stream."""

    def feed(self, piece: bytes) -> list[bytes]:
        """The data of the events that end in this piece.

        Raises:
            EventTooLongError: the other side sends something else.
        """
        *lines, self._rest = (self._rest + piece).split(b"\n")
        if len(self._rest) > self._longest:
            raise EventTooLongError
        return self._events_in(lines)

    def finish(self) -> list[bytes]:
        """The data of an event that the stream ended in; not every server ends its last one."""
        lines, self._rest = [self._rest, b""], b""
        return self._events_in(lines)

    def _events_in(self, lines: list[bytes]) -> list[bytes]:
        found = []
        for raw in lines:
            line = raw.rstrip(b"\r")
            if len(line) > self._longest:
                raise EventTooLongError
            if line.startswith(b"data:"):
                self.has_seen_field = True
                data = line[5:].removeprefix(b" ")
                self._data.append(data)
                self._data_bytes += len(data)
                if self._data_bytes > self._longest:
                    raise EventTooLongError
            elif line.startswith((b":", b"event:", b"id:", b"retry:")):
                self.has_seen_field = True
            elif not line and self._data:
                found.append(b"\n".join(self._data))
                self._data, self._data_bytes = [], 0
        return found
