"""The cards of a message: what the model thought, and the tools it called with what they returned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from app.core import formatting
from app.core.message import Part, ReasoningPart, ToolCallPart, ToolResultPart
from app.core.tool_call_status import CallState, CallStatus
from app.core.translation import tr
from app.ui.transcript.content.blocks import (
    Block,
    Button,
    ButtonRow,
    CardHeader,
    CodeBlock,
    Container,
    PlacedBlock,
    Span,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.content.expansion import SHOWN_AT_FIRST, ExpansionState
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import displayable
from app.ui.transcript.content.repetition_marks import marked_blocks, repeat_in

LONGEST_VALUE = 4_000
"""Characters of one argument that are shown in a tool card's table."""


def part_key(index: int) -> str:
    """What the card of a part is known by."""
    return f"part {index}"


def card_blocks(entry: MessageEntry, index: int, part: Part, expansion: ExpansionState) -> list[Block]:
    """A card's header and, where it is open, what is inside."""
    match part:
        case ReasoningPart():
            is_open = expansion.is_open(entry.id, part_key(index), False)
            header = thinking_header(index, part, is_open=is_open)
            return [header, *inside_card(_thought(entry, index, part))] if is_open else [header]
        case ToolCallPart():
            status, title = entry.call(index), entry.tool_title(part.name)
            is_open = expansion.is_open(entry.id, _call_key(index, status), _is_call_open(part, status))
            header = _call_header(index, title, part, status, is_open=is_open)
            return [header, *inside_card(_call_body(index, part, status))] if is_open else [header]
        case ToolResultPart():
            is_open = expansion.is_open(entry.id, part_key(index), False)
            header = _lone_result_header(index, entry.tool_title(part.name), part, is_open=is_open)
            return [header, *inside_card(_result_body(part))] if is_open else [header]
    return list(parse(displayable(part.text)))


def inside_card(blocks: Iterable[PlacedBlock]) -> list[PlacedBlock]:
    """The blocks as they stand within a card."""
    return [in_card(block, is_first=index == 0) for index, block in enumerate(blocks)]


def in_card(block: PlacedBlock, *, is_first: bool) -> PlacedBlock:
    old = block.place
    shared = 0 if is_first else old.shared + 1
    place = replace(old, containers=(Container.CARD, *old.containers), shared=shared, is_muted=True)
    return replace(block, place=place)


# Thoughts


def thinking_header(index: int, part: ReasoningPart, *, is_open: bool) -> CardHeader:
    detail = "" if part.is_closed else tr("cut off")
    return CardHeader(part_key(index), "lightbulb", _thinking_title(part), detail, is_open)


def _thinking_title(part: ReasoningPart) -> str:
    if part.elapsed_ms is None:
        return tr("Thought")
    return tr("Thought for {time}", time=formatting.whole_seconds(max(1, part.elapsed_ms / 1000)))


def _thought(entry: MessageEntry, index: int, part: ReasoningPart) -> list[PlacedBlock]:
    text = displayable(part.text)[:SHOWN_AT_FIRST]
    return marked_blocks(text, repeat_in(entry.message, index, entry.repeat))


# Calls


def _call_key(index: int, status: CallStatus | None) -> str:
    """A card that waits for the reader is another one than it is afterwards: it closes once it is decided."""
    is_waiting = status is not None and status.state is CallState.WAITING
    return f"waiting {index}" if is_waiting else part_key(index)


def _is_call_open(part: ToolCallPart, status: CallStatus | None) -> bool:
    if status is not None and status.result is not None:
        return False
    if part.error is not None:
        return True
    return status is not None and (
        status.state is CallState.WAITING or (status.state is CallState.NOT_RUN and status.can_run)
    )


def _call_header(
    index: int, title: str, part: ToolCallPart, status: CallStatus | None, *, is_open: bool
) -> CardHeader:
    """Which tool was called and how that stands; closed, also with what and what came of it."""
    header = CardHeader(_call_key(index, status), "wrench", title, is_open=is_open)
    if part.error is not None:
        why = "" if is_open else displayable(part.error)
        return replace(
            header,
            icon="warning",
            title=tr("Invalid call to {title}", title=title),
            detail=why,
            is_failed=True,
        )
    asked = "" if is_open else _preview(part.arguments)
    state = status.state if status else CallState.DONE
    result = _first_line(status.result) if status and status.result and not is_open else ""
    match state:
        case CallState.WAITING:
            return replace(header, icon="hand-palm", title=tr("Allow {title}?", title=title), is_waiting=True)
        case CallState.RUNNING:
            ran = formatting.whole_seconds(monotonic() - status.started_at) if status else ""
            return replace(header, detail=_joined(ran, asked), is_busy=True)
        case CallState.NOT_RUN:
            return replace(header, detail=_joined(tr("not run"), asked))
        case CallState.FAILED:
            failed = tr("{name} failed", name=title)
            return replace(header, icon="warning", title=failed, detail=result or asked, is_failed=True)
        case CallState.REFUSED:
            return replace(header, icon="prohibit", title=tr("Denied: {title}", title=title), detail=asked)
        case CallState.STOPPED:
            return replace(header, icon="stop-circle", detail=_joined(tr("stopped"), asked))
    return replace(header, detail=f"{asked} → {result}" if asked and result else asked or result)


def _joined(*pieces: str) -> str:
    return " · ".join(piece for piece in pieces if piece)


def _preview(arguments: Mapping[str, Any]) -> str:
    """What a tool was called with, on one line; a single value needs no name."""
    values = [_value(value) for value in arguments.values()]
    named = [f"{displayable(name)}: {value}" for name, value in zip(arguments, values, strict=True)]
    words = ", ".join(values if len(values) == 1 else named)
    return " ".join(words[:300].split())


def _call_body(index: int, part: ToolCallPart, status: CallStatus | None) -> list[PlacedBlock]:
    blocks: list[PlacedBlock] = []
    if part.error is not None:
        blocks.append(TextBlock((Span(displayable(part.error), is_danger=True),)))
    if part.arguments:
        # Whoever allows a call must have been able to see all of it.
        longest = SHOWN_AT_FIRST if status and status.state is CallState.WAITING else LONGEST_VALUE
        rows = tuple(
            ((Span(displayable(name), is_muted=True),), (Span(_value(value, longest)),))
            for name, value in part.arguments.items()
        )
        blocks.append(TableBlock(rows, has_header=False))
    elif part.error is None:
        blocks.append(TextBlock((Span(tr("No arguments."), is_muted=True),)))
    if part.error is not None:
        blocks.append(CodeBlock(displayable(part.raw)[:SHOWN_AT_FIRST], tr("Original text")))
    if status is not None and status.result is not None:
        blocks += [_result_line(status.result), *_result_body(status.result)]
    buttons = _call_buttons(index, part, status)
    return [*blocks, ButtonRow(buttons)] if buttons else blocks


def _call_buttons(index: int, part: ToolCallPart, status: CallStatus | None) -> tuple[Button, ...]:
    if status is None:
        return ()
    if status.state is CallState.WAITING:
        return (
            Button(MessageAction.ALLOW_ONCE, tr("Allow once"), status.call_id, is_primary=True),
            Button(MessageAction.ALLOW_ALWAYS, tr("Always allow in this chat"), status.call_id),
            Button(MessageAction.REFUSE, tr("Deny"), status.call_id),
            Button(MessageAction.REFUSE_ALWAYS, tr("Never in this chat"), status.call_id),
        )
    if not status.can_run:
        return ()
    if part.error is not None:
        again = Button(MessageAction.ASK_AGAIN, tr("Try again"), str(index), is_primary=True)
        return (again, Button(MessageAction.EDIT_CALL, tr("Fix and run"), str(index)))
    run = Button(MessageAction.RUN_CALL, tr("Run"), str(index), is_primary=True)
    return (run, Button(MessageAction.EDIT_CALL, tr("Edit and run"), str(index)))


def _value(value: object, longest: int = LONGEST_VALUE) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return displayable(text if len(text) <= longest else text[:longest] + "…")


# Results


def _was_never_run(part: ToolResultPart) -> bool:
    """Whether no tool returned this: the call was refused, stopped or not understood."""
    return part.is_refused or part.is_stopped or (part.is_error and part.elapsed_ms is None)


def _first_line(part: ToolResultPart) -> str:
    return displayable(part.text[:1_000]).strip().split("\n", 1)[0][:200]


def _result_line(part: ToolResultPart) -> TextBlock:
    """What parts a call from what came of it."""
    if _was_never_run(part):
        words = tr("The model was told")
    elif part.elapsed_ms is None:
        words = tr("Result")
    else:
        words = tr("Result after {duration}", duration=formatting.duration(part.elapsed_ms / 1000))
    return TextBlock((Span(words, is_muted=True),))


def _lone_result_header(index: int, title: str, part: ToolResultPart, *, is_open: bool) -> CardHeader:
    """The head of a result that no call of the conversation asked for."""
    first_line = "" if is_open else _first_line(part)
    header = CardHeader(part_key(index), "arrow-bend-down-right", title, first_line, is_open)
    if _was_never_run(part):
        return replace(header, title=tr("The model was told"))
    if part.is_error:
        return replace(header, icon="warning", title=tr("{name} failed", name=title), is_failed=True)
    return header


def _result_body(part: ToolResultPart) -> list[PlacedBlock]:
    text = displayable(part.text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict | list):
        pretty = json.dumps(value, ensure_ascii=False, indent=2)
        return [CodeBlock(pretty[:SHOWN_AT_FIRST], "json")]
    return [TextBlock((Span(text[:SHOWN_AT_FIRST] or tr("Nothing."), is_danger=part.is_error),))]
