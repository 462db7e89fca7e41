"""What the transcript shows of a message in its conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.core import formatting
from app.core.conversation import Conversation, MessageNode, MessageState
from app.core.generation import Generation, StopReason
from app.core.message import PicturePart, ReasoningPart, Role, ToolResultPart
from app.core.stop_texts import stop_note
from app.core.tool_call_status import CallState, CallStatus, state_of
from app.core.tool_round import numbered_calls
from app.core.translation import sentences, tr
from app.ui.transcript.content.blocks import Button
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import AskedPicture, CitedQuestion, MessageEntry

NO_TITLES: Mapping[str, str] = {}
_CUT_OFF = (StopReason.TOKEN_LIMIT, StopReason.CONTEXT_FULL, StopReason.LOOP)


def rows_of(path: Sequence[MessageNode]) -> list[MessageNode]:
    """The messages that are shown for themselves: all but results, which stand in the answer that asked."""
    rows: list[MessageNode] = []
    shown_within: set[str] = set()
    for index, node in enumerate(path):
        if node.id not in shown_within:
            rows.append(node)
            shown_within.update(result.id for result in _results_of(node, path[index + 1 :]))
    return rows


def entries_of(conversation: Conversation, tool_titles: Mapping[str, str] = NO_TITLES) -> list[MessageEntry]:
    """The branch on screen, from the first message to the tip."""
    versions: dict[str | None, list[str]] = {}
    for node in conversation.nodes:
        versions.setdefault(node.parent_id, []).append(node.id)
    path = conversation.path()
    places = {node.id: place for place, node in enumerate(path)}
    entries = []
    asked: AskedPicture | None = None
    question: MessageNode | None = None
    for node in rows_of(path):
        asked = _picture_of(node) if _pictures_of(node) else asked
        question = node if node.role is Role.USER else question
        following = path[places[node.id] + 1 :]
        entry = _entry(node, versions[node.parent_id], following, tool_titles)
        entries.append(_citing(_about(entry, asked), question))
    return entries


def entry_of(
    conversation: Conversation,
    node: MessageNode,
    calls: Sequence[CallStatus] | None = None,
    tool_titles: Mapping[str, str] = NO_TITLES,
) -> MessageEntry:
    """One message; `node` may be newer than what the conversation holds.

    `calls` tells how its tool calls stand while they are run.
    """
    versions = [sibling.id for sibling in conversation.siblings(node.id)]
    path = conversation.path()
    following = path[1 + next((i for i, known in enumerate(path) if known.id == node.id), len(path)) :]
    before = path[: len(path) - len(following)]
    shown = next((it for it in reversed(before) if _pictures_of(it)), None)
    entry = _entry(node, versions, following, tool_titles, calls)
    question = next((it for it in reversed(before) if it.role is Role.USER), None)
    return _citing(_about(entry, _picture_of(shown) if shown else None), question)


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


def _citing(entry: MessageEntry, question: MessageNode | None) -> MessageEntry:
    """An answer with the question that passages were found for."""
    found = question.message.passages if question else None
    if question is None or found is None or not found.passages or entry.message.role is not Role.ASSISTANT:
        return entry
    return replace(entry, cited=CitedQuestion(question.id, len(found.passages)))


def _results_of(node: MessageNode, following: Sequence[MessageNode]) -> list[MessageNode]:
    """The messages below an answer that hold the results of its calls, and nothing else."""
    left = len(node.message.tool_calls)
    found: list[MessageNode] = []
    for result in following if left else ():
        parts = result.message.parts
        left -= len(parts)
        has_other = result.role is not Role.TOOL or any(not isinstance(it, ToolResultPart) for it in parts)
        if has_other or left < 0:
            break
        found.append(result)
    return found


def call_statuses(
    node: MessageNode, results: Sequence[MessageNode], *, is_tip: bool
) -> tuple[CallStatus, ...]:
    """How the calls of an answer stand, from the messages with their results."""
    parts = [part for result in results for part in result.message.parts if isinstance(part, ToolResultPart)]
    statuses = []
    for number, (index, _, _) in enumerate(numbered_calls(node.message)):
        if number < len(parts):
            statuses.append(CallStatus(index, state_of(parts[number]), result=parts[number]))
        else:
            can_run = is_tip and node.state is not MessageState.STREAMING
            statuses.append(CallStatus(index, CallState.NOT_RUN, can_run=can_run))
    return tuple(statuses)


def _entry(
    node: MessageNode,
    versions: list[str],
    following: Sequence[MessageNode],
    tool_titles: Mapping[str, str],
    running: Sequence[CallStatus] | None = None,
) -> MessageEntry:
    generation = node.message.generation
    error = generation.error if generation and node.state is MessageState.FAILED else ""
    results = _results_of(node, following)
    calls = call_statuses(node, results, is_tip=not following) if running is None else tuple(running)
    is_damaged = node.is_damaged or any(result.is_damaged for result in results)
    return MessageEntry(
        id=node.id,
        message=node.message,
        state=node.state,
        version=versions.index(node.id) + 1,
        version_count=len(versions),
        error=error,
        note=sentences(DAMAGED if is_damaged else "", note(node)),
        figures=_edited_mark(generation) if _is_answered(calls) else figures(generation),
        can_continue=can_continue(node) and _stop_reason(node) is not StopReason.LOOP,
        calls=calls,
        result_ids=tuple(result.id for result in results),
        tool_titles=tool_titles,
        repeat=generation.repeat if generation else None,
        buttons=() if following else remedies(node),
        can_be_asked_again=node.parent_id is not None,
    )


def _is_answered(calls: tuple[CallStatus, ...]) -> bool:
    """Whether the calls run or have results: then the turn goes on, and its last answer has the figures."""
    return any(call.result is not None or call.state is not CallState.NOT_RUN for call in calls)


def can_continue(node: MessageNode) -> bool:
    """Whether an answer was cut off and could go on."""
    if node.role is not Role.ASSISTANT or not node.message.raw:
        return False
    if any(call.error is None for call in node.message.tool_calls):
        return False  # What follows a call is its result.
    if node.state in (MessageState.STOPPED, MessageState.FAILED):
        return True
    return _stop_reason(node) in _CUT_OFF


DAMAGED = tr("Part of this message is damaged in the file and could not be read.")


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
    """What can be done about an answer that went into a loop, or whose server failed."""
    generation = node.message.generation
    if node.state is MessageState.FAILED and generation is not None and generation.server:
        return (Button(MessageAction.ANSWER_HERE, tr("Answer on this computer")),)
    if node.state is not MessageState.COMPLETE or _stop_reason(node) is not StopReason.LOOP:
        return ()
    retry = Button(MessageAction.RETRY_UNLIKE, tr("Try again with less repetition"))
    go_on = Button(MessageAction.CONTINUE, tr("Keep and continue"))
    if is_in_thought(node):
        return (Button(MessageAction.ANSWER_WITHOUT_LOOP, tr("Answer now"), is_primary=True), retry, go_on)
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
    words = formatting.generation_speed(speed) if speed else tr("Statistics") if statistics else ""
    return " · ".join(filter(None, (_edited_mark(generation), words)))


def _edited_mark(generation: Generation | None) -> str:
    return tr("Edited") if generation and generation.is_edited else ""
