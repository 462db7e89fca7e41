"""What a reader sees, as text: for copying, and for the whole conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.ui.transcript.content.blocks import (
    Block,
    Bubble,
    Button,
    ButtonRow,
    CardHeader,
    CodeBlock,
    Container,
    ErrorNote,
    MemoryMark,
    MoreLine,
    NameLine,
    RepeatMark,
    RuleBlock,
    Spans,
    StatusLine,
    TableBlock,
    TextBlock,
    place_of,
)

MEMORY_MARK_TEXT = "The model remembers from here"
REPEAT_MARK_TEXT = "It repeats itself from here"

# Lone halves of surrogate pairs cannot be encoded; the others mean something to QTextDocument itself.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u2028\u2029\ufdd0\ufdd1\ufffc]")


def displayable(text: str) -> str:
    """The text with everything replaced that cannot be drawn, and every line break made the same."""
    if _UNSHOWABLE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNSHOWABLE.sub("\ufffd", text)


def utf16_length(text: str) -> int:
    """How many positions a text takes in a QTextDocument."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def joined(spans: Spans) -> str:
    return "".join(span.text for span in spans)


def text_of(block: Block) -> str:
    """The words of one block, without marker and indentation."""
    match block:
        case TextBlock(spans=spans):
            return joined(spans)
        case CodeBlock(code=code):
            return code
        case TableBlock(rows=rows):
            return "\n".join("\t".join(joined(cell) for cell in row) for row in rows)
        case RuleBlock():
            return "———"
        case Bubble(text=text):
            return text
        case NameLine(name=name):
            return name
        case CardHeader(title=title, detail=detail, buttons=buttons):
            words = f"{title} · {detail}" if detail else title
            return f"{words} {button_words(buttons)}" if buttons else words
        case ButtonRow(buttons=buttons):
            return button_words(buttons)
        case RepeatMark():
            return REPEAT_MARK_TEXT
        case ErrorNote(sentence=sentence, hint=hint):
            return f"{sentence}\n{hint}" if hint else sentence
        case StatusLine(text=text):
            return text
        case MoreLine(hidden=hidden):
            return more_label(hidden)
        case MemoryMark():
            return MEMORY_MARK_TEXT


def button_words(buttons: Iterable[Button]) -> str:
    return " ".join(f"[{button.label}]" for button in buttons)


def more_label(hidden: int) -> str:
    return f"Show more · {hidden:,} characters not shown"


def with_marker(block: Block, text: str) -> str:
    """The words of a block behind its list marker, indented as deep as it stands."""
    place = place_of(block)
    depth = sum(container is Container.LIST for container in place.containers)
    if not depth:
        return text
    indent = "   " * (depth - 1)
    lines = text.split("\n")
    first = f"{indent}{place.marker} {lines[0]}" if place.marker else f"{indent}   {lines[0]}"
    return "\n".join([first, *(f"{indent}   {line}" for line in lines[1:])])


def separator(before: Block, after: Block) -> str:
    """What stands between two blocks: items of a list follow each other without an empty line."""
    place = place_of(after)
    return "\n" if place.is_tight and place.containers and place_of(before).containers else "\n\n"


def plain_text(blocks: Iterable[Block]) -> str:
    """The blocks of a message as text."""
    pieces: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None:
            pieces.append(separator(previous, block))
        pieces.append(with_marker(block, text_of(block)))
        previous = block
    return "".join(pieces)
