"""Somebody in front of the whole program: real keys and clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QInputMethodEvent
from pytestqt.qtbot import QtBot

from app.application import Application
from app.core.language_model import Piece, StreamEvent
from app.services.model_status import ModelState
from app.ui.transcript.view.transcript import Transcript

TINY_MODEL = Path(__file__).parents[1] / "data" / "tiny-lfm2.gguf"
ANSWER_MS = 120_000


class Person:
    """Somebody in front of the window."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self._qtbot = qtbot
        self.application = application
        self.window = application.window
        self.composer = self.window.chat_page.composer

    @property
    def transcript(self) -> Transcript:
        found = self.window.findChild(Transcript, "transcript")
        assert found is not None
        return found

    @property
    def reads(self) -> str:
        """What is on screen in the conversation."""
        return self.transcript.to_plain_text()

    def types(self, text: str) -> None:
        if text.isascii():
            self._qtbot.keyClicks(self.composer.edit, text)
        else:  # As an input method writes it.
            event = QInputMethodEvent()
            event.setCommitString(text)
            QCoreApplication.sendEvent(self.composer.edit, event)

    def presses(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self._qtbot.keyClick(self.composer.edit, key, modifiers)

    def sends(self, text: str) -> None:
        self.types(text)
        self.presses(Qt.Key.Key_Return)

    def waits_for_answer(self) -> None:
        self._qtbot.waitUntil(lambda: not self.application.services.answers.is_answering, timeout=ANSWER_MS)

    def waits_for_model(self) -> None:
        self._qtbot.waitUntil(
            lambda: self.application.services.models.status.state is ModelState.READY, timeout=ANSWER_MS
        )

    def asks(self, text: str) -> str:
        """Sends a message and reads the answer."""
        self.sends(text)
        self.waits_for_answer()
        return self.application.services.chat.last_answer()

    def picks_model(self, name: str) -> None:
        picker = self.window.chat_page.header.model_picker
        self._qtbot.waitUntil(lambda: picker.findText(name) >= 0, timeout=ANSWER_MS)
        row = picker.findText(name)
        picker.setCurrentIndex(row)
        picker.activated.emit(row)

    def rows(self) -> list[QModelIndex]:
        """The conversations in the sidebar, newest first, or what a search found."""
        model = self.window.sidebar.list.model()
        found = [model.index(row, 0) for row in range(model.rowCount())]
        return [index for index in found if index.flags() & Qt.ItemFlag.ItemIsSelectable]

    def slows_the_model(self, tokens_per_second: int = 60) -> None:
        """Lets it write at a pace at which a person can act; the tiny one is done in a tenth of a second."""
        engine = self.application.services.engine
        answer = engine.answer

        def answer_slowly(*question: Any) -> Iterator[StreamEvent]:
            cancel = question[3]
            for event in answer(*question):
                if isinstance(event, Piece):
                    cancel.wait(1 / tokens_per_second)
                yield event

        engine.answer = answer_slowly  # type: ignore[method-assign]

    def titles(self) -> list[str]:
        return [index.data(Qt.ItemDataRole.DisplayRole) for index in self.rows()]


StartProgram = Callable[..., Person]
