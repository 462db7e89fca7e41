"""What a computer has, and what it can run, in words."""

from __future__ import annotations

from app.core import formatting
from app.core.memory_estimate import COMFORTABLE_SHARE, typical_memory
from app.core.speed_estimate import COMFORTABLE_TOKENS_PER_SECOND
from app.core.translation import tr, tr_count
from app.engine.computer import Computer
from app.hub.verdict import CHAT_CONTEXT

_BYTES_PER_PARAMETER = 0.62
"""In four bits (Q4_K_M), as the files of LFM2.5 are."""
SMALLEST_PARAMETERS = 200_000_000
"""There is hardly a useful model with fewer."""


def largest_parameters(computer: Computer) -> int:
    """The parameters of the largest model in four bits that fits beside what else is open now."""
    room = computer.free_bytes * COMFORTABLE_SHARE - typical_memory("lfm2", 0).total_bytes(CHAT_CONTEXT)
    return max(0, round(room / _BYTES_PER_PARAMETER))


def facts(computer: Computer) -> tuple[str, ...]:
    """Memory, processor and graphics card, each in a few words."""
    cores = tr_count("{count:,} core", "{count:,} cores", computer.core_count)
    return (
        tr(
            "{size} of {size_2} RAM free",
            size=formatting.size(computer.free_bytes),
            size_2=formatting.size(computer.memory_bytes),
        ),
        f"{computer.processor}, {cores}" if computer.processor else cores,
        tr("GPU acceleration on") if computer.has_graphics else tr("No GPU"),
    )


def claim(computer: Computer) -> str:
    """The sentence that says which models answer at a comfortable speed, not only which ones fit."""
    parameters = largest_parameters(computer)
    if parameters < SMALLEST_PARAMETERS:
        return tr("Little memory is free now. Close other programs, or choose the smallest model.")
    if computer.bytes_per_second:
        quick = computer.bytes_per_second / COMFORTABLE_TOKENS_PER_SECOND / _BYTES_PER_PARAMETER
        parameters = min(parameters, round(quick))
    if parameters < SMALLEST_PARAMETERS:
        return tr("Models write slowly on this computer. The smallest ones are the fastest.")
    billions = parameters / 1e9
    if billions < 1:
        largest = tr("{number:.0f} million", number=billions * 1000)
    elif billions < 2:
        largest = tr("{number:.1f} billion", number=billions)
    else:
        largest = tr("{number:.0f} billion", number=billions)
    return tr("Models of up to about {largest} parameters are comfortable on this computer.", largest=largest)
