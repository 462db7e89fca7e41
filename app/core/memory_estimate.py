"""The memory that a model needs: one sum, made before a download from what is known of the model's family and
before loading from the file's header, so that the models screen and the engine cannot contradict each other.

A model needs its weights, attention memory for each token of context, and work space for the batch of tokens
that is being read. All sizes are in bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

USABLE_SHARE = 0.9
"""The share of the free memory that a model may take; the rest belongs to the window and other programs."""
COMFORTABLE_SHARE = 0.75
"""Up to this share of the free memory a model runs without pushing other programs out."""
SHORTEST_CONTEXT = 2_048
"""Tokens below which a chat is no use; a model that does not fit with these does not fit."""
CONTEXT_STEP = 256
"""llama.cpp rounds the context up to a multiple of this."""
LARGEST_BATCH = 512
"""Tokens read at a time."""

CACHE_BYTES: dict[str, float] = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
"""Bytes of one number of attention memory, by cache type (blocks of 32 numbers with their scales)."""

PROJECTOR_WORK_BYTES = 80_000_000
"""Work space of what lets a model see; measured: 40 to 80 MB for the towers of LFM2.5-VL."""

_LFM2_BYTES_PER_TOKEN = 12_288
"""LFM2.5 up to 1.2B, and 8B-A1B: six attention layers with eight heads of 64, in 16 bits."""
_LARGE_LFM2_BYTES_PER_TOKEN = 16_384
"""LFM2.5-2.6B: eight attention layers."""
_TYPICAL_OVERHEAD_BYTES = 150_000_000
"""What the header of every LFM2.5 gives at most."""


@dataclass(frozen=True, slots=True)
class ModelMemory:
    """What a model takes: a fixed part, and a part that grows with the context."""

    weight_bytes: int
    context_bytes_per_token: int
    overhead_bytes: int

    def total_bytes(self, context_length: int) -> int:
        """Everything together, with a context of so many tokens."""
        return self.weight_bytes + context_length * self.context_bytes_per_token + self.overhead_bytes

    def longest_context(self, free_bytes: int) -> int | None:
        """The longest context that fits, in tokens and whole steps.

        Args:
            free_bytes: the memory that is free, of which only `USABLE_SHARE` is taken.

        Returns:
            0 or less where not even the model fits; None where the context takes no memory.
        """
        room = int(free_bytes * USABLE_SHARE) - self.weight_bytes - self.overhead_bytes
        if room < 0 or not self.context_bytes_per_token:
            return None if room >= 0 else 0
        return room // self.context_bytes_per_token // CONTEXT_STEP * CONTEXT_STEP


def attention_bytes_per_token(head_count: int, key_and_value_width: int, cache_type: str = "f16") -> int:
    """Attention memory that each token takes.

    Args:
        head_count: heads with keys and values of their own, of all layers together.
        key_and_value_width: numbers in a key and a value of one head together.
        cache_type: how the numbers are kept, one of `CACHE_BYTES`.
    """
    return int(head_count * key_and_value_width * CACHE_BYTES[cache_type])


def work_space_bytes(embedding_length: int, feed_forward_length: int) -> int:
    """Work space of the engine beside weights and context: what a batch of tokens takes on its way through.

    An upper bound; measured: 35 MB where this says 83 MB (SmolLM2-135M).
    """
    return 64 * 1024 * 1024 + 4 * LARGEST_BATCH * (6 * embedding_length + 3 * feed_forward_length)


def typical_memory(architecture: str, weight_bytes: int, parameters: int = 0) -> ModelMemory:
    """The sum for a model whose header cannot be read yet.

    Known for LFM2; for other models a rule of thumb. With grouped attention they need 16 to 32 KiB of
    attention memory for each billion parameters (Llama-3.1-8B 128 KiB, Qwen2.5-7B 56 KiB, Llama-3.2-1B 32
    KiB), and their layers are about as wide as those of Llama (4,096 numbers at 8 billion parameters).

    Args:
        architecture: as in `general.architecture` of the file, such as `lfm2`.
        weight_bytes: the size of the file.
        parameters: how many the model has; worked out from the size where 0.
    """
    billions = (parameters or weight_bytes * 1.6) / 1e9  # Q4_K_M takes 0.6 bytes for each parameter.
    if architecture in ("lfm2", "lfm2moe"):
        is_large = architecture == "lfm2" and billions > 2
        per_token = _LARGE_LFM2_BYTES_PER_TOKEN if is_large else _LFM2_BYTES_PER_TOKEN
        return ModelMemory(weight_bytes, per_token, _TYPICAL_OVERHEAD_BYTES)
    width = int(4_096 * (billions / 7.5) ** 0.5)
    overhead = max(_TYPICAL_OVERHEAD_BYTES, work_space_bytes(width, 7 * width // 2))
    return ModelMemory(weight_bytes, int(max(billions, 0.5) * 20_480), overhead)
