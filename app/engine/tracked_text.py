"""Text that knows which of its characters are the template's or the model's own.

A chat template joins its own markers with what people, files and web pages say into one string. Only its own
words may become control tokens, so every character carries a mark through whatever the template does with
it: 1 for text that is the template's or the model's own, 0 for content. A plain `str` counts as content, and
what an operation that is not known here makes of a tracked text does too: a lost mark can never turn content
into markup.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from string import Formatter
from typing import Any, SupportsIndex

from markupsafe import escape

_CONVERSION = re.compile(r"%(?:\((?P<name>[^()]*)\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z%]")


def mark_of(text: str) -> bytes:
    """One byte a character: 1 where it is the template's or the model's own, 0 where it is content."""
    return text._own if isinstance(text, TrackedText) else bytes(len(text))


def own_text(text: str) -> TrackedText:
    """Text that is the template's or the model's own."""
    return TrackedText(text, b"\1" * len(text))


def is_own(text: str) -> bool:
    """Whether no character of a text is content."""
    return 0 not in mark_of(text)


def join_pieces(pieces: Iterable[str]) -> TrackedText:
    """Joins what a template wrote: tracked values and its own plain text between them."""
    parts = list(pieces)
    if not any(isinstance(part, TrackedText) for part in parts):
        return own_text("".join(parts))
    marks = [part._own if isinstance(part, TrackedText) else b"\1" * len(part) for part in parts]
    return TrackedText("".join(parts), b"".join(marks))


class TrackedText(str):
    """A `str` with a mark for each character; its methods give what those of `str` give, marks included."""

    __slots__ = ("_own",)
    _own: bytes

    def __new__(cls, text: str, own: bytes | None = None) -> TrackedText:
        """`own` has a byte for each character; without it the text keeps its marks, or is content."""
        made = super().__new__(cls, text)
        made._own = mark_of(text) if own is None else own
        return made

    def __str__(self) -> str:
        return self

    def __add__(self, other: str) -> TrackedText:
        if not isinstance(other, str) or hasattr(other, "__html__"):
            return NotImplemented
        return TrackedText(str.__add__(self, other), self._own + mark_of(other))

    def __radd__(self, other: str) -> TrackedText:
        if not isinstance(other, str):
            return NotImplemented
        return TrackedText(str.__add__(other, self), mark_of(other) + self._own)

    def __mul__(self, times: SupportsIndex) -> TrackedText:
        return TrackedText(str.__mul__(self, times), self._own * operator.index(times))

    __rmul__ = __mul__

    def __mod__(self, values: Any) -> str:
        return _percent_formatted(self, values)

    def __getitem__(self, key: SupportsIndex | slice) -> TrackedText:
        if isinstance(key, slice):
            return TrackedText(str.__getitem__(self, key), self._own[key])
        return TrackedText(str.__getitem__(self, key), bytes([self._own[key]]))

    def __iter__(self) -> Iterator[str]:
        for place, character in enumerate(str.__iter__(self)):
            yield TrackedText(character, self._own[place : place + 1])

    def strip(self, characters: str | None = None, /) -> TrackedText:
        return self.lstrip(characters).rstrip(characters)

    def lstrip(self, characters: str | None = None, /) -> TrackedText:
        return self[len(self) - len(str.lstrip(self, characters)) :]

    def rstrip(self, characters: str | None = None, /) -> TrackedText:
        return self[: len(str.rstrip(self, characters))]

    def removeprefix(self, prefix: str, /) -> TrackedText:
        return self[len(self) - len(str.removeprefix(self, prefix)) :]

    def removesuffix(self, suffix: str, /) -> TrackedText:
        return self[: len(str.removesuffix(self, suffix))]

    def split(self, separator: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        return self._placed(str.split(self, separator, maxsplit), separator)

    def rsplit(self, separator: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        return self._placed(str.rsplit(self, separator, maxsplit), separator)

    def splitlines(self, keepends: bool = False) -> list[str]:
        whole = str.splitlines(self, keepends=True)
        lines = str.splitlines(self, keepends)
        placed, start = [], 0
        for line, with_end in zip(lines, whole, strict=True):
            placed.append(self[start : start + len(line)])
            start += len(with_end)
        return list(placed)

    def partition(self, separator: str, /) -> tuple[str, str, str]:
        return self._in_three(str.partition(self, separator))

    def rpartition(self, separator: str, /) -> tuple[str, str, str]:
        return self._in_three(str.rpartition(self, separator))

    def join(self, items: Iterable[str], /) -> str:
        parts = list(items)
        return TrackedText(str.join(self, parts), self._own.join(map(mark_of, parts)))

    def replace(self, old: str, new: str, times: SupportsIndex = -1, /) -> str:
        text = str.replace(self, old, new, times)
        limit = operator.index(times)
        pieces: list[bytes] = []
        start = 0
        for at in _places_of(old, self, limit):
            pieces += self._own[start:at], mark_of(new)
            start = at + len(old)
        return TrackedText(text, b"".join([*pieces, self._own[start:]]))

    def ljust(self, width: SupportsIndex, fill: str = " ", /) -> str:
        return TrackedText(text := str.ljust(self, width, fill), self._own.ljust(len(text), b"\0"))

    def rjust(self, width: SupportsIndex, fill: str = " ", /) -> str:
        return TrackedText(text := str.rjust(self, width, fill), self._own.rjust(len(text), b"\0"))

    def lower(self) -> str:
        return self._in_case(str.lower)

    def upper(self) -> str:
        return self._in_case(str.upper)

    def title(self) -> str:
        return self._in_case(str.title)

    def capitalize(self) -> str:
        return self._in_case(str.capitalize)

    def swapcase(self) -> str:
        return self._in_case(str.swapcase)

    def casefold(self) -> str:
        return self._in_case(str.casefold)

    def _in_case(self, change: Callable[[str], str]) -> str:
        text = change(self)
        # Some letters become two; then it is no longer known which character was which.
        return TrackedText(text, self._own) if len(text) == len(self) else TrackedText(text)

    def _in_three(self, parts: tuple[str, str, str]) -> tuple[str, str, str]:
        first, second, _ = parts
        end = len(first) + len(second)
        return self[: len(first)], self[len(first) : end], self[end:]

    def _placed(self, parts: list[str], separator: str | None) -> list[str]:
        placed: list[str] = []
        start = 0
        for part in parts:
            if separator is None:
                start = self.index(part, start)
            placed.append(self[start : start + len(part)])
            start += len(part) + (len(separator) if separator else 0)
        return placed


class MarkupText(TrackedText):
    """What Jinja2's filter `safe` makes of a text: what is joined to it is escaped as for a web page.

    Hugging Face's libraries do the same, so models were trained on it.
    """

    __slots__ = ()

    def __html__(self) -> MarkupText:
        return self

    def __add__(self, other: str) -> TrackedText:
        if not isinstance(other, str):
            return NotImplemented
        joined = TrackedText(self, self._own) + TrackedText(_escaped(other))
        return MarkupText(joined, joined._own)

    def __radd__(self, other: str) -> TrackedText:
        if not isinstance(other, str):
            return NotImplemented
        joined = TrackedText(_escaped(other)) + TrackedText(self, self._own)
        return MarkupText(joined, joined._own)


def _escaped(text: str) -> str:
    if isinstance(text, MarkupText) or hasattr(text, "__html__"):
        return text
    escaped: str = TrackedText(text)
    for letter in "&<>'\"":
        escaped = escaped.replace(letter, str(escape(letter)))
    return escaped


def _places_of(old: str, text: str, limit: int) -> Iterator[int]:
    """Where `str.replace` finds a text, at most `limit` times; -1 is without limit."""
    at = 0
    while limit and at <= len(text):
        at = text.find(old, at)
        if at < 0:
            return
        yield at
        at += len(old) or 1
        limit -= 1


def format_braces(
    formatter: Formatter, form: TrackedText, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> str:
    """`form.format(*args, **kwargs)` with what `formatter` allows, piece by piece."""
    is_template = is_own(form)
    pieces: list[str] = []
    automatic = count()
    for literal, field, spec, conversion in formatter.parse(form):
        pieces.append(own_text(literal) if is_template else TrackedText(literal))
        if field is None:
            continue
        if not field or field[0] in ".[":
            field = f"{next(automatic)}{field}"
        value, _ = formatter.get_field(field, args, kwargs)
        value = formatter.convert_field(value, conversion)
        pieces.append(
            TrackedText(value if _is_text(spec, value) else formatter.format_field(value, spec or ""))
        )
    return join_pieces(pieces)


def _is_text(form: str | None, value: Any) -> bool:
    """Whether a value is a text that is written as it is."""
    return form in ("", "%s") and isinstance(value, str)


def _percent_formatted(form: TrackedText, values: Any) -> str:
    """`form % values`, piece by piece. Marks are lost where a width is a value of its own (`%*d`)."""
    text = str.__mod__(form, values)
    pieces: list[str] = []
    start = number = 0
    for found in _CONVERSION.finditer(form):
        pieces.append(form[start : found.start()])
        conversion, start = str(found[0]), found.end()
        if conversion.endswith("%"):
            pieces.append(own_text("%"))
            continue
        name = found["name"]
        if name is not None and isinstance(values, Mapping):
            value, conversion = values[name], conversion.replace(f"({name})", "", 1)
        else:
            value = values[number] if isinstance(values, tuple) else values
            number += 1
        if isinstance(value, int | float):
            pieces.append(own_text(conversion % value))
        else:
            pieces.append(TrackedText(value if _is_text(conversion, value) else conversion % (value,)))
    joined = join_pieces([*pieces, form[start:]])
    return joined if joined == text else TrackedText(text)
