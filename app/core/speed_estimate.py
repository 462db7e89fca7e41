"""How fast a model will write on this computer, estimated before it is downloaded.

To write a token the engine reads all weights that take part in it from memory, so the speed is the memory's
bandwidth over the bytes of those weights. In a mixture of experts only some take part: LFM2.5-8B-A1B reads
about an eighth of its file for each token.
"""

from __future__ import annotations

import re

COMFORTABLE_TOKENS_PER_SECOND = 8.0
"""Faster than most people read: about 250 words a minute in English."""
FAST_TOKENS_PER_SECOND = 25.0
"""Nobody waits for such an answer."""

_ACTIVE_IN_NAME = re.compile(
    r"(?<![\d.A-Za-z])(\d+(?:\.\d+)?)B-A(\d+(?:\.\d+)?)B(?![\dA-Za-z])", re.IGNORECASE
)
_SHARED_SHARE = 0.04
"""Of a mixture's weights: embeddings and what else every token reads, beside the experts."""


def active_share(name: str) -> float:
    """The share of a model's weights that are read for each token, 0 to 1.

    Args:
        name: of the model or its file; makers of mixtures write the active part into it (`30B-A3B`).
    """
    found = _ACTIVE_IN_NAME.search(name)
    if found is None or not float(found[1]):
        return 1.0
    return min(1.0, float(found[2]) / float(found[1]) + _SHARED_SHARE)


def tokens_per_second(weight_bytes: int, share: float, bytes_per_second: float) -> float | None:
    """The speed of writing; None where the bandwidth or the size is not known (0)."""
    if not weight_bytes or not bytes_per_second:
        return None
    return bytes_per_second / (weight_bytes * share)
