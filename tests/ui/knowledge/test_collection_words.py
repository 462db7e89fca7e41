"""How far a collection is, in whole sentences."""

from __future__ import annotations

import pytest

from app.knowledge.index import CollectionCount
from app.services.collection_status import CollectionStatus, IndexingPhase
from app.ui.knowledge.collection_words import status_words, unread_words

COUNT = CollectionCount(files=1_203, failed=3, passages=9_000)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (CollectionStatus(), "Waiting for other work to end."),
        (CollectionStatus(IndexingPhase.LOOKING), "Looking through the folders."),
        (CollectionStatus(IndexingPhase.READING, done=1, total=2_000), "Reading file 2 of 2,000."),
        (CollectionStatus(IndexingPhase.DONE, COUNT), "1,200 files with 9,000 passages."),
        (CollectionStatus(IndexingPhase.DONE), "There are no files in it yet."),
    ],
)
def test_what_goes_on_is_said(status: CollectionStatus, words: str) -> None:
    assert status_words(status) == words


def test_a_pause_and_a_cut_are_said() -> None:
    reading = CollectionStatus(IndexingPhase.READING, done=1, total=2)
    assert status_words(reading, is_paused=True).startswith("Paused.")
    assert "left out" in status_words(CollectionStatus(IndexingPhase.DONE, COUNT, is_cut=True))
    assert unread_words(1).startswith("One ")
    assert unread_words(1_200).startswith("1,200 ")
