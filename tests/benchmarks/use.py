"""The whole program in use: how soon it shows, what memory it takes, how long its window stands still.

`python -m tests.benchmarks.use [SECONDS]` prints one JSON object a line. Each figure comes from a process of
its own, started as a user starts it, with the starter model.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

USE_S = 60
TICK_MS = 5
TOKENS = 200
QUESTION = "Write a long text about mountain lakes, with headings, lists and a table."


def measure(kind: str, seconds: int) -> dict[str, object]:
    """Runs one of this module's children and gives what it printed."""
    command = [sys.executable, "-m", "tests.benchmarks.use", kind, str(seconds), str(time.time())]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 120)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _start(_seconds: int, began: float) -> dict[str, object]:
    """Seconds from the start of the process to the first paint, and the memory without a model."""
    import psutil
    from PySide6.QtCore import QEvent, QObject

    from app.application import Application, create_qt_application
    from app.garbage import freeze_collected_objects

    qt = create_qt_application(sys.argv[:1])
    figures: dict[str, object] = {}

    class FirstPaint(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not figures:
                figures["first_paint_s"] = round(time.time() - began, 2)
                figures["memory_mb"] = round(psutil.Process().memory_info().rss / 1e6)
                qt.quit()
            return False

    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder))
        watch = FirstPaint()
        application.window.chat_page.welcome.viewport().installEventFilter(watch)
        application.window.show()
        freeze_collected_objects()
        gc.enable()
        qt.exec()
        application.shutdown()
    return figures


def _pause(seconds: int, _began: float) -> dict[str, object]:
    """The longest pauses of the event loop, in ms, while a model loads and then answers again and again."""
    from PySide6.QtCore import QTimer

    from app.application import Application, create_qt_application
    from app.garbage import freeze_collected_objects
    from app.services.running_answer import AnswerPart

    qt = create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder))
        composer = application.window.chat_page.composer
        gaps: list[float] = []
        last = time.perf_counter()

        def tick() -> None:
            nonlocal last
            now = time.perf_counter()
            gaps.append((now - last) * 1000 - TICK_MS)
            last = now

        def ask() -> None:
            composer.edit.setPlainText(QUESTION)
            composer.send()

        application.window.show()
        freeze_collected_objects()
        gc.enable()
        timer = QTimer(interval=TICK_MS)
        timer.timeout.connect(tick)
        QTimer.singleShot(200, timer.start)
        QTimer.singleShot(300, ask)
        application.services.answers.changed.connect(
            lambda change: QTimer.singleShot(300, ask) if change.part is AnswerPart.ENDED else None
        )
        QTimer.singleShot(seconds * 1000, qt.quit)
        last = time.perf_counter() + 0.2
        qt.exec()
        application.shutdown()
    gaps.sort(reverse=True)
    return {"seconds": seconds, "longest_pauses_ms": [round(gap, 1) for gap in gaps[:5]]}


def _shown(rounds: int, _began: float) -> dict[str, object]:
    """Decoding speed with the window showing the answer, as a ratio to the engine alone, in turns."""
    import statistics
    import threading

    from PySide6.QtCore import QEventLoop

    from app.application import Application, create_qt_application
    from app.core.generation import Statistics
    from app.core.message import Message, Role
    from app.core.sampling import Sampling
    from app.services.model_status import ModelPart
    from app.services.running_answer import AnswerPart

    create_qt_application(sys.argv[:1])
    sampling = Sampling(temperature=0.2, top_p=0.9, seed=1, max_tokens=TOKENS)
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder))
        application.window.show()
        loop = QEventLoop()
        application.services.models.changed.connect(
            lambda change: loop.quit() if change.concerns(ModelPart.LOADED) else None
        )
        loop.exec()

        def in_window() -> float:
            application.services.chat.start_new()
            changes = (("max_tokens", TOKENS), ("seed", 1))
            application.services.conversation_settings.change_overrides(changes)
            ended = QEventLoop()
            application.services.answers.changed.connect(
                lambda change: ended.quit() if change.part is AnswerPart.ENDED else None
            )
            application.services.answers.send(QUESTION)
            ended.exec()
            generation = application.services.chat.conversation.path()[-1].message.generation
            assert generation is not None
            assert generation.statistics is not None
            return generation.statistics.tokens_per_second

        def alone() -> float:
            question = [Message.of_text(Role.USER, QUESTION)]
            events = list(application.services.engine.answer(question, [], sampling, threading.Event()))
            last = events[-1]
            assert isinstance(last, Statistics)
            return last.tokens_per_second

        ratios = [in_window() / alone() for _ in range(rounds)]
        application.shutdown()
    return {"tokens": TOKENS, "ratios": [round(ratio, 3) for ratio in ratios],
            "median_ratio": round(statistics.median(ratios), 3)}  # fmt: skip


def report(seconds: int = USE_S) -> None:
    for _ in range(3):
        print(json.dumps({"what": "start"} | measure("start", 0)), flush=True)
    print(json.dumps({"what": "shown"} | measure("shown", 5)), flush=True)
    print(json.dumps({"what": "use"} | measure("pause", seconds)), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        gc.disable()  # As app/launch.py does.
        child = {"start": _start, "pause": _pause, "shown": _shown}[sys.argv[1]]
        print(json.dumps(child(int(sys.argv[2]), float(sys.argv[3]))))
    else:
        report(int(sys.argv[1]) if len(sys.argv) > 1 else USE_S)
