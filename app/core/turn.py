"""One turn: choose what the model sees, ask it, and put its answer together piece by piece.

Runs wherever it is iterated (in the program: on the engine's thread) and needs neither Qt nor a disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.core.conversation import MessageNode
from app.core.errors import EngineError, UserError
from app.core.message import Message, ReasoningPart, Statistics, StopReason
from app.core.prompt import choose_messages
from app.core.sampling import Sampling
from app.core.stream import PartFinished, PartStarted, ReplyAssembler, ReplyEvent
from app.core.stream_event import LanguageModel, Piece, PromptProgress, ReplyStarted, StreamEvent

SAVE_INTERVAL_S = 0.8
"""Time between two saves of a growing answer: under the second that may be lost."""


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What is asked of the model."""

    path: tuple[MessageNode, ...]
    """The messages before the answer, from the first to the one that is to be answered."""
    system_prompt: str
    sampling: Sampling
    tools: tuple[dict[str, Any], ...] = ()
    model_path: str = ""
    """The model that is to answer; empty for whichever is loaded."""
    written: str = ""
    """What the model wrote before it was cut off, where this turn goes on from there."""


@dataclass(frozen=True, slots=True)
class PromptChosen:
    """What the model sees: the messages from `first_seen_id` on. None: nothing was left out."""

    first_seen_id: str | None


@dataclass(frozen=True, slots=True)
class ReplyGrew:
    """The answer has become longer."""

    events: tuple[ReplyEvent, ...]


@dataclass(frozen=True, slots=True)
class ReplySnapshot:
    """The whole answer so far, about once a second, to be saved."""

    message: Message


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The answer, whole or as far as it came. `error` is set where something went wrong."""

    message: Message
    statistics: Statistics
    error: UserError | None = None


TurnEvent = PromptChosen | PromptProgress | ReplyGrew | ReplySnapshot | ReplyEnded


def run_turn(model: LanguageModel, request: TurnRequest, cancel: threading.Event) -> Iterator[TurnEvent]:
    """Asks the model and yields what happens, a `ReplyEnded` always last.

    Never raises for the world's faults: they come as the `error` of `ReplyEnded`, with what was written before.
    """
    turn = _Turn(request)
    try:
        if request.model_path and request.model_path != model.model_path:
            raise EngineError(
                "The model that was to answer is not loaded.", "Choose a model, then regenerate the answer."
            )
        choice = choose_messages(request.path, request.system_prompt, model.count_tokens, model.context_length)
        yield PromptChosen(choice.first_seen_id)
        for event in model.answer(choice.messages, request.tools, request.sampling, cancel, request.written):
            yield from turn.take(event)
    except UserError as error:
        turn.statistics = replace(turn.statistics, stop_reason=StopReason.ERROR)
        yield turn.end(error)
    else:
        yield turn.end(None)


class _Turn:
    """The answer while it is being written."""

    def __init__(self, request: TurnRequest) -> None:
        self.statistics = Statistics()
        self._request = request
        self._assembler = ReplyAssembler(tools=request.tools)
        self._assembler.feed(request.written)
        self._thoughts = ThoughtClock()
        self._saved_at = time.monotonic()

    def take(self, event: StreamEvent) -> Iterator[TurnEvent]:
        match event:
            case PromptProgress():
                yield event
            case ReplyStarted():
                self._assembler = ReplyAssembler(event.starts_in_reasoning, self._request.tools)
                yield from self._feed(self._request.written, 0)
            case Piece():
                yield from self._feed(event.text, event.token_count)
            case Statistics():
                self.statistics = event

    def end(self, error: UserError | None) -> ReplyEnded:
        return ReplyEnded(self._thoughts.timed(self._assembler.finish()), self.statistics, error)

    def _feed(self, text: str, token_count: int) -> Iterator[TurnEvent]:
        events = tuple(self._assembler.feed(text))
        self._thoughts.watch(events, token_count)
        if events:
            yield ReplyGrew(events)
        if time.monotonic() - self._saved_at >= SAVE_INTERVAL_S:
            self._saved_at = time.monotonic()
            yield ReplySnapshot(self._thoughts.timed(self._assembler.snapshot()))


class ThoughtClock:
    """Measures how long each thought took, in milliseconds and in tokens."""

    def __init__(self) -> None:
        self._open: int | None = None
        self._started_at = 0.0
        self._figures: dict[int, tuple[int, int]] = {}

    def watch(self, events: tuple[ReplyEvent, ...], token_count: int) -> None:
        """Takes note of the events that a piece of that many tokens gave."""
        for event in events:
            if isinstance(event, PartStarted):
                self._open = event.index if event.kind == "reasoning" else None
                self._started_at = time.monotonic()
            elif isinstance(event, PartFinished) and event.index == self._open:
                self._count(0)
                self._open = None
        self._count(token_count)

    def timed(self, message: Message) -> Message:
        """The message with the figures written into its thoughts."""
        parts = tuple(
            replace(part, elapsed_ms=self._figures[index][0], token_count=self._figures[index][1])
            if isinstance(part, ReasoningPart) and index in self._figures
            else part
            for index, part in enumerate(message.parts)
        )
        return replace(message, parts=parts)

    def _count(self, token_count: int) -> None:
        if self._open is not None:
            elapsed_ms = round((time.monotonic() - self._started_at) * 1000)
            tokens = self._figures.get(self._open, (0, 0))[1] + token_count
            self._figures[self._open] = (elapsed_ms, tokens)
