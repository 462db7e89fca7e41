"""Reads JSON of any length as a stream: one conversation after the other, in bounded memory.

The file is a stranger's. A value that is too large or nested too deep is passed over and told of; what cannot
be parsed ends the stream, after everything before it was given.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import ijson

from app.core.errors import ImportFormatError
from app.core.parsing import DEEPEST
from app.core.translation import tr

MOST_CHARACTERS = 64 * 1024**2
"""Of one conversation; longer ones hold files, or are made to fill the memory."""
LONGEST_TEXT = 64 * 1024**2
"""Bytes of one text, which the parser keeps until its end."""
DEEPEST_AT_ALL = 10_000
"""Brackets that are counted while a value is passed over; beyond, the file is given up."""
CHUNK = 64 * 1024
WRAPPERS = ("conversations", "chats", "data")
"""Names of a list of conversations within the object that some programs put around it."""

_LONE_LOW = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\Z")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONGEST_ESCAPE = 12
"""Of both halves of one character."""
_LOOKED_BACK = 4096
_NO_ESCAPES = re.compile(rb"[^\\]{12}")
_WHOLE_ESCAPES = re.compile(
    rb"(?:[^\\]"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}(?=.{6})"
    rb"|\\u(?![dD][89abAB])[0-9a-fA-F]{4}"
    rb"|\\[^u])*",
    re.DOTALL,
)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that was passed over."""

    reason: str


class JsonInput:
    """A file as the parser reads it.

    Attributes:
        count: how many bytes were read so far.
        events: how often the parser has given something; whoever takes it counts.
    """

    def __init__(self, file: BinaryIO, look: Callable[[int], object] = lambda _count: None) -> None:
        """
        Args:
            look: is told the count of bytes with each piece; may raise to end the reading.
        """
        self._file = file
        self._look = look
        self.count = 0
        self.events = 0
        self._events_before = 0
        self._silent = 0
        self._kept_back = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, size: int = CHUNK) -> bytes:
        if size == 0:
            return b""
        # The parser begins a text anew with each piece of it: without growing pieces, a long one costs its
        # length squared.
        more = self._file.read(max(size, self._silent))
        if self.count == 0:
            more = more.removeprefix(_BOM)
        chunk = self._kept_back + more
        self._kept_back = b""
        if more:
            end = _end_of_whole_escapes(chunk)
            chunk, self._kept_back = chunk[:end], chunk[end:]
        self.count += len(chunk)
        self._look(self.count)
        self._silent = self._silent + len(chunk) if self.events == self._events_before else 0
        self._events_before = self.events
        if self._silent > LONGEST_TEXT:
            raise ImportFormatError(
                tr("A text in this file is too long to be read."),
                tr("It may be damaged. Export the chats again."),
            )
        # Bytes that are no UTF-8 become U+FFFD; the parser would stop at them.
        chunk = self._decoder.decode(chunk, final=not chunk).encode()
        return _LONE_LOW.sub(_without_lone_half, chunk) if _SURROGATE.search(chunk) else chunk


def _end_of_whole_escapes(chunk: bytes) -> int:
    """Up to where a piece can be given that does not end within an escape, or between two halves.

    The piece must not begin within one.
    """
    if b"\\" not in chunk[-_LONGEST_ESCAPE:]:
        return len(chunk)
    start = 0
    looked_at = max(0, len(chunk) - _LOOKED_BACK)
    for found in _NO_ESCAPES.finditer(chunk, looked_at):
        start = found.end()
    whole = _WHOLE_ESCAPES.match(chunk, start)
    end = whole.end() if whole else len(chunk)
    # More than one escape is left only where something is no escape at all, at which the parser stops.
    return end if 0 < len(chunk) - end < _LONGEST_ESCAPE + 6 and end else len(chunk)


def _without_lone_half(found: re.Match[bytes]) -> bytes:
    """Half a character that stands alone, which the parser would not take, becomes U+FFFD."""
    before = found.string[max(0, found.start() - 6) : found.start()]
    is_pair = not found[1] and _PAIR.search(before) is not None
    return found[0] if is_pair else found[1] + b"\\ufffd"


def read_objects(source: JsonInput) -> Iterator[dict[str, Any] | Refused]:
    """The objects of a list, or of a list in an object around it, or those that follow each other.

    Raises:
        ImportFormatError: the file is no JSON, or no further than this.
    """
    # Without use_float, a whole number of thousands of digits crashes ijson's parser.
    events = ijson.basic_parse(source, buf_size=CHUNK, use_float=True, multiple_values=True)
    builder = _Builder()
    while True:
        try:
            event, value = next(events)
        except StopIteration:
            return
        except ImportFormatError:
            raise
        except (ijson.JSONError, ValueError, OverflowError, SystemError) as error:
            if isinstance(error.__cause__, ImportFormatError):
                raise error.__cause__ from error
            raise _broken(source.count) from error
        source.events += 1
        found = builder.take(event, value)
        if found is not None:
            yield found


def _broken(count: int) -> ImportFormatError:
    if count <= CHUNK:
        return ImportFormatError(
            tr("This file cannot be read as JSON."), tr("It may be damaged. Export it again.")
        )
    return ImportFormatError(
        tr("The rest of this file cannot be read as JSON: it is cut off or damaged."),
        tr("Export the chats again."),
    )


class _Builder:
    """Makes values of the parser's events."""

    def __init__(self) -> None:
        self._depth = 0
        self._outer = 0
        """How many brackets are around the values that are given."""
        self._key = ""
        self._is_wrapped = False
        self._stack: list[Any] = []
        self._keys: list[str] = []
        self._size = 0
        self._refusal = ""

    def take(self, event: str, value: Any) -> dict[str, Any] | Refused | None:
        if event in ("start_map", "start_array"):
            self._open({} if event == "start_map" else [])
            return None
        if event in ("end_map", "end_array"):
            return self._close()
        if event == "map_key":
            self._size += len(value) + 8
            if self._keys:
                self._keys[-1] = value
            else:
                self._key = value
        elif self._stack:
            self._size += len(value) + 8 if isinstance(value, str) else 16
            self._put(value)
        if self._size > MOST_CHARACTERS and not self._refusal:
            self._refuse(tr("It is too large to be read."))
        return None

    def _open(self, value: Any) -> None:
        self._depth += 1
        if self._depth > DEEPEST_AT_ALL:
            raise ImportFormatError(
                tr("This file is nested too deep to be read."),
                tr("It may be damaged. Export the chats again."),
            )
        is_list = isinstance(value, list)
        if self._depth == 1 and is_list:
            self._outer = 1
            return
        in_wrapper = self._depth == 2 and self._outer == 0 and len(self._stack) == 1 and is_list
        if in_wrapper and self._keys[-1] in WRAPPERS:
            self._outer, self._is_wrapped = 2, True
            self._stack, self._keys = [], []
            return
        if self._depth - self._outer > DEEPEST:
            self._refuse(tr("It is nested too deep to be read."))
        self._size += 32
        if self._refusal:
            return
        if self._stack:
            self._put(value)
        self._stack.append(value)
        self._keys.append("")

    def _close(self) -> dict[str, Any] | Refused | None:
        self._depth -= 1
        if self._depth == 0 and self._outer:
            self._outer, self._is_wrapped = 0, False
            return None
        if self._is_wrapped and self._depth < self._outer:
            if self._depth == 1:  # The list has ended; what follows it in the object is not looked at.
                self._outer = 1
            return None
        value = self._stack.pop() if self._stack else None
        if self._keys:
            self._keys.pop()
        if self._depth != self._outer:
            return None
        refusal, self._refusal, self._size = self._refusal, "", 0
        if refusal:
            self._stack, self._keys = [], []
            return Refused(refusal)
        return value if isinstance(value, dict) else None

    def _put(self, value: Any) -> None:
        if self._refusal:
            return
        holder = self._stack[-1]
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[self._keys[-1]] = value

    def _refuse(self, reason: str) -> None:
        self._refusal = self._refusal or reason
        self._stack, self._keys = [], []
