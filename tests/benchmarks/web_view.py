"""One conversation in the transcript or in a browser view, in a process that does nothing else.

    uv run --with PySide6-Addons==6.11.3 python -m tests.benchmarks.web_view transcript|browser MESSAGES

Prints one JSON object: the memory in MB and the processor time in milliseconds of the process and its
children, each without what the empty window took. QtWebEngine is no part of the program: it comes with
PySide6-Addons. `tests.benchmarks.window` asks for both and prints the ratios where it is there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

import psutil
from PySide6.QtWidgets import QApplication, QWidget

SETTLES_SECONDS = 1.5
SECONDS_AT_MOST = 300


def is_there() -> bool:
    """Whether a browser view can be made."""
    return find_spec("PySide6.QtWebEngineWidgets") is not None


def measured(kind: str, count: int) -> dict[str, float]:
    """What a process of that kind prints."""
    command = [sys.executable, "-m", __spec__.name, kind, str(count)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS_AT_MOST)
    found: dict[str, float] = json.loads(printed.stdout.splitlines()[-1])
    return found


def taken() -> tuple[float, float]:
    """Megabytes and milliseconds of this process and its children."""
    me = psutil.Process()
    family = [me, *me.children(recursive=True)]
    memory = sum(one.memory_full_info().pss for one in family) / 2**20
    return memory, sum(one.cpu_times().user + one.cpu_times().system for one in family) * 1000


class Measuring:
    """A window that is empty at first, and then not."""

    def __init__(self, application: QApplication, widget: QWidget) -> None:
        self._application = application
        self.widget = widget
        widget.resize(900, 800)
        widget.show()

    def wait(self, is_done: Callable[[], bool] = lambda: True) -> None:
        """Until something is the case and everything has come to rest."""
        end = time.monotonic() + SETTLES_SECONDS
        while time.monotonic() < end or not is_done():
            self._application.processEvents()
            time.sleep(0.01)

    def report(self, kind: str, show: Callable[[], Callable[[], bool]]) -> None:
        """`show` shows the conversation, and gives what says that it is there."""
        self.wait()
        before = taken()
        self.wait(show())
        after = taken()
        figures = {
            "memory_mb": after[0],
            "more_mb": after[0] - before[0],
            "processor_ms": after[1] - before[1],
        }
        print(json.dumps({"kind": kind, **{name: round(value, 1) for name, value in figures.items()}}))


def transcript(application: QApplication, count: int) -> None:
    from app.ui.transcript.view.transcript import Transcript
    from tests.benchmarks.window import conversation
    from tests.support.themes import DARK

    widget = Transcript(DARK)
    entries = conversation(count)

    def show() -> Callable[[], bool]:
        widget.show_entries(entries)
        widget.viewport().repaint()
        return lambda: True

    Measuring(application, widget).report("transcript", show)


def browser(application: QApplication, count: int) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from app.ui.exchange.html_page import markdown_html
    from tests.benchmarks.window import conversation

    view = QWebEngineView()
    page = "".join(f"<section>{markdown_html(entry.message.text)}</section>" for entry in conversation(count))
    loaded: list[bool] = []
    view.loadFinished.connect(loaded.append)
    measuring = Measuring(application, view)
    view.setHtml("<p></p>")
    measuring.wait(lambda: bool(loaded))

    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(f"<meta charset=utf-8>{page}", encoding="utf-8")

        def show() -> Callable[[], bool]:
            loaded.clear()
            view.load(QUrl.fromLocalFile(str(file)))  # `setHtml` takes no more than 2 MB.
            return lambda: bool(loaded)

        measuring.report("browser", show)


def main() -> None:
    kind, count = sys.argv[1], int(sys.argv[2])
    application = QApplication([])
    (transcript if kind == "transcript" else browser)(application, count)


if __name__ == "__main__":
    main()
