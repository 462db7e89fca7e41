"""Pictures of the whole program at work with the tiny test model, for people to look at.

`uv run python -m tests.screenshots.program [FOLDER]` writes PNG files; nothing is compared.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from tests.screenshots.options import Options, options

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

    def __init__(self, application: Application, told: Options) -> None:
        self._application = application
        self._folder = told.folder
        self.themes = told.themes
        self._sizes = SIZES[:1] if told.is_quick else SIZES

    def wait(self, is_done: Callable[[], bool], limit_ms: int = 60_000) -> None:
        """Let the program run until something is so.

        Raises:
            TimeoutError: it never was.
        """
        deadline = QDeadlineTimer(limit_ms)
        loop = QEventLoop()
        timer = QTimer(interval=20)
        timer.timeout.connect(lambda: loop.quit() if is_done() or deadline.hasExpired() else None)
        timer.start()
        loop.exec()
        if not is_done():
            raise TimeoutError

    def pause(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def ask(self, text: str) -> None:
        """Send a message; the answer has begun afterwards, so that its end can be waited for."""
        answers = self._application.services.answers
        begun: list[bool] = []
        connection = answers.changed.connect(lambda _change: begun.append(True))
        self._application.window.chat_page.composer.edit.setPlainText(text)
        self._application.window.chat_page.composer.send_button.click()
        self.wait(lambda: answers.is_answering or bool(begun))
        answers.disconnect(connection)

    def wait_for_answer(self) -> None:
        self.wait(lambda: not self._application.services.answers.is_answering)

    def take(self, name: str) -> None:
        """One picture at each size and in each theme."""
        for width, height in self._sizes:
            for theme in self.themes:
                self._application.window.resize(width, height)
                self._application.services.settings.change(theme=theme)
                self.pause(150)
                self._application.window.grab().save(str(self._folder / f"{name}-{theme}-{width}.png"))


def main() -> None:
    told = options()
    create_qt_application([])
    with tempfile.TemporaryDirectory() as data:
        application = Application(Path(data), [TINY_MODEL.parent], first_model=TINY_MODEL)
        application.window.show()
        try:
            _take_all(Photographer(application, told), application)
        finally:
            application.shutdown()  # Its threads would keep the process.
    QApplication.sendPostedEvents()


def _take_all(photographer: Photographer, application: Application) -> None:
    photographer.wait(lambda: application.services.models.info is not None)
    photographer.take("welcome")
    for question in QUESTIONS:
        photographer.ask(question)
        photographer.wait_for_answer()
    photographer.take("answers")
    application.services.chat.start_new()
    photographer.ask("Think in a loop.")
    photographer.pause(1_500)
    photographer.take("thinking")
    application.services.answers.stop()
    photographer.wait_for_answer()
    photographer.take("stopped")
    application.load_model(Path(__file__))
    photographer.pause(300)
    photographer.take("error")


if __name__ == "__main__":
    main()
