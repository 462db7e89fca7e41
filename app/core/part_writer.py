"""Puts the parts of one reply together and tells what changed: the events of `app.core.stream` are born here.

What shows nothing to a reader (blank space between parts, stray control markers, an empty thought) makes no part of
its own. It is kept in the raw text of the part that follows, at the end of the reply in that of the last one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.message import Part, ReasoningPart, TextPart, ToolCallPart

BLANK = " \t\r\n"
"""What is trimmed at the edges of a part. Not U+3000, with which Japanese paragraphs begin."""


class PartKind(StrEnum):
    TEXT = "text"
    REASONING = "reasoning"
    TOOL_CALL = "tool_call"


@dataclass(frozen=True, slots=True)
class PartStarted:
    """A new part begins, at that index of `Message.parts`."""

    index: int
    kind: PartKind


@dataclass(frozen=True, slots=True)
class PartGrew:
    """Readable text was added: words of a text or a thought, the raw text of a tool call."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class PartFinished:
    """A part as it stays. Its type counts, not the kind it started with: an answer may turn out a thought.

    May come once more for the last part, when blank space or control markers at the end are added to its raw text.
    """

    index: int
    part: Part


ReplyEvent = PartStarted | PartGrew | PartFinished


@dataclass(slots=True)
class _OpenPart:
    kind: PartKind
    raw: list[str]
    shown: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """Blank space at the end, shown only if more follows."""


class PartWriter:
    """The parts of a reply while they are written."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._open: _OpenPart | None = None
        self._gap: list[str] = []
        self._events: list[ReplyEvent] = []
        self._grown: list[str] = []

    def copy(self) -> PartWriter:
        """An independent writer in the same state, without the events that are waiting."""
        twin = PartWriter()
        twin.parts = list(self.parts)
        twin._gap = list(self._gap)
        if self._open:
            part = self._open
            twin._open = _OpenPart(part.kind, list(part.raw), list(part.shown), list(part.tail))
        return twin

    @property
    def open_kind(self) -> PartKind | None:
        return self._open.kind if self._open else None

    @property
    def index(self) -> int:
        return len(self.parts)

    def take_events(self) -> list[ReplyEvent]:
        """What happened since the last time."""
        self._tell_growth()
        events, self._events = self._events, []
        return events

    def write(self, kind: PartKind, text: str) -> None:
        """Adds words; the part begins with the first one that can be seen."""
        if not self._open and not text.strip(BLANK):
            self._gap.append(text)
            return
        part = self._open or self.start(kind)
        part.raw.append(text)
        shown = text if part.shown or part.tail else text.lstrip(BLANK)
        words = shown.rstrip(BLANK)
        if words:
            self._show(part, "".join((*part.tail, words)))
            part.tail.clear()
        if len(words) < len(shown):
            part.tail.append(shown[len(words) :])

    def write_hidden(self, raw: str) -> None:
        """Adds what a reader does not see."""
        (self._open.raw if self._open else self._gap).append(raw)

    def write_call(self, raw: str) -> None:
        """Adds to a tool call, where everything is shown."""
        part = self._open or self.start(PartKind.TOOL_CALL)
        part.raw.append(raw)
        self._show(part, raw)

    def start(self, kind: PartKind) -> _OpenPart:
        part = self._open = _OpenPart(kind, self._gap)
        self._gap = []
        self._events.append(PartStarted(self.index, kind))
        if kind is PartKind.TOOL_CALL and part.raw:
            self._show(part, "".join(part.raw))
        return part

    def raw_so_far(self) -> str:
        return "".join(self._open.raw) if self._open else ""

    def finish_text(self) -> None:
        if part := self._open:
            self.finish(TextPart("".join(part.shown), "".join(part.raw)))

    def finish_reasoning(self, *, is_closed: bool) -> None:
        """Ends a thought, or makes a thought of the text written last."""
        if part := self._open:
            self.finish(ReasoningPart("".join(part.shown), "".join(part.raw), is_closed))

    def finish(self, part: Part) -> None:
        self._tell_growth()
        self._events.append(PartFinished(self.index, part))
        self.parts.append(part)
        self._open = None

    def end(self, *, is_thinking: bool) -> None:
        """Gives what is left over, and shows nothing, to the last part."""
        raw = "".join(self._gap)
        self._gap = []
        if not raw:
            return
        if not self.parts:
            empty = PartKind.REASONING if is_thinking else PartKind.TEXT
            self._events.append(PartStarted(0, empty))
            self.finish(ReasoningPart("", raw, is_closed=False) if is_thinking else TextPart("", raw))
            return
        last = self.parts[-1]
        assert isinstance(last, TextPart | ReasoningPart | ToolCallPart)
        self.parts[-1] = replace(last, raw=last.raw + raw)
        self._events.append(PartFinished(self.index - 1, self.parts[-1]))

    def _show(self, part: _OpenPart, text: str) -> None:
        part.shown.append(text)
        self._grown.append(text)

    def _tell_growth(self) -> None:
        if self._grown:
            self._events.append(PartGrew(self.index, "".join(self._grown)))
            self._grown.clear()
