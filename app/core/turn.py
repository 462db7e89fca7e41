"""One turn: choose what the model sees, ask it, run the tools it calls, and ask again until it has answered.

Runs wherever it is iterated (in the program: on the engine's thread) and needs neither Qt nor a disk.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace

from app.core.answer_builder import AnswerBuilder
from app.core.conversation import MessageNode, MessageState, new_id
from app.core.errors import EngineError, UserError
from app.core.generation import Statistics, StopReason
from app.core.language_model import LanguageModel
from app.core.message import Message, Part, Role, ToolCallPart
from app.core.reasoning_timer import ReasoningLimit
from app.core.tool_round import (
    RESULT_SHARE,
    ToolCallEnded,
    ToolUse,
    cut_to_tokens,
    run_calls,
)
from app.core.translation import tr
from app.core.turn_event import NextRoundStarted, ReplyEnded, RoundEnded, TurnEvent
from app.core.turn_request import TurnRequest

SAME_CALL_STOPS = 3
"""The same call in this many answers of one turn is a loop, and is not run again."""
MOST_CLOSINGS = 2
"""How many times reasoning is closed by force in one answer before giving up."""


def run_turn(
    model: LanguageModel,
    request: TurnRequest,
    cancel: threading.Event,
    tool_use: ToolUse | None = None,
    answer_now: threading.Event | None = None,
) -> Iterator[TurnEvent]:
    """Ask the model and yield what happens, a `ReplyEnded` always last.

    A thought is closed, and the answer goes on behind it, once `answer_now` is set.

    Calls are run only with `tool_use`. Without it they are left as they were written; so are all calls of an
    answer in which one cannot be run (`ToolCallPart.error`).

    Whoever takes the event that follows `ToolCallWaiting` waits for the user's decision, and for the tool
    with what follows `ToolCallStarted`. From `RoundEnded` up to `NextRoundStarted` the model is not used, so
    these events may be taken on another thread than the model's, which can answer elsewhere in the meantime.

    Never raises for the world's faults: they come as the `error` of `ReplyEnded`, with what was written.
    """
    yield from _Turn(model, request, cancel, tool_use, answer_now or threading.Event()).events()


class _Turn:
    """The answers of one turn, and the tools between them."""

    def __init__(
        self,
        model: LanguageModel,
        request: TurnRequest,
        cancel: threading.Event,
        tool_use: ToolUse | None,
        answer_now: threading.Event,
    ) -> None:
        self._answer_now = answer_now
        self._model = model
        self._request = request
        self._cancel = cancel
        self._tool_use = tool_use
        self._path = list(request.path)
        self._reply_id = request.reply_id or new_id()
        self._rounds = 0
        self._calls: Counter[str] = Counter()

    def events(self) -> Iterator[TurnEvent]:
        unfinished = self._unfinished_answer()
        if unfinished:
            self._reply_id = self._path.pop().id
            ended = unfinished
        else:
            ended = yield from self._answer(self._request.prefill, self._request.prefill_parts)
        while self._is_to_be_run(ended):
            reason = self._reason_to_stop(ended.message)
            if reason:
                ended = replace(ended, statistics=replace(ended.statistics, stop_reason=reason))
                break
            yield RoundEnded(ended.message, ended.statistics)
            yield from self._run_tools(ended.message)
            if self._cancel.is_set():
                statistics = replace(ended.statistics, stop_reason=StopReason.CANCELLED)
                ended = ReplyEnded(ended.message, statistics)
                break
            yield NextRoundStarted(self._next_node())
            ended = yield from self._answer()
        yield ended

    def _unfinished_answer(self) -> ReplyEnded | None:
        """The answer that the path ends with, where its calls are to be run first."""
        message = self._path[-1].message if self._path and self._tool_use else None
        if not message or message.role is not Role.ASSISTANT or not message.tool_calls:
            return None
        statistics = (message.generation and message.generation.statistics) or Statistics()
        return ReplyEnded(message, replace(statistics, stop_reason=StopReason.END))

    def _answer(
        self, prefill: str = "", parts: tuple[Part, ...] = ()
    ) -> Generator[TurnEvent, None, ReplyEnded]:
        """Run the model for one answer, closing its thought where that is wanted; return how it ended."""
        before: Statistics | None = None
        limit = ReasoningLimit(self._answer_now, self._request.thinking_limit)
        for closings in range(MOST_CLOSINGS + 1):
            answer = AnswerBuilder(
                self._request, prefill, parts, self._cancel, limit if closings < MOST_CLOSINGS else None
            )
            ended = yield from self._ask(answer, prefill)
            if before:
                ended = replace(ended, statistics=_joined(before, ended.statistics))
            if not answer.thought_ending or ended.error or self._cancel.is_set():
                break
            before = ended.statistics
            prefill, parts = ended.message.raw + answer.thought_ending, ended.message.parts
        return ended

    def _ask(self, answer: AnswerBuilder, prefill: str) -> Generator[TurnEvent, None, ReplyEnded]:
        """Run the model once; return how its answer ended."""
        request, model = self._request, self._model
        try:
            if request.model_path and request.model_path != model.model_path:
                raise EngineError(
                    tr("The model that was to answer is not loaded."),
                    tr("Choose a model, then regenerate the answer."),
                )
            choice = request.choose_messages(model, self._path, prefill)
            for event in model.answer(
                choice.messages, request.tools, request.sampling, answer.stop, choice.prefill
            ):
                yield from answer.take(event)
        except UserError as error:
            return answer.end(error)
        return answer.end(None)

    def _is_to_be_run(self, ended: ReplyEnded) -> bool:
        """Whether the answer calls tools, all in order, and was not cut off."""
        calls = ended.message.tool_calls
        is_whole = ended.statistics.stop_reason in (StopReason.END, StopReason.STOP_STRING)
        has_fault = ended.error is not None or any(call.error is not None for call in calls)
        return self._tool_use is not None and bool(calls) and is_whole and not has_fault

    def _reason_to_stop(self, message: Message) -> StopReason | None:
        assert self._tool_use is not None
        self._calls.update({_key(call) for call in message.tool_calls})
        if any(self._calls[_key(call)] >= SAME_CALL_STOPS for call in message.tool_calls):
            return StopReason.REPEATED_CALL
        self._rounds += 1
        return StopReason.TOOL_ROUNDS if self._rounds > self._tool_use.most_rounds else None

    def _run_tools(self, message: Message) -> Iterator[TurnEvent]:
        assert self._tool_use is not None
        self._path.append(MessageNode(message, self._parent_id(), self._reply_id))
        most_tokens = int(self._model.context_length * RESULT_SHARE / len(message.tool_calls))

        def cut(text: str) -> str:
            return cut_to_tokens(text, most_tokens, self._model.count_tokens)

        for event in run_calls(message, self._reply_id, self._tool_use, self._cancel, cut):
            if isinstance(event, ToolCallEnded):
                self._path.append(event.node)
            yield event

    def _next_node(self) -> MessageNode:
        node = MessageNode(Message(Role.ASSISTANT), self._parent_id(), state=MessageState.STREAMING)
        self._reply_id = node.id
        return node

    def _parent_id(self) -> str | None:
        return self._path[-1].id if self._path else None


def _key(call: ToolCallPart) -> str:
    """A key that is equal for equal calls."""
    return f"{call.name} {json.dumps(dict(call.arguments), sort_keys=True, default=str)}"


def _joined(first: Statistics, then: Statistics) -> Statistics:
    """The statistics of an answer that was written in two runs."""
    return replace(
        first,
        generated_tokens=first.generated_tokens + then.generated_tokens,
        decode_ms=first.decode_ms + then.decode_ms,
        guessed_tokens=first.guessed_tokens + then.guessed_tokens,
        stop_reason=then.stop_reason,
    )
