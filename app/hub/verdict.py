"""Whether a model fits this computer, and how fast it writes there. All figures are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core import formatting
from app.core.memory_estimate import COMFORTABLE_SHARE, SHORTEST_CONTEXT, USABLE_SHARE, ModelMemory
from app.core.speed_estimate import COMFORTABLE_TOKENS_PER_SECOND, FAST_TOKENS_PER_SECOND, tokens_per_second
from app.core.translation import sentences, tr, tr_count

CHAT_CONTEXT = 8_192
"""Tokens that the sum is made for where nobody says otherwise: a long conversation."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a computer has for a model now."""

    free_bytes: int
    """Memory, of the computer or of the graphics card that the model is to run on."""
    bytes_per_second: float = 0.0
    """The bandwidth of that memory as the engine uses it; 0 where nothing was measured."""


class Fit(StrEnum):
    """The verdict on memory, from good to bad."""

    FITS = "fits"
    TIGHT = "tight"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """Whether a model fits and how fast it writes, with the sums behind it."""

    fit: Fit
    memory: ModelMemory
    free_bytes: int
    context_length: int = CHAT_CONTEXT
    """The tokens of the conversation that the sum is for."""
    tokens_per_second: float | None = None
    """The estimated speed of writing; None where the computer's bandwidth is not known."""

    @property
    def needed_bytes(self) -> int:
        """Everything together, in bytes."""
        return self.memory.total_bytes(self.context_length)

    @property
    def is_slow(self) -> bool:
        """Whether it writes slower than people read."""
        return self.tokens_per_second is not None and self.tokens_per_second < COMFORTABLE_TOKENS_PER_SECOND

    @property
    def label(self) -> str:
        """A few words for a badge; empty where it fits and writes fast, or nothing is known of its speed."""
        if self.fit is Fit.TOO_LARGE:
            return tr("Too large")
        speed = self.tokens_per_second
        if self.fit is Fit.TIGHT and not self.is_slow:
            return tr("Tight")
        if speed is None or speed >= FAST_TOKENS_PER_SECOND:
            return ""
        about = _about(speed)
        return tr("Slow, {about}", about=about) if self.is_slow else about[:1].upper() + about[1:]

    @property
    def sentence(self) -> str:
        """The whole sum, for whoever wants to know."""
        context_bytes = self.context_length * self.memory.context_bytes_per_token
        needs = tr(
            "It needs about {needed}: {weights} for the model, {context} for a chat of {context_length:,} "
            "tokens and {engine} for the engine. {free} are free now.",
            needed=formatting.size(self.needed_bytes),
            weights=formatting.size(self.memory.weight_bytes),
            context=formatting.size(context_bytes),
            context_length=self.context_length,
            engine=formatting.size(self.memory.overhead_bytes),
            free=formatting.size(self.free_bytes),
        )
        return sentences(self._claim, self._speed, needs)

    @property
    def _speed(self) -> str:
        if self.tokens_per_second is None or self.fit is Fit.TOO_LARGE:
            return ""
        return tr("It writes {about} here.", about=_about(self.tokens_per_second))

    @property
    def _claim(self) -> str:
        if self.fit is Fit.FITS:
            return tr("This model fits into the memory of this computer.")
        if self.fit is Fit.TIGHT:
            return tr("This model fits, but leaves little memory for other programs.")
        shorter = self.memory.longest_context(self.free_bytes)
        if shorter is not None and shorter >= SHORTEST_CONTEXT:
            return tr(
                "Only a short chat, of {shorter:,} tokens, fits beside this model now.", shorter=shorter
            )
        return tr("This model is too large for the memory that is free.")


def judge(
    memory: ModelMemory, capacity: Capacity, context_length: int = CHAT_CONTEXT, share: float = 1.0
) -> ModelVerdict:
    """Judges memory, by the same sum as the engine makes before it loads a model, and speed.

    Args:
        memory: what the model takes.
        capacity: what the computer has.
        context_length: tokens of the conversation that it is to hold.
        share: of the weights that are read for each token, 0 to 1.
    """
    free_bytes = capacity.free_bytes
    needed = memory.total_bytes(context_length)
    if needed <= free_bytes * COMFORTABLE_SHARE:
        fit = Fit.FITS
    else:
        fit = Fit.TIGHT if needed <= free_bytes * USABLE_SHARE else Fit.TOO_LARGE
    speed = tokens_per_second(memory.weight_bytes, share, capacity.bytes_per_second)
    return ModelVerdict(fit, memory, free_bytes, context_length, speed)


def _about(speed: float) -> str:
    if speed < 0.75:
        return tr("under 1 token/s")
    return tr_count("about {count:,} token/s", "about {count:,} tokens/s", max(1, round(speed)))
