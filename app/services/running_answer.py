"""An answer while it is being written, and what is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from app.core.conversation import MessageNode
from app.core.generation import Generation, Instructions
from app.core.language_model import MediaProgress, MediaStep, PromptProgress
from app.core.message import Message, Part, PassagesPart, ReasoningPart
from app.core.reasoning_timer import ReasoningProgress
from app.core.stream import ReplyAssembler, ReplyEvent
from app.core.tool_call_status import CallState, CallStatus
from app.core.tool_round import ToolUse
from app.core.translation import tr, tr_count, tr_in
from app.core.turn_event import TurnEvent
from app.core.turn_request import TurnRequest
from app.servers.server_engine import ServerEngine

WAITING_FOR_MODEL = tr("Waiting for the model")
LOOKING_UP = tr("Searching your files")

LookUp = Callable[[], PassagesPart]
"""Finds what a question is answered with; called on any thread."""


@dataclass(eq=False)
class RunningAnswer:
    """An answer under way. `node` is the newest of its messages that the model writes."""

    conversation_id: str
    node: MessageNode
    request: TurnRequest
    tool_use: ToolUse | None = None
    look_up: LookUp | None = None
    """Is done before the model is asked, where the question is to be looked up."""
    events: list[ReplyEvent] = field(default_factory=list)
    """All that the model has written of `node`."""
    thought: ReasoningProgress | None = None
    status: str = WAITING_FOR_MODEL
    """What to show until the first word comes."""
    calls: dict[int, CallStatus] = field(default_factory=dict)
    """The tool calls of `node`, once the model has ended it, by their place among its parts."""
    is_running_tools: bool = False
    server: ServerEngine | None = None
    """The model that writes it, where that is on a server."""
    turn: Iterator[TurnEvent] = field(default_factory=lambda: iter(()))
    cancel: threading.Event = field(default_factory=threading.Event)
    answer_now: threading.Event = field(default_factory=threading.Event)

    @property
    def call_statuses(self) -> tuple[CallStatus, ...]:
        return tuple(self.calls.values())

    @property
    def waiting_call(self) -> CallStatus | None:
        """The tool call that waits for the user's permission; None where none does."""
        return next((call for call in self.calls.values() if call.state is CallState.WAITING), None)

    @property
    def generation(self) -> Generation:
        """How `node` comes to be, with what the model is really told."""
        generation = self.node.message.generation or Generation(model_name="")
        instructions = Instructions(self.request.system_prompt, self.request.tools)
        return replace(generation, instructions=instructions)

    def take_message(self, message: Message) -> None:
        """Replaces what `node` says; how it comes to be stays."""
        self.node = replace(self.node, message=replace(message, generation=self.generation))


class AnswerPart(Enum):
    """What can happen to an answer."""

    BEGAN = auto()  # It waits for the model, or for its tools.
    LOOKED_UP = auto()  # `node` of the change is the question, with what was found.
    STATUS = auto()  # It is waiting, or reading the prompt.
    GREW = auto()  # The model has written more.
    SNAPSHOT = auto()  # `node` holds the answer so far, to be saved.
    ROUND_ENDED = auto()  # `node` calls tools; `calls` tells of them from now on.
    CALLS = auto()  # A call waits, runs or has ended.
    RESULT = auto()  # A tool has returned something.
    NEXT_ROUND = auto()  # `node` is a new message, still empty.
    ENDED = auto()  # `node` holds the answer as it stays.


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """Something happened to an answer."""

    answer: RunningAnswer
    part: AnswerPart
    events: tuple[ReplyEvent, ...] = ()
    """With GREW: what the model has written since the last one."""
    node: MessageNode | None = None
    """With RESULT: the message that holds what the tool returned. With LOOKED_UP: the question."""


@dataclass(frozen=True, slots=True)
class AnswerPrefill:
    """The beginning of an answer that is to be continued: its raw text, and its parts with their figures."""

    text: str
    parts: tuple[Part, ...] = ()

    def events(self) -> list[ReplyEvent]:
        """What shows it until the model goes on."""
        first = self.parts[0] if self.parts else None
        is_in_thought = isinstance(first, ReasoningPart) and "<think" not in first.raw
        return ReplyAssembler(is_in_thought).feed(self.text)


def waiting_status(server: str) -> str:
    """What the reader sees before anything has come; `server` is the name of the one that is asked."""
    return tr("Waiting for {server}", server=server) if server else WAITING_FOR_MODEL


def reading_status(progress: MediaProgress | PromptProgress) -> str:
    """What the reader sees until the model writes."""
    if isinstance(progress, MediaProgress):
        return _media_status(progress)
    to_read = progress.total_tokens - progress.cached_tokens
    if to_read <= 0:
        return tr_in("the model reads the prompt", "Reading")
    share = (progress.read_tokens - progress.cached_tokens) / to_read
    return tr_count(
        "Reading {count:,} token, {share:.0%}", "Reading {count:,} tokens, {share:.0%}", to_read, share=share
    )


def _media_status(progress: MediaProgress) -> str:
    if progress.step is MediaStep.LOAD:
        if progress.is_sound:
            return tr("Preparing to listen, {share:.0%}", share=progress.share)
        return tr("Preparing to look at pictures, {share:.0%}", share=progress.share)
    if progress.is_sound:
        if progress.count > 1:
            return tr(
                "Listening to recording {number} of {count}, {share:.0%}",
                number=progress.number,
                count=progress.count,
                share=progress.share,
            )
        return tr("Listening, {share:.0%}", share=progress.share)
    if progress.count > 1:
        return tr(
            "Looking at picture {number} of {count}, {share:.0%}",
            number=progress.number,
            count=progress.count,
            share=progress.share,
        )
    return tr("Looking at the picture, {share:.0%}", share=progress.share)
