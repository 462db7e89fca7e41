"""One answer while it is being written: read, timed, watched for loops, and saved now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from app.core.errors import UserError
from app.core.generation import Statistics, StopReason
from app.core.language_model import MediaProgress, Piece, PromptProgress, ReplyStarted, StreamEvent
from app.core.message import Part
from app.core.reasoning_markers import THINK
from app.core.reasoning_timer import ReasoningLimit, ReasoningTimer
from app.core.repetition import Repeat, RepetitionDetector
from app.core.stream import ReplyAssembler
from app.core.turn_event import ReplyEnded, ReplyGrew, ReplySnapshot, TurnEvent
from app.core.turn_request import TurnRequest

SAVE_INTERVAL_SECONDS = 0.8
"""Time between two saves of a growing answer: under the second that may be lost."""


class _AnswerStop(threading.Event):
    """Set when the user stops the turn, or when this one answer is to stop."""

    def __init__(self, turn_stop: threading.Event) -> None:
        super().__init__()
        self._turn_stop = turn_stop

    def is_set(self) -> bool:
        return self._turn_stop.is_set() or super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the user only: the answer itself can stop only between two words, where nothing waits."""
        return self.is_set() or self._turn_stop.wait(timeout)


class AnswerBuilder:
    """One answer while it is being written."""

    def __init__(
        self,
        request: TurnRequest,
        prefill: str,
        parts: tuple[Part, ...],
        cancel: threading.Event,
        limit: ReasoningLimit | None,
    ) -> None:
        self.stop = _AnswerStop(cancel)
        self.thought_ending = ""
        """What ends the thought in which the answer was stopped, to go on behind it; else empty."""
        self._limit = limit
        self._statistics = Statistics()
        self._tools = request.tools
        self._prefill = prefill
        self._assembler = ReplyAssembler(tools=request.tools)
        self._assembler.feed(prefill)
        self._detector = RepetitionDetector()
        self._repeat: Repeat | None = None
        self._thoughts = ReasoningTimer(parts)
        self._saved_at = time.monotonic()

    def take(self, event: StreamEvent) -> Iterator[TurnEvent]:
        match event:
            case MediaProgress() | PromptProgress():
                yield event
            case ReplyStarted():
                self._start(event)
                yield from self._feed(self._prefill, 0)
            case Piece():
                self._watch(event.text)
                yield from self._feed(event.text, event.token_count)
                self._look_at_limit()
            case Statistics():
                self._statistics = event

    def end(self, error: UserError | None) -> ReplyEnded:
        reason = self._statistics.stop_reason
        if error:
            reason = StopReason.ERROR
        elif self._repeat and reason is StopReason.CANCELLED:
            reason = StopReason.LOOP
        if reason is not StopReason.CANCELLED:
            self.thought_ending = ""  # The answer ended by itself just then.
        statistics = replace(self._statistics, stop_reason=reason)
        message = self._thoughts.timed(self._assembler.finish())
        return ReplyEnded(message, statistics, error, self._repeat if reason is StopReason.LOOP else None)

    def _start(self, event: ReplyStarted) -> None:
        """Read the reply anew, now that it is known what the prompt ended in."""
        # A prefill that opens a thought itself is read as it stands.
        is_prompted = event.reasoning or (event.starts_in_reasoning and not self._assembler.open_reasoning)
        self._assembler = ReplyAssembler(bool(is_prompted), self._tools, event.reasoning, event.answer_tags)

    def _watch(self, piece: str) -> None:
        """Only what is written now counts: who goes on after a loop starts anew."""
        if not self._repeat:
            repeat = self._detector.feed(piece)
            if repeat:
                self._repeat = repeat.moved(len(self._prefill))
                self.stop.set()

    def _look_at_limit(self) -> None:
        if self._limit and not self._repeat and self._limit.is_reached(self._thoughts):
            markers = self._assembler.open_reasoning or THINK
            self.thought_ending = markers.ending
            self.stop.set()

    def _feed(self, text: str, token_count: int) -> Iterator[TurnEvent]:
        events = tuple(self._assembler.feed(text))
        self._thoughts.watch(events, token_count)
        if events:
            yield ReplyGrew(events, self._thoughts.progress)
        if time.monotonic() - self._saved_at >= SAVE_INTERVAL_SECONDS:
            self._saved_at = time.monotonic()
            yield ReplySnapshot(self._thoughts.timed(self._assembler.snapshot()))
