"""Who answers, and how an answer begins that is gone on with."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.message import Generation, Part, ReasoningPart
from app.core.preset import Preset
from app.core.stream import ReplyAssembler, ReplyEvent


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who will answer the next message: a model and the preset to ask it with."""

    model_name: str
    model_path: str
    preset: Preset


@dataclass(frozen=True, slots=True)
class Begun:
    """The beginning of an answer that is gone on with: its raw text, and its parts with their figures."""

    text: str
    parts: tuple[Part, ...] = ()

    def events(self) -> list[ReplyEvent]:
        """What shows it until the model goes on."""
        first = self.parts[0] if self.parts else None
        is_in_thought = isinstance(first, ReasoningPart) and "<think" not in first.raw
        return ReplyAssembler(is_in_thought).feed(self.text)


def generation_of(answerer: Answerer) -> Generation:
    """What is kept with an answer about who gives it."""
    return Generation(
        model_name=answerer.model_name,
        model_path=answerer.model_path,
        preset_name=answerer.preset.name,
        sampling=answerer.preset.sampling,
    )
