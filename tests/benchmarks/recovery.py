"""What the recovery of a large damaged file takes: time, memory, and the pauses of the window's thread.

    uv run python -m tests.benchmarks.recovery [MEGABYTES] [--running]

Makes a file of so many megabytes, overwrites three of its pages, the first among them, and opens it as the
start does. With `--running` three pages with words are overwritten, and met when the window opens every chat.
Prints one JSON object: seconds, how much the process grew by (highest, as the system counts it),
the longest time in which the window's thread did nothing, how often the progress was told, and what was told.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools

import psutil
from PySide6.QtCore import QTimer

from app.application import create_qt_application
from app.core.recovery_progress import RecoveryProgress
from app.paths import Paths
from app.services.store_opening import StoreOpening
from app.store.store import Store, open_store
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


def damage(path: Path, pages: Iterable[int]) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(b"\xa5" * PAGE)


def pages_with_words(path: Path) -> list[int]:
    """Three of them, far from one another."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return [data.find(b'"text":"', len(data) * part // 4) // PAGE for part in (1, 2, 3)]


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


def open_all(store: Store) -> None:
    for summary in store.conversations.list_summaries():
        store.conversations.load(summary.id)


def report(megabytes: int, *, is_running: bool) -> None:
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.below(Path(folder))
        paths.create_folders()
        fill(paths.conversations, megabytes * 1_000_000)
        damage(paths.conversations, pages_with_words(paths.conversations) if is_running else (0, 1000, 2000))
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
        if is_running:
            open_all(store)
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
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", type=int, nargs="?", default=MEGABYTES)
    parser.add_argument("--running", action="store_true")
    given = parser.parse_args()
    report(given.megabytes, is_running=given.running)
