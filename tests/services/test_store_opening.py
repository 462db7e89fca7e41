"""The store is opened beside the window's thread, and a recovery tells how it goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.core.errors import StoreError
from app.core.recovery_progress import RecoveryProgress, RecoveryStep
from app.paths import Paths
from app.services.store_opening import open_store_aside
from app.store.store import open_store
from tests.support.sample_messages import a_conversation

PAGE = 4096


def paths_with_damage(folder: Path) -> Paths:
    """A data folder whose file with the chats has lost its first page."""
    paths = Paths.below(folder)
    paths.create_folders()
    store = open_store(paths.conversations)
    store.conversations.create(a_conversation(*("lake " * 2000 for _ in range(300)), title="Lakes"))
    store.conversations.close()
    paths.conversations.write_bytes(bytes(PAGE) + paths.conversations.read_bytes()[PAGE:])
    return paths


def test_a_recovery_tells_how_it_goes_on_while_the_window_lives(qapp: QApplication, tmp_path: Path) -> None:
    seen: list[tuple[RecoveryStep, bool]] = []
    ticks: list[int] = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()

    def note(progress: RecoveryProgress) -> None:
        seen.append((progress.step, threading.current_thread() is threading.main_thread()))

    store = open_store_aside(paths_with_damage(tmp_path), note)
    timer.stop()
    assert {step for step, _ in seen} >= {RecoveryStep.COPYING, RecoveryStep.INDEXING}
    assert all(is_here for _, is_here in seen)
    assert ticks
    (notice,) = store.notices.take()
    assert "300 messages" in notice
    store.conversations.close()


def test_a_whole_file_is_opened_without_a_word(qapp: QApplication, tmp_path: Path) -> None:
    paths = Paths.below(tmp_path)
    paths.create_folders()
    seen: list[RecoveryProgress] = []
    store = open_store_aside(paths, seen.append)
    assert (seen, store.conversations.list_summaries()) == ([], [])
    store.conversations.close()


def test_what_makes_opening_impossible_is_raised_where_it_was_asked(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = Paths.below(tmp_path)
    paths.create_folders()
    paths.conversations.mkdir()
    with pytest.raises(StoreError):
        open_store_aside(paths, lambda _progress: None)
