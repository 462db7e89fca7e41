"""Find tool calls that a model wrote without any markers, at the start of a line of its answer.

Only calls of tools that were offered count, and only where nothing else stands on their lines:

    [get_weather(city="Paris"), get_time()]
    get_weather(city="Paris")
    {"name": "get_weather", "arguments": {"city": "Paris"}}
    <function=get_weather><parameter=city>Paris</parameter></function>

Until that is known the line is held back, at most `LONGEST` characters of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.core.message import ToolCallPart
from app.core.reply_parser.call_fault import CallSyntaxError
from app.core.reply_parser.call_formats import has_arguments, read_call, read_written_call
from app.core.reply_parser.call_scanner import CallBoundary, CallScanner, Edge
from app.core.reply_parser.markers import CALL_ENDS, WAIT, NeedMoreText, marker_at
from app.core.reply_parser.tool_schema import OfferedTools

LONGEST = 8000
_LONGEST_OPENING = 200
_JSON_OPENINGS = (
    '{"name":"NAME"',
    '{"function":"NAME"',
    '{"tool":"NAME"',
    '{"tool_name":"NAME"',
    '{"function":{"name":"NAME"',
    '{"type":"function","name":"NAME"',
    '{"type":"function","function":{"name":"NAME"',
)
_JSON = (*_JSON_OPENINGS, *("[" + json for json in _JSON_OPENINGS))
_OPENINGS = (
    "NAME(",
    "[NAME(",
    "NAME{",
    ">>>NAME{",
    "<function=NAME>",
    '<functionname="NAME">',
    '<invokename="NAME">',
    *_JSON,
    *("functools" + json for json in _JSON),
    *(f"Action:```{fence}{json}" for fence in ("json", "") for json in _JSON),
)
_PREFIX = re.compile(r"functools\s*|>>>|Action:\s*(?P<fence>```)(?:json)?\s*")
"""What Firefunction, Functionary and Command R write before their calls."""
_FENCE_END = re.compile(r"\s*```")


@dataclass(frozen=True, slots=True)
class UnmarkedCalls:
    """Calls that were found, and where they end in the text."""

    parts: tuple[ToolCallPart, ...]
    end: int


@dataclass(slots=True)
class Candidate:
    """A possible call, as far as it was read. Positions count from its start."""

    scanner: CallScanner = field(default_factory=lambda: CallScanner(is_single=True))
    scanned: int = 0
    marks: list[CallBoundary] = field(default_factory=list)


class UnmarkedCallFinder:
    """Finds calls of the offered tools by the way they begin."""

    def __init__(self, tools: OfferedTools) -> None:
        self._tools = tools
        names = ["".join(name.split()) for name in tools.names]
        self._openings = tuple(opening.replace("NAME", name) for name in names for opening in _OPENINGS)
        self._longest = max(map(len, self._openings), default=0)

    def begins_at(self, text: str, position: int, *, is_final: bool) -> bool | NeedMoreText:
        """Whether a call begins here, going by its first words. White space in them does not count."""
        window = text[position : position + _LONGEST_OPENING]
        head = "".join(window.split())
        if head.startswith(self._openings):
            return True
        can_grow = len(head) < self._longest and len(window) < _LONGEST_OPENING and not is_final
        if can_grow and any(opening.startswith(head) for opening in self._openings):
            return WAIT
        return False

    def read(
        self, text: str, start: int, candidate: Candidate, *, is_final: bool
    ) -> UnmarkedCalls | NeedMoreText | None:
        """The calls that begin at `start`; None where it turns out to be text after all."""
        window = text[start : start + LONGEST]
        is_full = len(window) == LONGEST
        is_final = is_final and not is_full
        scanner = candidate.scanner
        prefix = _PREFIX.match(window)
        if prefix and not candidate.scanned:
            candidate.scanned = prefix.end()
        candidate.scanned, marks = scanner.read(window, candidate.scanned, is_final=is_final)
        candidate.marks += marks
        end: int | NeedMoreText | None = candidate.scanned
        if scanner.is_whole:
            end = candidate.scanned
            if prefix and prefix["fence"]:
                end = _end_of_fence(window, end, is_final=is_final)
            if isinstance(end, int):
                end = _end_of_line(window, end, is_final=is_final)
        elif not scanner.is_over and not is_final:
            end = WAIT
        if end is WAIT:
            return None if is_full else WAIT
        if not isinstance(end, int):
            return None
        parts = self._parts(window[:end], candidate)
        return UnmarkedCalls(parts, start + end) if parts else None

    def _parts(self, written: str, candidate: Candidate) -> tuple[ToolCallPart, ...]:
        """The calls; none if what was written may well be an ordinary text."""
        begins = [mark.position for mark in candidate.marks if mark.edge is Edge.CALL_BEGINS]
        ends = [mark.position for mark in candidate.marks if mark.edge is Edge.CALL_ENDS]
        ends += [len(written)] * (len(begins) - len(ends))
        edges = [0, *begins[1:], len(written)]
        parts = []
        for index, (begin, end) in enumerate(zip(begins, ends, strict=True)):
            body = written[begin:end]
            if not _is_meant(body, is_listed=written[0] == "[" or _PREFIX.match(written) is not None):
                return ()
            parts.append(read_call(body, written[edges[index] : edges[index + 1]], self._tools))
        return tuple(parts)


def _is_meant(body: str, *, is_listed: bool) -> bool:
    """Whether this is a call, rather than words about one or JSON that looks alike."""
    if body.startswith("{"):
        return has_arguments(body)
    return is_listed or body.startswith("<") or _is_literal(body)


def _is_literal(body: str) -> bool:
    """Whether a call holds values only, unlike `get_weather(city)` in words about a tool."""
    try:
        call = read_written_call(body)
    except CallSyntaxError:
        return False
    return not any(value.fault for value in (*call.unnamed, *call.named.values()))


def _end_of_fence(text: str, position: int, *, is_final: bool) -> int | NeedMoreText:
    """Where the block of code around the calls ends, if it is closed."""
    if found := _FENCE_END.match(text, position):
        return found.end()
    rest = text[position:].lstrip()
    return position if is_final or not "```".startswith(rest) else WAIT


def _end_of_line(text: str, position: int, *, is_final: bool) -> int | NeedMoreText | None:
    """Where the calls end if nothing follows them on their line: behind an end marker, else where they do."""
    at = position
    while at < len(text) and text[at] in " \t\r":
        at += 1
    if at == len(text):
        return position if is_final else WAIT
    if text[at] == "\n":
        return position
    marker = marker_at(text, at, is_final=is_final)
    if marker is WAIT:
        return WAIT
    if isinstance(marker, str):
        return at + len(marker) if marker in CALL_ENDS else position
    return None
