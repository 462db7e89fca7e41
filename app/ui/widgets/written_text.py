"""The text of an editor exactly as it was typed or pasted."""

from __future__ import annotations

from PySide6.QtGui import QTextDocument

_LINE_ENDS = str.maketrans({"\u2029": "\n", "\u2028": "\n", "\ufdd0": "\n", "\ufdd1": "\n"})
"""What Qt has between paragraphs, lines and frames."""


def written_text(document: QTextDocument | None) -> str:
    """A document's text with its no-break spaces, which `toPlainText` takes for plain ones."""
    return document.toRawText().translate(_LINE_ENDS) if document else ""
