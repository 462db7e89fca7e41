"""Python's garbage is collected on the window's thread.

By itself Python collects it on whatever thread makes the most objects. What is collected may hold timers and
other Qt objects, and those can end on their own thread only: anywhere else Qt warns, or the program crashes.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

CHECK_MS = 500
FEWEST_OBJECTS = 2_000
"""So many more objects must be there than at the last collection; Python's own measure from 3.12 on."""
OLDER_EVERY, ALL_EVERY = 10, 200
"""After so many collections, objects are looked at that outlived an earlier one."""


class GarbageCollector(QObject):
    """Collects garbage now and then on its own thread, and keeps Python from doing it elsewhere."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._collections = 0
        gc.disable()
        timer = QTimer(self, interval=CHECK_MS)
        timer.timeout.connect(self.collect_if_due)
        timer.start()

    def collect_if_due(self) -> None:
        """Collects where enough objects have been made since the last time."""
        if gc.get_count()[0] < FEWEST_OBJECTS:
            return
        self._collections += 1
        if self._collections % ALL_EVERY == 0:
            gc.collect(2)
        else:
            gc.collect(1 if self._collections % OLDER_EVERY == 0 else 0)


def freeze_collected_objects() -> None:
    """Keeps what has been built by now out of garbage collection.

    A full collection looks at every object: with all that the imports bring it stops the window for 60 ms,
    again and again.
    """
    gc.freeze()
