"""Find where the calls in a block begin and end while the block is still being written.

Only brackets and quotes are followed here; what a call says is read when it is whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from app.core.reply_parser.markers import (
    BLANK,
    CALL_ENDS,
    CLOSINGS,
    LFM_CALL_START,
    OPENINGS,
    TAG_CALLS,
    TEXT_QUOTES,
    WAIT,
    NeedMoreText,
    marker_at,
    prefix_at,
)

LOOK_AHEAD = 300
"""How far beyond a marker inside a string is looked for the end of that string."""

_LONGEST_NAME = 100
_SIGNIFICANT = re.compile(r"[\"'\[\](){},;<]")
_BLANKS = re.compile(r"[ \t\r\n]+")
_NAME = re.compile(r"[^\W\d][\w.\-]*[ \t]*")
_STRING_STOPS = {quote: re.compile(rf"\\|<|{quote}") for quote in ("'", '"', "'''", '"""')}
_STRING_ENDS = {
    quote: re.compile(rf"\\.|\n|{quote}|{re.escape(LFM_CALL_START)}", re.DOTALL) for quote in _STRING_STOPS
}
_TAGS = tuple(TAG_CALLS)
_TAG_START = re.compile(r"<|\](?=<|\Z)")
_KEY = "<arg_key"
_VALUE, _VALUE_END = "<arg_value", "</arg_value"
_SEPARATORS = ("[ARGS]", "[CALL_ID]")
_THOUGHTS = frozenset((*OPENINGS, *CLOSINGS))
"""Markers that may be words of an argument."""


class Edge(Enum):
    """The two ends of a call in a block."""

    CALL_BEGINS = auto()
    CALL_ENDS = auto()


@dataclass(frozen=True, slots=True)
class CallBoundary:
    """One end of a call, at its place in the block."""

    edge: Edge
    position: int


class _Place(Enum):
    BETWEEN = auto()
    CALL = auto()
    TAG = auto()
    KEYS = auto()
    VALUE = auto()


@dataclass(slots=True)
class CallScanner:
    """Reads a block from just behind its start marker.

    `is_over` is set behind the end marker, or before whatever cannot belong to the block where that marker is
    missing. With `is_single` it is set as soon as the first call or list is closed.
    """

    is_single: bool = False
    is_over: bool = False
    is_whole: bool = False
    """Whether the call or list that came last was closed."""
    _place: _Place = _Place.BETWEEN
    _lists: int = 0
    """Open square brackets around the calls."""
    _depth: int = 0
    """All open brackets, those of the lists included."""
    _quote: str = ""
    _tag_end: str = ""
    """What ends the call in tags."""

    def read(self, text: str, position: int, *, is_final: bool) -> tuple[int, list[CallBoundary]]:
        """Read on from `position`, stopping early where more must be known.

        Returns:
            How far it came, and the ends of calls that it found.
        """
        marks: list[CallBoundary] = []
        while position < len(text) and not self.is_over:
            reached = self._step(text, position, is_final, marks)
            if reached is WAIT:
                break
            assert isinstance(reached, int)
            position = reached
        return position, marks

    def _step(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        if self._place is _Place.BETWEEN:
            return self._read_between(text, position, is_final, marks)
        if self._place is _Place.TAG:
            return self._read_tag(text, position, is_final, marks)
        if self._place is _Place.KEYS:
            return self._read_keys(text, position, is_final, marks)
        if self._place is _Place.VALUE:
            return self._read_value(text, position, is_final)
        if self._quote in TEXT_QUOTES:
            return self._read_quoted(text, position, is_final, marks)
        if self._quote:
            return self._read_string(text, position, is_final, marks)
        return self._read_call(text, position, is_final, marks)

    # Between two calls.

    def _read_between(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        char = text[position]
        if char in BLANK:
            found = _BLANKS.match(text, position)
            return found.end() if found else position + 1
        if char in "<[]":
            reached = self._read_marker(text, position, is_final, marks)
            if char == "<" or reached != position or self._place is _Place.TAG:
                return reached
        if char in ",;`":
            return position + 1
        if char == "[":
            self._lists += 1
            self._depth += 1
            return position + 1
        if char == "]" and self._lists:
            return self._close_list(position)
        if self.is_whole and not self._lists and char != "{":
            follows = _is_call(text, position, is_final=is_final)
            if follows is WAIT or not follows:
                self.is_over = follows is not WAIT
                return WAIT
        return self._begin(_Place.CALL, position, marks)

    def _read_marker(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        marker = marker_at(text, position, is_final=is_final)
        tag = prefix_at(text, position, _TAGS, is_final=is_final)
        if marker is WAIT or tag is WAIT:
            return WAIT
        if isinstance(tag, str):
            self._tag_end = TAG_CALLS[tag]
            return self._begin(_Place.TAG, position, marks)
        if marker is None and text[position] != "<":
            return position
        if marker is None and not self.is_whole:
            return self._begin(_Place.CALL, position, marks)
        self.is_over = True
        return position + len(marker) if isinstance(marker, str) and marker in CALL_ENDS else WAIT

    def _close_list(self, position: int) -> int:
        self._lists -= 1
        self._depth -= 1
        if not self._lists:
            self._close()
        return position + 1

    def _close(self) -> None:
        self.is_whole = True
        self.is_over = self.is_single

    def _begin(self, place: _Place, position: int, marks: list[CallBoundary]) -> int:
        self._place = place
        self.is_whole = False
        marks.append(CallBoundary(Edge.CALL_BEGINS, position))
        return position

    def _end(self, position: int, marks: list[CallBoundary]) -> int:
        self._place = _Place.BETWEEN
        self._quote = ""
        marks.append(CallBoundary(Edge.CALL_ENDS, position))
        return position

    # Inside a call.

    def _read_call(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        found = _SIGNIFICANT.search(text, position)
        if not found:
            return len(text)
        at, char = found.start(), found.group()
        if char in "\"'":
            return self._open_string(text, at, is_final)
        if char == "<":
            reached = self._read_sign(text, at, is_final, marks)
            return at if reached is WAIT and at > position else reached
        if char == "[" and self._depth == self._lists:
            separator = prefix_at(text, at, _SEPARATORS, is_final=is_final)
            if separator is WAIT:
                return at if at > position else WAIT
            if isinstance(separator, str):
                return at + len(separator)
        if char in "([{":
            self._depth += 1
            return at + 1
        if self._depth > self._lists and char not in ",;":
            self._depth -= 1
            if self._depth == 0:
                self._close()
                return self._end(at + 1, marks)
            return at + 1
        if self._lists and self._depth == self._lists and char in ",;]":
            return self._end(at, marks)
        return at + 1

    def _read_sign(self, text: str, at: int, is_final: bool, marks: list[CallBoundary]) -> int | NeedMoreText:
        """Read on from a `<` inside a call, but outside a text."""
        is_named = self._depth == self._lists
        signs = (*TEXT_QUOTES, *(_TAGS if is_named else ()), *((_KEY,) if is_named else ()))
        sign = prefix_at(text, at, signs, is_final=is_final)
        marker = marker_at(text, at, is_final=is_final)
        if sign is WAIT or marker is WAIT:
            return WAIT
        if isinstance(marker, str):
            return self._end(at, marks)
        if not isinstance(sign, str):
            return at + 1
        if sign in TEXT_QUOTES:
            self._quote = sign
        elif sign == _KEY:
            self._place = _Place.KEYS
        else:
            self._place, self._tag_end = _Place.TAG, TAG_CALLS[sign]
        return at + len(sign)

    def _read_quoted(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        """Read a text that Gemma wrote, which only its own mark or the end of the call ends."""
        at = text.find("<", position)
        if at < 0:
            return len(text)
        quote = prefix_at(text, at, (self._quote,), is_final=is_final)
        marker = marker_at(text, at, is_final=is_final)
        if quote is WAIT or marker is WAIT:
            return at if at > position else WAIT
        if isinstance(quote, str):
            self._quote = ""
            return at + len(quote)
        return self._end(at, marks) if marker in CALL_ENDS else at + 1

    def _open_string(self, text: str, position: int, is_final: bool) -> int | NeedMoreText:
        quote = text[position]
        rest = text[position : position + 3]
        if len(rest) < 3 and rest == quote * len(rest) and not is_final:
            return WAIT
        self._quote = quote * 3 if rest == quote * 3 else quote
        return position + len(self._quote)

    def _read_string(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        found = _STRING_STOPS[self._quote].search(text, position)
        if not found:
            # The first characters of a triple quote may stand at the end.
            end = len(text) - (0 if is_final else len(self._quote) - 1)
            return end if end > position else WAIT
        at = found.start()
        if found.group() == "\\":
            if at + 2 <= len(text) or is_final:
                return min(at + 2, len(text))
            return at if at > position else WAIT
        if found.group() != "<":
            self._quote = ""
            return found.end()
        marker = marker_at(text, at, is_final=is_final)
        if isinstance(marker, str):
            is_content = _is_in_string(text, at + len(marker), self._quote, is_final=is_final)
            if isinstance(is_content, bool):
                return at + len(marker) if is_content else self._end(at, marks)
        elif marker is None:
            return at + 1
        return at if at > position else WAIT

    # Inside tags.

    def _read_tag(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        """Read on to what ends a call such as `<function=...>`."""
        found = _TAG_START.search(text, position)
        if not found:
            return len(text)
        at = found.start()
        end = prefix_at(text, at, (self._tag_end,), is_final=is_final)
        if isinstance(end, str):
            if not self._lists:
                self._close()
            return self._end(at + len(end), marks)
        if end is WAIT:
            return at if at > position else WAIT
        return self._pass_words(text, position, at, is_final, marks)

    def _read_keys(
        self, text: str, position: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        """Read between the values of `<arg_key>...</arg_key><arg_value>...</arg_value>`."""
        at = text.find("<", position)
        if at < 0:
            return len(text)
        value = prefix_at(text, at, (_VALUE,), is_final=is_final)
        if isinstance(value, str):
            self._place = _Place.VALUE
            return at + len(value)
        if value is WAIT:
            return at if at > position else WAIT
        return self._pass_words(text, position, at, is_final, marks)

    def _read_value(self, text: str, position: int, is_final: bool) -> int | NeedMoreText:
        """Read a value, whatever stands in it."""
        at = text.find(_VALUE_END, position)
        if at >= 0:
            self._place = _Place.KEYS
            return at + len(_VALUE_END)
        end = len(text) if is_final else len(text) - len(_VALUE_END) + 1
        return end if end > position else WAIT

    def _pass_words(
        self, text: str, position: int, at: int, is_final: bool, marks: list[CallBoundary]
    ) -> int | NeedMoreText:
        """Pass a sign that belongs to an argument; any marker that cannot do so ends the call."""
        marker = marker_at(text, at, is_final=is_final)
        if marker is WAIT:
            return at if at > position else WAIT
        return at + 1 if marker is None or marker in _THOUGHTS else self._end(at, marks)


def _is_call(text: str, position: int, *, is_final: bool) -> bool | NeedMoreText:
    """Whether a name and a round bracket stand here, rather than the words of an answer."""
    name = _NAME.match(text, position)
    if not name:
        return False
    if name.end() == len(text) and not is_final and name.end() - position <= _LONGEST_NAME:
        return WAIT
    return text.startswith("(", name.end())


def _is_in_string(text: str, position: int, quote: str, *, is_final: bool) -> bool | NeedMoreText:
    """Whether a marker that ends at `position`, inside a string, is part of it.

    It is if the string ends soon and properly. Otherwise its closing quote was forgotten, and it counts.
    """
    limit = position + LOOK_AHEAD
    can_grow = len(text) < limit and not is_final
    for found in _STRING_ENDS[quote].finditer(text, position, limit):
        if found.group() == quote:
            after = text[found.end() : limit].lstrip(BLANK)
            return after[0] in ",)]}:" if after else (WAIT if can_grow else False)
        if found.group() == LFM_CALL_START or (found.group() == "\n" and len(quote) == 1):
            return False
    return WAIT if can_grow else False
