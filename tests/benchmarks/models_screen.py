"""What the models screen costs with 300 models on the disk and 5,000 repositories in a search.

    uv run python -m tests.benchmarks.models_screen [MODELS] [REPOSITORIES]

Prints one JSON object a line, in milliseconds: the library is read from real files (copies of the tiny model,
made for it and removed afterwards), the search is answered by a hub on this machine. `open_ms` is from the
click to the first picture, `frame_ms` one step of scrolling with its picture, `pause_ms` the longest time in
which the window's thread was not there for the user while the work was done on others.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.application import Application, create_qt_application
from app.hub.hub import Hub
from app.hub.token import HubToken
from app.services.model_status import ModelState
from app.ui.model_manager.model_manager_page import ModelManagerSection
from app.ui.model_manager.row_list import RowList
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring

MODEL = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
TICK_MS = 2
FRAMES = 120
QUANTISATIONS = ("Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")


def make_models(folder: Path, count: int) -> None:
    """Real files with names as people have them."""
    data = MODEL.read_bytes()
    for number in range(count):
        place = folder / f"owner-{number % 12}" / f"Some-Model-{number}B-GGUF"
        place.mkdir(parents=True)
        (place / f"Some-Model-{number}B-{QUANTISATIONS[number % 5]}.gguf").write_bytes(data)


def serve(count: int, pipe: Connection) -> None:
    """A hub with so many repositories, in a process of its own."""
    with FakeHub() as hub:
        for number in range(count):
            details = {"architecture": "qwen3", "total": 4_000_000_000, "context_length": 40_960}
            hub.put(f"owner-{number % 40}/Qwen3-4B-{number}-GGUF", "model.gguf", b"1", gguf=details)
        pipe.send(hub.address)
        pipe.recv()


@contextmanager
def served(count: int) -> Iterator[str]:
    """The address of such a hub."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(count, theirs))
    process.start()
    yield ours.recv()
    ours.send(None)
    process.join()


def wait(is_so: Callable[[], bool], limit_s: float = 120) -> None:
    deadline = time.monotonic() + limit_s
    loop = QEventLoop()
    timer = QTimer(interval=TICK_MS)
    timer.timeout.connect(lambda: loop.quit() if is_so() or time.monotonic() > deadline else None)
    timer.start()
    loop.exec()
    assert is_so()


@contextmanager
def watched() -> Iterator[list[float]]:
    """Collects the pauses of the window's thread, in milliseconds."""
    pauses: list[float] = [0.0]
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        pauses.append((now - last) * 1000 - TICK_MS)
        last = now

    keeper = QObject()
    timer = QTimer(keeper, interval=TICK_MS)
    timer.timeout.connect(tick)
    timer.start()
    yield pauses
    timer.stop()


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def drawn(window: QWidget, change: Callable[[], object]) -> float:
    """How long a change and the picture of the whole window after it take."""

    def work() -> None:
        change()
        window.grab()

    return milliseconds(work)


def frames(window: QWidget, area: QAbstractScrollArea) -> dict[str, float]:
    bar = area.verticalScrollBar()
    steps = [bar.maximum() * step // FRAMES for step in range(1, FRAMES + 1)]
    times = sorted(drawn(area.viewport(), lambda value=value: bar.setValue(value)) for value in steps)  # type: ignore[misc]
    assert bar.maximum() > window.height()
    return {
        "frame_ms": statistics.median(times),
        "frame_p95_ms": times[FRAMES * 95 // 100],
        "worst_ms": times[-1],
    }


def has_more_than(rows: RowList, count: int) -> bool:
    return len(rows.entries) > count


def tell(name: str, **figures: float) -> None:
    print(json.dumps({"what": name, **{key: round(value, 1) for key, value in figures.items()}}), flush=True)


def measure_library(application: Application, count: int) -> None:
    window, manager = application.window, application.screens.model_manager
    view = manager.page.library
    with watched() as pauses:
        started = time.perf_counter()
        wait(lambda: len(manager.library.models) >= count)
        elapsed = (time.perf_counter() - started) * 1000
    tell("library read at the start", models=count, elapsed_ms=elapsed, pause_ms=max(pauses))
    wait(lambda: application.services.models.status.state is not ModelState.LOADING)
    first = drawn(window, lambda: manager.show(ModelManagerSection.LIBRARY))
    assert len(view.list.entries) >= count
    application.window.focus_composer()
    again = drawn(window, lambda: manager.show(ModelManagerSection.LIBRARY))
    wait(lambda: True)
    tell("library", models=count, open_ms=first, open_again_ms=again, **frames(window, view.list))
    typed = [
        drawn(window, lambda text=text: view.filter_field.setText(text)) for text in ("s", "so", "q8_0 1", "")
    ]  # type: ignore[misc]
    tell("library filtered", models=count, key_ms=max(typed))
    with watched() as pauses:
        told: list[object] = []
        application.services.models.changed.connect(told.append)
        application.services.models.refresh()
        wait(lambda: bool(told))
    tell("library read again", models=count, pause_ms=max(pauses))


def measure_search(application: Application, count: int) -> None:
    window, manager = application.window, application.screens.model_manager
    view = manager.page.discover
    manager.show(ModelManagerSection.DISCOVER)
    with watched() as pauses:
        view.search_field.setText("qwen3")
        wait(lambda: len(view.list.entries) >= 50)
    tell("first search", pause_ms=max(pauses))
    with watched() as pauses:
        while len(view.list.entries) < count:
            known = len(view.list.entries)
            view.list.verticalScrollBar().setValue(view.list.verticalScrollBar().maximum())
            wait(partial(has_more_than, view.list, known))
    tell("search read on to the end", repositories=count, pause_ms=max(pauses))
    entries = list(view.list.entries)
    view.list.set_entries([])
    opened = drawn(window, lambda: view.list.set_entries(entries))
    tell("search results", repositories=count, open_ms=opened, **frames(window, view.list))


def main() -> None:
    models = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    repositories = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
    create_qt_application(["tarn"])
    with tempfile.TemporaryDirectory() as made, served(repositories) as address:
        folder = Path(made)
        make_models(folder / "models", models)
        application = Application(
            folder / "data", [folder / "models"], hub=Hub(HubToken(FakeKeyring()), endpoint=address)
        )
        application.window.resize(1180, 780)
        application.window.show()
        measure_library(application, models)
        measure_search(application, repositories)
        application.shutdown()


if __name__ == "__main__":
    main()
