from __future__ import annotations
from dataclasses import dataclass
from enum import StrEnum
from app.core.message import Part
class PartKind(StrEnum):
    TEXT = "text"
    REASONING = "reasoning"
    TOOL_CALL = "tool_call"
@dataclass(frozen=True)
class PartStarted:
    index: int
    kind: PartKind
@dataclass(frozen=True)
class PartGrew:
    index: int
    text: str
@dataclass(frozen=True)
class PartFinished:
    index: int
    part: Part
PartEvent = PartStarted | PartGrew | PartFinished
