"""What a change of theme or zoom costs with all screens built, and showing a screen after it.

    uv run python -m tests.benchmarks.look

Prints one JSON object a line, in milliseconds of processor time: the change with all that it sets off, median
and highest of twelve each; then each screen when it is shown for the first time after a change.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from tests.benchmarks.soak import MODELS, Person

ROUNDS = 12


def spent_ms(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    QCoreApplication.processEvents()
    return (time.process_time() - before) * 1000


def report() -> None:
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Path(folder), [MODELS[0].parent], first_model=MODELS[0])
        application.window.resize(1200, 800)
        application.window.show()
        person = Person(application)
        person.begin()
        person.take_turn()
        person.look_around()
        menus, screens = application.window.menus, application.screens
        print(json.dumps({"widgets": len(QApplication.allWidgets())}))
        for name, (first, second) in {
            "theme": (menus.theme_light_action, menus.theme_dark_action),
            "zoom": (menus.zoom_in_action, menus.zoom_reset_action),
        }.items():
            spent = [spent_ms(action.trigger) for _ in range(ROUNDS // 2) for action in (first, second)]
            print(json.dumps({name: [round(statistics.median(spent)), round(max(spent))]}))
        shown = {
            "models": menus.models_action.trigger,
            "settings": menus.settings_action.trigger,
            "presets": screens.presets.open_dialog,
        }
        print(json.dumps({name: round(spent_ms(show)) for name, show in shown.items()}), flush=True)
        os._exit(0)  # The dialogs are open.


if __name__ == "__main__":
    report()
