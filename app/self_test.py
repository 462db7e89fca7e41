"""`--self-test`: one message through the real window, its figures as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psutil
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.application import Application, create_qt_application
from app.core.conversation import MessageState
from app.core.errors import UserError
from app.core.message import Role
from app.services.notices import Notice
from app.services.running_answer import AnswerChange, AnswerPart

QUESTION = "Say hello in one short sentence."
TIME_LIMIT_SECONDS = 300


def run_self_test(data_dir: Path, model: Path | None) -> int:
    """Prints the answer and its figures, or `{"error"}` and gives 1."""
    qt = create_qt_application(sys.argv[:1])
    try:
        application = Application(data_dir, first_model=model)
    except UserError as error:
        return _print({"error": error.told})
    test = _SelfTest(qt, application)
    qt.exec()
    application.shutdown()
    return _print(test.result)


class _SelfTest(QObject):
    """Opens the window, writes into the composer and waits for the answer."""

    def __init__(self, qt: QApplication, application: Application) -> None:
        super().__init__()
        self.result: dict[str, object] = {"error": "The test did not come to an end."}
        self._has_ended = False
        self._qt = qt
        self._application = application
        self._startup_ms = 0
        self._services = application.services
        self._services.answers.changed.connect(self._on_answers_changed)
        self._services.notices.posted.connect(self._on_posted)
        QTimer.singleShot(TIME_LIMIT_SECONDS * 1000, self, self._on_time_limit)
        application.window.show()
        QTimer.singleShot(0, self, self._write)

    def _write(self) -> None:
        if self._services.notices.last_error:
            self._fail(self._services.notices.last_error)
            return
        if self._services.models.chosen is None:
            self._end({"error": "There is no model to ask. Name one with --model."})
            return
        self._startup_ms = round((time.time() - psutil.Process().create_time()) * 1000)
        composer = self._application.window.chat_page.composer
        composer.edit.setPlainText(QUESTION)
        composer.send_button.click()

    def _on_answers_changed(self, change: AnswerChange) -> None:
        if change.part is not AnswerPart.ENDED:
            return
        node = change.answer.node
        generation = node.message.generation
        if node.role is not Role.ASSISTANT or generation is None or generation.statistics is None:
            return
        if node.state is MessageState.FAILED:
            self._end({"error": generation.error})
            return
        self._end(
            {
                "reply": node.message.text,
                "ttft_ms": round(generation.statistics.ttft_ms, 1),
                "tokens_per_second": round(generation.statistics.tokens_per_second, 1),
                "model": generation.model_name,
                "startup_ms": self._startup_ms,
            }
        )

    def _on_posted(self, notice: Notice) -> None:
        if notice.error is not None:
            self._fail(notice.error)

    def _fail(self, error: UserError) -> None:
        self._end({"error": error.told})

    def _on_time_limit(self) -> None:
        self._end({"error": f"There was no answer within {TIME_LIMIT_SECONDS} seconds."})

    def _end(self, result: dict[str, object]) -> None:
        if self._has_ended:  # One fault brings others with it; the first is the one that says why.
            return
        self._has_ended = True
        self.result = result
        self._qt.quit()


def _print(result: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return 1 if "error" in result else 0
