"""What a tooltip says."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt

from app.ui.widgets.key_names import native

LONGEST_LINE = 80
"""Characters. A longer tooltip is broken into lines; Qt does so with rich text only."""


def with_shortcut(name: str, shortcut: str = "") -> str:
    """A name and its key as this system writes it: `New chat (Ctrl+N)`, on a Mac `New chat (⌘N)`."""
    if not shortcut:
        return name
    return f"{name} ({native(shortcut)})"


def as_written(text: str) -> str:
    """What people, models or files call something, as a tooltip that shows it letter by letter.

    Qt reads what looks like HTML as such: `<b>` would be gone, and an image would be looked for.
    """
    might_be_html = Qt.mightBeRichText(text)  # type: ignore[attr-defined]  # Missing in Qt's stubs.
    if not might_be_html and len(text) <= LONGEST_LINE:
        return text
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"
