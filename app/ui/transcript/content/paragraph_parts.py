"""Reads the words of a paragraph, a long one in parts.

The search for emphasis and links can take very long, so it never goes over more than one part. A part ends
between words where no mark is open, or, where one stays open for very long, without waiting for its end. What
stands before the end of a part alone decides where that is: a paragraph that grows has the same parts as the
whole, and those that are written need not be read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markdown_it.token import Token

from app.ui.transcript.content.blocks import Span, Spans
from app.ui.transcript.content.spans import merged, read_spans

READ_PARTS = "read_parts"
"""The name in the environment of what was read before, for a text that is read again and again."""
LEFT_OUT = "\ufdd1"
"""Stands at the beginning of a paragraph of which the beginning was taken out. No text has it."""
LEFT_OUT_LENGTHS = "left_out_lengths"
"""The name in the environment of how many characters were taken out, by the line of the paragraph."""

SHORTEST_PART = 1_600
LONGEST_PART = 8_800
"""Both in the units of `weight`."""
PLAIN_PART = 1_000
"""Characters of a part of what is shown as written."""
NEXT_TRY = 200
"""Characters after which it is tried again whether no mark is open."""
LONGEST_PARAGRAPH = 16_000
"""Characters after which the rest of a paragraph is shown as written."""
MOST_BRACKETS = 60
"""A part with more `[` that are never closed, or more pictures, is shown as written as well."""

_SPECIAL = re.compile(r"[\n!#$%&*+\-:<=>@\[\]\\^_`{}~]")
_SPECIAL_WEIGHT = 20
_WEIGHTS = {"*": 40, "_": 40, "~": 32, "\n": 80}
"""Of the characters that take longer than other special ones."""
_HEAVIEST = 80
_PLACE = re.compile(r"(?<=[\s。！？、，；：])(?=[^\W_])")
_OPEN_MARK = re.compile(r"[*`](?![\s*`])|~~(?![\s~])|(?<![^\W_])_+(?![\s_])|\$(?!\s)|\\begin\{")

Read = Callable[[str], list[Token]]


class ReadParts:
    """What was read lately, of the parts by their text."""

    def __init__(self) -> None:
        self._labels: frozenset[str] = frozenset()
        self._now: dict[str, tuple[Spans, bool]] = {}
        self._before: dict[str, tuple[Spans, bool]] = {}

    def begin(self, labels: frozenset[str]) -> None:
        """Begin to read a text once more, in which these labels are defined."""
        self._before, self._now = self._now, {}
        if labels != self._labels:
            self._labels, self._before = labels, {}

    def get(self, text: str) -> tuple[Spans, bool] | None:
        found = self._now.get(text) or self._before.get(text)
        if found is not None:
            self._now[text] = found
        return found

    def put(self, text: str, found: tuple[Spans, bool]) -> None:
        self._now[text] = found


class ParagraphReader:
    """Reads one paragraph, heading or cell."""

    def __init__(self, read: Read, known: ReadParts | None = None) -> None:
        """`read` gives the tokens of a text, `known` is what was read before."""
        self._read = read
        self._known = known

    def spans(self, text: str, left_out: int = 0) -> Spans:
        """The styled text. `left_out` is how many characters of the paragraph stand before it."""
        found: Spans = ()
        for start, end in self._parts(text, left_out):
            found = joined_spans(found, self._part(text[start:end], start + left_out))
        return found

    def beginning(self, text: str, left_out: int = 0) -> tuple[int, Spans]:
        """Where the last part begins, which can still change, and the spans of what stands before it."""
        place = 0
        found: Spans = ()
        for start, end in self._parts(text, left_out):
            if end == len(text):
                break
            place, found = end, joined_spans(found, self._part(text[start:end], start + left_out))
        return place, found

    def _part(self, text: str, place: int) -> Spans:
        if place < LONGEST_PARAGRAPH:
            return self._spans_of(text)[0]
        return (Span(text),) if text else ()

    def _parts(self, text: str, left_out: int) -> list[tuple[int, int]]:
        parts, start = [], 0
        while True:
            is_plain = start + left_out >= LONGEST_PARAGRAPH
            end = _end_of_plain(text, start) if is_plain else self._end_of_part(text, start)
            parts.append((start, end or len(text)))
            if end is None:
                return parts
            start = end

    def _end_of_part(self, text: str, start: int) -> int | None:
        """Where the part ends that begins at a place; None where it can still go on."""
        first = place_of_weight(text, start, SHORTEST_PART)
        if first is None:
            return None
        last = place_of_weight(text, start, LONGEST_PART)
        tried = 0
        for found in _PLACE.finditer(text, first, last or len(text)):
            place = found.start()
            if tried and place < tried + NEXT_TRY:
                continue
            tried = place
            if not self._spans_of(text[start:place])[1]:
                return place
        return None if last is None else tried or last

    def _spans_of(self, text: str) -> tuple[Spans, bool]:
        """The spans of a part, and whether something in it can still belong to what follows."""
        found = self._known.get(text) if self._known is not None else None
        if found is None:
            if _is_too_much(text):
                found = ((Span(text),), False)
            else:
                tokens = self._read(text)
                found = (read_spans(tokens), has_open_mark(tokens))
            if self._known is not None:
                self._known.put(text, found)
        return found


def _end_of_plain(text: str, start: int) -> int | None:
    end = start + PLAIN_PART
    return end if end < len(text) else None


def weight(text: str) -> int:
    """About how long it takes to read a text, in letters; lines and marks take much longer."""
    found = _SPECIAL.findall(text)
    more = sum((weight - _SPECIAL_WEIGHT) * found.count(mark) for mark, weight in _WEIGHTS.items())
    return len(text) + _SPECIAL_WEIGHT * len(found) + more


def place_of_weight(text: str, start: int, most: int) -> int | None:
    """Where a text from a place on has a weight; None where it has less."""
    if (len(text) - start) * (1 + _HEAVIEST) <= most:
        return None
    left = most
    for found in _SPECIAL.finditer(text, start):
        if found.start() - start >= left:
            break
        left -= _WEIGHTS.get(found[0], _SPECIAL_WEIGHT)
        if found.start() - start >= left:
            return found.start() + 1 if found.start() + 1 < len(text) else None
    return start + left if start + left < len(text) else None


def joined_spans(first: Spans, second: Spans) -> Spans:
    """Both, with the neighbours joined where they have one style."""
    return (
        (*first[:-1], *merged((first[-1], second[0])), *second[1:]) if first and second else first or second
    )


def has_open_mark(tokens: Sequence[Token]) -> bool:
    """Whether something in a part of a paragraph that ends between words can still belong to what follows."""
    depth = 0
    for token in tokens:
        if token.type == "text_special" and token.content in "([":
            return True
        if token.type != "text":
            continue
        if _OPEN_MARK.search(token.content):
            return True
        for bracket in re.findall(r"[\[\]]", token.content):
            depth = depth + 1 if bracket == "[" else max(0, depth - 1)
    return depth > 0


def _is_too_much(text: str) -> bool:
    return text.count("[") - text.count("]") > MOST_BRACKETS or text.count("![") > MOST_BRACKETS
