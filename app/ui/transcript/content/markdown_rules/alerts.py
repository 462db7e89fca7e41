"""Alerts as on GitHub: a quote whose first line is `[!NOTE]`, or another of five words."""

from __future__ import annotations

import re
from dataclasses import replace

from app.ui.transcript.content.blocks import Alert, Span, Spans

_MARK = re.compile(rf"[ \t]*\[!({'|'.join(Alert)})\][ \t]*(?:\n|$)", re.IGNORECASE)


def without_alert(spans: Spans) -> tuple[Spans, Alert | None]:
    """The first paragraph of a quote without the line that makes an alert of it, and which alert that is."""
    first = spans[0] if spans else Span("")
    found = _MARK.match(first.text) if first == Span(first.text) else None
    if found is None or (found.end() == len(first.text) and len(spans) > 1 and not found[0].endswith("\n")):
        return spans, None
    rest = first.text[found.end() :]
    return (replace(first, text=rest), *spans[1:]) if rest else spans[1:], Alert(found[1].lower())
