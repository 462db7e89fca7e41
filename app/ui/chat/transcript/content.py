"""Which blocks a message is shown as: its words, and the cards for thinking, tool calls and results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.core.conversation import MessageState
from app.core.message import (
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.ui.chat.transcript.blocks import (
    Block,
    Bubble,
    CardHeader,
    CodeBlock,
    Container,
    ErrorNote,
    MarkdownBlock,
    MemoryMark,
    MoreLine,
    NameLine,
    Span,
    TableBlock,
    TextBlock,
)
from app.ui.chat.transcript.entry import Entry
from app.ui.chat.transcript.markdown import parse
from app.ui.chat.transcript.plain_text import displayable

SHOWN_AT_FIRST = 48_000
"""Characters of a message that are laid out before the reader asks for more: a third of a second's work."""
CHARACTERS_A_LINE = 32
"""A message of very short lines is cut as if each were that long: every line costs something."""
SHOWN_GROWTH = 4
"""Each time the reader asks, this many times as much is shown."""
BUBBLE_CHARACTERS = 1_500
BUBBLE_LINES = 16
"""A user's message that is longer is folded."""
RESULT_CHARACTERS = 400
"""A tool's result that is longer is folded."""
LONGEST_VALUE = 4_000
"""Characters of one argument that are shown in a tool card's table."""


@dataclass(slots=True)
class Folds:
    """What the reader has opened and closed; remembered while the conversation is on screen."""

    cards: dict[tuple[str, str], bool] = field(default_factory=dict)
    unfolded: set[str] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)
    """How many characters of a long message are shown."""

    def is_open(self, entry_id: str, key: str, default: bool) -> bool:
        return self.cards.get((entry_id, key), default)

    def limit(self, entry_id: str) -> int:
        return self.shown.get(entry_id, SHOWN_AT_FIRST)

    def show_at_least(self, entry_id: str, text: str) -> None:
        """Keeps all of a text in sight."""
        needed = max(len(text), CHARACTERS_A_LINE * (text.count("\n") + 1)) + 1
        if needed > self.limit(entry_id):
            self.shown[entry_id] = needed

    def show_more(self, entry_id: str) -> None:
        self.shown[entry_id] = self.limit(entry_id) * SHOWN_GROWTH


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a message is shown as depends on: which place it has in the conversation."""

    is_memory_start: bool = False
    """The model is given nothing from before it."""
    goes_on: bool = False
    """It follows a tool's result in the same turn, so that who speaks need not be said again."""


ALONE = Surroundings()


def blocks_of(entry: Entry, folds: Folds, around: Surroundings = ALONE) -> list[Block]:
    """Everything that is drawn for a message."""
    blocks = blocks_above(entry, around)
    if entry.message.role is Role.USER:
        blocks.append(_bubble(entry, folds))
    else:
        blocks += _part_blocks(entry, folds)
    return blocks + error_blocks(entry)


def blocks_above(entry: Entry, around: Surroundings) -> list[Block]:
    """The line where the model's memory begins, and who answers."""
    blocks: list[Block] = [MemoryMark()] if around.is_memory_start else []
    generation = entry.message.generation
    is_answer = entry.message.role is Role.ASSISTANT
    if is_answer and not around.goes_on and generation is not None and generation.model_name:
        blocks.append(NameLine(displayable(generation.model_name)))
    return blocks


def error_blocks(entry: Entry) -> list[Block]:
    sentence = entry.error
    if not sentence and entry.state is MessageState.FAILED and entry.message.generation is not None:
        sentence = entry.message.generation.error
    return [ErrorNote(displayable(sentence), displayable(entry.error_hint))] if sentence else []


def _bubble(entry: Entry, folds: Folds) -> Bubble:
    text = displayable(entry.message.text)
    lines = text.split("\n", BUBBLE_LINES)
    if len(text) <= BUBBLE_CHARACTERS and len(lines) <= BUBBLE_LINES:
        return Bubble(text)
    if entry.id in folds.unfolded:
        limit = folds.limit(entry.id)
        return Bubble(text[:limit], hidden=max(0, len(text) - limit), is_foldable=True)
    shown = "\n".join(lines[: BUBBLE_LINES // 2])[: BUBBLE_CHARACTERS // 2].rstrip() + "…"
    return Bubble(shown, hidden=len(text) - len(shown) + 1, is_foldable=True)


def _part_blocks(entry: Entry, folds: Folds) -> list[Block]:
    blocks: list[Block] = []
    left = folds.limit(entry.id)
    hidden = 0
    for index, part in enumerate(entry.message.parts):
        if isinstance(part, TextPart):
            text = displayable(part.text)
            shown = cut(text, left)
            left -= len(shown)
            hidden += len(text) - len(shown)
            blocks += parse(shown) if shown else []
        else:
            blocks += card_blocks(entry.id, index, part, folds)
    if hidden:
        blocks.append(MoreLine(hidden))
    blocks = blocks or _nothing_written(entry)
    return [*blocks, TextBlock((Span(displayable(entry.note), is_muted=True),))] if entry.note else blocks


def _nothing_written(entry: Entry) -> list[Block]:
    if entry.error or entry.state in (MessageState.STREAMING, MessageState.FAILED):
        return []
    was_stopped = entry.state is MessageState.STOPPED
    words = "Stopped before the first word." if was_stopped else "The model wrote nothing."
    return [TextBlock((Span(words, is_muted=True),))]


def cut(text: str, limit: int) -> str:
    """The beginning of a text, up to a line's end where there is one."""
    if limit <= 0:
        return ""
    lines = limit // CHARACTERS_A_LINE
    if text.count("\n") > lines:
        text = "\n".join(text.split("\n", lines)[:lines])
    if len(text) <= limit:
        return text
    end = text.rfind("\n", limit // 2, limit)
    return text[: end + 1] if end >= 0 else text[:limit]


# Cards


def part_key(index: int) -> str:
    """What the card of a part is known by."""
    return f"part {index}"


def card_blocks(entry_id: str, index: int, part: Part, folds: Folds) -> list[Block]:
    """A card's header and, where it is open, what is inside."""
    match part:
        case ReasoningPart():
            is_open = folds.is_open(entry_id, part_key(index), False)
            header = thinking_header(index, part, is_open=is_open)
            return [header, *inside_card(parse(thought_text(part.text)))] if is_open else [header]
        case ToolCallPart():
            is_open = folds.is_open(entry_id, part_key(index), part.error is not None)
            header = _call_header(index, part, is_open=is_open)
            return [header, *inside_card(_call_body(part))] if is_open else [header]
        case ToolResultPart():
            is_open = folds.is_open(entry_id, part_key(index), len(part.text) <= RESULT_CHARACTERS)
            header = _result_header(index, part, is_open=is_open)
            return [header, *inside_card(_result_body(part))] if is_open else [header]
    return list(parse(displayable(part.text)))


def inside_card(blocks: Iterable[MarkdownBlock]) -> list[MarkdownBlock]:
    """The blocks as they stand within a card."""
    return [in_card(block, is_first=index == 0) for index, block in enumerate(blocks)]


def in_card(block: MarkdownBlock, *, is_first: bool) -> MarkdownBlock:
    old = block.place
    shared = 0 if is_first else old.shared + 1
    place = replace(old, containers=(Container.CARD, *old.containers), shared=shared, is_muted=True)
    return replace(block, place=place)


def thought_text(text: str) -> str:
    return displayable(text).strip("\n")[:SHOWN_AT_FIRST]


def thinking_header(index: int, part: ReasoningPart, *, is_open: bool) -> CardHeader:
    title = f"Thought for {duration(part.elapsed_ms / 1000)}" if part.elapsed_ms is not None else "Thought"
    details = []
    if part.token_count is not None:
        details.append(f"{part.token_count:,} token{'' if part.token_count == 1 else 's'}")
    if not part.is_closed:
        details.append("not finished")
    return CardHeader(part_key(index), "ph.lightbulb", title, " · ".join(details), is_open)


def duration(seconds: float) -> str:
    """A length of time as people say it."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def _call_header(index: int, part: ToolCallPart, *, is_open: bool) -> CardHeader:
    name = displayable(part.name) or "a tool"
    if part.error is not None:
        title = f"Call of {name} could not be read"
        return CardHeader(part_key(index), "ph.warning", title, "", is_open, is_failed=True)
    return CardHeader(part_key(index), "ph.wrench", f"Called {name}", _preview(part.arguments), is_open)


def _preview(arguments: Mapping[str, Any]) -> str:
    words = ", ".join(f"{name}: {_value(value)}" for name, value in arguments.items())
    return " ".join(words[:300].split())


def _call_body(part: ToolCallPart) -> list[MarkdownBlock]:
    blocks: list[MarkdownBlock] = []
    if part.error is not None:
        blocks.append(TextBlock((Span(displayable(part.error), is_danger=True),)))
    if part.arguments:
        rows = tuple(
            ((Span(displayable(name), is_muted=True),), (Span(_value(value)),))
            for name, value in part.arguments.items()
        )
        blocks.append(TableBlock(rows, has_header=False))
    elif part.error is None:
        blocks.append(TextBlock((Span("Without arguments.", is_muted=True),)))
    if part.error is not None:
        blocks.append(CodeBlock(displayable(part.raw)[:SHOWN_AT_FIRST], "as written"))
    return blocks


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return displayable(text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…")


def _result_header(index: int, part: ToolResultPart, *, is_open: bool) -> CardHeader:
    name = displayable(part.name) or "the tool"
    if part.is_error:
        return CardHeader(part_key(index), "ph.warning", f"{name} failed", "", is_open, is_failed=True)
    first_line = displayable(part.text).strip().split("\n", 1)[0][:200]
    detail = "" if is_open else first_line
    return CardHeader(part_key(index), "ph.arrow-bend-down-right", f"Result of {name}", detail, is_open)


def _result_body(part: ToolResultPart) -> list[MarkdownBlock]:
    text = displayable(part.text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict | list):
        pretty = json.dumps(value, ensure_ascii=False, indent=2)
        return [CodeBlock(pretty[:SHOWN_AT_FIRST], "json")]
    return [TextBlock((Span(text[:SHOWN_AT_FIRST] or "Nothing."),))]
