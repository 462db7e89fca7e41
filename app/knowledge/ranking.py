"""Joins what was found in several ways into one order."""

from __future__ import annotations

from collections.abc import Sequence

SMOOTHING = 60
"""The usual one of reciprocal rank fusion."""


def fused(rankings: Sequence[Sequence[int]], weights: Sequence[float] = ()) -> list[int]:
    """Ids by the sum of `1 / (60 + rank)` over all rankings, the best first; equal ones as they came."""
    scores: dict[int, float] = {}
    for number, ranking in enumerate(rankings):
        weight = weights[number] if weights else 1.0
        for rank, found in enumerate(ranking, 1):
            scores[found] = scores.get(found, 0.0) + weight / (SMOOTHING + rank)
    return sorted(scores, key=lambda found: -scores[found])
