"""The answers under way: one for each conversation at most.

The model is asked on the engine's thread. While an answer waits for the user's permission, or for a tool, it
is on a thread of its own, and the model is free for other conversations. An answer goes on while the user
reads another conversation; what it has written so far is kept here, so that the transcript can take it up
again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import monotonic

from PySide6.QtCore import QObject, Signal

from app.core.conversation import MessageNode, MessageState
from app.core.errors import EngineError, UserError
from app.core.language_model import LanguageModel, PromptProgress
from app.core.message import Generation, Message, Statistics, StopReason
from app.core.permission import Decision
from app.core.reasoning_timer import ReasoningProgress
from app.core.stream import ReplyEvent
from app.core.tool_call_status import CallState, CallStatus
from app.core.tool_round import (
    CallOutcome,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallWaiting,
    ToolUse,
    numbered_calls,
)
from app.core.turn import run_turn
from app.core.turn_event import NextRoundStarted, ReplyEnded, ReplyGrew, ReplySnapshot, RoundEnded, TurnEvent
from app.core.turn_request import TurnRequest
from app.services.background import Report, Stream, Worker

log = logging.getLogger(__name__)

MOST_WAITING = 16
"""So many conversations can wait for the user or a tool at once; the next one waits for its turn."""

_STATES = {
    CallOutcome.DONE: CallState.DONE,
    CallOutcome.FAILED: CallState.FAILED,
    CallOutcome.REFUSED: CallState.REFUSED,
    CallOutcome.CANCELLED: CallState.STOPPED,
}


@dataclass(eq=False)
class Reply:
    """An answer under way. `node` is the newest of its messages that the model writes."""

    conversation_id: str
    node: MessageNode
    request: TurnRequest
    tool_use: ToolUse | None = None
    events: list[ReplyEvent] = field(default_factory=list)
    thought: ReasoningProgress | None = None
    status: str = ""
    """What to show until the first word comes."""
    calls: dict[int, CallStatus] = field(default_factory=dict)
    """The tool calls of `node`, once the model has ended it, by their place among its parts."""
    is_running_tools: bool = False
    turn: Iterator[TurnEvent] = field(default_factory=lambda: iter(()))
    cancel: threading.Event = field(default_factory=threading.Event)
    answer_now: threading.Event = field(default_factory=threading.Event)

    @property
    def call_statuses(self) -> tuple[CallStatus, ...]:
        return tuple(self.calls.values())


class Replies(QObject):
    """Starts and stops answers, and tells how they go.

    Signals, each with the `Reply` it is about:
        began: it waits for the model, or for its tools.
        status_changed: waiting, or reading the prompt.
        grew: with the new events, a tuple.
        snapshot_taken: `reply.node` holds the answer so far, to be saved.
        round_ended: `reply.node` holds an answer that calls tools; `reply.calls` tells of them from now on.
        calls_changed: a call waits, runs or has ended.
        result_came: with the node that holds what a tool returned.
        next_round_started: `reply.node` is a new answer, still empty.
        ended: `reply.node` holds the answer as it stays.
    """

    began = Signal(object)
    status_changed = Signal(object)
    grew = Signal(object, object)
    snapshot_taken = Signal(object)
    round_ended = Signal(object)
    calls_changed = Signal(object)
    result_came = Signal(object, object)
    next_round_started = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        model: LanguageModel,
        worker: Worker,
        parent: QObject | None = None,
        offers_tools: Callable[[], bool] = lambda: True,
    ) -> None:
        """`offers_tools` tells, on the engine's thread, whether the loaded model can be told of tools."""
        super().__init__(parent)
        self._model = model
        self._worker = worker
        self._offers_tools = offers_tools
        self._tools_worker = Worker("tools", self, most_at_once=MOST_WAITING)
        self._running: dict[str, Reply] = {}
        self._is_closing = False

    def running(self, conversation_id: str) -> Reply | None:
        return self._running.get(conversation_id)

    @property
    def is_answering(self) -> bool:
        return bool(self._running)

    def start(
        self, conversation_id: str, node: MessageNode, request: TurnRequest, tool_use: ToolUse | None = None
    ) -> Reply:
        """Asks the model for the message that `node` will hold.

        Where the request's path ends with `node`, its tool calls are run first.
        """
        reply = Reply(conversation_id, node, replace(request, reply_id=node.id), tool_use)
        reply.status = "Waiting for the model"
        reply.is_running_tools = bool(request.path) and request.path[-1].id == node.id
        reply.turn = self._turn(reply)
        self._running[conversation_id] = reply
        self._go_on(reply)
        self.began.emit(reply)
        return reply

    def stop(self, conversation_id: str) -> None:
        """Ends the answer of a conversation; what was written stays."""
        if reply := self._running.get(conversation_id):
            reply.cancel.set()

    def stop_all(self) -> None:
        for reply in self._running.values():
            reply.cancel.set()

    def answer_now(self, conversation_id: str) -> None:
        """Has the thought that is being written closed, and the answer begun."""
        if reply := self._running.get(conversation_id):
            reply.answer_now.set()

    def decide(self, conversation_id: str, call_id: str, decision: Decision) -> None:
        """Lets a tool call run that waits for it, or not."""
        reply = self._running.get(conversation_id)
        if reply and reply.tool_use:
            reply.tool_use.desk.decide(call_id, decision)

    def shut_down(self) -> None:
        """Ends what waits for the user or a tool; to be called after the engine's worker has ended."""
        self.stop_all()
        self._is_closing = True
        self._tools_worker.shut_down()

    # One turn, in stages: the model's on the engine's thread, the tools' beside it

    def _turn(self, reply: Reply) -> Iterator[TurnEvent]:
        """The turn; decided only when its first stage begins, as the model may still be loading before."""
        request, use = reply.request, reply.tool_use
        if not self._offers_tools() and not reply.is_running_tools:
            request, use = replace(request, tools=()), None
        yield from run_turn(self._model, request, reply.cancel, use, reply.answer_now)

    def _go_on(self, reply: Reply) -> None:
        last = (NextRoundStarted, ReplyEnded) if reply.is_running_tools else (RoundEnded, ReplyEnded)

        def work(_cancel: threading.Event, report: Report) -> None:
            for event in reply.turn:
                report(event)
                if isinstance(event, last):
                    return

        stream = Stream(work, self)
        stream.item.connect(lambda event: self._take(reply, event))
        stream.finished.connect(lambda error: self._on_stage_finished(reply, error))
        worker = self._tools_worker if reply.is_running_tools else self._worker
        worker.start(stream)

    def _on_stage_finished(self, reply: Reply, error: Exception | None) -> None:
        if self._running.get(reply.conversation_id) is not reply:
            return
        if error:
            self._fail(reply, error)
        elif self._is_closing:
            state = MessageState.COMPLETE if reply.is_running_tools else MessageState.STOPPED
            self._finish(reply, state, reply.node.message, None)
        else:
            self._go_on(reply)

    def _fail(self, reply: Reply, error: Exception) -> None:
        """Covers what `run_turn` does not: a mistake of ours."""
        log.error("Answering failed", exc_info=error)
        sentence = EngineError(
            "Answering stopped unexpectedly.", "Try again. The log folder has the details."
        )
        self._finish(reply, MessageState.FAILED, reply.node.message, sentence)

    # What the turn tells

    def _take(self, reply: Reply, event: object) -> None:
        match event:
            case PromptProgress():
                reply.status = prompt_status(event)
                self.status_changed.emit(reply)
            case ReplyGrew():
                reply.events.extend(event.events)
                reply.thought = event.thought
                self.grew.emit(reply, event.events)
            case ReplySnapshot():
                self._set_message(reply, event.message)
                self.snapshot_taken.emit(reply)
            case RoundEnded():
                self._end_round(reply, event.message, event.statistics)
            case ToolCallWaiting() | ToolCallStarted() | ToolCallEnded():
                self._take_call(reply, event)
            case NextRoundStarted():
                self._begin_round(reply, event.node)
            case ReplyEnded():
                self._end(reply, event)

    def _end_round(self, reply: Reply, message: Message, statistics: Statistics) -> None:
        generation = replace(_generation(reply), statistics=statistics)
        message = replace(message, generation=generation)
        reply.node = replace(reply.node, message=message, state=MessageState.COMPLETE)
        reply.is_running_tools = True
        reply.calls = {index: CallStatus(index, CallState.NOT_RUN) for index, _, _ in numbered_calls(message)}
        self.round_ended.emit(reply)

    def _take_call(self, reply: Reply, event: ToolCallWaiting | ToolCallStarted | ToolCallEnded) -> None:
        match event:
            case ToolCallWaiting():
                status = CallStatus(event.index, CallState.WAITING, event.call_id)
            case ToolCallStarted():
                status = CallStatus(event.index, CallState.RUNNING, started_at=monotonic())
            case ToolCallEnded():
                elapsed_ms = event.result.elapsed_ms
                status = CallStatus(event.index, _STATES[event.outcome], elapsed_ms=elapsed_ms)
        reply.calls[event.index] = status
        self.calls_changed.emit(reply)
        if isinstance(event, ToolCallEnded):
            self.result_came.emit(reply, event.node)

    def _begin_round(self, reply: Reply, node: MessageNode) -> None:
        generation = replace(_generation(reply), statistics=None, error="", repeat=None)
        reply.node = replace(node, message=replace(node.message, generation=generation))
        reply.events, reply.calls, reply.thought = [], {}, None
        reply.is_running_tools = False
        reply.status = "Waiting for the model"
        self.next_round_started.emit(reply)

    def _end(self, reply: Reply, ended: ReplyEnded) -> None:
        if reply.is_running_tools and ended.statistics.stop_reason is StopReason.CANCELLED:
            # The answer itself was whole; its calls were stopped, and each has a result that says so.
            self._finish(reply, MessageState.COMPLETE, reply.node.message, None)
            return
        state = MessageState.COMPLETE
        if ended.error:
            state = MessageState.FAILED
        elif ended.statistics.stop_reason is StopReason.CANCELLED:
            state = MessageState.STOPPED
        generation = replace(_generation(reply), statistics=ended.statistics, repeat=ended.repeat)
        message = replace(ended.message, generation=generation)
        self._finish(reply, state, message, ended.error)

    def _finish(self, reply: Reply, state: MessageState, message: Message, error: UserError | None) -> None:
        if error:
            sentence = f"{error} {error.hint}".strip()
            message = replace(message, generation=replace(_generation(reply, message), error=sentence))
        reply.node = replace(reply.node, message=message, state=state)
        del self._running[reply.conversation_id]
        self.ended.emit(reply)

    def _set_message(self, reply: Reply, message: Message) -> None:
        reply.node = replace(reply.node, message=replace(message, generation=reply.node.message.generation))


def _generation(reply: Reply, message: Message | None = None) -> Generation:
    found = (message and message.generation) or reply.node.message.generation
    return found or Generation(model_name="")


def prompt_status(progress: PromptProgress) -> str:
    """What the reader sees while the model reads."""
    to_read = progress.total_tokens - progress.cached_tokens
    if to_read <= 0:
        return "Reading"
    share = (progress.read_tokens - progress.cached_tokens) / to_read
    return f"Reading {to_read:,} tokens, {share:.0%}"
