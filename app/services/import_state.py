"""What is known of an import while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from app.core.conversation import ConversationSummary
from app.exchange.imported import Origin, Unread


class Standing(Enum):
    """What is known of a conversation that could come."""

    NEW = auto()
    GROWN = auto()  # It was imported before, and has more messages now.
    HERE = auto()
    TWICE = auto()  # It stands further up in the same files.


class ImportPhase(Enum):
    """What goes on."""

    IDLE = auto()
    READING = auto()
    CHOOSING = auto()
    SAVING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class ImportCandidate:
    """A conversation that could come."""

    file: str
    number: int
    title: str
    origin: Origin
    created_at: datetime
    updated_at: datetime
    message_count: int
    standing: Standing

    @property
    def place(self) -> tuple[str, int]:
        """Tells it from all others in the files."""
        return self.file, self.number


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far an import is."""

    phase: ImportPhase = ImportPhase.IDLE
    share: float = 0.0
    """How much of the reading or saving is done, up to 1."""
    candidates: tuple[ImportCandidate, ...] = ()
    """While files are read, those that were found so far are not here yet."""
    unread: tuple[Unread, ...] = ()
    found_count: int = 0
    wanted_count: int = 0
    saved: tuple[ConversationSummary, ...] = ()
    was_stopped: bool = False
