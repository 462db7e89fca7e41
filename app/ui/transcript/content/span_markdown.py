"""Styled words as Markdown."""

from __future__ import annotations

from app.ui.transcript.content.blocks import Span, Spans


def spans_markdown(spans: Spans) -> str:
    """Words with their styles."""
    return "".join(map(_styled, spans))


def _styled(span: Span) -> str:
    text = f"`{span.text}`" if span.is_code else span.text
    for mark, holds in (("~~", span.is_struck), ("*", span.is_italic), ("**", span.is_bold)):
        text = f"{mark}{text}{mark}" if holds else text
    return f"[{text}]({span.link})" if span.link and span.link != span.text else text
