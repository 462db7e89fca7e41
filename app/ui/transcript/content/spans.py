"""The styled text of one paragraph, heading or cell, from markdown-it's tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from app.ui.transcript.content.blocks import Span, Spans

LONGEST_ADDRESS = 80
"""Characters of an address that are shown behind a picture's description."""

_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"'`\u3000-\u303f\uff00-\uffef]+")


@dataclass(slots=True)
class _Style:
    """Which emphases are open, counted, and the address of the link that is."""

    bold: int = 0
    italic: int = 0
    struck: int = 0
    link: str = ""

    def span(self, text: str, *, is_code: bool = False, is_formula: bool = False) -> Span:
        return Span(
            text,
            self.bold > 0,
            self.italic > 0,
            is_code,
            self.struck > 0,
            link=self.link,
            is_formula=is_formula,
        )


def read_spans(tokens: Sequence[Token]) -> Spans:
    """The styled text of one paragraph, heading or cell."""
    style = _Style()
    spans: list[Span] = []
    link_start = 0
    for token in _with_joined_texts(tokens):
        match token.type:
            case "softbreak" | "hardbreak":
                spans.append(style.span("\n"))
            case "code_inline":
                spans.append(style.span(token.content, is_code=True))
            case "formula":
                spans.append(style.span(token.content, is_formula=True))
            case "strong_open" | "strong_close":
                style.bold += token.nesting
            case "em_open" | "em_close":
                style.italic += token.nesting
            case "s_open" | "s_close":
                style.struck += token.nesting
            case "link_open":
                style.link, link_start = str(token.attrGet("href") or ""), len(spans)
            case "link_close":
                if not any(span.text for span in spans[link_start:]):
                    spans.append(style.span(_shown_address(style.link)))
                style.link = ""
            case "image":
                spans.extend(_described(token, style))
            case _:
                spans.extend(_with_bare_addresses(style.span(token.content)))
    return merged(spans)


def _with_joined_texts(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, of which texts and escaped characters that stand side by side are one."""
    text: Token | None = None
    for token in tokens:
        if token.type not in ("text", "text_special"):
            if text is not None:
                yield text
                text = None
            yield token
        elif text is None:
            text = Token("text", "", 0, content=token.content)
        else:
            text.content += token.content
    if text is not None:
        yield text


def _shown_address(address: str) -> str:
    return address if len(address) <= LONGEST_ADDRESS else address[: LONGEST_ADDRESS - 1] + "…"


def _described(image: Token, style: _Style) -> Iterator[Span]:
    shown = _shown_address(str(image.attrGet("src") or ""))
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


def merged(spans: Sequence[Span]) -> Spans:
    """The spans without empty ones, neighbours of one style joined; code and formulas stay apart."""
    found: list[Span] = []
    for span in spans:
        if not span.text:
            continue
        last = found[-1] if found else None
        is_own = span.is_code or span.is_formula
        if last is not None and not is_own and replace(last, text="") == replace(span, text=""):
            found[-1] = replace(last, text=last.text + span.text)
        else:
            found.append(span)
    return tuple(found)
