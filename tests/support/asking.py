"""Asks an engine, and keeps everything it sent."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.generation import Statistics
from app.core.language_model import Piece, PromptProgress, ReplyStarted, StreamEvent
from app.core.message import Message, ReasoningPart, Role, TextPart
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine

GREEDY = Sampling(temperature=0)

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "City name"}},
            "required": ["city"],
        },
    },
}


@dataclass(frozen=True)
class Answer:
    events: list[StreamEvent]

    @property
    def pieces(self) -> list[Piece]:
        return [event for event in self.events if isinstance(event, Piece)]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def progress(self) -> list[PromptProgress]:
        return [event for event in self.events if isinstance(event, PromptProgress)]

    @property
    def started(self) -> ReplyStarted:
        return next(event for event in self.events if isinstance(event, ReplyStarted))

    @property
    def statistics(self) -> Statistics:
        last = self.events[-1]
        assert isinstance(last, Statistics)
        return last


def ask(
    engine: Engine,
    messages: str | Sequence[Message],
    sampling: Sampling = GREEDY,
    tools: Sequence[dict[str, Any]] = (),
    prefill: str = "",
) -> Answer:
    turns = [user(messages)] if isinstance(messages, str) else messages
    return Answer(list(engine.answer(turns, tools, sampling, threading.Event(), prefill)))


def answered_by_a_fresh_engine(path: Path, turns: list[Message], sampling: Sampling = GREEDY) -> Answer:
    """What an engine says that remembers nothing."""
    engine = Engine()
    engine.load(path, LoadOptions(context_length=2048), lambda share: None)
    answer = ask(engine, turns, sampling)
    engine.unload()
    assert answer.statistics.cached_tokens == 0
    return answer


def user(text: str) -> Message:
    return Message.of_text(Role.USER, text)


def system(text: str) -> Message:
    return Message.of_text(Role.SYSTEM, text)


def assistant(raw: str) -> Message:
    """A reply as the core reads it: its thought apart from its words."""
    if not raw.startswith("<think>"):
        return Message.of_text(Role.ASSISTANT, raw)
    thought, words = raw.split("</think>")
    return Message(
        Role.ASSISTANT,
        (
            ReasoningPart(thought.removeprefix("<think>").strip(), thought + "</think>"),
            TextPart(words.strip(), words),
        ),
    )
