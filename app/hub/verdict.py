"""Whether a model fits this machine. All figures are handed in; nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.hub.sizes import gigabytes

OVERHEAD_BYTES = 150_000_000
"""What the engine needs beside weights and context; an upper bound for models up to 8B."""
USABLE_SHARE = 0.9
"""Of the free memory: the rest belongs to the window and to other programs."""
COMFORTABLE_SHARE = 0.75
"""Up to this share of the free memory a model runs without pushing other programs out."""
CHAT_CONTEXT = 8_192
"""Tokens that the sum is made for where nobody says otherwise: a long conversation."""

_CONTEXT_BYTES = {"lfm2": 12_288, "lfm2moe": 12_288}
"""For each token, in 16 bits: LFM2.5 up to 1.2B and 8B-A1B, six attention layers with eight heads of 64."""
_LARGE_LFM2_BYTES_PER_TOKEN = 16_384
"""LFM2.5-2.6B: eight attention layers."""


class Fit(StrEnum):
    """The verdict, from good to bad."""

    RUNS_WELL = "runs well"
    TIGHT = "tight"
    TOO_LARGE = "too large"


@dataclass(frozen=True, slots=True)
class MemoryVerdict:
    """Whether a model fits, and the sum behind it. Sizes in bytes."""

    fit: Fit
    weight_bytes: int
    context_bytes: int
    overhead_bytes: int
    free_bytes: int
    context_length: int = CHAT_CONTEXT
    """The tokens that `context_bytes` are for."""

    @property
    def needed_bytes(self) -> int:
        return self.weight_bytes + self.context_bytes + self.overhead_bytes

    @property
    def label(self) -> str:
        """Two words for a badge."""
        return self.fit.value.capitalize()

    @property
    def sentence(self) -> str:
        """The whole sum, for whoever wants to know."""
        return (
            f"{_CLAIMS[self.fit]} It needs about {gigabytes(self.needed_bytes)}: "
            f"{gigabytes(self.weight_bytes)} for the model, {gigabytes(self.context_bytes)} for "
            f"a conversation of {self.context_length:,} tokens and {gigabytes(self.overhead_bytes)} for the "
            f"engine. {gigabytes(self.free_bytes)} are free now."
        )


_CLAIMS = {
    Fit.RUNS_WELL: "This model runs well on this computer.",
    Fit.TIGHT: "This model fits, but leaves little memory to other programs.",
    Fit.TOO_LARGE: "This model is too large for the memory that is free.",
}


def judge(
    weight_bytes: int,
    free_bytes: int,
    context_bytes_per_token: int,
    context_length: int = CHAT_CONTEXT,
    overhead_bytes: int = OVERHEAD_BYTES,
) -> MemoryVerdict:
    """Whether a model fits into the free memory, of the computer or of the graphics card it is to run on."""
    context_bytes = context_bytes_per_token * context_length
    needed = weight_bytes + context_bytes + overhead_bytes
    if needed <= free_bytes * COMFORTABLE_SHARE:
        fit = Fit.RUNS_WELL
    else:
        fit = Fit.TIGHT if needed <= free_bytes * USABLE_SHARE else Fit.TOO_LARGE
    return MemoryVerdict(fit, weight_bytes, context_bytes, overhead_bytes, free_bytes, context_length)


def context_bytes_per_token(architecture: str, weight_bytes: int, parameters: int = 0) -> int:
    """Attention memory for each token, before the file's header can be read.

    Known for LFM2; for other models a rule of thumb: models with grouped attention need 16 to 32 KiB for each
    billion parameters (Llama-3.1-8B 128 KiB, Qwen2.5-7B 56 KiB, Llama-3.2-1B 32 KiB).
    """
    billions = (parameters or weight_bytes * 1.6) / 1e9  # Q4_K_M takes 0.6 bytes for each parameter.
    if architecture in _CONTEXT_BYTES:
        is_dense_and_large = architecture == "lfm2" and billions > 2
        return _LARGE_LFM2_BYTES_PER_TOKEN if is_dense_and_large else _CONTEXT_BYTES[architecture]
    return int(max(billions, 0.5) * 20_480)
