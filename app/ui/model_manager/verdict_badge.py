"""A verdict as a word in a pill, with the sum behind it."""

from __future__ import annotations

from app.hub.verdict import Fit, MemoryVerdict
from app.ui.model_manager.rows import Badge, Tone

_TONES = {Fit.RUNS_WELL: Tone.GOOD, Fit.TIGHT: Tone.WARNING, Fit.TOO_LARGE: Tone.BAD}


def badge_of(verdict: MemoryVerdict) -> Badge:
    return Badge(verdict.label, _TONES[verdict.fit], verdict.sentence)
