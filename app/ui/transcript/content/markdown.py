"""Reads Markdown into blocks.

HTML stays text, pictures become their description and address (nothing is ever fetched), and a line break
that was written is a line break on screen. What is nested too deep to be drawn is kept as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from app.ui.transcript.content.block_reader import BlockReader
from app.ui.transcript.content.blocks import MarkdownBlock, Span, TextBlock
from app.ui.transcript.content.markdown_parser import DEEPEST_NESTING, new_parser
from app.ui.transcript.content.markdown_rules.paragraphs import LAST_LINE
from app.ui.transcript.content.paragraph_parts import READ_PARTS, ParagraphReader

MOST_CELLS = 2_000
"""A table with more cells is shown as it was written."""

Environment = dict[str, Any]
"""What markdown-it remembers between two calls: the addresses of reference links."""

_PARSER = new_parser()


@dataclass(frozen=True, slots=True)
class TopBlock:
    """A block of the outermost level with the lines it was read from (last one excluded)."""

    blocks: tuple[MarkdownBlock, ...]
    first_line: int
    last_line: int
    token_type: str
    tokens: Sequence[Token] = field(default=(), repr=False, compare=False)
    lines: tuple[int, ...] = ()
    """Where each of the blocks begins."""
    is_as_written: bool = False
    """Whether it is too much to be read."""


def parse(text: str, *, is_unfinished: bool = False) -> list[MarkdownBlock]:
    """Read a text into blocks.

    Args:
        text: Markdown, with line ends as ``\\n``.
        is_unfinished: more of the text is still to come, so that a last line without its end does not yet
            change what stands above it.
    """
    return [block for top in parse_top_blocks(text, {}, is_unfinished=is_unfinished) for block in top.blocks]


def parse_top_blocks(text: str, environment: Environment, *, is_unfinished: bool = False) -> list[TopBlock]:
    """The blocks of a text, grouped by the outermost block they came from."""
    environment[LAST_LINE] = text.count("\n") if is_unfinished and not text.endswith("\n") else -1
    groups = _grouped(_PARSER.parse(text, environment))
    lines = text.split("\n") if any(_is_too_much(group) for group in groups) else []
    found = []
    for group in groups:
        first, last = group[0].map or [0, 0]
        if _is_too_much(group):
            source = "\n".join(lines[first:last]).rstrip("\n")
            found.append(
                TopBlock((TextBlock((Span(source),)),), first, last, group[0].type, group, (first,), True)
            )
            continue
        reader = BlockReader()
        placed = [(block, reader.line) for block in reader.read(group)]
        blocks, starts = tuple(block for block, _ in placed), tuple(line for _, line in placed)
        found.append(TopBlock(blocks, first, last, group[0].type, group, starts))
    return found


def inline_reader(environment: Environment) -> ParagraphReader:
    """What reads the parts of a paragraph."""
    return ParagraphReader(
        lambda text: _PARSER.inline.parse(text, _PARSER, environment, []), environment.get(READ_PARTS)
    )


def _grouped(tokens: Sequence[Token]) -> list[list[Token]]:
    groups: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            groups.append([])
        groups[-1].append(token)
        depth += token.nesting
    return groups


def _is_too_much(group: Sequence[Token]) -> bool:
    if group[0].type == "table_open":
        return sum(token.type in ("td_open", "th_open") for token in group) > MOST_CELLS
    return len(group) > 2 and max(token.level for token in group) >= DEEPEST_NESTING - 1
