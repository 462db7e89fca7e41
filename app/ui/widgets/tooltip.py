"""What a tooltip says."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence


def with_shortcut(name: str, shortcut: str = "") -> str:
    """A name and its key as this system writes it: `New chat (Ctrl+N)`, on a Mac `New chat (⌘N)`."""
    if not shortcut:
        return name
    return f"{name} ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"
