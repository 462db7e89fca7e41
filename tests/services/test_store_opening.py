"""The store is opened and recovered beside the window's thread, and a recovery tells how it goes on."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.errors import StoreError
from app.core.recovery_progress import RecoveryProgress, RecoveryStep
from app.paths import Paths
from app.services.store_opening import StoreOpening
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

    opening = StoreOpening()
    opening.progressed.connect(note)
    store = opening.open(paths_with_damage(tmp_path))
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
    opening = StoreOpening()
    opening.progressed.connect(seen.append)
    store = opening.open(paths)
    assert (seen, store.conversations.list_summaries()) == ([], [])
    store.conversations.close()


def test_what_makes_opening_impossible_is_raised_where_it_was_asked(
    qapp: QApplication, tmp_path: Path
) -> None:
    paths = Paths.below(tmp_path)
    paths.create_folders()
    paths.conversations.mkdir()
    with pytest.raises(StoreError):
        StoreOpening().open(paths)


class Watched:
    """A store whose pages turn out to be damaged while it is used, with what the window sees of it."""

    def __init__(self, folder: Path) -> None:
        paths = Paths.below(folder)
        paths.create_folders()
        with closing(open_store(paths.conversations).conversations) as conversations:
            self.chat = a_conversation(*("lake " * 2000 for _ in range(300)), title="Lakes")
            conversations.create(self.chat)
        data = bytearray(paths.conversations.read_bytes())
        start = data.rindex(b'"text":"lake') // PAGE * PAGE
        data[start : start + PAGE] = bytes(PAGE)
        paths.conversations.write_bytes(data)
        self.folder = paths.conversations.parent
        self.seen: list[RecoveryProgress] = []
        self.ticks = 0
        opening = StoreOpening()
        opening.progressed.connect(self._note)
        self.store = opening.open(paths)
        self._opening = opening
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _note(self, progress: RecoveryProgress) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.seen.append(progress)

    def _tick(self) -> None:
        self.ticks += 1

    def ends(self, qtbot: QtBot) -> None:
        """All was told, once, and the window's thread was never kept."""
        qtbot.waitUntil(lambda: bool(self.seen) and self.seen[-1].is_over)
        self._timer.stop()
        assert self.ticks
        assert [one.is_over for one in self.seen].count(True) == 1
        assert {one.step for one in self.seen} >= {RecoveryStep.COPYING, RecoveryStep.INDEXING}
        assert len(self.store.notices.take()) == 1
        assert [path.name for path in self.folder.glob("*damaged*")] == ["conversations.damaged-1.db"]
        self.store.conversations.close()


def test_damage_that_is_met_by_the_window_later_is_told_and_the_window_lives(
    qtbot: QtBot, tmp_path: Path
) -> None:
    watched = Watched(tmp_path)
    assert watched.seen == []
    assert len(watched.store.conversations.load(watched.chat.id).nodes) > 290
    watched.ends(qtbot)


def test_the_window_lives_while_it_waits_for_what_another_thread_has_recovered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    watched = Watched(tmp_path)
    other = threading.Thread(target=watched.store.conversations.load, args=(watched.chat.id,))
    other.start()
    qtbot.waitUntil(lambda: bool(watched.seen))
    assert [it.title for it in watched.store.conversations.list_summaries()] == ["Lakes"]
    other.join()
    watched.ends(qtbot)


def test_what_two_threads_find_damaged_at_once_is_recovered_once(qtbot: QtBot, tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    load = watched.store.conversations.load
    others = [threading.Thread(target=load, args=(watched.chat.id,)) for _ in range(3)]
    for other in others:
        other.start()
    load(watched.chat.id)
    for other in others:
        other.join()
    watched.ends(qtbot)
