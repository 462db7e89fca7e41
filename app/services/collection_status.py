"""How far a collection is indexed, as it is told to whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from app.knowledge.index import CollectionCount


class IndexingPhase(Enum):
    """What goes on with a collection."""

    WAITING = auto()  # Others come first.
    LOOKING = auto()  # Its folders are looked through.
    READING = auto()  # Files that are new or have changed are read.
    MEANING = auto()  # The meaning of its passages is computed.
    DONE = auto()


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file, or a folder, that could not be read, and why."""

    path: Path
    problem: str


@dataclass(frozen=True, slots=True)
class CollectionStatus:
    """What is known of a collection's files."""

    phase: IndexingPhase = IndexingPhase.WAITING
    count: CollectionCount = field(default_factory=CollectionCount)
    done: int = 0
    """Of what goes on now, so much is done..."""
    total: int = 0
    """...of so much."""
    file_name: str = ""
    """What is being read."""
    unread: tuple[UnreadFile, ...] = ()
    is_cut: bool = False
    """It has more files than a collection may have."""

    @property
    def share(self) -> float:
        return self.done / self.total if self.total else 0.0
