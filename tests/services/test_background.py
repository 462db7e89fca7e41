"""Work on another thread, and what the window hears of it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.services.background import Report, Stream, Worker


@pytest.fixture
def worker(qtbot: QtBot):
    made = Worker("test")
    yield made
    made.shut_down()


def test_items_arrive_in_order_on_the_windows_thread(qtbot: QtBot, worker: Worker) -> None:
    heard: list[tuple[object, bool]] = []

    def work(_cancel: threading.Event, report: Report) -> None:
        for number in range(2000):
            report(number)

    stream = Stream(work)
    stream.item.connect(lambda item: heard.append((item, QThread.isMainThread())))
    with qtbot.waitSignal(stream.finished) as ended:
        worker.start(stream)
    assert heard == [(number, True) for number in range(2000)]
    assert ended.args == [None]


def test_an_exception_ends_the_stream_and_not_the_worker(qtbot: QtBot, worker: Worker) -> None:
    problem = ValueError("no")

    def work(_cancel: threading.Event, _report: Report) -> None:
        raise problem

    for _ in range(2):
        stream = Stream(work)
        with qtbot.waitSignal(stream.finished) as ended:
            worker.start(stream)
        assert ended.args == [problem]


def test_cancel_reaches_the_work(qtbot: QtBot, worker: Worker) -> None:
    stream = Stream(lambda cancel, report: report(cancel.wait(10)))
    heard: list[object] = []
    stream.item.connect(heard.append)
    with qtbot.waitSignal(stream.finished):
        worker.start(stream)
        stream.cancel()
    assert heard == [True]


def test_work_is_done_one_after_the_other(qtbot: QtBot, worker: Worker) -> None:
    heard: list[object] = []
    streams = [Stream(lambda _cancel, report, number=number: report(number)) for number in range(50)]
    for stream in streams:
        stream.item.connect(heard.append)
    with qtbot.waitSignal(streams[-1].finished):
        for stream in streams:
            worker.start(stream)
    assert heard == list(range(50))
    assert not worker.is_busy


def test_shutting_down_ends_what_is_under_way(qtbot: QtBot) -> None:
    worker = Worker("test")
    ended = threading.Event()

    def work(cancel: threading.Event, _report: Report) -> None:
        cancel.wait(10)
        ended.set()

    worker.start(Stream(work))
    worker.shut_down()
    assert ended.is_set()


def test_nothing_is_begun_after_shutting_down(qtbot: QtBot) -> None:
    worker = Worker("test")
    worker.shut_down()
    begun = threading.Event()
    worker.start(Stream(lambda _cancel, _report: begun.set()))
    assert not begun.is_set()
    assert not worker.is_busy
