"""A connection that the program made: what the user is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Connection:
    """One request and its answer. Bytes count headers and bodies, not what encryption adds."""

    time: datetime
    """When it began, with a time zone."""
    host: str
    purpose: str
    """In words, such as: Search for models."""
    bytes_up: int = 0
    bytes_down: int = 0
    outcome: str = ""
    """The status that came back, or in a few words what went wrong."""
