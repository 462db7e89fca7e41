"""Reads Markdown into blocks.

HTML stays text, pictures become their description and address (nothing is ever fetched), and a line break
that was written is a line break on screen. What is nested too deep to be drawn is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from app.ui.transcript.content.blocks import (
    BULLET,
    TICKED,
    UNTICKED,
    Alignment,
    BlockPlace,
    CodeBlock,
    Container,
    MarkdownBlock,
    RuleBlock,
    Span,
    Spans,
    TableBlock,
    TextBlock,
)

DEEPEST_NESTING = 48
"""Levels of blocks that are read; markdown-it counts a list as two. Deeper text is shown as written."""
LONGEST_INLINE = 16_000
"""Characters of one paragraph in which emphasis and links are looked for: the search can be quadratic."""
MOST_CELLS = 2_000
"""A table with more cells is shown as it was written."""
LONGEST_ADDRESS = 80
"""Characters of an address that are shown behind a picture's description."""

Environment = dict[str, Any]
"""What markdown-it remembers between two calls: the addresses of reference links."""

_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"'`\u3000-\u303f\uff00-\uffef]+")
_ALIGNMENTS = {
    "text-align:left": Alignment.LEFT,
    "text-align:center": Alignment.CENTRE,
    "text-align:right": Alignment.RIGHT,
}


def _read_inline(state: StateCore) -> None:
    """markdown-it's own rule, but very long paragraphs stay plain."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if len(token.content) > LONGEST_INLINE:
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST_NESTING})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _read_inline)
    return parser


_PARSER = _new_parser()


@dataclass(frozen=True, slots=True)
class TopBlock:
    """A block of the outermost level with the lines it was read from (last one excluded)."""

    blocks: tuple[MarkdownBlock, ...]
    first_line: int
    last_line: int
    token_type: str


def parse(text: str) -> list[MarkdownBlock]:
    """All blocks of a text."""
    return [block for top in parse_top_blocks(text, {}) for block in top.blocks]


def parse_top_blocks(text: str, environment: Environment) -> list[TopBlock]:
    """The blocks of a text, grouped by the outermost block they came from."""
    groups = _grouped(_PARSER.parse(text, environment))
    lines = text.split("\n") if any(_is_too_much(group) for group in groups) else []
    found = []
    for group in groups:
        first, last = group[0].map or [0, 0]
        if _is_too_much(group):
            source = "\n".join(lines[first:last]).rstrip("\n")
            blocks: tuple[MarkdownBlock, ...] = (TextBlock((Span(source),)),)
        else:
            blocks = tuple(_Reader().read(group))
        found.append(TopBlock(blocks, first, last, group[0].type))
    return found


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


@dataclass(slots=True)
class _Reader:
    """Walks through the tokens of one outermost block."""

    containers: list[tuple[Container, int]] = field(default_factory=list)
    """With a number for each, to tell two quotes in a row from one."""
    before: list[tuple[Container, int]] = field(default_factory=list)
    """The containers of the block before."""
    marker: str = ""
    opened: int = 0

    def read(self, tokens: Sequence[Token]) -> Iterator[MarkdownBlock]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            match token.type:
                case "blockquote_open":
                    self._enter(Container.QUOTE)
                case "bullet_list_open" | "ordered_list_open":
                    self._enter(Container.LIST)
                case "list_item_open":
                    self.marker = f"{token.info}{token.markup}" if token.info else BULLET
                case "list_item_close":
                    if self.marker:
                        yield TextBlock((), place=self._place(is_tight=True))
                case "blockquote_close" | "bullet_list_close" | "ordered_list_close":
                    self.containers.pop()
                case "paragraph_open":
                    yield self._paragraph(tokens[index + 1], is_tight=token.hidden)
                case "heading_open":
                    spans = read_spans(tokens[index + 1])
                    yield TextBlock(spans, level=int(token.tag[1]), place=self._place())
                case "fence":
                    language = (token.info.split() or [""])[0]
                    yield CodeBlock(without_last_break(token.content), language, place=self._place())
                case "code_block":
                    yield CodeBlock(without_last_break(token.content), "", place=self._place())
                case "hr":
                    yield RuleBlock(place=self._place())
                case "table_open":
                    end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                    yield self._table(tokens[index:end])
                    index = end
            index += 1

    def _enter(self, container: Container) -> None:
        self.opened += 1
        self.containers.append((container, self.opened))

    def _place(self, *, is_tight: bool = False) -> BlockPlace:
        shared = 0
        for now, then in zip(self.containers, self.before, strict=False):
            if now != then:
                break
            shared += 1
        self.before = list(self.containers)
        marker, self.marker = self.marker, ""
        return BlockPlace(tuple(container for container, _ in self.containers), shared, marker, is_tight)

    def _paragraph(self, inline: Token, *, is_tight: bool) -> TextBlock:
        spans = read_spans(inline)
        if self.marker == BULLET and spans and spans[0].text[:4].lower() in ("[ ] ", "[x] "):
            self.marker = UNTICKED if spans[0].text[1] == " " else TICKED
            spans = (replace(spans[0], text=spans[0].text[4:]), *spans[1:])
        return TextBlock(spans, place=self._place(is_tight=is_tight))

    def _table(self, tokens: Sequence[Token]) -> TableBlock:
        rows: list[list[Spans]] = []
        alignments: list[Alignment] = []
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(read_spans(tokens[index + 1]))
                if len(rows) == 1:
                    alignments.append(_ALIGNMENTS.get(str(token.attrGet("style")), Alignment.LEFT))
        return TableBlock(tuple(map(tuple, rows)), tuple(alignments), place=self._place())


def without_last_break(code: str) -> str:
    return code[:-1] if code.endswith("\n") else code


@dataclass(slots=True)
class _Style:
    """Which emphases are open, counted, and the address of the link that is."""

    bold: int = 0
    italic: int = 0
    struck: int = 0
    link: str = ""

    def span(self, text: str, *, is_code: bool = False) -> Span:
        return Span(text, self.bold > 0, self.italic > 0, is_code, self.struck > 0, link=self.link)


def read_spans(inline: Token) -> Spans:
    """The styled text of one paragraph, heading or cell."""
    style = _Style()
    spans: list[Span] = []
    for token in inline.children or ():
        match token.type:
            case "softbreak" | "hardbreak":
                spans.append(style.span("\n"))
            case "code_inline":
                spans.append(style.span(token.content, is_code=True))
            case "strong_open" | "strong_close":
                style.bold += token.nesting
            case "em_open" | "em_close":
                style.italic += token.nesting
            case "s_open" | "s_close":
                style.struck += token.nesting
            case "link_open":
                style.link = str(token.attrGet("href") or "")
            case "link_close":
                style.link = ""
            case "image":
                spans.extend(_described(token, style))
            case _:
                spans.extend(_with_bare_addresses(style.span(token.content)))
    return _merged(spans)


def _described(image: Token, style: _Style) -> Iterator[Span]:
    address = str(image.attrGet("src") or "")
    shown = address if len(address) <= LONGEST_ADDRESS else address[: LONGEST_ADDRESS - 1] + "…"
    if image.content:
        yield style.span(image.content)
    yield Span(f" ({shown})" if image.content else shown, is_muted=True, link=style.link)


def _with_bare_addresses(span: Span) -> Iterator[Span]:
    """Splits a text at the web addresses written in it."""
    if span.link or "://" not in span.text:
        yield span
        return
    done = 0
    for match in _BARE_ADDRESS.finditer(span.text):
        address = match[0].rstrip(".,:;!?*_~")
        if address.endswith(")") and "(" not in address:
            address = address.rstrip(")")
        yield replace(span, text=span.text[done : match.start()])
        yield replace(span, text=address, link=address)
        done = match.start() + len(address)
    yield replace(span, text=span.text[done:])


def _merged(spans: Sequence[Span]) -> Spans:
    merged: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        last = merged[-1] if merged else None
        if last is not None and not span.is_code and replace(last, text="") == replace(span, text=""):
            merged[-1] = replace(last, text=last.text + span.text)
        else:
            merged.append(span)
    return tuple(merged)
