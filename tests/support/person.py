"""Somebody in front of the whole program: real keys and clicks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QRect, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.application import Application
from app.core.language_model import Piece, StreamEvent
from app.services.model_status import ModelState
from app.ui.exchange.export_dialog import ExportDialog
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

    def clicks(self, label: str) -> None:
        """Clicks what is labelled so in the conversation, the newest, once it is there."""

        def areas() -> list[QRect]:
            return [area for found, area in self.transcript.visible_targets() if found.startswith(label)]

        self._qtbot.waitUntil(lambda: bool(areas()), timeout=ANSWER_MS)
        self._qtbot.mouseClick(
            self.transcript.viewport(), Qt.MouseButton.LeftButton, pos=areas()[-1].center()
        )

    def waits_for_answer(self) -> None:
        """Until nobody is answered on screen, and all that was said is saved or could not be."""
        self._qtbot.waitUntil(lambda: not self.application.services.answers.is_answering, timeout=ANSWER_MS)
        self.waits_until_saved()

    def waits_until_saved(self) -> None:
        """Until the disk has what it takes, and the window knows: only then is a conversation in the list."""
        self.application.services.writer.wait()
        QCoreApplication.sendPostedEvents()

    def waits_for_model(self) -> None:
        self._qtbot.waitUntil(
            lambda: self.application.services.models.status.state is ModelState.READY, timeout=ANSWER_MS
        )

    def asks(self, text: str) -> str:
        """Sends a message and reads the answer."""
        self.sends(text)
        self._qtbot.waitUntil(lambda: not self.composer.is_sending, timeout=ANSWER_MS)
        self.waits_for_answer()
        return self.application.services.chat.last_answer()

    def exports(self, path: Path) -> None:
        """Writes the conversation on screen to a file, through both dialogs."""
        self.window.menus.export_action.trigger()
        self.window.findChild(ExportDialog).export_button.click()
        dialog = self.window.findChild(QFileDialog, "export_dialog")
        assert dialog is not None
        dialog.fileSelected.emit(str(path))
        dialog.reject()
        self._qtbot.waitUntil(path.exists, timeout=ANSWER_MS)

    def picks_model(self, name: str) -> None:
        picker = self.window.chat_page.header.model_picker
        self._qtbot.waitUntil(lambda: picker.findText(name) >= 0, timeout=ANSWER_MS)
        row = picker.findText(name)
        picker.setCurrentIndex(row)
        picker.activated.emit(row)

    def rows(self) -> list[QModelIndex]:
        """The conversations in the sidebar, newest first, or what a search found."""
        self.waits_until_saved()
        model = self.window.sidebar.list.model()
        found = [model.index(row, 0) for row in range(model.rowCount())]
        return [index for index in found if index.flags() & Qt.ItemFlag.ItemIsSelectable]

    def holds_the_model(self, pieces: int = 40) -> threading.Event:
        """Lets it write so many pieces of each answer, and the rest once the event is set or it is stopped.

        The tiny model is done in a tenth of a second, before anybody could act.
        """
        may_go_on = threading.Event()
        engine = self.application.services.engine
        answer = engine.answer

        def answer_and_wait(*question: Any) -> Iterator[StreamEvent]:
            written, cancel = 0, question[3]
            for event in answer(*question):
                if isinstance(event, Piece):
                    written += 1
                    while written > pieces and not may_go_on.is_set() and not cancel.wait(0.01):
                        pass
                yield event

        engine.answer = answer_and_wait  # type: ignore[method-assign]
        return may_go_on

    def titles(self) -> list[str]:
        return [index.data(Qt.ItemDataRole.DisplayRole) for index in self.rows()]


StartProgram = Callable[..., Person]
