"""A conversation as one HTML file that looks as it does on screen: light or dark as the reader's system is.

There is no script in it, nothing is fetched, and every word is escaped.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from html import escape
from string import Template

from app.core import formatting
from app.core.conversation import Conversation, MessageNode
from app.core.message import (
    AttachmentPart,
    DocumentPart,
    Part,
    PicturePart,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.stop_texts import file_note
from app.core.translation import tr
from app.exchange.markdown_files import ReadFile
from app.ui.exchange.page_style import page_style
from app.ui.theme import Theme
from app.ui.transcript.content.blocks import (
    Block,
    Bubble,
    CodeBlock,
    RuleBlock,
    Span,
    Spans,
    TableBlock,
    TextBlock,
)
from app.ui.transcript.content.highlighting import coloured_lines
from app.ui.transcript.content.html import block_html, html_of
from app.ui.transcript.content.markdown import parse
from app.ui.transcript.content.message_blocks import SYSTEM_MESSAGE
from app.ui.transcript.content.plain_text import displayable, utf16_slice
from app.ui.transcript.content.typed_text import typed_blocks

_ADDRESSES = ("http://", "https://", "mailto:")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"
_PAGE = Template("""<!doctype html>
<html lang="">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="$policy">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Tarn">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
$style
</style>
</head>
<body>
<main>
<h1 class="title">$title</h1>
<p class="when">$when</p>
$messages
</main>
</body>
</html>
""")


def html_page(conversation: Conversation, read_file: ReadFile, light: Theme, dark: Theme) -> str:
    """The branch on screen as a page.

    Args:
        read_file: gives the bytes of an attached file by its SHA-256; None for one that is missing.
    """
    title = escape(displayable(formatting.one_line(conversation.title)))
    messages = "\n".join(message_html(node, read_file) for node in conversation.path())
    page = _PAGE.substitute(
        policy=escape(_POLICY),
        title=title,
        when=escape(days_of(conversation)),
        style=page_style(light, dark),
        messages=messages,
    )
    return page.encode("utf-8", "replace").decode()


def message_html(node: MessageNode, read_file: ReadFile) -> str:
    """One message."""
    if node.role is Role.USER:
        attached = "".join(_attachment(part, read_file) for part in node.message.attachments)
        words = typed_html(node.message.text) if node.message.text else ""
        bubble = f'<div class="bubble" dir="auto">{words}</div>' if words else ""
        found = node.message.passages
        listed = f'<p class="note">{escape(displayable(found.listed))}</p>' if found else ""
        return f'<section class="user">{attached}{bubble}{listed}</section>'
    parts = "\n".join(filter(None, map(part_html, node.message.parts)))
    generation = node.message.generation
    name = generation.speaker if generation and node.role is Role.ASSISTANT else ""
    if node.role is Role.SYSTEM:
        name = SYSTEM_MESSAGE
    heading = f'<p class="name">{escape(displayable(name))}</p>\n' if name else ""
    note = file_note(node.state, generation)
    remark = f'\n<p class="note">{escape(displayable(note))}</p>' if note else ""
    return f'<section class="answer">\n{heading}{parts}{remark}\n</section>'


def part_html(part: Part) -> str:
    """A part of an answer; thoughts, calls and results fold."""
    match part:
        case TextPart(text=text):
            return f'<div class="words" dir="auto">{markdown_html(text)}</div>' if text.strip() else ""
        case ReasoningPart(text=text):
            return _card(thought_title(part), markdown_html(text)) if text.strip() else ""
        case ToolCallPart():
            return _card(call_title(part), _code(part.raw))
        case ToolResultPart():
            return _card(result_title(part), _code(part.raw))
    return ""


def call_title(part: ToolCallPart) -> str:
    """What stands above a call."""
    return tr("Called {name}", name=part.name) if part.name else tr("Call")


def result_title(part: ToolResultPart) -> str:
    """What stands above a result: what became of the call."""
    name = part.name or tr("A tool")
    if part.is_refused:
        return tr("{name} was denied", name=name)
    if part.is_stopped:
        return tr("{name} was stopped", name=name)
    return tr("{name} failed", name=name) if part.is_error else tr("{name} returned", name=name)


def markdown_html(text: str, write_code: Callable[[str, str], str] | None = None) -> str:
    """Markdown as HTML; HTML in it stays text.

    Args:
        write_code: makes HTML of a block of code and its language.
    """
    blocks = parse(displayable(text))
    write = partial(_block, write_code=write_code or _code_html)
    return html_of(((block, block.plain_text(), True) for block in blocks), write)


def typed_html(text: str, write_code: Callable[[str, str], str] | None = None) -> str:
    """What the user typed, line for line, with its code and quote set.

    Args:
        write_code: makes HTML of a block of code and its language.
    """
    write = write_code or _code_html
    return "".join(_block(block, write) for block in typed_blocks(displayable(text)))


def _code_html(code: str, language: str) -> str:
    return f'<pre dir="ltr"><code>{coloured(code, language)}</code></pre>'


def _block(block: Block, write_code: Callable[[str, str], str]) -> str:
    match block:
        case CodeBlock(code=code, language=language):
            return write_code(code, language)
        case RuleBlock():
            return "<hr>"
        case TextBlock(spans=spans) | Bubble(spans=spans):
            return block_html(replace(block, spans=_safe(spans)))
        case TableBlock(rows=rows):
            safe = tuple(tuple(_safe(cell) for cell in row) for row in rows)
            return f'<div class="table">{block_html(replace(block, rows=safe))}</div>'
    return block_html(block)


def _safe(spans: Spans) -> Spans:
    """Without links to anything but pages and addresses of mail."""
    return tuple(_span(span) for span in spans)


def _span(span: Span) -> Span:
    is_safe = span.link.lower().startswith(_ADDRESSES)
    return replace(span, link=span.link if is_safe else "", is_code=span.is_code or span.is_formula)


def coloured(code: str, language: str) -> str:
    """Code as HTML, with a class for each colour."""
    lines = code.split("\n")
    stretches = list(coloured_lines(code, language))
    written = []
    for number, line in enumerate(lines):
        written.append("".join(_pieces(line, stretches[number] if number < len(stretches) else ())))
    return "\n".join(written)


def _pieces(line: str, stretches: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    end = 0
    for start, length, colour in stretches:
        yield escape(utf16_slice(line, end, start), quote=False)
        end = start + length
        yield f'<span class="{colour}">{escape(utf16_slice(line, start, end), quote=False)}</span>'
    yield escape(utf16_slice(line, end, 2 * len(line)), quote=False)


def _card(title: str, body: str) -> str:
    summary = escape(displayable(formatting.one_line(title)))
    return f'<details class="card"><summary>{summary}</summary>\n{body}\n</details>'


def _code(text: str) -> str:
    return f'<pre dir="auto"><code>{escape(displayable(text), quote=False)}</code></pre>'


def thought_title(part: ReasoningPart) -> str:
    """How long a thought took, as far as that is known."""
    if part.elapsed_ms is None:
        return tr("Thought")
    return tr(
        "Thought for {whole_seconds}", whole_seconds=formatting.whole_seconds(max(1, part.elapsed_ms / 1000))
    )


def _attachment(part: AttachmentPart, read_file: ReadFile) -> str:
    name = escape(displayable(part.file.name))
    if isinstance(part, DocumentPart):
        return _card(part.file.name, _code(part.words))
    data = read_file(part.file.sha256)
    if data is None:
        return f'<p class="note">{escape(displayable(missing_words(part)))}</p>'
    media_type = escape(part.file.media_type)
    encoded = base64.b64encode(data).decode()
    if not isinstance(part, PicturePart):
        return f'<audio controls src="data:{media_type};base64,{encoded}" title="{name}"></audio>'
    return f'<img src="data:{media_type};base64,{encoded}" alt="{name}" width="{min(part.width, 480)}">'


def missing_words(part: AttachmentPart) -> str:
    """What stands in the place of a file that is not kept any more."""
    if isinstance(part, PicturePart):
        return tr("{name} (this picture is missing)", name=part.file.name)
    return tr("{name} (this recording is missing)", name=part.file.name)


def days_of(conversation: Conversation) -> str:
    """From the first to the last day of a conversation; one day where they are the same."""
    first, last = formatting.short_day(conversation.created_at), formatting.short_day(conversation.updated_at)
    return first if first == last else f"{first} – {last}"
