"""Turns the tokens of one outermost block into blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from app.ui.transcript.content.blocks import (
    BULLET,
    DEFINITION,
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
from app.ui.transcript.content.markdown_parser import IS_END, SPANS
from app.ui.transcript.content.markdown_rules.alerts import without_alert

_ALIGNMENTS = {
    "text-align:left": Alignment.LEFT,
    "text-align:center": Alignment.CENTRE,
    "text-align:right": Alignment.RIGHT,
}
_BOXES = {"[ ] ": UNTICKED, "[x] ": TICKED, "[X] ": TICKED}


@dataclass(slots=True)
class BlockReader:
    """Walks through the tokens of one outermost block."""

    line: int = 0
    """Where the block that was read last begins, for who reads a growing text."""
    _containers: list[tuple[Container, int]] = field(default_factory=list)
    """With a number for each, to tell two quotes in a row from one."""
    _before: list[tuple[Container, int]] = field(default_factory=list)
    """The containers of the block before."""
    _marker: str = ""
    _opened: int = 0

    def read(self, tokens: Sequence[Token]) -> Iterator[MarkdownBlock]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.map is not None:
                self.line = token.map[0]
            match token.type:
                case "blockquote_open":
                    self._enter(Container.QUOTE)
                case "bullet_list_open" | "ordered_list_open":
                    self._enter(Container.LIST)
                case "list_item_open":
                    self._marker = f"{token.info}{token.markup}" if token.info else BULLET
                case "footnote_open":
                    self._enter(Container.LIST)
                    self._marker = token.info
                case "list_item_close":
                    if self._marker:
                        yield TextBlock((), place=self._place(is_tight=True))
                case "footnote_close":
                    if self._marker:
                        yield TextBlock((), place=self._place(is_tight=True))
                    self._containers.pop()
                case "blockquote_close" | "bullet_list_close" | "ordered_list_close":
                    self._containers.pop()
                case "dt_open":
                    spans = tokens[index + 1].meta[SPANS]
                    yield TextBlock(tuple(map(_bold, spans)), place=self._place())
                case "dd_open":
                    self._enter(Container.LIST)
                    self._marker = DEFINITION
                case "dd_close":
                    if self._marker:  # Nothing but a colon.
                        yield TextBlock((), place=self._place(is_tight=True))
                    self._containers.pop()
                case "paragraph_open":
                    yield self._paragraph(tokens[index + 1], is_tight=token.hidden)
                case "heading_open":
                    spans = tokens[index + 1].meta[SPANS]
                    yield TextBlock(spans, level=int(token.tag[1]), place=self._place())
                case "fence":
                    language = (token.info.split() or [""])[0]
                    yield CodeBlock(without_last_break(token.content), language, place=self._place())
                case "code_block":
                    yield CodeBlock(without_last_break(token.content), "", place=self._place())
                case "formula_block" | "formula_open":
                    yield TextBlock((Span(token.content, is_formula=True),), place=self._place())
                case "hr":
                    yield RuleBlock(place=self._place())
                case "table_open":
                    end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
                    yield self._table(tokens[index:end])
                    index = end
            index += 1

    def _enter(self, container: Container) -> None:
        self._opened += 1
        self._containers.append((container, self._opened))

    def _place(self, *, is_tight: bool = False) -> BlockPlace:
        shared = 0
        for now, then in zip(self._containers, self._before, strict=False):
            if now != then:
                break
            shared += 1
        self._before = list(self._containers)
        marker, self._marker = self._marker, ""
        return BlockPlace(tuple(container for container, _ in self._containers), shared, marker, is_tight)

    def _paragraph(self, inline: Token, *, is_tight: bool) -> TextBlock:
        spans = inline.meta[SPANS]
        if self._marker and not inline.meta[IS_END]:
            spans, box = without_box(spans)
            if box:
                self._marker = box if self._marker == BULLET else f"{self._marker} {box}"
        place = self._place(is_tight=is_tight)
        alert = None
        if place.containers[place.shared :][-1:] == (Container.QUOTE,) and not inline.meta[IS_END]:
            spans, alert = without_alert(spans)
        return TextBlock(spans, alert=alert, place=place)

    def _table(self, tokens: Sequence[Token]) -> TableBlock:
        rows: list[list[Spans]] = []
        alignments: list[Alignment] = []
        for index, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                rows[-1].append(tokens[index + 1].meta[SPANS])
                if len(rows) == 1:
                    alignments.append(_ALIGNMENTS.get(str(token.attrGet("style")), Alignment.LEFT))
        return TableBlock(tuple(map(tuple, rows)), tuple(alignments), place=self._place())


def without_box(spans: Spans) -> tuple[Spans, str]:
    """The text of an item without the box that it begins with, and that box."""
    box = _BOXES.get(spans[0].text[:4], "") if spans and not spans[0].is_code else ""
    return ((replace(spans[0], text=spans[0].text[4:]), *spans[1:]) if box else spans), box


def _bold(span: Span) -> Span:
    return span if span.is_code or span.is_formula else replace(span, is_bold=True)


def without_last_break(code: str) -> str:
    return code[:-1] if code.endswith("\n") else code
