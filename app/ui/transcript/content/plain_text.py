"""What a reader sees, as text: for copying, and for the whole conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from app.ui.transcript.content.blocks import (
    DEFINITION,
    Block,
    Bubble,
    CodeBlock,
    Container,
    ErrorNote,
    Quoted,
    TableBlock,
    TextBlock,
)

FIRST_BLOCKS, LONGEST_BEGINNING = 12, 500
"""Blocks, and characters of each, that tell what language a message is in."""

# Lone halves of surrogate pairs cannot be encoded; the others mean something to QTextDocument itself.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u2028\u2029\ufdd0\ufdd1\ufffc]")


def displayable(text: str) -> str:
    """The text with everything replaced that cannot be drawn, and every line break made the same."""
    if _UNSHOWABLE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNSHOWABLE.sub("\ufffd", text)


def first_words(blocks: Sequence[Block]) -> str:
    """Enough of the words of a message to tell their language by."""
    written = (block for block in blocks[:FIRST_BLOCKS] if isinstance(block, TextBlock | Bubble))
    return "\n".join(block.plain_text()[:LONGEST_BEGINNING] for block in written)


def utf16_length(text: str) -> int:
    """How many positions a text takes in a QTextDocument."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_slice(text: str, first: int, last: int) -> str:
    """What stands between two positions of a QTextDocument that holds just this text."""
    if text.isascii():
        return text[first:last]
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * first : 2 * last].decode("utf-16-le", "replace")


def utf16_stretches(text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches of a text, given in order and in characters, in positions of a QTextDocument."""
    if text.isascii():
        yield from stretches
        return
    done = position = 0
    for first, last in stretches:
        start = position + utf16_length(text[done:first])
        done, position = last, start + utf16_length(text[first:last])
        yield start, position


def with_marker(block: Block, text: str) -> str:
    """The words of a block behind its list marker or title, indented as deep as it stands."""
    place = block.place
    if isinstance(block, TextBlock) and block.alert:
        text = f"{block.alert.heading}\n{text}" if text else block.alert.heading
    depth = sum(container is Container.LIST for container in place.containers)
    if not depth:
        return text
    indent = "   " * (depth - 1)
    lines = text.split("\n")
    first = f"{indent}{place.marker} {lines[0]}" if place.marker else f"{indent}   {lines[0]}"
    return "\n".join([first, *(f"{indent}   {line}" for line in lines[1:])])


def separator(before: Block, after: Block) -> str:
    """What stands between two blocks: items of a list follow each other without an empty line."""
    place = after.place
    is_within = bool(before.place.containers) or place.marker == DEFINITION
    return "\n" if place.is_tight and place.containers and is_within else "\n\n"


def plain_text(blocks: Iterable[Block]) -> str:
    """The blocks of a message as text."""
    pieces: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            pieces.append(separator(previous, block))
        pieces.append(with_marker(block, block.plain_text()))
        previous = block
    return "".join(pieces)


def is_selectable(block: Block) -> bool:
    """Whether the words of a block can be selected: they were written, and are no sign of the program's."""
    kinds = TextBlock | CodeBlock | TableBlock | Bubble | Quoted | ErrorNote
    return isinstance(block, kinds) and bool(block.plain_text())


def selectable_text(blocks: Iterable[Block]) -> str:
    """What is copied of a whole message."""
    return plain_text(block for block in blocks if is_selectable(block))
