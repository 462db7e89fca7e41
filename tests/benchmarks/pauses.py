"""How long the window stands still while models arrive and are checked.

    uv run python -m tests.benchmarks.pauses [MEGABYTES] [MEGABYTES_PER_SECOND]

Prints one JSON object a line: with nothing to do, with two downloads shown, and while what arrived is hashed
again. A pause is how much later than asked a timer of the window's thread fires. The hub is a process of its
own on this machine; without a second figure it sends as fast as it can, with checksums and disk included.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer

from app.application import Application, create_qt_application
from app.garbage import freeze_collected_objects
from app.hub.download.state import DownloadStatus
from app.hub.hub import Hub
from app.hub.repository import read_repository
from app.hub.token import HubToken
from app.services.model_status import ModelPart
from app.ui.model_manager import library_rows
from app.ui.model_manager.model_manager_page import ModelManagerSection
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring

TICK_MS = 5
REST_S = 5
REPOSITORIES = ("owner/first-GGUF", "owner/second-GGUF")
FILE = "model-Q8_0.gguf"
MODEL = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"


def serve(size: int, bytes_per_second: float, pipe: Connection) -> None:
    """A hub with two models of that size: a real header, and zeros behind the weights."""
    data = MODEL.read_bytes()
    data += bytes(size - len(data))
    with FakeHub() as hub:
        for repository in REPOSITORIES:
            hub.put(repository, FILE, data)
        if bytes_per_second:
            hub.fail(times=100, bytes_per_second=bytes_per_second)
        pipe.send(hub.address)
        pipe.recv()


class Watch:
    """Notes how late a timer of the window's thread fires."""

    def __init__(self) -> None:
        self._last = 0.0
        self.late_ms: list[float] = []
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def during(self, what: str, is_over: Callable[[], bool]) -> None:
        """Lets the window live until it is over, and prints what was noted."""
        self.late_ms.clear()
        started = self._last = time.perf_counter()
        self._timer.start()
        loop = QEventLoop()
        look = QTimer(interval=20)
        look.timeout.connect(lambda: loop.quit() if is_over() else None)
        look.start()
        loop.exec()
        self._timer.stop()
        late = sorted(self.late_ms, reverse=True)
        print(
            json.dumps(
                {
                    "benchmark": "pauses",
                    "while": what,
                    "seconds": round(time.perf_counter() - started, 1),
                    "longest_ms": [round(pause, 1) for pause in late[:5]],
                    "over_50_ms": sum(pause > 50 for pause in late),
                    "p99_ms": round(late[len(late) // 100], 1),
                }
            ),
            flush=True,
        )

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append((now - self._last) * 1000 - TICK_MS)
        self._last = now


def after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def main(megabytes: int, megabytes_per_second: float) -> None:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(megabytes * 1_000_000, megabytes_per_second * 1e6, theirs)
    )
    server.start()
    hub = Hub(HubToken(FakeKeyring()), endpoint=ours.recv())
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder), hub=hub)
        application.window.show()
        freeze_collected_objects()
        gc.enable()
        watch = Watch()
        loaded: list[object] = []
        application.services.models.changed.connect(
            lambda change: loaded.append(change) if change.concerns(ModelPart.LOADED) else None
        )
        watch.during("the window opens and the starter model loads", lambda: bool(loaded))
        watch.during("nothing happens", after(REST_S))
        screen = application.screens.model_manager
        screen.show_start()
        watch.during("the models screen opens", after(REST_S))
        screen.show(ModelManagerSection.DOWNLOADS)
        for repository in REPOSITORIES:
            found = read_repository(hub, repository, threading.Event())
            screen.downloads.order(found, found.variants[0], repository)
        downloads = screen.downloads
        watch.during(
            "two files are fetched",
            lambda: all(state.status is DownloadStatus.DONE for state in downloads.states),
        )
        screen.show(ModelManagerSection.LIBRARY)
        watch.during("the library is shown", lambda: len(screen.library.models) == 3)
        for model in screen.library.models:
            if not model.is_starter:
                screen.page.library.action_requested.emit(str(model.path), library_rows.VERIFY)
        watch.during("both are hashed again", lambda: not screen.library.verifying)
        application.shutdown()
    ours.send("end")
    server.join()


if __name__ == "__main__":
    figures = [float(argument) for argument in sys.argv[1:]]
    main(int(figures[0]) if figures else 1000, figures[1] if len(figures) > 1 else 0.0)
