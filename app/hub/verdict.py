"""Whether a model fits this machine. All figures are handed in; nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.core import formatting
from app.core.memory_estimate import COMFORTABLE_SHARE, SHORTEST_CONTEXT, USABLE_SHARE, ModelMemory

CHAT_CONTEXT = 8_192
"""Tokens that the sum is made for where nobody says otherwise: a long conversation."""


class Fit(StrEnum):
    """The verdict, from good to bad."""

    RUNS_WELL = "runs well"
    TIGHT = "tight"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class MemoryVerdict:
    """Whether a model fits, and the sum behind it."""

    fit: Fit
    memory: ModelMemory
    free_bytes: int
    context_length: int = CHAT_CONTEXT
    """The tokens of the conversation that the sum is for."""

    @property
    def needed_bytes(self) -> int:
        """Everything together, in bytes."""
        return self.memory.total_bytes(self.context_length)

    @property
    def label(self) -> str:
        """Two words for a badge."""
        return self.fit.value.capitalize()

    @property
    def sentence(self) -> str:
        """The whole sum, for whoever wants to know."""
        context_bytes = self.context_length * self.memory.context_bytes_per_token
        return (
            f"{self._claim} It needs about {formatting.size(self.needed_bytes)}: "
            f"{formatting.size(self.memory.weight_bytes)} for the model, "
            f"{formatting.size(context_bytes)} for a conversation of {self.context_length:,} tokens and "
            f"{formatting.size(self.memory.overhead_bytes)} for the engine. "
            f"{formatting.size(self.free_bytes)} are free now."
        )

    @property
    def _claim(self) -> str:
        if self.fit is Fit.RUNS_WELL:
            return "This model runs well on this computer."
        if self.fit is Fit.TIGHT:
            return "This model fits, but leaves little memory to other programs."
        shorter = self.memory.longest_context(self.free_bytes)
        if shorter is not None and shorter >= SHORTEST_CONTEXT:
            return f"Only a short conversation, of {shorter:,} tokens, fits beside this model now."
        return "This model is too large for the memory that is free."


def judge(memory: ModelMemory, free_bytes: int, context_length: int = CHAT_CONTEXT) -> MemoryVerdict:
    """Whether a model fits into the free memory, by the same sum as the engine makes before it loads it.

    Args:
        memory: what the model takes.
        free_bytes: the memory that is free, of the computer or of the graphics card it is to run on.
        context_length: tokens of the conversation that it is to hold.
    """
    needed = memory.total_bytes(context_length)
    if needed <= free_bytes * COMFORTABLE_SHARE:
        fit = Fit.RUNS_WELL
    else:
        fit = Fit.TIGHT if needed <= free_bytes * USABLE_SHARE else Fit.TOO_LARGE
    return MemoryVerdict(fit, memory, free_bytes, context_length)
