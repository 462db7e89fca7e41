"""A program in the middle of an answer, for the kill test: `python -m tests.e2e.answering_program DATA_DIR`.

Asks the starter model for something long, and prints "streamed N" for each piece that has come, with the
number of characters so far, "saved N" whenever so many of them are on the disk, and "ended N".
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer

from app.application import Application, create_qt_application
from app.core.stream import PartGrew
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.services import Services
from app.services.store_writer import Saved

QUESTION = "Write a very long story about a lighthouse, with many chapters."


class Teller:
    """Counts what comes and what is saved of it, and says so."""

    def __init__(self, services: Services) -> None:
        self._writer = services.writer
        self._streamed = self._handed_over = 0
        services.answers.changed.connect(self._on_answers_changed)
        services.writer.changed.connect(self._on_saved)

    def _on_answers_changed(self, change: AnswerChange) -> None:
        if change.part in (AnswerPart.SNAPSHOT, AnswerPart.ENDED):
            self._handed_over = len(change.answer.node.message.text)
        elif change.events:
            self._streamed += sum(len(event.text) for event in change.events if isinstance(event, PartGrew))
            tell("streamed", self._streamed)
        if change.part is AnswerPart.ENDED:
            tell("ended", self._streamed)

    def _on_saved(self, report: object) -> None:
        if isinstance(report, Saved) and not self._writer.is_unsaved(report.conversation_id):
            tell("saved", self._handed_over)


def tell(what: str, characters: int) -> None:
    sys.stdout.write(f"{what} {characters}\n")
    sys.stdout.flush()


def main() -> None:
    qt = create_qt_application(sys.argv[:1])
    application = Application(Path(sys.argv[1]))
    services = application.services
    teller = Teller(services)  # noqa: F841 - lives as long as this function
    application.window.show()
    services.chat.start_new()
    QTimer.singleShot(0, lambda: services.answers.send(QUESTION))
    qt.exec()


if __name__ == "__main__":
    main()
