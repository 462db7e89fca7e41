"""Cases of what a model writes, each with what it shows, and the way all of them are checked.

A case is read as a whole and again character by character. Both must give the parts that the case names, keep
the text exactly, and tell of the parts in events that lead to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.core.message import Message, Part, ReasoningPart, TextPart, ToolCallPart
from app.core.stream import (
    PartFinished,
    PartGrew,
    PartKind,
    PartStarted,
    ReplyAssembler,
    ReplyEvent,
    parse_reply,
)

Seen = tuple[Any, ...]

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["city"],
        },
    },
}
CALCULATOR: dict[str, Any] = {
    "name": "calculator",
    "parameters": {
        "type": "object",
        "properties": {"expression": {"type": "string"}},
        "required": ["expression"],
    },
}
CLOCK: dict[str, Any] = {"name": "clock.now", "parameters": {"type": "object", "properties": {}}}
TOOLS = (WEATHER, CALCULATOR, CLOCK)


def text(words: str) -> Seen:
    """Words for the reader."""
    return ("text", words)


def thought(words: str) -> Seen:
    """A thought that the model closed."""
    return ("thought", words)


def open_thought(words: str) -> Seen:
    """A thought that the reply ends in, or that a call cut off."""
    return ("open thought", words)


def call(name: str, /, **arguments: Any) -> Seen:
    """A call that can be run."""
    return ("call", name, arguments)


def broken(name: str, error: str) -> Seen:
    """A call that cannot be run, with the sentence that tells why."""
    return ("broken call", name, error)


@dataclass(frozen=True)
class Case:
    """A reply and the parts it holds."""

    shows: str
    written: str
    parts: list[Seen]
    tools: Sequence[dict[str, Any]] = ()
    starts_in_reasoning: bool = False

    def read(self) -> Message:
        return parse_reply(self.written, starts_in_reasoning=self.starts_in_reasoning, tools=self.tools)

    def stream(self, pieces: Iterable[str]) -> tuple[Message, list[ReplyEvent]]:
        return stream(pieces, self.starts_in_reasoning, self.tools)


def each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """Runs a test once for every case, under the name of what it shows."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.shows) for case in cases])


def check(case: Case) -> None:
    """Asserts what a case shows, and that it is the same when it streams."""
    message = case.read()
    assert seen(message) == case.parts
    assert message.raw == case.written
    streamed, events = case.stream(case.written)
    assert streamed == message
    assert replayed(events) == shown(message)


def stream(
    pieces: Iterable[str], starts_in_reasoning: bool = False, tools: Sequence[dict[str, Any]] = ()
) -> tuple[Message, list[ReplyEvent]]:
    """The message that comes of the pieces, and all events on the way."""
    assembler = ReplyAssembler(starts_in_reasoning, tools)
    events = [event for piece in pieces for event in assembler.feed(piece)]
    message = assembler.finish()
    return message, [*events, *assembler.last_events]


def seen(message: Message) -> list[Seen]:
    """The parts as the cases write them."""
    return [_seen(part) for part in message.parts]


def _seen(part: Part) -> Seen:
    match part:
        case TextPart():
            return text(part.text)
        case ReasoningPart():
            return ("thought" if part.is_closed else "open thought", part.text)
        case ToolCallPart(error=None):
            return ("call", part.name, dict(part.arguments))
        case ToolCallPart():
            return ("broken call", part.name, part.error)
    raise AssertionError(f"A model does not write {part}")


def shown(message: Message) -> list[tuple[Part, str]]:
    """Each part with what a reader sees of it; of a tool call that is its raw text."""
    return [(part, part.raw if isinstance(part, ToolCallPart) else part.text) for part in message.parts]


def replayed(events: Iterable[ReplyEvent]) -> list[tuple[Part, str]]:
    """What a live view has in the end that does nothing but follow the events."""
    texts: list[str] = []
    parts: list[Part] = []
    for event in events:
        match event:
            case PartStarted(index, kind):
                assert index == len(texts) == len(parts)
                assert isinstance(kind, PartKind)
                texts.append("")
            case PartGrew(index, grown):
                assert index == len(texts) - 1
                assert grown
                texts[index] += grown
            case PartFinished(index, part):
                assert index == len(texts) - 1
                parts[index:] = [part]
    return list(zip(parts, texts, strict=True))
