"""What the user typed, as blocks: word for word, with its code, formulas and addresses set as in an answer.

It is not read as Markdown otherwise: people do not write it to be set, and indentation, empty lines, `#` and
`*` are to be seen where they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt

from app.core.markdown.fences import FencedBlock
from app.core.quoting import parted
from app.ui.transcript.content.block_reader import without_last_break
from app.ui.transcript.content.blocks import BlockPlace, Bubble, CodeBlock, Container, Quoted, Span, Spans
from app.ui.transcript.content.markdown_rules.formulas import formula
from app.ui.transcript.content.paragraph_parts import ParagraphReader

IN_BUBBLE = BlockPlace((Container.BUBBLE,), is_tight=True)
_OPENING = re.compile(r"([ \t]*)(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_MARKS = ("`", "$", "~~~", "\\(", "\\[", "\\begin{", "://")
"""A text without any of these is words alone."""
LONGEST_WORDS = 24_000
"""Characters of a block of words. A longer text is several, which stay when more of it is shown."""


def typed_blocks(text: str) -> list[Quoted | Bubble | CodeBlock]:
    """Read what was typed; line ends are `\\n`."""
    quote, rest = parted(text)
    if not quote:
        return [*_blocks(text)]
    return [Quoted(quote, place=IN_BUBBLE), *(_blocks(rest) if rest.strip() else ())]


def _blocks(text: str) -> list[Bubble | CodeBlock]:
    if not any(mark in text for mark in _MARKS):
        return [*_words(text)]
    blocks: list[Bubble | CodeBlock] = []
    words: list[str] = []
    lines = iter(text.split("\n"))
    for line in lines:
        opening = _OPENING.match(line)
        if opening is None:
            words.append(line)
            continue
        if any(map(str.strip, words)):
            blocks += _words(_without_empty_ends(words))
        words = []
        code = "".join(_code_lines(opening, lines))
        language = (opening[3].split() or [""])[0]
        blocks.append(CodeBlock(without_last_break(code), language, place=IN_BUBBLE))
    if any(map(str.strip, words)) or not blocks:
        blocks += _words(_without_empty_ends(words) if blocks else text)
    return blocks


def _words(text: str) -> Iterator[Bubble]:
    start = 0
    while (end := text.find("\n", start + LONGEST_WORDS)) >= 0:
        yield Bubble(_spans(text[start:end]), place=IN_BUBBLE)
        start = end + 1
    yield Bubble(_spans(text[start:]), place=IN_BUBBLE)


def _without_empty_ends(lines: list[str]) -> str:
    """Lines beside code, which stands apart from them anyway."""
    first = next(i for i, line in enumerate(lines) if line.strip())
    last = next(i for i in range(len(lines) - 1, -1, -1) if lines[i].strip())
    return "\n".join(lines[first : last + 1])


def _code_lines(opening: re.Match[str], lines: Iterator[str]) -> Iterator[str]:
    """The lines up to the fence that closes the block or to the end, without the fence's indentation."""
    indent = opening[1]
    block = FencedBlock(opening[2], opening[3])
    for line in lines:
        code = line.removeprefix(indent) if indent else line
        if block.is_closed_by(code):
            return
        yield f"{code}\n"


@lru_cache(maxsize=64)
def _spans(text: str) -> Spans:
    """Read words; remembered, for those before are asked for again where more of a long text is shown."""
    if not any(mark in text for mark in _MARKS):
        return (Span(text),) if text else ()
    return ParagraphReader(lambda part: _PARSER.inline.parse(part, _PARSER, {}, [])).spans(text)


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("zero")
    parser.inline.ruler.enable("backticks")
    parser.inline.ruler.before("backticks", "formula", formula)
    return parser


_PARSER = _new_parser()
