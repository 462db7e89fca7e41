"""Models that other programs have fetched already: found, and used where they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model file of another program."""

    path: Path
    name: str
    """What that program calls it; a file of Ollama's has only a checksum for a name."""
    program: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """What one program has. Ask the user once whether it is to be used."""

    program: str
    folder: Path
    models: tuple[FoundModel, ...]

    @property
    def size_bytes(self) -> int:
        return sum(model.size_bytes for model in self.models)


def find_models(home: Path, platform: str, environment: Mapping[str, str]) -> list[FoundFolder]:
    """The models of Hugging Face's cache, LM Studio, Ollama, llama.cpp, GPT4All and Jan, those with any.

    Reads folders, so it belongs on a worker thread. Give it `Path.home()`, `sys.platform` and `os.environ`.
    """
    raise NotImplementedError
