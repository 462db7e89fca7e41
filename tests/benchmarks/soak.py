"""What long use leaves behind: widgets, Python objects and memory over thousands of turns in the real window.

    uv run python -m tests.benchmarks.soak [TURNS]

One conversation in ten turns is new; a switch to an older one comes with every fourth turn, another model
with every fiftieth, and every dialog and theme in between. Everything is counted while an empty conversation
is on screen, so that only what was left behind is there. Prints one JSON object a line: what there is after
each hundred turns and, at the end, what it grew by and of which types.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QDialog

from app.application import Application, create_qt_application
from app.services.model_status import ModelState
from app.ui.chat.answer_details import AnswerDetails

MODELS = tuple(
    Path(__file__).parents[1] / "data" / name for name in ("tiny-lfm2.gguf", "tiny-lfm2moe-q8.gguf")
)
TURNS = 2_000
WARM_UP = 200
"""Turns after which everything that is made once has been made."""
COUNTED_EVERY = 100
LONGEST_ANSWER = 24
"""Tokens."""
LONGEST_WAIT_S = 60

_QUESTIONS = (
    "Hello",
    "What is the capital of France?",
    "Write hello world in Python.",
    "What is 17 + 25?",
    "Give me a list of three colours.",
)


@dataclass(frozen=True)
class Count:
    """What there is at one moment."""

    turns: int
    widgets: int
    qt_objects: int
    python_objects: int
    memory_mb: float
    memory_by_kind: dict[str, float]
    """MB resident: the C library's heap, other anonymous memory, files."""
    types: Counter[str] = field(repr=False)
    """The Python objects by their types."""


class Person:
    """Somebody who uses the program for a long time, always in the same way."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._services = application.services
        self._window = application.window
        self._turns = 0
        self._models = 0
        self.wait_for_model()

    def wait_for_model(self) -> None:
        models = self._services.models
        _wait(lambda: models.status.state in (ModelState.READY, ModelState.FAILED))
        assert models.status.state is ModelState.READY

    def take_turn(self) -> None:
        """Asks one question, with all that is due before it."""
        if self._turns % 10 == 0:
            self.begin()
        if self._turns % 4 == 3:
            self._switch()
        if self._turns % 50 == 25:
            self.change_model()
        if self._turns % 50 == 32:
            self.look_around()
        composer = self._window.chat_page.composer
        composer.edit.setPlainText(_QUESTIONS[self._turns % len(_QUESTIONS)])
        composer.send_button.click()
        _wait(lambda: not self._services.answers.is_answering)
        self._turns += 1

    def begin(self) -> None:
        """Begins a new conversation."""
        self._window.menus.new_chat_action.trigger()
        self._services.conversation_settings.change_overrides((("max_tokens", LONGEST_ANSWER),))

    def change_model(self) -> None:
        """Takes the other model."""
        self._models += 1
        self._services.models.choose(MODELS[self._models % len(MODELS)])
        self.wait_for_model()

    def look_around(self) -> None:
        """Opens and closes everything that can be opened, and changes the look."""
        window, menus, screens = self._window, self._window.menus, self.application.screens
        for action in (
            menus.settings_action,
            menus.shortcuts_action,
            menus.about_action,
            menus.export_action,
        ):
            action.trigger()
            self._close_dialogs()
        screens.presets.open_dialog()
        self._close_dialogs()
        for node in self._services.chat.conversation.path()[-1:]:
            AnswerDetails(node, window).open()
            self._close_dialogs()
        for action in (menus.theme_light_action, menus.theme_dark_action, menus.zoom_in_action,
                       menus.zoom_reset_action, menus.models_action):  # fmt: skip
            action.trigger()
            _settle()
        window.focus_composer()
        window.sidebar.search_field.setText("capital")
        window.sidebar.clear_search()
        menus.rename_action.trigger()
        window.sidebar.list.setFocus()
        window.sidebar.list.contextMenuEvent(
            QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
        )
        _settle()
        if menu := QApplication.activePopupWidget():
            menu.close()
        menus.regenerate_action.trigger()
        _wait(lambda: not self._services.answers.is_answering)

    def count(self) -> Count:
        """What there is while an empty conversation is on screen."""
        self._window.menus.new_chat_action.trigger()
        self._services.writer.wait()
        objects: list[object] = []
        before = -1
        while len(objects) != before:  # Timers and threads may still be at work.
            before = len(objects)
            objects = []
            time.sleep(0.1)
            _settle()
            gc.collect()
            objects = gc.get_objects()
        return Count(
            self._turns,
            len(QApplication.allWidgets()),
            len(self.application.findChildren(QObject)) + len(self._window.findChildren(QObject)),
            len(objects),
            round(psutil.Process().memory_info().rss / 1e6, 1),
            _memory_by_kind(),
            Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in objects),
        )

    def _switch(self) -> None:
        menus = self._window.menus
        (menus.next_chat_action if self._turns % 3 else menus.previous_chat_action).trigger()
        _settle()

    def _close_dialogs(self) -> None:
        _settle()
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()
        _settle()


def _memory_by_kind() -> dict[str, float]:
    found: Counter[str] = Counter()
    for mapped in psutil.Process().memory_maps():
        kind = mapped.path.strip("[]") if mapped.path.startswith("[") else "files"
        found[kind] += mapped.rss
    return {kind: round(size / 1e6, 1) for kind, size in found.most_common(4)}


def _settle() -> None:
    """Lets everything happen that is due, deletions included."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_WAIT_S
    while not is_so():
        assert time.monotonic() < end, "That took too long"
        QCoreApplication.processEvents()
        time.sleep(0.001)
    _settle()


def growth(before: Count, after: Count, most: int = 12) -> dict[str, int]:
    """The types of which there are more now, most first."""
    more = Counter(after.types)
    more.subtract(before.types)
    return {name: number for name, number in more.most_common(most) if number > 0}


def report(turns: int) -> None:
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder), [MODELS[0].parent], first_model=MODELS[0])
        application.window.show()
        person = Person(application)
        began = time.monotonic()
        first: Count | None = None
        for number in range(1, turns + 1):
            person.take_turn()
            if number % COUNTED_EVERY and number != turns:
                continue
            last = person.count()
            facts = asdict(last) | {"seconds": round(time.monotonic() - began)}
            del facts["types"]
            print(json.dumps(facts), flush=True)
            if first is None and number >= min(WARM_UP, turns // 2):
                first = last
        assert first is not None
        print(json.dumps({
            "turns": last.turns - first.turns,
            "widgets_more": last.widgets - first.widgets,
            "qt_objects_more": last.qt_objects - first.qt_objects,
            "python_objects_more": last.python_objects - first.python_objects,
            "memory_more_percent": round(100 * (last.memory_mb / first.memory_mb - 1), 1),
            "of_types": growth(first, last),
        }))  # fmt: skip
        application.shutdown()


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS)
