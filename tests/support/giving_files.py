"""Gives files to the whole program, as a person does, and waits until it has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.support.person import ANSWER_MS, Person, StartProgram
from tests.support.pictures import QUESTION

Give = Callable[[QtBot, Person, list[Path]], None]


def choose(qtbot: QtBot, person: Person, paths: list[Path]) -> None:
    """With the button, in the file dialog."""
    qtbot.mouseClick(person.composer.attach_button, Qt.MouseButton.LeftButton)
    dialog = person.window.findChild(QFileDialog, "add_files_dialog")
    assert dialog is not None
    dialog.filesSelected.emit([str(path) for path in paths])
    dialog.reject()


def drop(qtbot: QtBot, person: Person, paths: list[Path]) -> None:
    """Onto the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, action = QPoint(300, 200), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(person.window, QDragEnterEvent(place, action, data, left, none))
    QApplication.sendEvent(person.window, QDropEvent(QPointF(place), action, data, left, none))


def paste(qtbot: QtBot, person: Person, paths: list[Path]) -> None:
    """As files that were copied."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QGuiApplication.clipboard().setMimeData(data)
    person.presses(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def attached(qtbot: QtBot, person: Person, count: int) -> None:
    """Waits until so many files are in the composer."""
    attachments = person.application.services.attachments
    qtbot.waitUntil(
        lambda: len(attachments.current) == count and not attachments.reading_count, timeout=ANSWER_MS
    )
    qtbot.waitUntil(lambda: len(person.composer.chips.chips) == count, timeout=ANSWER_MS)


def asks_and_restarts(
    qtbot: QtBot, start_program: StartProgram, model: Path, asked: Path, draft: Path
) -> Person:
    """Asks about one file, adds another to the next message, and starts the program again."""
    person = start_program(model, (model.parent,))
    person.waits_for_model()
    drop(qtbot, person, [asked])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    drop(qtbot, person, [draft])
    attached(qtbot, person, 1)
    again = start_program(model, (model.parent,))
    again.waits_for_model()
    attached(qtbot, again, 1)
    return again


def tokens_read_in_a_second_turn(qtbot: QtBot, person: Person, path: Path) -> int:
    """How many it reads of a question that follows one about a file."""
    drop(qtbot, person, [path])
    attached(qtbot, person, 1)
    person.asks(QUESTION)
    person.asks("Hello")
    generation = person.application.services.chat.conversation.path()[-1].message.generation
    assert generation is not None
    assert generation.statistics is not None
    return generation.statistics.prompt_tokens - generation.statistics.cached_tokens


def save_as(person: Person, path: Path) -> None:
    """Answers the file dialog that asks where to save a picture or a recording."""
    dialog = person.window.findChild(QFileDialog, "save_attachment_dialog")
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.reject()
