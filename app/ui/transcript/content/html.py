"""Blocks as HTML, for pasting them with their form into other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from app.ui.transcript.content.blocks import (
    BULLET,
    DEFINITION,
    TICKED,
    UNTICKED,
    Alert,
    Block,
    Bubble,
    CodeBlock,
    Container,
    Quoted,
    Span,
    Spans,
    TableBlock,
    TextBlock,
)

_ITEMS = {"ul": "<li>", "ol": "<li>", "dl": "<dd>"}


def html_of(chosen: Iterable[tuple[Block, str, bool]], write: Callable[[Block], str] | None = None) -> str:
    """Write blocks as HTML.

    Args:
        chosen: each block with what of its text is wanted, and whether that is all of it.
        write: writes one whole block; where there is none, as other programs like to have it pasted.
    """
    write = write or block_html
    written: list[str] = []
    open_tags: list[str] = []
    for block, text, is_whole in chosen:
        place = block.place
        containers = [it for it in place.containers if it in (Container.LIST, Container.QUOTE)]
        shared = min(place.shared, len(containers), len(open_tags))
        while len(open_tags) > shared:
            written.append(_closing(open_tags.pop()))
        if place.marker and open_tags and shared == len(containers):
            written.append("</li><li>")
        for container in containers[shared:]:
            tag = "blockquote" if container is Container.QUOTE else _list_tag(place.marker)
            written.append(f"<{tag}>{_ITEMS.get(tag.partition(' ')[0], '')}")
            open_tags.append(tag.partition(" ")[0])
        if place.marker and place.marker[-1] in (TICKED, UNTICKED):
            written.append(f"{place.marker[-1]} ")
        written.append(write(block) if is_whole else f"<p>{_lines(text)}</p>")
    written += [_closing(tag) for tag in reversed(open_tags)]
    return "".join(written)


def _list_tag(marker: str) -> str:
    if marker == DEFINITION:
        return "dl"
    number = marker[:-1] if marker else ""
    return f'ol start="{number}"' if number.isdigit() and marker != BULLET else "ul"


def _closing(tag: str) -> str:
    return f"{_ITEMS.get(tag, '').replace('<', '</')}</{tag}>"


def block_html(block: Block) -> str:
    """One whole block, apart from what it stands in."""
    match block:
        case TextBlock(spans=spans, alert=Alert() as alert):
            return f"<p><b>{alert.heading}</b></p>" + (f"<p>{_spans_html(spans)}</p>" if spans else "")
        case TextBlock(spans=spans, level=level):
            tag = f"h{level}" if level else "p"
            return f"<{tag}>{_spans_html(spans)}</{tag}>"
        case Bubble(spans=spans):
            return f"<p>{_spans_html(spans)}</p>"
        case Quoted(text=text):
            return f"<blockquote><p>{_lines(text)}</p></blockquote>"
        case CodeBlock(code=code):
            return f"<pre><code>{escape(code, quote=False)}</code></pre>"
        case TableBlock(rows=rows, has_header=has_header):
            return f"<table>{''.join(_row(row, i == 0 and has_header) for i, row in enumerate(rows))}</table>"
    return f"<p>{_lines(block.plain_text())}</p>"


def _row(row: tuple[Spans, ...], is_header: bool) -> str:
    tag = "th" if is_header else "td"
    return f"<tr>{''.join(f'<{tag}>{_spans_html(cell)}</{tag}>' for cell in row)}</tr>"


def _spans_html(spans: Spans) -> str:
    return "".join(map(_span_html, spans))


def _span_html(span: Span) -> str:
    text = _lines(span.text)
    for tag, holds in (
        ("code", span.is_code),
        ("s", span.is_struck),
        ("i", span.is_italic),
        ("b", span.is_bold),
    ):
        text = f"<{tag}>{text}</{tag}>" if holds else text
    return f'<a href="{escape(span.link)}">{text}</a>' if span.link else text


def _lines(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>")
