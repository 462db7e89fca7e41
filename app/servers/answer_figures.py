"""The figures of an answer that a server writes: its own where it tells them, else what is seen here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.generation import PromptOrigin, Statistics, StopReason
from app.core.language_model import Piece, PromptProgress

_STOP_REASONS = {"length": StopReason.TOKEN_LIMIT}
_LARGEST = 1 << 40


@dataclass(slots=True)
class AnswerFigures:
    """What is counted and timed of one answer; times in seconds of `time.perf_counter`."""

    seed: int
    asked: float = 0.0
    first: float = 0.0
    last: float = 0.0
    written: int = 0
    """Pieces that came; a token each from most servers."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    prompt_ms: float = 0.0
    has_started: bool = False
    has_ended: bool = False
    stop_reason: StopReason = StopReason.END
    texts: list[str] = field(default_factory=list)
    _progress: tuple[int, int] = field(default=(-1, -1))

    @property
    def generated(self) -> int:
        return self.generated_tokens or self.written

    def ask(self) -> None:
        self.asked = time.perf_counter()

    def pieces(self, texts: Iterator[str], tokens: int = 1) -> Iterator[Piece]:
        """Counts what has come; a delta is a token, however many pieces are made of it."""
        found = list(texts)
        for number, text in enumerate(found, start=1):
            self.last = time.perf_counter()
            self.first = self.first or self.last
            # What was written stands last: before it come tags that no model wrote.
            count = tokens if number == len(found) else 0
            self.written += count
            self.texts.append(text)
            yield Piece(text, count)

    def take_end(self, choice: Mapping[str, Any]) -> None:
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            self.has_ended = True
            self.stop_reason = _STOP_REASONS.get(reason, StopReason.END)

    def take_progress(self, event: Mapping[str, Any]) -> Iterator[PromptProgress]:
        """Takes what a server tells of its figures, and of how far it is with the prompt."""
        usage = event.get("usage")
        if isinstance(usage, Mapping):
            self.prompt_tokens = _number(usage, "prompt_tokens") or self.prompt_tokens
            self.generated_tokens = _number(usage, "completion_tokens") or self.generated_tokens
            details = usage.get("prompt_tokens_details")
            if isinstance(details, Mapping):
                self.cached_tokens = _number(details, "cached_tokens") or self.cached_tokens
        timings = event.get("timings")
        if isinstance(timings, Mapping):
            self.prompt_ms = float(_number(timings, "prompt_ms"))
            self.cached_tokens = _number(timings, "cache_n") or self.cached_tokens
        progress = event.get("prompt_progress")
        if isinstance(progress, Mapping):
            total, cached = _number(progress, "total"), _number(progress, "cache")
            read = min(total, _number(progress, "processed"))
            if total and (read, total) != self._progress:
                self._progress = (read, total)
                yield PromptProgress(max(read, cached), total, cached)

    def statistics(self, origin: PromptOrigin, ignored: tuple[str, ...], estimate: int) -> Statistics:
        """The figures; `estimate` stands for the length of a prompt that nobody has counted."""
        waited = (self.first - self.asked) * 1000 if self.first else 0.0
        return Statistics(
            prompt_tokens=self.prompt_tokens or estimate,
            cached_tokens=self.cached_tokens,
            prompt_ms=self.prompt_ms or waited,
            ttft_ms=waited,
            generated_tokens=self.generated,
            decode_ms=(self.last - self.first) * 1000,
            stop_reason=self.stop_reason,
            seed=self.seed,
            is_estimated=not self.prompt_tokens,
            prompt_origin=origin,
            ignored_values=ignored,
        )


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0
    return int(value) if 0 <= value < _LARGEST else 0
