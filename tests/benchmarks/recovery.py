"""What the recovery of a large damaged file takes: time, memory, and the pauses of the window's thread.

    uv run python -m tests.benchmarks.recovery [MEGABYTES]

Makes a file of so many megabytes, overwrites three of its pages, the first among them, and opens it as the
start does. Prints one JSON object: seconds, how much the process grew by (highest, as the system counts it),
the longest time in which the window's thread did nothing, how often the progress was told, and what was told.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

import psutil
from PySide6.QtCore import QTimer

from app.application import create_qt_application
from app.core.recovery_progress import RecoveryProgress
from app.paths import Paths
from app.services.store_opening import StoreOpening
from app.store.store import open_store
from tests.benchmarks.store import LATIN
from tests.support.sample_messages import a_conversation

MEGABYTES = 1_000
PAGE = 4096
MESSAGES = 100
"""Of each conversation."""
WORDS = LATIN.split()


def fill(path: Path, size_bytes: int) -> None:
    chance = random.Random(1)
    store = open_store(path)
    while path.stat().st_size < size_bytes:
        texts = [" ".join(chance.choices(WORDS, k=250)) for _ in range(MESSAGES)]
        store.conversations.create(a_conversation(*texts, title=" ".join(chance.choices(WORDS, k=4))))
    store.conversations.close()


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        for page in (0, 1000, 2000):
            file.seek(page * PAGE)
            file.write(b"\xa5" * PAGE)


class _Memory(threading.Thread):
    """Follows how much memory of its own the process has; pages of files that are looked at do not count."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = self.now()
        self.is_over = threading.Event()

    @staticmethod
    def now() -> int:
        memory = psutil.Process().memory_info()
        return int(memory.rss - memory.shared)

    def run(self) -> None:
        while not self.is_over.wait(0.05):
            self.most = max(self.most, self.now())


def report(megabytes: int) -> None:
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.below(Path(folder))
        paths.create_folders()
        fill(paths.conversations, megabytes * 1_000_000)
        damage(paths.conversations)
        size = paths.conversations.stat().st_size
        told: list[RecoveryProgress] = []
        ticks = [time.monotonic()]
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: ticks.append(time.monotonic()))
        timer.start()
        memory = _Memory()
        before, began = memory.now(), time.monotonic()
        memory.start()
        opening = StoreOpening()
        opening.progressed.connect(told.append)
        store = opening.open(paths)
        seconds = time.monotonic() - began
        memory.is_over.set()
        pauses = [later - earlier for earlier, later in itertools.pairwise(ticks)]
        print(json.dumps({
            "file_mb": round(size / 1e6),
            "seconds": round(seconds, 1),
            "memory_more_mb": round((memory.most - before) / 1e6),
            "longest_pause_ms": round(1000 * max(pauses)),
            "told": len(told),
            "notice": store.notices.take()[0].partition("db. ")[2],
        }))  # fmt: skip
        store.conversations.close()


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)
