"""What the transcript shows of a message in its conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from app.core import formatting
from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.message import Generation, PicturePart, ReasoningPart, Role, StopReason, ToolResultPart
from app.core.stop_texts import stop_note
from app.core.tool_call_status import CallState, CallStatus
from app.core.tool_round import numbered_calls
from app.ui.transcript.content.blocks import Button
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import AskedPicture, MessageEntry

_CUT_OFF = (StopReason.TOKEN_LIMIT, StopReason.CONTEXT_FULL, StopReason.LOOP)


def entries_of(conversation: Conversation) -> list[MessageEntry]:
    """The branch on screen, from the first message to the tip."""
    versions: dict[str | None, list[str]] = {}
    for node in conversation.nodes:
        versions.setdefault(node.parent_id, []).append(node.id)
    path = conversation.path()
    entries = []
    asked: AskedPicture | None = None
    for index, node in enumerate(path):
        asked = _picture_of(node) if _pictures_of(node) else asked
        calls = call_statuses(node, path[index + 1 :])
        entry = _entry(node, versions[node.parent_id], calls, node is path[-1])
        entries.append(_about(entry, asked))
    return entries


def entry_of(
    conversation: Conversation, node: MessageNode, calls: Sequence[CallStatus] | None = None
) -> MessageEntry:
    """One message; `node` may be newer than what the conversation holds.

    `calls` tells how its tool calls stand while they are run.
    """
    versions = [sibling.id for sibling in conversation.siblings(node.id)]
    path = conversation.path()
    following = path[1 + next((i for i, known in enumerate(path) if known.id == node.id), len(path)) :]
    statuses = call_statuses(node, following) if calls is None else tuple(calls)
    before = path[: len(path) - len(following)]
    shown = next((it for it in reversed(before) if _pictures_of(it)), None)
    return _about(_entry(node, versions, statuses, not following), _picture_of(shown) if shown else None)


def _picture_of(node: MessageNode) -> AskedPicture | None:
    """The picture of a message; None where there are several, as then nobody knows which one is meant."""
    pictures = _pictures_of(node)
    return AskedPicture(node.id, *pictures[0]) if len(pictures) == 1 else None


def _pictures_of(node: MessageNode) -> list[tuple[PicturePart, int]]:
    """The pictures of a message, each with its place among what is attached."""
    attached = enumerate(node.message.attachments)
    return [(part, place) for place, part in attached if isinstance(part, PicturePart)]


def _about(entry: MessageEntry, picture: AskedPicture | None) -> MessageEntry:
    is_answer = entry.message.role is Role.ASSISTANT
    return replace(entry, asked_picture=picture) if is_answer and picture else entry


def call_statuses(node: MessageNode, following: Sequence[MessageNode]) -> tuple[CallStatus, ...]:
    """How the calls of an answer stand, from the results that follow it in the conversation."""
    results = [
        part
        for result in takewhile(lambda it: it.role is Role.TOOL, following)
        for part in result.message.parts
        if isinstance(part, ToolResultPart)
    ]
    statuses = []
    for number, (index, _, _) in enumerate(numbered_calls(node.message)):
        if number < len(results):
            elapsed_ms = results[number].elapsed_ms
            statuses.append(CallStatus(index, _state_of(results[number]), elapsed_ms=elapsed_ms))
        else:
            can_run = not following and node.state is not MessageState.STREAMING
            statuses.append(CallStatus(index, CallState.NOT_RUN, can_run=can_run))
    return tuple(statuses)


def _state_of(result: ToolResultPart) -> CallState:
    if result.is_refused:
        return CallState.REFUSED
    if result.is_error:
        return CallState.STOPPED if result.is_stopped else CallState.FAILED
    return CallState.DONE


def _entry(
    node: MessageNode, versions: list[str], calls: tuple[CallStatus, ...], is_last: bool
) -> MessageEntry:
    generation = node.message.generation
    error = generation.error if generation and node.state is MessageState.FAILED else ""
    return MessageEntry(
        id=node.id,
        message=node.message,
        state=node.state,
        version=versions.index(node.id) + 1,
        version_count=len(versions),
        error=error,
        note=" ".join(filter(None, (DAMAGED if node.is_damaged else "", note(node)))),
        figures=_edited_mark(generation) if _is_answered(calls) else figures(generation),
        can_continue=can_continue(node) and _stop_reason(node) is not StopReason.LOOP,
        calls=calls,
        repeat=generation.repeat if generation else None,
        buttons=remedies(node) if is_last else (),
    )


def _is_answered(calls: tuple[CallStatus, ...]) -> bool:
    """Whether the calls run or have results: then the turn goes on, and its last answer has the figures."""
    return any(call.state is not CallState.NOT_RUN for call in calls)


def can_continue(node: MessageNode) -> bool:
    """Whether an answer was cut off and could go on."""
    if node.role is not Role.ASSISTANT or not node.message.raw:
        return False
    if any(call.error is None for call in node.message.tool_calls):
        return False  # What follows a call is its result.
    if node.state in (MessageState.STOPPED, MessageState.FAILED):
        return True
    return _stop_reason(node) in _CUT_OFF


DAMAGED = "Part of this message is damaged in the file and could not be read."


def note(node: MessageNode) -> str:
    """Why an answer ends where it does, as a sentence; empty for one that the model ended itself."""
    generation = node.message.generation
    if node.state is not MessageState.COMPLETE or generation is None:
        return ""
    reason = _stop_reason(node)
    if reason is None:
        return ""
    longest = generation.sampling.max_tokens if generation.sampling else 0
    return stop_note(reason, most_tokens=longest, is_in_thought=is_in_thought(node))


def remedies(node: MessageNode) -> tuple[Button, ...]:
    """What can be done about an answer that went into a loop."""
    if node.state is not MessageState.COMPLETE or _stop_reason(node) is not StopReason.LOOP:
        return ()
    retry = Button(MessageAction.RETRY_UNLIKE, "Try again with less repetition")
    go_on = Button(MessageAction.CONTINUE, "Keep and continue")
    if is_in_thought(node):
        return (Button(MessageAction.ANSWER_WITHOUT_LOOP, "Answer now", is_primary=True), retry, go_on)
    return (replace(retry, is_primary=True), go_on)


def is_in_thought(node: MessageNode) -> bool:
    """Whether the message ends within a thought."""
    last = node.message.parts[-1] if node.message.parts else None
    return isinstance(last, ReasoningPart) and not last.is_closed


def _stop_reason(node: MessageNode) -> StopReason | None:
    generation = node.message.generation
    return generation.statistics.stop_reason if generation and generation.statistics else None


def figures(generation: Generation | None) -> str:
    """The small line under an answer: how fast it was written; the details have the rest."""
    statistics = generation.statistics if generation else None
    speed = statistics.tokens_per_second if statistics and statistics.generated_tokens else None
    words = formatting.generation_speed(speed) if speed else "Statistics" if statistics else ""
    return " · ".join(filter(None, (_edited_mark(generation), words)))


def _edited_mark(generation: Generation | None) -> str:
    return "Edited" if generation and generation.is_edited else ""
