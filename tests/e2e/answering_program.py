"""A program in the middle of an answer, for the kill test: `python -m tests.e2e.answering_program DATA_DIR`.

Asks the starter model for something long, and prints again and again how many characters it has streamed so
far, each line with the time of this machine's monotonic clock; it goes on telling when the answer has ended.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QObject, QTimer

from app.application import Application, create_qt_application
from app.core.stream import PartGrew
from app.services.running_answer import AnswerChange

QUESTION = "Write a very long story about a lighthouse, with many chapters."


class Teller(QObject):
    """Counts what comes and says so."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._tell)

    def on_answers_changed(self, change: AnswerChange) -> None:
        if not change.events:
            return
        self._count += sum(len(event.text) for event in change.events if isinstance(event, PartGrew))
        self._tell()
        self._timer.start()

    def _tell(self) -> None:
        sys.stdout.write(f"{time.monotonic()} {self._count}\n")
        sys.stdout.flush()


def main() -> None:
    qt = create_qt_application(sys.argv[:1])
    application = Application(Path(sys.argv[1]))
    teller = Teller()
    application.services.answers.changed.connect(teller.on_answers_changed)
    application.window.show()
    application.services.chat.start_new()
    QTimer.singleShot(0, lambda: application.services.answers.send(QUESTION))
    qt.exec()


if __name__ == "__main__":
    main()
