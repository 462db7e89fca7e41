"""The head of a Markdown file: names and values as YAML between two lines of dashes.

People and note-taking programs edit it, so whatever YAML allows is read: other quotes, no quotes, other
lists. Aliases are not: a few lines of them can stand for gigabytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import yaml
from typing_extensions import override

Writable = str | int | float | datetime | Sequence[str] | Mapping[str, "Writable"]
Value = str | list["Value"] | dict[str, "Value"]
"""Every scalar is read as text: what a number looks like is for those to say who want one."""

_FENCE = "---"
_MOST_CHARACTERS = 4_000_000
"""As one long system prompt, that many are read in about five seconds."""
_MOST_VALUES = 10_000
"""Names and values; that many are read in about two seconds. An exported conversation has some thirty."""
_DEEPEST = 100
"""Levels of nesting; deeper ones are refused under every Python, whatever its own limit is."""

_OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
"""Of a block, YAML would make plain line breaks of them."""


class FrontMatterError(ValueError):
    """The head of a file is not legible. `line` counts from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} of the head of the file is not legible")
        self.line = line


def write_front_matter(values: Mapping[str, Writable]) -> str:
    """The whole head, both lines of dashes included."""
    if not values:
        return f"{_FENCE}\n{_FENCE}\n"
    head = yaml.dump(dict(values), None, _Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))
    return f"{_FENCE}\n{head}{_FENCE}\n"


def read_front_matter(text: str) -> tuple[dict[str, Value], str]:
    """Parts a text into the values of its head and what follows it.

    Raises:
        FrontMatterError: there is no head, or a line of it is not legible.
    """
    head, end, body = text.removeprefix(_FENCE).partition(f"\n{_FENCE}\n")
    if not text.startswith(f"{_FENCE}\n") or not end:
        raise FrontMatterError(1)
    return _read(head.removeprefix("\n") + "\n"), body


def _read(head: str) -> dict[str, Value]:
    if len(head) > _MOST_CHARACTERS:
        raise FrontMatterError(2)
    try:
        loader = _Loader(head)
    except yaml.reader.ReaderError as error:  # A character that YAML wants escaped.
        raise FrontMatterError(head.count("\n", 0, error.position) + 2) from error
    try:
        values = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise FrontMatterError(_line_of(error, len(head))) from error
    except (ValueError, OverflowError) as error:  # An escape for what is no character.
        raise FrontMatterError(loader.get_mark().line + 2) from error
    if not isinstance(values, dict | None):
        raise FrontMatterError(2)
    return values or {}


def _line_of(error: yaml.MarkedYAMLError, length: int) -> int:
    """The line in the file to look at: where something began that has no end, or where reading stopped."""
    mark = error.problem_mark
    is_open = (error.context or "").startswith("while scanning") or mark is None or mark.index >= length
    if is_open and error.context_mark is not None:
        mark = error.context_mark
    return mark.line + 2 if mark else 2


class _MoreThanIsRead(yaml.MarkedYAMLError):
    """An alias, or more levels or values than any head needs."""


class _Loader(yaml.BaseLoader):
    """Reads every scalar as text, whatever its tag, and follows no alias."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0
        self._count = 0

    @override
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        self._count += 1
        self._depth += 1
        is_too_deep = self._depth > _DEEPEST and isinstance(event, yaml.CollectionStartEvent)
        if isinstance(event, yaml.AliasEvent) or is_too_deep or self._count > _MOST_VALUES:
            raise _MoreThanIsRead(problem_mark=event.start_mark)  # type: ignore[arg-type]
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


class _Dumper(yaml.SafeDumper):
    """Writes texts in quotes or as blocks, so that no reader takes one for a number or a date."""

    @override
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    @override
    def ignore_aliases(self, data: object) -> bool:
        return True

    def represent_names_and_values(self, mapping: dict[str, Writable]) -> yaml.MappingNode:
        node = self.represent_dict(mapping)
        for name, _ in node.value:
            name.style = None
        return node

    def represent_text(self, text: str) -> yaml.ScalarNode:
        is_block = "\n" in text and not text.endswith("\n") and not _OTHER_LINE_ENDS.search(text)
        return self.represent_scalar("tag:yaml.org,2002:str", text, "|" if is_block else '"')

    def represent_moment(self, date: datetime) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:timestamp", date.isoformat(timespec="seconds"))


_Dumper.add_representer(dict, _Dumper.represent_names_and_values)
_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(datetime, _Dumper.represent_moment)
_Dumper.add_representer(tuple, _Dumper.represent_list)
