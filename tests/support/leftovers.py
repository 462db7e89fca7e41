"""Takes away what earlier tests have left, before a test whose threads make much garbage of their own.

Python collects garbage on whatever thread makes the most of it, and deletes widgets of earlier tests there,
whose timers would go on firing on the window's thread.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QEvent


def collect_leftovers() -> None:
    """Deletes them here and now, on the window's thread."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
