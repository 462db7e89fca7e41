"""How this system, and the language of the window, write the names of keys."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence


def native(keys: str) -> str:
    """Keys as they stand in menus: `Ctrl+Shift+F`, in German `Strg+Umschalt+F`, on a Mac `⇧⌘F`.

    Args:
        keys: as Qt reads them; several sequences are parted by a comma and a space.
    """
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(one).toString(form) for one in keys.split(", "))
