"""A conversation in the HTML that QTextDocument knows, for printing: cards are open, and nothing is wider
than the page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from string import Template

from app.core import formatting
from app.core.conversation import Conversation, MessageNode
from app.core.message import (
    AttachmentPart,
    Part,
    PicturePart,
    ReasoningPart,
    Role,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from app.core.stop_texts import file_note
from app.exchange.markdown_files import ReadFile
from app.ui.exchange.html_page import (
    call_title,
    coloured,
    days_of,
    markdown_html,
    missing_words,
    result_title,
    thought_title,
    typed_html,
)
from app.ui.exchange.page_style import SYNTAX
from app.ui.fonts import code_families
from app.ui.theme import Theme
from app.ui.transcript.content.message_blocks import SYSTEM_MESSAGE
from app.ui.transcript.content.plain_text import displayable

_STYLE = Template(
    "body { color: $text; } a { color: $link; } pre { white-space: pre-wrap; } .muted { color: $muted; } "
    "code, pre { font-family: $families; } code { color: $inline; } pre code { color: $code; } $syntax"
)
LONGEST_WORD = 90
"""Characters without a space after which code may be broken."""
PICTURE_SHARE = 0.6
"""How much of the page's width a picture takes at most."""


def print_html(conversation: Conversation, read_file: ReadFile, theme: Theme, width: float) -> str:
    """The branch on screen.

    Args:
        width: of the page's text, in the units of the document.
    """
    title = escape(displayable(formatting.one_line(conversation.title)))
    style = _STYLE.substitute(
        text=theme.text,
        muted=theme.muted,
        link=theme.link,
        inline=theme.inline_code_text,
        code=theme.code_text,
        families=", ".join(f"'{name}'" for name in code_families()),
        syntax=" ".join(f".{name} {{ color: {getattr(theme, name)}; }}" for name in SYNTAX),
    )
    writer = _Writer(read_file, theme, width)
    body = "\n".join(piece for node in conversation.path() for piece in writer.message(node))
    return (
        f"<html><head><style>{style}</style></head><body>"
        f'<h1>{title}</h1><p class="muted">{escape(days_of(conversation))}</p>{body}</body></html>'
    )


class _Writer:
    def __init__(self, read_file: ReadFile, theme: Theme, width: float) -> None:
        self._read_file = read_file
        self._theme = theme
        self._width = width

    def message(self, node: MessageNode) -> Iterator[str]:
        if node.role is Role.USER:
            words = typed_html(node.message.text, self._code)
            attached = "".join(map(self._attachment, node.message.attachments))
            yield self._box(attached + words, self._theme.bubble)
            if found := node.message.passages:
                yield f'<p class="muted">{escape(displayable(found.listed))}</p>'
            return
        generation = node.message.generation
        if node.role is Role.ASSISTANT and generation and generation.model_name:
            yield f'<p class="muted"><b>{escape(displayable(generation.speaker))}</b></p>'
        elif node.role is Role.SYSTEM:
            yield f'<p class="muted"><b>{SYSTEM_MESSAGE}</b></p>'
        for part in node.message.parts:
            yield self._part(part)
        if note := file_note(node.state, generation):
            yield f'<p class="muted">{escape(displayable(note))}</p>'
        yield "<p></p>"

    def _part(self, part: Part) -> str:
        match part:
            case TextPart(text=text):
                return markdown_html(text, self._code)
            case ReasoningPart(text=text) if text.strip():
                return self._card(thought_title(part), markdown_html(text, self._code))
            case ToolCallPart(raw=raw):
                return self._card(call_title(part), self._code(displayable(raw), ""))
            case ToolResultPart(raw=raw):
                return self._card(result_title(part), self._code(displayable(raw), ""))
        return ""

    def _card(self, title: str, body: str) -> str:
        heading = f'<p class="muted"><i>{escape(displayable(formatting.one_line(title)))}</i></p>'
        return self._box(f'{heading}<div class="muted">{body}</div>', self._theme.surface)

    def _code(self, code: str, language: str) -> str:
        # A table of one cell is what QTextDocument draws a ground behind.
        written = coloured(_breakable(code), language)
        return self._box(f'<pre style="margin: 0"><code>{written}</code></pre>', self._theme.code)

    def _box(self, inner: str, ground: str) -> str:
        return (
            f'<table width="100%" cellpadding="7" cellspacing="0" style="margin-top: 8px; margin-bottom: 8px"'
            f' bgcolor="{ground}"><tr><td>{inner}</td></tr></table>'
        )

    def _attachment(self, part: AttachmentPart) -> str:
        name = escape(displayable(part.file.name))
        if not isinstance(part, PicturePart):
            return f'<p class="muted">{name}</p>'
        data = self._read_file(part.file.sha256)
        if data is None:
            return f'<p class="muted">{escape(displayable(missing_words(part)))}</p>'
        width = min(part.width, self._width * PICTURE_SHARE)
        encoded = base64.b64encode(data).decode()
        return f'<p><img src="data:{escape(part.file.media_type)};base64,{encoded}" width="{width:.0f}"></p>'


def _breakable(code: str) -> str:
    """Lines without a space that are wider than the page get places at which they may be broken."""
    lines = []
    for line in code.split("\n"):
        words = line.split(" ")
        lines.append(" ".join(_broken(word) if len(word) > LONGEST_WORD else word for word in words))
    return "\n".join(lines)


def _broken(word: str) -> str:
    pieces = (word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD))
    return "\u200b".join(pieces)
