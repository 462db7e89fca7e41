"""Garbage with Qt objects in it ends on the thread of the window, whoever made the most of it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from app.garbage import ALL_EVERY, FEWEST_OBJECTS, GarbageCollector, freeze_collected_objects


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    """Python collects by itself again until the collector begins."""
    gc.enable()
    yield GarbageCollector()
    gc.disable()  # As it is between tests.


class Ticking(QObject):
    """Holds itself and a timer, so that only a collection ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.timer = QTimer(self, interval=1000)
        self.timer.start()
        self.itself = self


def make_garbage() -> None:
    for _ in range(5 * FEWEST_OBJECTS):
        circle: list[object] = []
        circle.append(circle)


def test_what_other_threads_make_is_collected_on_this_one(qtbot: QtBot, collector: GarbageCollector) -> None:
    ended_on: list[threading.Thread] = []
    weakref.finalize(Ticking(), lambda: ended_on.append(threading.current_thread()))
    worker = threading.Thread(target=make_garbage)
    worker.start()
    worker.join()
    assert ended_on == []
    qtbot.waitUntil(lambda: bool(ended_on))  # Qt would warn, and the test fail, if its timer ended elsewhere.
    assert ended_on == [threading.main_thread()]


def test_old_garbage_is_found_too(qtbot: QtBot, collector: GarbageCollector) -> None:
    ended: list[int] = []
    old = Ticking()
    weakref.finalize(old, lambda: ended.append(1))
    gc.collect()
    del old
    for _ in range(ALL_EVERY):
        make_garbage()
        collector.collect_if_due()
    assert ended


def test_what_was_built_at_the_start_is_not_looked_through_again() -> None:
    built = [[number] for number in range(1000)]
    try:
        freeze_collected_objects()
        looked_at = {id(found) for found in gc.get_objects()}
        assert not any(id(kept) in looked_at for kept in built)
        later = [0]
        assert any(found is later for found in gc.get_objects())
    finally:
        gc.unfreeze()
