"""Pictures of the whole program at work with the tiny test model, for people to look at.

`uv run python -m tests.screenshots.program [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from app.settings import ThemeChoice

TINY_MODEL = Path(__file__).parent.parent / "data" / "tiny-lfm2.gguf"
SIZES = ((900, 600), (1600, 1000))
QUESTIONS = (
    "Show me some Markdown.",
    "Write hello world in Python.",
    "What is 17 + 25?",
    "日本の首都はどこですか？",
)


class Photographer:
    """Drives one program and takes its picture."""

    def __init__(self, application: Application, folder: Path) -> None:
        self._application = application
        self._folder = folder

    def wait(self, is_done: Callable[[], bool], limit_ms: int = 60_000) -> None:
        """Lets the program run until something is so."""
        deadline = QDeadlineTimer(limit_ms)
        loop = QEventLoop()
        timer = QTimer(interval=20)
        timer.timeout.connect(lambda: loop.quit() if is_done() or deadline.hasExpired() else None)
        timer.start()
        loop.exec()

    def pause(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def ask(self, text: str) -> None:
        self._application.window.chat_page.composer.edit.setPlainText(text)
        self._application.window.chat_page.composer.send_button.click()

    def take(self, name: str) -> None:
        """One picture at each size and in each theme."""
        for width, height in SIZES:
            for theme in (ThemeChoice.DARK, ThemeChoice.LIGHT):
                self._application.window.resize(width, height)
                self._application.services.settings.change(theme=theme)
                self.pause(150)
                self._application.window.grab().save(str(self._folder / f"{name}-{theme}-{width}.png"))


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    create_qt_application(sys.argv[:1])
    with tempfile.TemporaryDirectory() as data:
        application = Application(Path(data), [TINY_MODEL.parent], first_model=TINY_MODEL)
        application.window.show()
        _take_all(Photographer(application, folder), application)
        application.shutdown()
    QApplication.sendPostedEvents()


def _take_all(photographer: Photographer, application: Application) -> None:
    photographer.wait(lambda: application.services.models.info is not None)
    photographer.take("welcome")
    for question in QUESTIONS:
        photographer.ask(question)
        photographer.wait(lambda: not application.services.answers.is_answering)
    photographer.take("answers")
    application.services.chat.start_new()
    photographer.ask("Think in a loop.")
    photographer.pause(1_500)
    photographer.take("thinking")
    application.services.answers.stop()
    photographer.wait(lambda: not application.services.answers.is_answering)
    photographer.take("stopped")
    application.load_model(Path(__file__))
    photographer.pause(300)
    photographer.take("error")


if __name__ == "__main__":
    main()
