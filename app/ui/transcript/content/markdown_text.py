"""Blocks as Markdown again, for copying a part of an answer with its form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.core.quoting import with_quote
from app.ui.transcript.content.blocks import (
    BULLET,
    TICKED,
    UNTICKED,
    Alert,
    Block,
    Bubble,
    CodeBlock,
    Container,
    Quoted,
    RuleBlock,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.content.span_markdown import spans_markdown
from app.ui.transcript.content.table_text import markdown_of

_BOXES = {TICKED: "[x]", UNTICKED: "[ ]"}
_FENCES = re.compile(r"^`{3,}", re.MULTILINE)


def markdown_of_blocks(chosen: Iterable[tuple[Block, str, bool]]) -> str:
    """Write blocks as Markdown.

    Args:
        chosen: each block with what of its text is wanted, and whether that is all of it.
    """
    written: list[str] = []
    prefixes: list[str] = []
    for block, text, is_whole in chosen:
        place = block.place
        containers = [it for it in place.containers if it in (Container.LIST, Container.QUOTE)]
        shared = min(place.shared, len(containers), len(prefixes))
        marker = _marker(place.marker)
        inner = [
            "> " if container is Container.QUOTE else " " * len(marker) for container in containers[shared:]
        ]
        if marker and containers and shared == len(containers):
            shared, inner = shared - 1, [" " * len(marker)]  # The next item of the same list.
        if written and not (place.is_tight and containers):
            written.append("".join(prefixes[:shared]).rstrip())
        prefixes = [*prefixes[:shared], *inner]
        first = [*prefixes[:-1], marker] if marker and prefixes and containers else prefixes
        lines = (block_markdown(block) if is_whole else text).split("\n")
        written.append(_line(first, lines[0]))
        written += (_line(prefixes, line) for line in lines[1:])
    return "\n".join(written)


def _line(prefixes: list[str], text: str) -> str:
    return f"{''.join(prefixes)}{text}" if text else "".join(prefixes).rstrip()


def _marker(marker: str) -> str:
    """The beginning of a list item."""
    if not marker:
        return ""
    number, box = (marker[:-1].strip(), _BOXES[marker[-1]]) if marker[-1] in _BOXES else (marker, "")
    sign = "-" if number in ("", BULLET) else number
    return f"{sign} {box} " if box else f"{sign} "


def block_markdown(block: Block) -> str:
    """One whole block, apart from what it stands in."""
    match block:
        case TextBlock(spans=spans, alert=Alert() as alert):
            return f"[!{alert.name}]\n{spans_markdown(spans)}".rstrip("\n")
        case TextBlock(spans=spans, level=level):
            return f"{'#' * level} {spans_markdown(spans)}" if level else spans_markdown(spans)
        case Quoted(text=text):
            return with_quote(text, "")
        case Bubble(spans=spans):
            return spans_markdown(spans)
        case CodeBlock(code=code, language=language):
            fence = "`" * max([3, *(len(found) + 1 for found in _FENCES.findall(code))])
            return f"{fence}{language}\n{code}\n{fence}"
        case TableBlock():
            return markdown_of(block).rstrip("\n")
        case RuleBlock():
            return "---"
    return block.plain_text()
