"""How far a collection is indexed, in words."""

from __future__ import annotations

from app.core import formatting
from app.services.collection_status import CollectionStatus, IndexingPhase


def status_words(status: CollectionStatus, *, is_paused: bool = False) -> str:
    """What goes on with a collection, or what can be found in it, as a sentence."""
    if is_paused and status.phase is not IndexingPhase.DONE:
        return "Paused. What was read so far can be found."
    match status.phase:
        case IndexingPhase.WAITING:
            return "Waiting for other work to end."
        case IndexingPhase.LOOKING:
            return "Looking through the folders."
        case IndexingPhase.READING:
            return f"Reading file {min(status.done + 1, status.total):,} of {status.total:,}."
        case IndexingPhase.MEANING:
            return f"Working out the meaning of passage {status.done:,} of {status.total:,}."
    return _found(status)


def _found(status: CollectionStatus) -> str:
    count = status.count
    if not count.files:
        return "There are no files in it yet."
    files = formatting.counted(count.files - count.failed, "file")
    sentence = f"{files} with {formatting.counted(count.passages, 'passage')}."
    if status.is_cut:
        sentence += " There are more files than one collection can hold; the rest is left out."
    return sentence


def unread_words(count: int) -> str:
    """The line above what could not be read."""
    subject = "One" if count == 1 else f"{count:,}"
    return f"{subject} could not be read, or not whole:"
