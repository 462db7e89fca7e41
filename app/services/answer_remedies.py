"""What can be done about an answer that went wrong, as values: how it goes on, and with which sampling."""

from __future__ import annotations

from app.core.conversation import MessageNode
from app.core.message import Message, Part, ReasoningPart, Role, ToolCallPart, ToolResultPart
from app.core.reasoning_markers import markers_of
from app.core.repetition import Repeat
from app.core.sampling import Sampling
from app.services.running_answer import AnswerPrefill

NOT_RUN = "Error: Not run, because another call in the same answer was at fault."

DRY_MULTIPLIER = 0.8
"""What DRY's author recommends."""
HIGHER_PENALTY = 1.1
PENALTY_STEP = 0.05
PENALTY_WINDOW = 256
"""In tokens."""


def prefill_without_loop(message: Message, repeat: Repeat | None) -> AnswerPrefill:
    """The beginning of an answer whose last thought went into a loop: all but the copies, and closed."""
    raw = message.raw
    kept = raw[: repeat.start + repeat.period] if repeat else raw
    thought = message.parts[-1] if message.parts else None
    if isinstance(thought, ReasoningPart) and not thought.is_closed:
        kept += markers_of(thought.raw).ending
    return AnswerPrefill(kept, message.parts)


def against_repetition(sampling: Sampling) -> Sampling:
    """The values with DRY on, and with a higher penalty over a longer stretch."""
    window = sampling.penalty_window
    return sampling.with_values(
        dry_multiplier=max(sampling.dry_multiplier, DRY_MULTIPLIER),
        repeat_penalty=min(2.0, max(sampling.repeat_penalty + PENALTY_STEP, HIGHER_PENALTY)),
        penalty_window=window if window == -1 else max(window, PENALTY_WINDOW),
    )


def fault_results(node: MessageNode) -> list[MessageNode]:
    """The results that tell a model what was wrong with the calls of an answer, one below the other."""
    results: list[MessageNode] = []
    parent_id = node.id
    for call in node.message.tool_calls:
        words = f"Error: {call.error} Write the call again." if call.error else NOT_RUN
        result = ToolResultPart(call.name, words, is_error=True)
        results.append(MessageNode(Message(Role.TOOL, (result,)), parent_id))
        parent_id = results[-1].id
    return results


def calls_around(parts: tuple[Part, ...], index: int) -> tuple[int, int]:
    """The first and the last of the calls that stand together with one; they may share a list."""
    first = last = index
    while first > 0 and isinstance(parts[first - 1], ToolCallPart):
        first -= 1
    while last + 1 < len(parts) and isinstance(parts[last + 1], ToolCallPart):
        last += 1
    return first, last
