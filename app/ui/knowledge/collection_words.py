"""How far a collection is indexed, in words."""

from __future__ import annotations

from app.core.translation import sentences, tr, tr_count
from app.services.collection_status import CollectionStatus, IndexingPhase


def status_words(status: CollectionStatus, *, is_paused: bool = False) -> str:
    """What goes on with a collection, or what can be found in it, as a sentence."""
    if is_paused and status.phase is not IndexingPhase.DONE:
        return tr("Paused. What was read so far can be found.")
    match status.phase:
        case IndexingPhase.WAITING:
            return tr("Waiting for other work to end.")
        case IndexingPhase.LOOKING:
            return tr("Looking through the folders.")
        case IndexingPhase.READING:
            return tr(
                "Reading file {done:,} of {total:,}.",
                done=min(status.done + 1, status.total),
                total=status.total,
            )
        case IndexingPhase.MEANING:
            return tr(
                "Working out the meaning of passage {done:,} of {total:,}.",
                done=status.done,
                total=status.total,
            )
    return _found(status)


def _found(status: CollectionStatus) -> str:
    count = status.count
    if not count.files:
        return tr("There are no files in it yet.")
    files = tr_count("{count:,} file", "{count:,} files", count.files - count.failed)
    found = tr_count(
        "{files} with {count:,} passage.", "{files} with {count:,} passages.", count.passages, files=files
    )
    if not status.is_cut:
        return found
    return sentences(found, tr("There are more files than one collection can hold; the rest is left out."))


def unread_words(count: int) -> str:
    """The line above what could not be read."""
    if count == 1:
        return tr("One could not be read, or not whole:")
    return tr("{count:,} could not be read, or not whole:", count=count)
