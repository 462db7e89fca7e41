"""What twice the context of the loaded model would cost."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from app.core.memory_estimate import CONTEXT_STEP, USABLE_SHARE
from app.core.model_file import ModelInfo
from app.engine.load_options import context_bytes_per_token
from app.engine.model_checks import read_usable


@dataclass(frozen=True, slots=True)
class LongerContext:
    """A context that the model could be loaded with instead. Sizes in bytes."""

    context_length: int
    extra_bytes: int
    """What it takes beyond the present one."""
    free_bytes: int

    @property
    def fits(self) -> bool:
        return self.extra_bytes <= self.free_bytes * USABLE_SHARE


def longer_context(info: ModelInfo, kv_cache_type: str) -> LongerContext | None:
    """Twice the present context, or as much as the model was trained for; None where it has that already.

    Raises:
        ModelFileError: the model's file cannot be read any more.
    """
    header = read_usable(info.path)
    length = 2 * info.context_length
    if info.trained_context:
        length = min(length, -(-info.trained_context // CONTEXT_STEP) * CONTEXT_STEP)
    if length <= info.context_length:
        return None
    extra = (length - info.context_length) * context_bytes_per_token(header, kv_cache_type)
    return LongerContext(length, extra, psutil.virtual_memory().available)
