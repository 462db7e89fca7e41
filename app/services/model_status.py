"""How the models and the chosen one stand: values that the service hands out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from app.core.generation import Generation
from app.core.model_file import ModelInfo
from app.core.preset import Preset
from app.core.translation import tr_later


class ModelState(StrEnum):
    """How far the chosen model is."""

    NOT_LOADED = tr_later("Not loaded")
    LOADING = tr_later("Loading")
    READY = tr_later("Ready")
    FAILED = tr_later("Failed")


@dataclass(frozen=True, slots=True)
class LoadStatus:
    """A state with its progress, 0 to 1, while the model loads."""

    state: ModelState = ModelState.NOT_LOADED
    progress: float = 0.0
    is_waiting: bool = False
    """Whether the engine does something else first, such as writing an answer, and loads the model then."""


class ModelPart(Enum):
    """What can change about models."""

    LIST = auto()  # Which models there are.
    CHOSEN = auto()  # Which of them answers.
    STATUS = auto()  # How far that one is.
    LOADED = auto()  # It has just become ready.


@dataclass(frozen=True, slots=True)
class ModelsChange:
    """What has changed about models; the service has the values."""

    parts: frozenset[ModelPart]

    def concerns(self, *parts: ModelPart) -> bool:
        return not self.parts.isdisjoint(parts)


@dataclass(frozen=True, slots=True)
class LoadedContext:
    """The model that is ready, and how its attention memory is stored."""

    info: ModelInfo
    kv_cache_type: str


@dataclass(frozen=True, slots=True)
class ModelAndPreset:
    """Who answers a message: a model and the preset to ask it with."""

    model_name: str
    model_path: str
    preset: Preset
    server: str = ""
    """The name of the server that the model is on; empty for this computer."""

    @property
    def generation(self) -> Generation:
        """What is kept with an answer about who gives it."""
        return Generation(
            model_name=self.model_name,
            model_path=self.model_path,
            preset_name=self.preset.name,
            sampling=self.preset.sampling,
            server=self.server,
        )
