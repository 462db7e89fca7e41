"""The head of a Markdown file: names and values between two lines of dashes.

It is a small part of YAML. What is written here, every YAML reader reads the same; what is read here is that,
and what people and note-taking programs make of it when they edit it: other quotes, no quotes, other lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

Writable = str | int | float | datetime | Sequence[str] | Mapping[str, "Writable"]
Value = str | list[str] | dict[str, "Value"]
"""Every scalar is read as text: what a number looks like is for those to say who want one."""

_FENCE = "---"
_ENTRY = re.compile(r"([A-Za-z_][\w-]*):(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ ]*-(?:[ \t]+(.*))?")
_BLOCK = re.compile(r"\|([1-9]?)([+-]?)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOT_PLAIN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters that YAML wants escaped, or that some readers take for the end of a line."""
_DEEPEST = 100
"""Levels of nesting; deeper ones are refused under every Python, whatever its own limit is."""


class FrontMatterError(ValueError):
    """The head of a file is not legible. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} of the head of the file is not legible")
        self.line = line


def write_front_matter(values: Mapping[str, Writable]) -> str:
    """The whole head, both lines of dashes included."""
    return "\n".join([_FENCE, *_lines_of_mapping(values, ""), _FENCE]) + "\n"


def read_front_matter(text: str) -> tuple[dict[str, Value], str]:
    """-> (the values, what follows the head).

    Raises:
        FrontMatterError: there is no head, or a line of it is not legible.
    """
    head, end, body = text.removeprefix(_FENCE).partition(f"\n{_FENCE}\n")
    if not text.startswith(f"{_FENCE}\n") or not end:
        raise FrontMatterError(1)
    return _Reader(head.split("\n")[1:]).mapping(0), body


def _lines_of_mapping(values: Mapping[str, Writable], indent: str) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _lines_of_mapping(value, indent + "  ")
        elif isinstance(value, str):
            yield from _lines_of_text(name, value, indent)
        elif isinstance(value, Sequence):
            yield f"{indent}{name}:" if value else f"{indent}{name}: []"
            yield from (f"{indent}  - {_quoted(item)}" for item in value)
        else:
            yield f"{indent}{name}: {_plain(value)}"


def _lines_of_text(name: str, text: str, indent: str) -> Iterator[str]:
    lines = text.split("\n")
    if len(lines) == 1 or not lines[-1].strip() or _NOT_PLAIN.search(text):
        yield f"{indent}{name}: {_quoted(text)}"
        return
    yield f"{indent}{name}: |2-"
    yield from (f"{indent}  {line}" if line else "" for line in lines)


def _plain(value: float | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def _quoted(text: str) -> str:
    """In double quotes. JSON's are YAML's, but for a few characters that YAML wants escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_PLAIN.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


class _Reader:
    """Goes through the lines of a head."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def mapping(self, indent: int, depth: int = 1) -> dict[str, Value]:
        """The entries that are indented by at least that much, until one that is less."""
        if depth > _DEEPEST:
            raise self.error()
        values: dict[str, Value] = {}
        while (line := self._next_line()) is not None and _indent_of(line) >= indent:
            entry = _ENTRY.fullmatch(line.strip(" "))
            if entry is None:
                raise self.error()
            self._at += 1
            values[entry[1]] = self._value((entry[2] or "").strip(), _indent_of(line), depth)
        return values

    def _value(self, written: str, indent: int, depth: int) -> Value:
        if block := _BLOCK.fullmatch(written):
            return self._block(indent + int(block[1]) if block[1] else None, indent, block[2])
        if written and not written.startswith("#"):
            return self._inline(written)
        following = self._next_line()
        if following is not None and _ITEM.fullmatch(following) and _indent_of(following) >= indent:
            return self._items(_indent_of(following))
        if following is not None and _indent_of(following) > indent:
            return self.mapping(_indent_of(following), depth + 1)
        return ""

    def _items(self, indent: int) -> list[str]:
        items: list[str] = []
        while (line := self._next_line()) is not None and _indent_of(line) == indent:
            item = _ITEM.fullmatch(line)
            if item is None:
                break
            self._at += 1
            items.append(self._scalar((item[1] or "").strip()))
        return items

    def _block(self, indent: int | None, outer: int, chomping: str) -> str:
        """A text on lines of its own."""
        lines: list[str] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip(" ") and _indent_of(line) <= outer:
                break
            if indent is None and line.strip(" "):
                indent = _indent_of(line)
            lines.append(line)
            self._at += 1
        text = "\n".join(line[indent or 0 :] for line in lines)
        if chomping == "+":
            return text + "\n"
        return text.rstrip("\n") + ("" if chomping == "-" else "\n")

    def _inline(self, written: str) -> Value:
        if not written.startswith(("[", "{")):
            return self._scalar(written)
        if _depth_of(written) > _DEEPEST:
            raise self.error()
        try:
            value = json.loads(written)
        except ValueError:
            value = None
        if isinstance(value, list):
            return [item if isinstance(item, str) else json.dumps(item) for item in value]
        if written.startswith("[") and written.endswith("]"):
            return [self._scalar(item.strip()) for item in written[1:-1].split(",")]
        raise self.error(-1)

    def _scalar(self, written: str) -> str:
        if written.startswith('"'):
            try:
                return str(json.loads(written))
            except ValueError as error:
                raise self.error(-1) from error
        if written.startswith("'"):
            if len(written) < 2 or not written.endswith("'"):
                raise self.error(-1)
            return written[1:-1].replace("''", "'")
        return re.sub(r"(^|[ \t]+)#.*", "", written)

    def _next_line(self) -> str | None:
        """The next line that says something; None at the end."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if line.strip() and not line.lstrip().startswith("#"):
                return line
            self._at += 1
        return None

    def error(self, offset: int = 0) -> FrontMatterError:
        """The fault of the line that is being read, or of one near it."""
        return FrontMatterError(self._at + offset + 2)


def _depth_of(written: str) -> int:
    """How many brackets are open at once where most are; those inside quotes are words."""
    open_now = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _QUOTED.sub("", written)):
        open_now += 1 if bracket in "[{" else -1
        deepest = max(deepest, open_now)
    return deepest


def _indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
