"""An answer while it is being written: from stream events to blocks.

Text is read as it comes, a thought only while its card is open. When the answer is finished the message
itself takes over; its blocks are the same, so nothing on screen is built again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

from app.core import formatting
from app.core.message import Part, ReasoningPart, TextPart, ToolCallPart
from app.core.reasoning_timer import ReasoningProgress
from app.core.stream import PartFinished, PartGrew, PartKind, PartStarted, ReplyEvent
from app.core.translation import tr
from app.ui.transcript.content.blocks import (
    Block,
    Button,
    CardHeader,
    MarkdownBlock,
    PlacedBlock,
    StatusLine,
)
from app.ui.transcript.content.cards import card_blocks, in_card, part_key
from app.ui.transcript.content.expansion import ExpansionState
from app.ui.transcript.content.message_action import MessageAction
from app.ui.transcript.content.message_blocks import ALONE, MessageContext, blocks_above
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.plain_text import displayable
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown

LIVE_WORDS = 160
"""Characters of the thought's end that are shown while its card is closed."""

_SENTENCE_END = re.compile(r"(?<=[.!?。！？\n])\s+")


@dataclass(slots=True)
class _StreamingPart:
    """One part of the answer so far."""

    kind: PartKind
    started: float = field(default_factory=monotonic)
    text: str = ""
    finished: Part | None = None
    _held: str = ""
    """A carriage return whose line feed may still come."""
    _markdown: StreamingMarkdown = field(default_factory=StreamingMarkdown)
    _read: int = 0
    _carded: list[tuple[MarkdownBlock, PlacedBlock]] = field(default_factory=list)

    def grow(self, text: str) -> None:
        text = self._held + text
        self._held = "\r" if text.endswith("\r") else ""
        self.text += displayable(text[:-1] if self._held else text)

    def finish(self, part: Part) -> None:
        self.finished = part
        self.kind = _kind_of(part)  # What began as an answer may turn out to be a thought.
        if isinstance(part, TextPart) and displayable(part.text) != self.text:
            self.text, self._read, self._markdown = displayable(part.text), 0, StreamingMarkdown()

    def markdown_blocks(self) -> list[MarkdownBlock]:
        if self._read < len(self.text):
            self._markdown.feed(self.text[self._read :])
            self._read = len(self.text)
        return self._markdown.blocks

    def blocks_in_card(self) -> list[PlacedBlock]:
        """The text's blocks moved into a card; those that stayed the same are the same objects."""
        blocks = self.markdown_blocks()
        for index, block in enumerate(blocks):
            if index < len(self._carded) and self._carded[index][0] is block:
                continue
            del self._carded[index:]
            self._carded.append((block, in_card(block, is_first=index == 0)))
        del self._carded[len(blocks) :]
        return [carded for _, carded in self._carded]

    def last_words(self) -> str:
        """The sentence being written, or the one before while it has only begun."""
        end = " ".join(self.text[-2 * LIVE_WORDS :].split(" "))
        sentences = [" ".join(piece.split()) for piece in _SENTENCE_END.split(end.strip())]
        words = sentences[-1] if len(sentences[-1]) > 12 or len(sentences) < 2 else sentences[-2]
        return words if len(words) <= LIVE_WORDS else "…" + words[-LIVE_WORDS:]


def _kind_of(part: Part) -> PartKind:
    if isinstance(part, ReasoningPart):
        return PartKind.REASONING
    return PartKind.TOOL_CALL if isinstance(part, ToolCallPart) else PartKind.TEXT


class StreamingAnswer:
    """The answer being written."""

    def __init__(self, entry: MessageEntry, sibling: str = "") -> None:
        """`sibling` is the name of a model that could answer without thinking."""
        self._sibling = sibling
        self.entry = entry
        self.status = ""
        """What happens while no words come."""
        self._thought: ReasoningProgress | None = None
        self._thought_at = 0.0
        self._parts: list[_StreamingPart] = []

    @property
    def text(self) -> str:
        """The words for the reader so far."""
        return "".join(part.text for part in self._parts if part.kind is PartKind.TEXT)

    @property
    def is_thinking(self) -> bool:
        """Whether a thought is being written, of which the seconds are counted."""
        return (
            bool(self._parts) and self._parts[-1].kind is PartKind.REASONING and not self._parts[-1].finished
        )

    def note_thought(self, thought: ReasoningProgress | None) -> None:
        """Takes how far the thought is that is being written."""
        self._thought, self._thought_at = thought, monotonic()

    def apply(self, events: Iterable[ReplyEvent]) -> None:
        """Takes what has come; events of parts that were never started are dropped."""
        for event in events:
            if isinstance(event, PartStarted):
                del self._parts[event.index :]
                self._parts.append(_StreamingPart(event.kind))
            elif event.index < len(self._parts):
                part = self._parts[event.index]
                if isinstance(event, PartGrew):
                    part.grow(event.text)
                elif isinstance(event, PartFinished):
                    part.finish(event.part)

    def blocks(self, expansion: ExpansionState, around: MessageContext = ALONE) -> list[Block]:
        """What is on screen now."""
        blocks = blocks_above(self.entry, around)
        for index, part in enumerate(self._parts):
            blocks += self._part_blocks(index, part, expansion)
        if self.status or self._is_waiting:
            blocks.append(StatusLine(displayable(self.status)))
        return blocks

    @property
    def _is_waiting(self) -> bool:
        """Whether nothing shows that work is going on."""
        if not self._parts:
            return True
        last = self._parts[-1]
        if last.kind is PartKind.TEXT:
            return not last.text.strip()
        return last.finished is not None

    def _part_blocks(self, index: int, part: _StreamingPart, expansion: ExpansionState) -> list[Block]:
        if part.kind is PartKind.TEXT:
            return [*part.markdown_blocks()]
        is_open = expansion.is_open(self.entry.id, part_key(index), False)
        if part.finished is not None:
            if is_open and isinstance(part.finished, ReasoningPart):
                header = card_blocks(self.entry, index, part.finished, expansion)[0]
                return [header, *part.blocks_in_card()]
            return card_blocks(self.entry, index, part.finished, expansion)
        if part.kind is PartKind.REASONING:
            header = self._thinking_header(index, part, is_open=is_open)
            return [header, *part.blocks_in_card()] if is_open else [header]
        return [
            CardHeader(part_key(index), "wrench", tr("Writing a tool call"), part.last_words(), is_busy=True)
        ]

    def _thinking_header(self, index: int, part: _StreamingPart, *, is_open: bool) -> CardHeader:
        seconds, tokens = monotonic() - part.started, 0
        if self._thought is not None:
            seconds = self._thought.elapsed_ms / 1000 + monotonic() - self._thought_at
            tokens = self._thought.token_count
        time = formatting.whole_seconds(seconds)
        return CardHeader(
            part_key(index),
            "lightbulb",
            tr("Thinking for {time}, {tokens}", time=time, tokens=formatting.tokens(tokens))
            if tokens
            else tr("Thinking for {time}", time=time),
            "" if is_open else part.last_words(),
            is_open,
            is_busy=True,
            buttons=self._thinking_buttons(),
        )

    def _thinking_buttons(self) -> tuple[Button, ...]:
        now = Button(MessageAction.ANSWER_NOW, tr("Answer now"))
        if not self._sibling:
            return (now,)
        return (
            now,
            Button(
                MessageAction.ANSWER_WITH_SIBLING,
                tr("Answer with {displayable}", displayable=displayable(self._sibling)),
            ),
        )
