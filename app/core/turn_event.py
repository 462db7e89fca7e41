"""Events of a turn, for whoever shows or saves it."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.conversation import MessageNode
from app.core.errors import UserError
from app.core.generation import Statistics
from app.core.language_model import MediaProgress, PromptProgress
from app.core.message import Message
from app.core.reasoning_timer import ReasoningProgress
from app.core.repetition import Repeat
from app.core.stream import ReplyEvent
from app.core.tool_round import ToolCallEnded, ToolCallStarted, ToolCallWaiting


@dataclass(frozen=True, slots=True)
class ReplyGrew:
    """The answer has become longer. `thought` tells of the thought that is being written, if one is."""

    events: tuple[ReplyEvent, ...]
    thought: ReasoningProgress | None = None


@dataclass(frozen=True, slots=True)
class ReplySnapshot:
    """The whole answer so far, about once a second, to be saved."""

    message: Message


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """An answer is whole, and the tools that it calls are run next; until they are, the model is not used."""

    message: Message
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class NextRoundStarted:
    """The tools have run, and the model is asked again: `node` is the new answer, still empty."""

    node: MessageNode


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The newest answer, whole or as far as it came. `error` is set where something went wrong.

    `repeat` is the place in `message.raw` where the answer went into a loop, if it was stopped for that.
    """

    message: Message
    statistics: Statistics
    error: UserError | None = None
    repeat: Repeat | None = None


TurnEvent = (
    MediaProgress
    | PromptProgress
    | ReplyGrew
    | ReplySnapshot
    | RoundEnded
    | ToolCallWaiting
    | ToolCallStarted
    | ToolCallEnded
    | NextRoundStarted
    | ReplyEnded
)
"""One turn is: an answer (MediaProgress..., PromptProgress..., ReplyGrew and ReplySnapshot...), ReplyEnded.

An answer that calls tools ends with RoundEnded instead. Then come, for each call in order, ToolCallWaiting
if the user must decide, ToolCallStarted if it runs, ToolCallEnded always; then NextRoundStarted and another
answer. All of these tell of the newest answer, and so does ReplyEnded where a turn ends with its tools.
"""
