"""The text of a message that a search goes through: all of it, also what is folded away at the moment."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from typing_extensions import override

from app.core.message import Part, ReasoningPart, Role, TextPart
from app.ui.transcript.content.blocks import Block, CardHeader, Container, TableBlock, joined
from app.ui.transcript.content.cards import card_blocks, part_key
from app.ui.transcript.content.expansion import SHOWN_AT_FIRST, ExpansionState
from app.ui.transcript.content.message_blocks import blocks_below, blocks_of
from app.ui.transcript.content.message_entry import MessageEntry
from app.ui.transcript.content.passages import passage_blocks
from app.ui.transcript.content.plain_text import displayable, is_selectable
from app.ui.transcript.content.streaming_markdown import StreamingMarkdown
from app.ui.transcript.content.typed_text import typed_blocks

READ_AT_ONCE = 4_000
"""Characters of Markdown that are read without a pause: some milliseconds."""

Section = str
"""The key of the card that words stand in; empty for words outside of all cards."""


@dataclass(frozen=True, slots=True)
class SectionMatch:
    """A match as one of those in its section, counted from 0, which it stays while other cards are opened."""

    section: Section
    ordinal: int


class _EverythingOpen(ExpansionState):
    """As if the reader had opened every card and asked for all of each message."""

    @override
    def is_open(self, entry_id: str, key: str, default: bool) -> bool:
        return True

    @override
    def is_unfolded(self, entry_id: str) -> bool:
        return True

    @override
    def limit(self, entry_id: str) -> int:
        return sys.maxsize


EVERYTHING_OPEN: ExpansionState = _EverythingOpen()


def searched_texts(entry: MessageEntry) -> Iterator[tuple[Section, str]]:
    """The texts of a message in reading order, each with its section.

    Empty ones come in between where much has to be read, so that whoever asks can pause.
    """
    if entry.message.role is Role.USER:
        yield from texts_of(typed_blocks(displayable(entry.message.text)))
        yield from texts_of(passage_blocks(entry, EVERYTHING_OPEN))
        yield from texts_of(blocks_below(entry))
    elif entry.repeat is not None or sum(len(part.raw) for part in entry.message.parts) <= READ_AT_ONCE:
        yield from texts_of(blocks_of(entry, EVERYTHING_OPEN))
    else:
        for index, part in enumerate(entry.message.parts):
            yield from _texts_of_part(entry, index, part)
        yield from texts_of(blocks_below(entry))


def _texts_of_part(entry: MessageEntry, index: int, part: Part) -> Iterator[tuple[Section, str]]:
    match part:
        case TextPart():
            yield from _texts_of_long("", displayable(part.text))
        case ReasoningPart():
            yield from _texts_of_long(part_key(index), displayable(part.text)[:SHOWN_AT_FIRST])
        case _:
            yield from texts_of(card_blocks(entry, index, part, EVERYTHING_OPEN))


def _texts_of_long(section: Section, text: str) -> Iterator[tuple[Section, str]]:
    reading = StreamingMarkdown()
    for start in range(0, len(text), READ_AT_ONCE):
        reading.feed(text[start : start + READ_AT_ONCE])
        yield section, ""
    for _, words in texts_of(reading.blocks):
        yield section, words


def texts_of(blocks: Iterable[Block]) -> Iterator[tuple[Section, str]]:
    """The texts of blocks. A match never goes from one into another."""
    for section, block in in_sections(blocks):
        if is_selectable(block):
            for text in block_texts(block):
                yield section, text


def in_sections(blocks: Iterable[Block]) -> Iterator[tuple[Section, Block]]:
    """The blocks, each with the section it stands in."""
    card = ""
    for block in blocks:
        if isinstance(block, CardHeader):
            card = block.key
        yield card if Container.CARD in block.place.containers else "", block


def block_texts(block: Block) -> Iterator[str]:
    """What is looked through of a block: of a table each cell for itself."""
    if isinstance(block, TableBlock):
        for row in block.rows:
            yield from map(joined, row)
    else:
        yield block.plain_text()
