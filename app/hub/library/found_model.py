"""A model file that is used where it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file that is not in the user's models folders."""

    path: Path
    name: str
    """What its program calls it: a file of Ollama's has only a checksum for a name."""
    program: str = ""
    """Whose it is; empty where the user pointed at the file."""
    size_bytes: int = 0
