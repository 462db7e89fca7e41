"""How far the recovery of a damaged file is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.core.translation import tr_later


class RecoveryStep(StrEnum):
    COPYING = tr_later("Copying the damaged file")
    CHECKING = tr_later("Checking what is damaged")
    READING = tr_later("Reading the messages")
    SEARCHING = tr_later("Looking for more messages, page by page")
    PUTTING_TOGETHER = tr_later("Looking for the words of lost messages")
    INDEXING = tr_later("Preparing the search")


@dataclass(frozen=True, slots=True)
class RecoveryProgress:
    """What is done, and how many bytes of how many it has gone through; 0 of 0 where that is not known."""

    step: RecoveryStep
    done_bytes: int = 0
    all_bytes: int = 0
    messages: int = 0
    """How many have come back so far."""
    is_over: bool = False
    """Whether nothing more is done; always told last."""


OnProgress = Callable[[RecoveryProgress], object]


def no_progress(_progress: RecoveryProgress) -> None:
    """For callers that show none."""
