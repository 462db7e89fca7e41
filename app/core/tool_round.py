"""The tool calls of one answer: asked for, run one after the other, their results made messages.

The core knows of a tool only its schema and how to run a call; the tools themselves are in `app.tools`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.core.conversation import MessageNode, new_id
from app.core.errors import Cancelled
from app.core.message import Message, Role, ToolCallPart, ToolResultPart
from app.core.permission import ApprovalQueue

MOST_ROUNDS = 8
MOST_CALLS = 16
"""How many calls of one answer are run; what a model writes beyond that is hardly meant."""
RESULT_SHARE = 0.25
"""Of the context, for all results of one answer: the question and the next answer need room as well."""

REFUSED = "Tool call was denied by the user."
STOPPED = "Tool call was stopped by the user."
TOO_MANY = f"Error: No more than {MOST_CALLS} tools can be called in one answer."

RunCall = Callable[[ToolCallPart, threading.Event], ToolResultPart]
"""Run one call to its end, which comes soon once the event is set. Never raises: a failure is a result with
`is_error`."""
CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """How a turn runs the calls that the model writes."""

    run: RunCall
    approvals: ApprovalQueue
    most_rounds: int = MOST_ROUNDS
    """How many answers in a row may call tools."""


@dataclass(frozen=True, slots=True)
class ToolCallWaiting:
    """The call waits until `ApprovalQueue.decide(call_id, ...)` says whether it may run.

    `index` is the call's place among the parts of the answer that made it.
    """

    call_id: str
    index: int
    call: ToolCallPart


@dataclass(frozen=True, slots=True)
class ToolCallStarted:
    """The tool runs."""

    call_id: str
    index: int
    call: ToolCallPart


@dataclass(frozen=True, slots=True)
class ToolCallEnded:
    """The call has a result. `node` is the `tool` message that follows in the conversation, whole."""

    call_id: str
    index: int
    call: ToolCallPart
    node: MessageNode

    @property
    def result(self) -> ToolResultPart:
        part = self.node.message.parts[0]
        assert isinstance(part, ToolResultPart)
        return part


ToolEvent = ToolCallWaiting | ToolCallStarted | ToolCallEnded


def run_calls(
    answer: Message, parent_id: str, use: ToolUse, cancel: threading.Event, cut: Callable[[str], str]
) -> Iterator[ToolEvent]:
    """Run the calls of an answer, whose id is `parent_id`, in their order.

    Every call ends with a result, so that what the model reads next is whole: also those that the user
    refused, and those that were not reached when `cancel` was set. `cut` shortens results to what the model
    can read.
    """
    for index, call, is_over in numbered_calls(answer):
        one = _Call(new_id(), index, call, use, cancel)
        for event in one.surplus() if is_over else one.events():
            if isinstance(event, ToolResultPart):
                result = replace(event, raw=cut(event.raw))
                node = MessageNode(Message(Role.TOOL, (result,)), parent_id)
                parent_id = node.id
                yield ToolCallEnded(one.id, index, call, node)
            else:
                yield event


def numbered_calls(answer: Message) -> Iterator[tuple[int, ToolCallPart, bool]]:
    """Yield each call with its index among the parts, and whether it is one too many."""
    count = 0
    for index, part in enumerate(answer.parts):
        if isinstance(part, ToolCallPart):
            count += 1
            yield index, part, count > MOST_CALLS


def cut_to_tokens(text: str, most_tokens: int, count_tokens: CountTokens) -> str:
    """The beginning of a text that is no longer than that, with a sentence about the cut."""
    # No tokenizer makes more tokens of a text than it has bytes; short ones need not be counted.
    if most_tokens <= 0 or len(text) * 4 <= most_tokens:
        return text
    kept, tokens = text, count_tokens(text)
    if tokens <= most_tokens:
        return text
    while tokens > most_tokens and kept:
        kept = kept[: min(len(kept) - 1, len(kept) * most_tokens // tokens)]
        tokens = count_tokens(kept)
    return f"{kept}\n[Only the first {len(kept):,} of {len(text):,} characters fit into the model's context.]"


class _Call:
    """One call on its way to a result."""

    def __init__(
        self, call_id: str, index: int, call: ToolCallPart, use: ToolUse, cancel: threading.Event
    ) -> None:
        self.id = call_id
        self._place = (call_id, index, call)
        self._call = call
        self._use = use
        self._cancel = cancel

    def events(self) -> Iterator[ToolCallWaiting | ToolCallStarted | ToolResultPart]:
        """Yield the events of the call, its result last."""
        try:
            if self._cancel.is_set():
                raise Cancelled
            decision = self._use.approvals.standing(self._call.name)
            if decision is None:
                yield ToolCallWaiting(*self._place)
                decision = self._use.approvals.wait(self.id, self._call.name, self._cancel)
        except Cancelled:
            yield self._unmade(STOPPED, is_stopped=True)
            return
        if not decision.allows:
            yield self._unmade(REFUSED, is_refused=True)
            return
        yield ToolCallStarted(*self._place)
        yield self._result()

    def surplus(self) -> Iterator[ToolResultPart]:
        """The result of a call that is one too many."""
        yield self._unmade(TOO_MANY)

    def _result(self) -> ToolResultPart:
        started = time.monotonic()
        result = self._use.run(self._call, self._cancel)
        elapsed_ms = round((time.monotonic() - started) * 1000)
        return replace(result, elapsed_ms=elapsed_ms, is_stopped=result.is_error and self._cancel.is_set())

    def _unmade(self, text: str, *, is_refused: bool = False, is_stopped: bool = False) -> ToolResultPart:
        return ToolResultPart(
            self._call.name, text, is_error=True, is_refused=is_refused, is_stopped=is_stopped
        )
