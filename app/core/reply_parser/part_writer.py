"""Put the parts of one reply together and tell what changed.

What shows nothing to a reader (white space between parts, stray control markers, an empty thought) makes no
part of its own. It is kept in the raw text of the part that follows; at the end of a reply, of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.core.message import ReasoningPart, TextPart, ToolCallPart, WrittenPart
from app.core.reply_parser.markers import BLANK


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
    """What a reader sees was added: words of a text or a thought, the raw text of a tool call."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class PartFinished:
    """A part as it stays. Its type counts, not the kind it began as: a text may turn out to be a thought.

    Comes once more for the last part if white space or control markers at the end are added to its raw text;
    to a tool call, which shows its raw text, a last `PartGrew` adds them first.
    """

    index: int
    part: WrittenPart


ReplyEvent = PartStarted | PartGrew | PartFinished


@dataclass(slots=True)
class _OpenPart:
    kind: PartKind
    raw: list[str]
    length: int
    """Characters in `raw`."""
    shown: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    """White space at the end, which is shown only if words follow."""


class PartWriter:
    """The parts of a reply while they are written."""

    def __init__(self) -> None:
        self.parts: list[WrittenPart] = []
        self._open: _OpenPart | None = None
        self._gap: list[str] = []
        self._events: list[ReplyEvent] = []
        self._grown: list[str] = []

    def copy(self) -> PartWriter:
        """An independent writer in the same state, without the events that wait to be taken."""
        twin = PartWriter()
        twin.parts = list(self.parts)
        twin._gap = list(self._gap)
        if part := self._open:
            twin._open = _OpenPart(part.kind, list(part.raw), part.length, list(part.shown), list(part.tail))
        return twin

    @property
    def open_length(self) -> int:
        """Characters written to the part that is open, hidden ones included."""
        return self._open.length if self._open else 0

    @property
    def open_raw(self) -> str:
        return "".join(self._open.raw) if self._open else ""

    def take_events(self) -> list[ReplyEvent]:
        """Take the events since the last call."""
        self._tell_growth()
        events, self._events = self._events, []
        return events

    def write(self, kind: PartKind, text: str) -> None:
        """Add words to a text or a thought, which begins with the first one that can be seen."""
        words = text.rstrip(BLANK)
        if not self._open and not words:
            self.write_hidden(text)
            return
        part = self._open or self.start(kind)
        self._add_raw(part, text)
        tail = text[len(words) :]
        if words:
            self._show(part, "".join((*part.tail, words)) if part.shown else words.lstrip(BLANK))
            part.tail.clear()
        if tail:
            part.tail.append(tail)

    def write_call(self, raw: str) -> None:
        """Add to the tool call that is open. All of it is shown."""
        if raw and self._open:
            self._add_raw(self._open, raw)
            self._show(self._open, raw)

    def add_calls(self, parts: Sequence[ToolCallPart]) -> None:
        """Add calls that are already whole."""
        for part in parts:
            self.start(PartKind.TOOL_CALL)
            self.write_call(part.raw)
            self.finish(replace(part, raw=self.open_raw))

    def write_hidden(self, raw: str) -> None:
        """Add what a reader does not see."""
        if self._open:
            self._add_raw(self._open, raw)
        elif raw:
            self._gap.append(raw)

    def start(self, kind: PartKind) -> _OpenPart:
        """Begin a part, with what was hidden before it."""
        raw, self._gap = "".join(self._gap), []
        part = self._open = _OpenPart(kind, [raw], len(raw))
        self._events.append(PartStarted(len(self.parts), kind))
        if kind is PartKind.TOOL_CALL and raw:
            self._show(part, raw)
        return part

    def finish_text(self) -> None:
        """End the text, if one is open."""
        if part := self._open:
            self.finish(TextPart("".join(part.shown), self.open_raw))

    def finish_reasoning(self, *, is_closed: bool) -> None:
        """End the thought, or make a thought of the text, if one is open."""
        if part := self._open:
            self.finish(ReasoningPart("".join(part.shown), self.open_raw, is_closed))

    def finish(self, part: WrittenPart) -> None:
        """End the open part, which is `part` from now on."""
        self._tell_growth()
        self._events.append(PartFinished(len(self.parts), part))
        self.parts.append(part)
        self._open = None

    def end(self, kind: PartKind) -> None:
        """End the reply: what is hidden at its end goes to the last part or to an empty one of that kind."""
        raw, self._gap = "".join(self._gap), []
        if raw and self.parts:
            last = self.parts.pop()
            if isinstance(last, ToolCallPart):
                self._grown.append(raw)
            self.finish(replace(last, raw=last.raw + raw))
        elif raw:
            self._events.append(PartStarted(0, kind))
            is_thought = kind is PartKind.REASONING
            self.finish(ReasoningPart("", raw, is_closed=False) if is_thought else TextPart("", raw))

    def _add_raw(self, part: _OpenPart, raw: str) -> None:
        part.raw.append(raw)
        part.length += len(raw)

    def _show(self, part: _OpenPart, text: str) -> None:
        part.shown.append(text)
        self._grown.append(text)

    def _tell_growth(self) -> None:
        if self._grown:
            self._events.append(PartGrew(len(self.parts), "".join(self._grown)))
            self._grown.clear()
