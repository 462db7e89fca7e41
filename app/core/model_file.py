"""A model as a file on this disk, and a model as it was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Sense(StrEnum):
    """What a projector gives a model beside words."""

    SIGHT = "sight"
    HEARING = "hearing"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file that the user can choose. Figures that its header does not tell are empty or 0."""

    path: Path
    name: str
    """What the picker shows: the catalog's or the header's name, else the file's name without `.gguf`."""
    size_bytes: int
    architecture: str = ""
    quantisation: str = ""
    trained_context: int = 0
    """The longest context the header allows, in tokens."""
    is_starter: bool = False
    program: str = ""
    """The other program that it belongs to, such as Ollama; empty for the user's own."""
    projector: Path | None = None
    """The file beside it that lets it see or hear; None where it can do neither."""
    projector_bytes: int = 0
    senses: frozenset[Sense] = frozenset()
    """What the projector lets it do."""
    problem: str = ""
    """Why it cannot be used for chat, as a sentence; empty where it can."""
    is_embedding: bool = False
    """It compares texts, and cannot chat."""
    server: str = ""
    """The name of the server that it runs on; empty for a file on this disk."""
    host: str = ""
    """The computer that the words go to, where it runs on a server."""

    @property
    def total_bytes(self) -> int:
        """What it takes on the disk, with its projector."""
        return self.size_bytes + self.projector_bytes


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model. `notices` are sentences that the user should see once, such as a missing template."""

    path: Path
    name: str
    architecture: str
    quantisation: str
    size_bytes: int
    context_length: int
    """Tokens the model can hold in memory now."""
    trained_context: int
    gpu_layers: int = 0
    has_gpu: bool = False
    """The engine can use a graphics card of this computer."""
    thread_count: int = 0
    writing_threads: int = 0
    """Threads that write an answer, where they are fewer than those that read; else 0."""
    flash_attention: bool = False
    is_measured: bool = False
    """Whether flash attention and the threads that write were measured here."""
    notices: tuple[str, ...] = ()
    is_base_model: bool = False
    """Its file has neither a chat template nor marks for turns: it was made to continue a text."""
    completes_text: bool = False
    """It was loaded to continue what it is given, not to answer it."""
    projector: Path | None = None
    """The file that lets it see or hear; None where it can do neither."""
    senses: frozenset[Sense] = frozenset()
    """What the projector lets it do."""
    template_notes: tuple[str, ...] = ()
    """What its chat template takes otherwise than most do, as sentences."""
    server: str = ""
    """The name of the server that it runs on; empty where it runs in this process."""
    host: str = ""
    """The computer that the words go to, where it runs on a server."""
    has_own_template: bool = True
    """Prompts are made here; otherwise the server makes them, with its own template."""
    unused_values: frozenset[str] = frozenset()
    """The names of a preset's values that mean nothing there."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a model is to be loaded. Zeros mean: chosen for the file and the machine."""

    context_length: int = 0
    """In tokens."""
    thread_count: int = 0
    gpu_layers: int = -1
    """-1: all of them where the build has a GPU."""
    kv_cache_type: str = "f16"
    """f16, q8_0 or q4_0."""
    flash_attention: str = "auto"
    """auto, on or off."""
    completes_text: bool = False
    """The model is given the words alone, without turns, and continues them."""
