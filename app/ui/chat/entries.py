"""What the transcript shows of a message in its conversation."""

from __future__ import annotations

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.message import Generation, Role, Statistics, StopReason
from app.ui.chat.transcript.entry import Entry

STOP_WORDS = {
    StopReason.END: "finished",
    StopReason.STOP_STRING: "wrote a stop string",
    StopReason.TOKEN_LIMIT: "reached the longest answer allowed",
    StopReason.CONTEXT_FULL: "the model's context is full",
    StopReason.CANCELLED: "stopped",
    StopReason.ERROR: "failed",
    StopReason.LOOP: "repeated itself",
    StopReason.REPEATED_CALL: "repeated a tool call",
    StopReason.TOOL_ROUNDS: "called tools too often",
}
"""Why an answer ended, in the small line under it."""
_CUT_OFF = (StopReason.TOKEN_LIMIT, StopReason.CONTEXT_FULL, StopReason.LOOP)


def entries_of(conversation: Conversation) -> list[Entry]:
    """The branch on screen, from the first message to the tip."""
    versions: dict[str | None, list[str]] = {}
    for node in conversation.nodes:
        versions.setdefault(node.parent_id, []).append(node.id)
    return [_entry(node, versions[node.parent_id]) for node in conversation.path()]


def entry_of(conversation: Conversation, node: MessageNode) -> Entry:
    """One message; `node` may be newer than what the conversation holds."""
    return _entry(node, [sibling.id for sibling in conversation.siblings(node.id)])


def _entry(node: MessageNode, versions: list[str]) -> Entry:
    generation = node.message.generation
    error = generation.error if generation and node.state is MessageState.FAILED else ""
    return Entry(
        id=node.id,
        message=node.message,
        state=node.state,
        version=versions.index(node.id) + 1,
        version_count=len(versions),
        error=error,
        note=note(node),
        figures=figures(generation),
        can_continue=can_continue(node),
    )


def can_continue(node: MessageNode) -> bool:
    """Whether an answer was cut off and could go on."""
    if node.role is not Role.ASSISTANT or not node.message.raw:
        return False
    if node.state in (MessageState.STOPPED, MessageState.FAILED):
        return True
    return _stop_reason(node) in _CUT_OFF


def note(node: MessageNode) -> str:
    """Why an answer ends where it does, as a sentence; empty for one that the model ended itself."""
    generation = node.message.generation
    if node.state is not MessageState.COMPLETE or generation is None:
        return ""
    match _stop_reason(node):
        case StopReason.TOKEN_LIMIT:
            longest = generation.sampling.max_tokens if generation.sampling else 0
            limit = f" of {longest:,} tokens" if longest else ""
            return f"The answer was cut off at the longest length allowed{limit}. Continue goes on from here."
        case StopReason.CONTEXT_FULL:
            return (
                "The answer was cut off because the model's context is full. "
                "Continue goes on from here; what is oldest is left out to make room."
            )
        case StopReason.LOOP:
            return "The answer was stopped because it repeated itself without end."
    return ""


def _stop_reason(node: MessageNode) -> StopReason | None:
    generation = node.message.generation
    return generation.statistics.stop_reason if generation and generation.statistics else None


def figures(generation: Generation | None) -> str:
    """The small line under an answer."""
    statistics = generation.statistics if generation else None
    if statistics is None or not statistics.generated_tokens:
        return ""
    return " · ".join(_figures(statistics))


def _figures(statistics: Statistics) -> list[str]:
    found = []
    if speed := statistics.tokens_per_second:
        found.append(speed_text(speed))
    if statistics.ttft_ms:
        found.append(f"{duration_text(statistics.ttft_ms)} to first token")
    found.append(f"{statistics.generated_tokens:,} tokens")
    if statistics.prompt_tokens:
        reused = f", {statistics.cached_tokens:,} reused" if statistics.cached_tokens else ""
        found.append(f"prompt {statistics.prompt_tokens:,}{reused}")
    return [*found, STOP_WORDS[statistics.stop_reason]]


def speed_text(tokens_per_second: float) -> str:
    """A speed for people: `7.3 tokens/s`, `1,204 tokens/s`."""
    decimals = 0 if tokens_per_second >= 100 else 1
    return f"{tokens_per_second:,.{decimals}f} tokens/s"


def duration_text(milliseconds: float) -> str:
    """A time for people: `13 ms`, `0.4 s`, `2 min 5 s`."""
    seconds = milliseconds / 1000
    if seconds < 0.1:
        return f"{milliseconds:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
