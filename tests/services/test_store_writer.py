"""Saving in the background: in order, once told of, and again until it works."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.core.errors import StoreError
from app.services.notices import NoticeService
from app.services.store_writer import Saved, SavingFailed, StoreWriter
from tests.support.waiting import PATIENCE_S


class Disk:
    """What is written, and whether there is room."""

    def __init__(self) -> None:
        self.has_room = True
        self.written: list[str] = []
        self.threads: set[str] = set()

    def write(self, text: str) -> None:
        self.threads.add(threading.current_thread().name)
        if not self.has_room:
            raise StoreError("The disk is full.")
        self.written.append(text)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def writer(qtbot: QtBot, told: list[str]) -> Iterator[StoreWriter]:
    notices = NoticeService()
    notices.posted.connect(lambda notice: told.append(notice.sentence))
    writer = StoreWriter(notices)
    yield writer
    writer.shut_down()


def settle(writer: StoreWriter) -> None:
    writer.wait()
    QCoreApplication.sendPostedEvents()


def test_things_are_saved_in_the_order_they_were_handed_over_off_the_window_s_thread(
    writer: StoreWriter, disk: Disk
) -> None:
    for number in range(20):
        writer.save("talk", f"added {number}", lambda number=number: disk.write(str(number)))
    settle(writer)
    assert disk.written == [str(number) for number in range(20)]
    assert not any("Main" in name for name in disk.threads)
    assert not writer.is_unsaved("talk")


def test_of_one_thing_only_the_newest_state_is_saved_where_the_disk_is_slow(
    writer: StoreWriter, disk: Disk
) -> None:
    may_go_on = threading.Event()
    writer.save("talk", "first", lambda: may_go_on.wait(PATIENCE_S))
    for number in range(5):
        writer.save("talk", "answer", lambda number=number: disk.write(str(number)))
    may_go_on.set()
    settle(writer)
    assert disk.written == ["4"]


def test_what_could_not_be_saved_is_told_once_and_saved_in_order_when_there_is_room(
    writer: StoreWriter, disk: Disk, told: list[str]
) -> None:
    disk.has_room = False
    outcomes: list[object] = []
    writer.changed.connect(outcomes.append)
    for word in ("one", "two", "three"):
        writer.save("talk", word, lambda word=word: disk.write(word))
        settle(writer)
    assert told == ["The disk is full."]
    assert writer.is_unsaved("talk")
    disk.has_room = True
    writer.retry()
    settle(writer)
    assert disk.written == ["one", "two", "three"]
    assert not writer.is_unsaved("talk")
    assert isinstance(outcomes[0], SavingFailed)
    assert outcomes[-3:] == [Saved("talk", "one"), Saved("talk", "two"), Saved("talk", "three")]
    disk.has_room = False
    writer.save("talk", "four", lambda: disk.write("four"))
    settle(writer)
    assert len(told) == 2, "new trouble is told again"


def test_a_conversation_that_cannot_be_saved_does_not_hold_up_others(writer: StoreWriter, disk: Disk) -> None:
    def fail() -> None:
        raise StoreError("This one is gone.")

    writer.save("gone", "added", fail)
    writer.save("talk", "added", lambda: disk.write("said"))
    settle(writer)
    assert disk.written == ["said"]
    assert writer.is_unsaved("gone")
    writer.forget("gone")
    assert not writer.is_unsaved("gone")


def test_room_is_noticed_after_a_while_without_anything_new(
    writer: StoreWriter, disk: Disk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer._retry.setInterval(50)
    disk.has_room = False
    writer.save("talk", "said", lambda: disk.write("said"))
    settle(writer)
    disk.has_room = True
    qtbot.waitUntil(lambda: disk.written == ["said"])


def test_what_waits_at_the_end_is_saved(qtbot: QtBot, disk: Disk) -> None:
    writer = StoreWriter(NoticeService())
    for number in range(50):
        writer.save("talk", f"added {number}", lambda number=number: disk.write(str(number)))
    writer.shut_down()
    assert len(disk.written) == 50


def test_what_is_done_once_comes_behind_what_waits_and_tells_how_it_went(
    writer: StoreWriter, disk: Disk, told: list[str]
) -> None:
    done: list[str] = []
    writer.save("talk", "added", lambda: disk.write("added"))
    writer.run(lambda: disk.write("deleted"), lambda: done.append("done"))
    settle(writer)
    assert disk.written == ["added", "deleted"]
    assert done == ["done"]
    disk.has_room = False
    writer.run(lambda: disk.write("never"), lambda: done.append("no"), lambda: done.append("failed"))
    settle(writer)
    assert done == ["done", "failed"]
    assert told == ["The disk is full."]


def test_a_mistake_of_ours_does_not_stop_the_saving_of_the_rest(
    writer: StoreWriter, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    writer.save("talk", "broken", lambda: {}["nothing"])
    writer.save("talk", "said", lambda: disk.write("said"))
    settle(writer)
    assert disk.written == ["said"]
    assert "Saving 'broken' of a conversation failed" in caplog.text
