"""The cards of a message: what the model thought, the tools it called, and what they returned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any

from app.core import formatting
from app.core.message import Part, ReasoningPart, ToolCallPart, ToolResultPart
from app.core.tool_call_status import CallState, CallStatus
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

RESULT_CHARACTERS = 400
"""A tool's result that is longer is folded."""
RESULT_LINES = 12
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
            status = entry.call(index)
            is_open = expansion.is_open(entry.id, _call_key(index, status), _is_call_open(part, status))
            header = _call_header(index, part, status, is_open=is_open)
            return [header, *inside_card(_call_body(index, part, status))] if is_open else [header]
        case ToolResultPart():
            is_open = expansion.is_open(entry.id, part_key(index), _is_result_open(part))
            header = _result_header(index, part, is_open=is_open)
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
    detail = "" if part.is_closed else "cut off"
    return CardHeader(part_key(index), "lightbulb", _thinking_title(part), detail, is_open)


def _thinking_title(part: ReasoningPart) -> str:
    if part.elapsed_ms is None:
        return "Thought"
    return f"Thought for {formatting.whole_seconds(max(1, part.elapsed_ms / 1000))}"


def _thought(entry: MessageEntry, index: int, part: ReasoningPart) -> list[PlacedBlock]:
    text = displayable(part.text)[:SHOWN_AT_FIRST]
    return marked_blocks(text, repeat_in(entry.message, index, entry.repeat))


# Calls


def _call_key(index: int, status: CallStatus | None) -> str:
    """A card that waits for the reader is another one than it is afterwards: it closes once it is decided."""
    is_waiting = status is not None and status.state is CallState.WAITING
    return f"waiting {index}" if is_waiting else part_key(index)


def _is_call_open(part: ToolCallPart, status: CallStatus | None) -> bool:
    if part.error is not None:
        return True
    return status is not None and (
        status.state is CallState.WAITING or (status.state is CallState.NOT_RUN and status.can_run)
    )


def _call_header(index: int, part: ToolCallPart, status: CallStatus | None, *, is_open: bool) -> CardHeader:
    name = displayable(part.name) or "a tool"
    key = _call_key(index, status)
    if part.error is not None:
        title = f"Invalid call to {name}"
        return CardHeader(key, "warning", title, "", is_open, is_failed=True)
    preview = _preview(part.arguments)
    took = formatting.duration(status.elapsed_ms / 1000) if status and status.elapsed_ms is not None else ""
    match status.state if status else None:
        case CallState.WAITING:
            detail = "Waiting for your permission"
            return CardHeader(key, "hand-palm", f"Allow {name}?", detail, is_open, is_waiting=True)
        case CallState.RUNNING:
            ran = formatting.whole_seconds(monotonic() - status.started_at) if status else ""
            detail = _joined(ran, preview)
            return CardHeader(key, "wrench", f"Running {name}", detail, is_open, is_busy=True)
        case CallState.NOT_RUN:
            return CardHeader(key, "wrench", f"Call of {name}", _joined("not run", preview), is_open)
        case CallState.FAILED:
            return CardHeader(key, "wrench", f"Called {name}", _joined("failed", took, preview), is_open)
        case CallState.REFUSED:
            title = f"Denied: {name}"
            return CardHeader(key, "prohibit", title, preview, is_open)
        case CallState.STOPPED:
            return CardHeader(key, "stop-circle", f"Call of {name}", _joined("stopped", preview), is_open)
    return CardHeader(key, "wrench", f"Called {name}", _joined(preview, took), is_open)


def _joined(*pieces: str) -> str:
    return " · ".join(piece for piece in pieces if piece)


def _preview(arguments: Mapping[str, Any]) -> str:
    words = ", ".join(f"{name}: {_value(value)}" for name, value in arguments.items())
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
        blocks.append(TextBlock((Span("No arguments.", is_muted=True),)))
    if part.error is not None:
        blocks.append(CodeBlock(displayable(part.raw)[:SHOWN_AT_FIRST], "Original text"))
    buttons = _call_buttons(index, part, status)
    return [*blocks, ButtonRow(buttons)] if buttons else blocks


def _call_buttons(index: int, part: ToolCallPart, status: CallStatus | None) -> tuple[Button, ...]:
    if status is None:
        return ()
    if status.state is CallState.WAITING:
        return (
            Button(MessageAction.ALLOW_ONCE, "Allow once", status.call_id, is_primary=True),
            Button(MessageAction.ALLOW_ALWAYS, "Always allow in this chat", status.call_id),
            Button(MessageAction.REFUSE, "Deny", status.call_id),
            Button(MessageAction.REFUSE_ALWAYS, "Never in this chat", status.call_id),
        )
    if not status.can_run:
        return ()
    if part.error is not None:
        again = Button(MessageAction.ASK_AGAIN, "Try again", str(index), is_primary=True)
        return (again, Button(MessageAction.EDIT_CALL, "Fix and run", str(index)))
    run = Button(MessageAction.RUN_CALL, "Run", str(index), is_primary=True)
    return (run, Button(MessageAction.EDIT_CALL, "Edit and run", str(index)))


def _value(value: object, longest: int = LONGEST_VALUE) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return displayable(text if len(text) <= longest else text[:longest] + "…")


# Results


def _is_result_open(part: ToolResultPart) -> bool:
    is_short = len(part.text) <= RESULT_CHARACTERS and part.text.count("\n") < RESULT_LINES
    return is_short and not _was_never_run(part)


def _was_never_run(part: ToolResultPart) -> bool:
    """Whether no tool returned this: the call was refused, stopped or not understood."""
    return part.is_refused or part.is_stopped or (part.is_error and part.elapsed_ms is None)


def _result_header(index: int, part: ToolResultPart, *, is_open: bool) -> CardHeader:
    name = displayable(part.name) or "the tool"
    key = part_key(index)
    first_line = "" if is_open else displayable(part.text).strip().split("\n", 1)[0][:200]
    if _was_never_run(part):
        return CardHeader(key, "arrow-bend-down-right", "The model was told", first_line, is_open)
    if part.is_error:
        return CardHeader(key, "warning", f"{name} failed", first_line, is_open, is_failed=True)
    return CardHeader(key, "arrow-bend-down-right", f"Result of {name}", first_line, is_open)


def _result_body(part: ToolResultPart) -> list[PlacedBlock]:
    text = displayable(part.text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict | list):
        pretty = json.dumps(value, ensure_ascii=False, indent=2)
        return [CodeBlock(pretty[:SHOWN_AT_FIRST], "json")]
    return [TextBlock((Span(text[:SHOWN_AT_FIRST] or "Nothing."),))]
