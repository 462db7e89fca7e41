"""When a screen reader says an answer without being asked."""

from __future__ import annotations

from enum import StrEnum


class SpokenAnswers(StrEnum):
    WHEN_DONE = "when_done"
    BY_SENTENCE = "by_sentence"
    """Each sentence as soon as it is written."""
    NEVER = "never"
