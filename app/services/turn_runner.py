"""Runs turns: the model's part on the engine's thread or, on servers, several at once; tools beside it.

While an answer waits for the user's permission, or for a tool, it is on a thread of its own, and the model is
free for other conversations.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

from PySide6.QtCore import QObject

from app.core.conversation import MessageNode, MessageState
from app.core.errors import SEE_LOG, EngineError, UserError
from app.core.generation import Statistics, StopReason
from app.core.language_model import MediaProgress, PromptProgress
from app.core.message import Message, PassagesPart
from app.core.tool_call_status import CallState, CallStatus, state_of
from app.core.tool_round import (
    ToolCallEnded,
    ToolCallStarted,
    ToolCallWaiting,
    numbered_calls,
)
from app.core.translation import sentences, tr
from app.core.turn import run_turn
from app.core.turn_event import NextRoundStarted, ReplyEnded, ReplyGrew, ReplySnapshot, RoundEnded, TurnEvent
from app.services.background import Report, Stream, Worker
from app.services.chosen_engine import ChosenEngine
from app.services.running_answer import (
    LOOKING_UP,
    AnswerChange,
    AnswerPart,
    LookUp,
    RunningAnswer,
    reading_status,
    waiting_status,
)

log = logging.getLogger(__name__)

MOST_WAITING = 16
"""So many conversations can wait for the user or a tool at once; the next one waits for its turn."""
MOST_ON_SERVERS = 16
"""So many answers can be written on servers at once."""


class TurnRunner(QObject):
    """Has turns run in the background, one for each conversation at most, and keeps their answers current."""

    def __init__(
        self,
        engine: ChosenEngine,
        engine_worker: Worker,
        on_change: Callable[[AnswerChange], None],
        parent: QObject | None = None,
    ) -> None:
        """`on_change` is called with everything that happens, on the thread that this object lives on."""
        super().__init__(parent)
        self._engine = engine
        self._engine_worker = engine_worker
        self._on_change = on_change
        self._tools_worker = Worker("tools", self, most_at_once=MOST_WAITING)
        self._servers_worker = Worker("answers on servers", self, most_at_once=MOST_ON_SERVERS)
        self._running: dict[str, RunningAnswer] = {}
        self._is_closing = False

    @property
    def running(self) -> dict[str, RunningAnswer]:
        """The answers under way, by the ids of their conversations."""
        return self._running

    def start(self, answer: RunningAnswer) -> None:
        """Asks the model for the message that the answer's node will hold.

        Where the request's path ends with that node, its tool calls are run first.
        """
        path = answer.request.path
        answer.is_running_tools = bool(path) and path[-1].id == answer.node.id
        answer.server = self._engine.on_server(answer.request.model_path)
        answer.status = waiting_status(answer.server.info.server if answer.server else "")
        answer.turn = self._turn(answer)
        self._running[answer.conversation_id] = answer
        if answer.look_up is not None:
            answer.status = LOOKING_UP
        self._on_change(AnswerChange(answer, AnswerPart.BEGAN))
        if answer.look_up is None:
            self._start_stage(answer)
        else:
            self._start_looking_up(answer, answer.look_up)

    def stop_all(self) -> None:
        """Ends all answers; what was written stays."""
        for answer in self._running.values():
            answer.cancel.set()

    def shut_down(self) -> None:
        """Ends what waits for the user or a tool; to be called after the engine's worker has ended."""
        self.stop_all()
        self._is_closing = True
        self._servers_worker.shut_down()
        self._tools_worker.shut_down()

    def _turn(self, answer: RunningAnswer) -> Iterator[TurnEvent]:
        """The turn; decided only when its first stage begins, as the model may still be loading before."""
        engine = answer.server or self._engine
        if not engine.offers_tools and not answer.is_running_tools:
            answer.request, answer.tool_use = replace(answer.request, tools=()), None
        yield from run_turn(engine, answer.request, answer.cancel, answer.tool_use, answer.answer_now)

    def _start_stage(self, answer: RunningAnswer) -> None:
        last = (NextRoundStarted, ReplyEnded) if answer.is_running_tools else (RoundEnded, ReplyEnded)

        def work(_cancel: threading.Event, report: Report) -> None:
            for event in answer.turn:
                report(event)
                if isinstance(event, last):
                    return

        stream = Stream(work, self)
        stream.item.connect(lambda event: self._take(answer, event))
        stream.finished.connect(lambda error: self._on_stage_finished(answer, error))
        # A server answers several conversations at once, and goes on while another model is loaded here.
        model_worker = self._servers_worker if answer.server else self._engine_worker
        worker = self._tools_worker if answer.is_running_tools else model_worker
        worker.start(stream)

    def _start_looking_up(self, answer: RunningAnswer, look_up: LookUp) -> None:
        stream = Stream(lambda _cancel, report: report(look_up()), self)
        stream.item.connect(lambda found: self._take_found(answer, found))
        stream.finished.connect(lambda error: self._on_looked_up(answer, error))
        self._tools_worker.start(stream)

    def _take_found(self, answer: RunningAnswer, found: PassagesPart) -> None:
        *before, question = answer.request.path
        question = replace(question, message=question.message.with_passages(found))
        answer.request = replace(answer.request, path=(*before, question))
        answer.status = waiting_status(answer.server.info.server if answer.server else "")
        self._on_change(AnswerChange(answer, AnswerPart.LOOKED_UP, node=question))
        self._on_change(AnswerChange(answer, AnswerPart.STATUS))

    def _on_looked_up(self, answer: RunningAnswer, error: Exception | None) -> None:
        if isinstance(error, UserError) and self._running.get(answer.conversation_id) is answer:
            self._finish(answer, MessageState.FAILED, answer.node.message, error)
        else:
            self._on_stage_finished(answer, error)

    def _on_stage_finished(self, answer: RunningAnswer, error: Exception | None) -> None:
        if self._running.get(answer.conversation_id) is not answer:
            return
        if error:
            self._fail(answer, error)
        elif self._is_closing:
            state = MessageState.COMPLETE if answer.is_running_tools else MessageState.STOPPED
            self._finish(answer, state, answer.node.message, None)
        else:
            self._start_stage(answer)

    def _fail(self, answer: RunningAnswer, error: Exception) -> None:
        """Covers what `run_turn` does not: a mistake of ours."""
        log.error("Answering failed", exc_info=error)
        sentence = EngineError(tr("Answering stopped unexpectedly."), sentences(tr("Try again."), SEE_LOG))
        self._finish(answer, MessageState.FAILED, answer.node.message, sentence)

    def _take(self, answer: RunningAnswer, event: object) -> None:
        match event:
            case MediaProgress() | PromptProgress():
                answer.status = reading_status(event)
                self._on_change(AnswerChange(answer, AnswerPart.STATUS))
            case ReplyGrew():
                answer.events.extend(event.events)
                answer.thought = event.thought
                self._on_change(AnswerChange(answer, AnswerPart.GREW, event.events))
            case ReplySnapshot():
                answer.take_message(event.message)
                self._on_change(AnswerChange(answer, AnswerPart.SNAPSHOT))
            case RoundEnded():
                self._end_round(answer, event.message, event.statistics)
            case ToolCallWaiting() | ToolCallStarted() | ToolCallEnded():
                self._take_call(answer, event)
            case NextRoundStarted():
                self._begin_round(answer, event.node)
            case ReplyEnded():
                self._end(answer, event)

    def _end_round(self, answer: RunningAnswer, message: Message, statistics: Statistics) -> None:
        message = replace(message, generation=replace(answer.generation, statistics=statistics))
        answer.node = replace(answer.node, message=message, state=MessageState.COMPLETE)
        answer.is_running_tools = True
        answer.calls = {
            index: CallStatus(index, CallState.NOT_RUN) for index, _, _ in numbered_calls(message)
        }
        self._on_change(AnswerChange(answer, AnswerPart.ROUND_ENDED))

    def _take_call(
        self, answer: RunningAnswer, event: ToolCallWaiting | ToolCallStarted | ToolCallEnded
    ) -> None:
        match event:
            case ToolCallWaiting():
                status = CallStatus(event.index, CallState.WAITING, event.call_id)
            case ToolCallStarted():
                status = CallStatus(event.index, CallState.RUNNING, started_at=monotonic())
            case ToolCallEnded():
                status = CallStatus(event.index, state_of(event.result), result=event.result)
        answer.calls[event.index] = status
        self._on_change(AnswerChange(answer, AnswerPart.CALLS))
        if isinstance(event, ToolCallEnded):
            self._on_change(AnswerChange(answer, AnswerPart.RESULT, node=event.node))

    def _begin_round(self, answer: RunningAnswer, node: MessageNode) -> None:
        blank = replace(answer.generation, statistics=None, error="", repeat=None, is_edited=False)
        answer.node = replace(node, message=replace(node.message, generation=blank))
        answer.events, answer.calls, answer.thought = [], {}, None
        answer.is_running_tools = False
        answer.status = waiting_status(answer.server.info.server if answer.server else "")
        self._on_change(AnswerChange(answer, AnswerPart.NEXT_ROUND))

    def _end(self, answer: RunningAnswer, ended: ReplyEnded) -> None:
        if answer.is_running_tools and ended.statistics.stop_reason is StopReason.CANCELLED:
            # The answer itself was whole; its calls were stopped, and each has a result that says so.
            self._finish(answer, MessageState.COMPLETE, answer.node.message, None)
            return
        state = MessageState.COMPLETE
        if ended.error:
            state = MessageState.FAILED
        elif ended.statistics.stop_reason is StopReason.CANCELLED:
            state = MessageState.STOPPED
        generation = replace(answer.generation, statistics=ended.statistics, repeat=ended.repeat)
        self._finish(answer, state, replace(ended.message, generation=generation), ended.error)

    def _finish(
        self, answer: RunningAnswer, state: MessageState, message: Message, error: UserError | None
    ) -> None:
        if error:
            sentence = error.told
            generation = replace(message.generation or answer.generation, error=sentence)
            message = replace(message, generation=generation)
        answer.node = replace(answer.node, message=message, state=state)
        del self._running[answer.conversation_id]
        self._on_change(AnswerChange(answer, AnswerPart.ENDED))
