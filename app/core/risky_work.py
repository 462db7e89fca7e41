"""Work on what strangers made, which may end the whole program: loading a model, opening a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RiskyWork(StrEnum):
    """What is being done. The values are kept in files."""

    LOAD_MODEL = "load_model"
    COUNT_TOKENS = "count_tokens"
    ANSWER = "answer"
    OPEN_CONVERSATION = "open_conversation"


@dataclass(frozen=True, slots=True)
class Crash:
    """A fault inside a library that ended the program."""

    thread: int | None
    """Where it happened, as `threading.get_ident` told it; None where that was no thread of Python's."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """What the program was working on when it died."""

    work: RiskyWork
    subject: str
    """What was worked on: the path of a file, or the id of a conversation."""
    version: str = ""
    """Tells the subject from a later one of the same name."""
    deaths: int = 1
    """How many runs in a row ended in this work."""
    was_fault: bool = False
    """Whether the program is known to have crashed. Otherwise it may have been killed by the user, by the
    system as memory ran out, or with the power."""
    was_hanging: bool = False
    """Whether the work had taken far longer than it may."""

    @property
    def is_proven(self) -> bool:
        """Whether this work ended the program, and was not only under way when something else did."""
        return self.was_fault or self.was_hanging or self.deaths > 1

    @property
    def is_left_alone(self) -> bool:
        """Whether the work is not to be done again unless the user asks for it.

        For loading one death is enough, as memory that runs out leaves no proof.
        """
        return self.is_proven or self.work is RiskyWork.LOAD_MODEL
