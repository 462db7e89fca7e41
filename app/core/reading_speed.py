"""How fast a model reads prompts on this computer, learned from its answers."""

from __future__ import annotations

from app.core.generation import Statistics

_SMOOTHING = 0.3
"""The weight of the newest answer against those before it."""
_SHORTEST_READING = 64
"""Tokens; less tells more of how a reading begins than of how it goes on."""


class ReadingSpeed:
    """What is known of the speeds of models, by a name of each."""

    def __init__(self) -> None:
        self._tokens_per_ms: dict[str, float] = {}

    def note(self, model: str, statistics: Statistics) -> None:
        """Learns from an answer."""
        read = statistics.prompt_tokens - statistics.cached_tokens
        if read < _SHORTEST_READING or statistics.prompt_ms <= 0:
            return
        shown = read / statistics.prompt_ms
        before = self._tokens_per_ms.get(model, shown)
        self._tokens_per_ms[model] = before * (1 - _SMOOTHING) + shown * _SMOOTHING

    def seconds(self, model: str, tokens: int) -> float | None:
        """How long a model reads so many tokens; None before it has read any."""
        speed = self._tokens_per_ms.get(model)
        return tokens / speed / 1000 if speed else None
