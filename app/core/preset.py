"""A named system prompt with its sampling and load options."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.sampling import Sampling, SamplingLimit
from app.core.translation import tr, tr_later


@dataclass(frozen=True, slots=True)
class Preset:
    """What a person picks by name instead of setting twenty values."""

    name: str
    sampling: Sampling = field(default_factory=Sampling)
    system_prompt: str = ""
    source: str = ""
    """Where the values come from, such as a model card; empty for the user's own."""
    is_builtin: bool = False
    context_length: int = 0
    """In tokens; 0 is chosen from the model and the free memory."""
    thread_count: int = 0
    """0 is one for each physical core."""
    gpu_layers: int = -1
    """Layers that the graphics card computes, where there is one; -1 is all of them."""
    kv_cache_type: str = "f16"
    """How attention memory is stored: f16, q8_0 or q4_0."""
    flash_attention: str = "auto"
    """Whether attention is computed in one pass: auto, on or off; auto takes what is faster here."""
    thinking_limit: int = 0
    """After so many tokens a thought is closed and the answer begins; 0 lets the model think."""
    tools: tuple[str, ...] | None = None
    """The names of those that are on in conversations that did not choose; None is as in the settings."""


DEFAULT_NAME = tr_later("Default")
"""Of the preset for models that have none of their own. It is kept in English wherever presets are named."""


def shown_name(preset_name: str) -> str:
    """A preset's name as the user reads it: the one that the program gave in the user's language."""
    return tr(preset_name) if preset_name == DEFAULT_NAME else preset_name


KV_CACHE_TYPES: tuple[str, ...] = ("f16", "q8_0", "q4_0")
FLASH_ATTENTION: tuple[str, ...] = ("auto", "on", "off")

# The longest context and the most threads are far above any model and machine, to catch slips.
LOAD_LIMITS: dict[str, SamplingLimit] = {
    "context_length": SamplingLimit(
        tr("Context length"),
        0,
        1_048_576,
        1024,
        tr("How many tokens the model can see at once. More takes more memory."),
    ),
    "thread_count": SamplingLimit(tr("Threads"), 0, 512, 1, tr("How many processor cores the model uses.")),
    "gpu_layers": SamplingLimit(
        tr("GPU layers"),
        -1,
        1024,
        1,
        tr("How many layers of the model the graphics card computes. Fewer take less of its memory."),
    ),
}
"""The ranges of the numbers that take effect when the model is loaded."""

THINKING_LIMIT = SamplingLimit(
    tr("Thinking limit"),
    0,
    131072,
    64,
    tr("After this many tokens the model stops thinking and answers."),
)
"""The range of `Preset.thinking_limit`."""
