"""The keyboard on the transcript: a focus ring that goes from message to message and through their buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.ui.chat.transcript.segment import Target, TargetId


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the ring is: on a message, or on one of its targets."""

    entry_id: str
    target: TargetId | None = None


def step(focus: Focus, targets: Sequence[Target], by: int) -> Focus | None:
    """The next or previous place within a message; None where it ends."""
    places: list[TargetId | None] = [None, *dict.fromkeys(target.id for target in targets)]
    at = places.index(focus.target) if focus.target in places else 0
    if not 0 <= at + by < len(places):
        return None
    return Focus(focus.entry_id, places[at + by])
