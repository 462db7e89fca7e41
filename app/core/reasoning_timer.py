"""Measure reasoning while it is written, in milliseconds and in tokens."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.core.message import Message, Part, ReasoningPart
from app.core.stream import PartFinished, PartStarted, ReplyEvent


@dataclass(frozen=True, slots=True)
class ReasoningProgress:
    """The figures of a thought that is still being written."""

    elapsed_ms: int
    token_count: int


class ReasoningTimer:
    """Measures the thoughts of one answer.

    `prefill` are the parts that were written before, where the answer goes on from them: their figures count.
    """

    def __init__(self, prefill: Sequence[Part] = ()) -> None:
        self._earlier = {
            index: (part.elapsed_ms or 0, part.token_count or 0)
            for index, part in enumerate(prefill)
            if isinstance(part, ReasoningPart)
        }
        self._open: int | None = None
        self._started_at = 0.0
        self._figures: dict[int, tuple[int, int]] = {}

    @property
    def progress(self) -> ReasoningProgress | None:
        """The figures of the open thought; None while there is none."""
        return ReasoningProgress(*self._figures[self._open]) if self._open in self._figures else None

    @property
    def token_count(self) -> int:
        """The tokens of all thoughts together."""
        return sum(tokens for _, tokens in self._figures.values())

    def watch(self, events: Sequence[ReplyEvent], token_count: int) -> None:
        """Count the events of a piece of `token_count` tokens."""
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
            before_ms, before_tokens = self._earlier.get(self._open, (0, 0))
            elapsed_ms = before_ms + round((time.monotonic() - self._started_at) * 1000)
            tokens = self._figures.get(self._open, (0, before_tokens))[1] + token_count
            self._figures[self._open] = (elapsed_ms, tokens)


@dataclass(frozen=True, slots=True)
class ReasoningLimit:
    """The limit at which a thought is closed so that the answer begins."""

    answer_now: threading.Event
    """Set when the user no longer wants to wait."""
    most_tokens: int = 0
    """0 is as many as the model likes."""

    def is_reached(self, clock: ReasoningTimer) -> bool:
        is_too_long = 0 < self.most_tokens <= clock.token_count
        return clock.progress is not None and (is_too_long or self.answer_now.is_set())
