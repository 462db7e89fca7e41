"""What the transcript shows of a message in its conversation."""

from __future__ import annotations

from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.message import Generation, Role, Statistics, StopReason
from app.ui.chat.transcript.entry import Entry

STOP_WORDS = {
    StopReason.CANCELLED: "stopped",
    StopReason.TOKEN_LIMIT: "reached the longest answer allowed",
    StopReason.CONTEXT_FULL: "the model's context is full",
    StopReason.ERROR: "failed",
}


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
        figures=figures(generation),
        can_continue=can_continue(node),
    )


def can_continue(node: MessageNode) -> bool:
    """Whether an answer was cut off and could go on."""
    if node.role is not Role.ASSISTANT or not node.message.raw:
        return False
    if node.state in (MessageState.STOPPED, MessageState.FAILED):
        return True
    statistics = node.message.generation and node.message.generation.statistics
    return bool(statistics and statistics.stop_reason is StopReason.TOKEN_LIMIT)


def figures(generation: Generation | None) -> str:
    """The small line under an answer."""
    statistics = generation.statistics if generation else None
    if statistics is None or not statistics.generated_tokens:
        return ""
    return " · ".join(_figures(statistics))


def _figures(statistics: Statistics) -> list[str]:
    found = []
    if speed := statistics.tokens_per_second:
        found.append(f"{speed:,.0f} tokens/s" if speed >= 100 else f"{speed:.1f} tokens/s")
    if statistics.ttft_ms:
        found.append(f"{duration_text(statistics.ttft_ms)} to first token")
    found.append(f"{statistics.generated_tokens:,} tokens")
    if words := STOP_WORDS.get(statistics.stop_reason):
        found.append(words)
    return found


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
