"""Hands that do anything, in the real window.

    uv run python -m tests.e2e.random_hands DATA_DIR [--seed N] [--seconds N] [--only-words]

Clicks, keys, wheels, drops, dialogs, themes, models, answers and deletions, all from the seed that is printed
first. Each line on stdout is a value of JSON: what conversations hold, what of it is saved, and, as `fall`,
what must not happen: an exception, an error in the log, a warning of Qt's. With `--only-words` the hands do
only what changes conversations. `ConfirmedWords` reads the lines again and compares them with the disk.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import shutil
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import (
    QMessageLogContext,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from app.application import Application, create_qt_application
from app.core.conversation import Conversation, MessageState
from app.hub.hub import Hub
from app.hub.token import HubToken
from app.services.chat_change import ChatChange
from app.services.conversations import ListChange
from app.services.model_status import ModelState
from app.services.running_answer import AnswerChange, AnswerPart
from app.store.store import open_store
from tests.fakes.hub_server import FakeHub
from tests.fakes.keyring import FakeKeyring
from tests.fakes.microphone import PlayedMicrophone

MODELS = tuple(
    Path(__file__).parents[1] / "data" / name for name in ("tiny-lfm2.gguf", "tiny-lfm2moe-q8.gguf")
)
ANSWER_TOKENS = 16
_WORDS = (
    *("Hello", "What is 17 + 25?", "Write hello world in Python.", "# Title\n\n- a\n- b"),
    *("| a | b |\n|-|-|\n|1|2|", "日本語の文章です。", "مرحبا **بكم**", "👩‍👧‍👦 e\u0301 \u200b \u202e"),
    *("<think>x</think>", "[a](b) `c` $x$", "\ufffd\x00\x1b[31m"),
)
_KEYS = (
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp),
    *(Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete, Qt.Key.Key_Backspace),
    *(Qt.Key.Key_F2, Qt.Key.Key_Menu, Qt.Key.Key_A, Qt.Key.Key_X, Qt.Key.Key_C, Qt.Key.Key_V),
)
_MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 4,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
# The platform without a screen says so; a person's has windows to raise and a keyboard to grab.
_OF_THE_PLATFORM = ("This plugin does not support",)


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Falls(logging.Handler):
    """Tells everything that must not happen, wherever it does."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        logging.getLogger().addHandler(self)
        sys.excepthook = self._on_exception
        sys.unraisablehook = lambda raised: self._on_exception(
            raised.exc_type, raised.exc_value or Exception(str(raised.object)), raised.exc_traceback
        )
        threading.excepthook = lambda raised: self._on_exception(
            raised.exc_type, raised.exc_value or Exception("in a thread"), raised.exc_traceback
        )
        qInstallMessageHandler(self._on_qt_message)

    def emit(self, record: logging.LogRecord) -> None:
        told = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        tell(fall=f"{record.getMessage()}\n{told}")

    def _on_exception(
        self, kind: type[BaseException], value: BaseException, where: TracebackType | None
    ) -> None:
        tell(fall="".join(traceback.format_exception(kind, value, where)))

    def _on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or words.startswith(_OF_THE_PLATFORM):
            return
        tell(fall=f"Qt: {words}", stack=traceback.format_stack()[-6:-1])


class Hands(QObject):
    """Does something random again and again, also while a menu or a dialog waits."""

    def __init__(self, application: Application, chance: random.Random, *, only_words: bool) -> None:
        super().__init__()
        self._application = application
        self._window = application.window
        self._services = application.services
        self._chance = chance
        self._folder = application.services.paths.data / "given"
        self._untold: set[str] = set()
        self._make_files()
        words = {
            self._send: 8, self._branch: 5, self._delete: 2, self._undo: 3, self._go_on: 3, self._stop: 1,
            self._another_model: 1, self._switch: 4, self._begin: 3, self._rename: 2, self._edit: 4,
        }  # fmt: skip
        anything = {
            self._click: 40, self._press_key: 25, self._type: 8, self._turn_wheel: 10, self._drop: 2,
            self._menu_action: 12, self._context_menu: 5, self._drag: 6, self._resize: 2, self._close: 6,
            self._search: 2,
        }  # fmt: skip
        self._actions = words if only_words else words | anything
        self._pauses_ms = (0, 10, 40, 80) if only_words else (0, 0, 5, 40, 80)
        """In which answers are written, and what was begun goes on."""
        self._is_over = False
        self.count = 0
        self._services.chat.changed.connect(self._on_chat_changed)
        self._services.answers.changed.connect(self._on_answers_changed)
        self._services.conversations.changed.connect(self._on_list_changed)

    @Slot(QUrl)
    def open_nothing(self, _address: QUrl) -> None:
        """In the place of the system's browser and file manager."""

    def start(self) -> None:
        """Begins once a model is there: many answers would wait for it else."""
        if self._services.models.status.state is ModelState.READY:
            self._step()
        else:
            QTimer.singleShot(20, self.start)

    def stop(self) -> None:
        """Does nothing any more, as the program is about to end."""
        self._is_over = True

    def _step(self) -> None:
        if self._is_over:
            return
        # Before the action: one that opens a menu comes back only when that is closed.
        QTimer.singleShot(self._chance.choice(self._pauses_ms), self._step)
        self.count += 1
        self._tell_saved()
        action = self._chance.choices(list(self._actions), list(self._actions.values()))[0]
        tell(does=action.__name__.strip("_"))
        for dialog in self._window.findChildren(QFileDialog):
            self._answer(dialog)
        action()

    # What is told

    def _on_chat_changed(self, change: ChatChange) -> None:
        self._tell_words(change.conversation)

    def _tell_words(self, conversation: Conversation) -> None:
        if conversation.is_temporary:
            return  # Nothing of it is to be on the disk.
        answer = self._services.answers._runner.running.get(conversation.id)
        nodes = {
            node.id: node.message.raw
            for node in conversation.nodes
            if node.state is MessageState.COMPLETE and (answer is None or node.id != answer.node.id)
        }
        tell(words=conversation.id, nodes=nodes)
        self._untold.add(conversation.id)

    def _on_answers_changed(self, change: AnswerChange) -> None:
        conversation = self._services.chat.find(change.answer.conversation_id)
        if change.part is AnswerPart.ENDED and conversation is not None:
            self._tell_words(conversation)

    def _on_list_changed(self, change: ListChange) -> None:
        for deleted in change.deleted:
            self._untold.discard(deleted.id)
            tell(deleted=deleted.id)

    def _tell_saved(self) -> None:
        for conversation_id in list(self._untold):
            if not self._services.chat.is_unsaved(conversation_id):
                self._untold.discard(conversation_id)
                tell(saved=conversation_id)

    # What changes conversations

    def _send(self) -> None:
        if len(self._services.answers._runner.running) > 3:
            return
        if self._chance.random() < 0.3:
            self._window.chat_page.composer.edit.setPlainText(self._chance.choice(_WORDS))
            self._window.chat_page.composer.send()
        elif not self._services.answers.is_answering:
            self._services.conversation_settings.change_overrides((("max_tokens", ANSWER_TOKENS),))
            self._services.answers.send(self._chance.choice(_WORDS).replace("\x00", ""))

    def _node(self) -> str | None:
        path = self._services.chat.conversation.path()
        return self._chance.choice(path).id if path else None

    def _branch(self) -> None:
        transcript, node = self._application.transcript, self._node()
        if node is None:
            return
        ask = self._chance.choice((transcript.regenerate_requested, transcript.continue_requested, None))
        if ask is not None:
            ask.emit(node)
        else:
            transcript.version_requested.emit(node, self._chance.randint(1, 3))

    def _edit(self) -> None:
        node = self._node()
        versions = self._services.versions
        if node is None:
            return
        if self._chance.random() < 0.5:
            versions.begin_edit(node)
            versions.save_edit(self._chance.choice(_WORDS).replace("\x00", ""))
        elif (deleted := versions.delete(node)) and self._chance.random() < 0.5:
            versions.restore(deleted)

    def _delete(self) -> None:
        if self._chance.random() < 0.5:
            tell(deleted=self._services.chat.conversation.id)  # It may be gone before anything tells of it.
            self._window.menus.delete_action.trigger()

    def _undo(self) -> None:
        button = self._window.messages.toast.undo_button
        if button.isVisible():
            button.click()

    def _go_on(self) -> None:
        if node := self._node():
            self._application.transcript.continue_requested.emit(node)

    def _stop(self) -> None:
        self._services.answers.stop()

    def _another_model(self) -> None:
        self._services.models.choose(self._folder / self._chance.choice(MODELS).name)

    def _switch(self) -> None:
        menus = self._window.menus
        self._chance.choice((menus.next_chat_action, menus.previous_chat_action)).trigger()

    def _begin(self) -> None:
        self._window.menus.new_chat_action.trigger()

    def _rename(self) -> None:
        conversation = self._services.chat.conversation
        if self._services.conversations.is_listed(conversation.id):
            self._services.conversations.rename(
                conversation.id, self._chance.choice(("A", "日本", "x" * 300))
            )

    # Anything

    def _surface(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._window

    def _anywhere(self) -> tuple[QWidget, QPoint]:
        """A visible widget and a place on it."""
        surface = self._surface()
        widgets = [one for one in surface.findChildren(QWidget) if one.isVisible() and one.isEnabled()]
        widget = self._chance.choice([*widgets, surface])
        return widget, QPoint(
            self._chance.randrange(max(1, widget.width())), self._chance.randrange(max(1, widget.height()))
        )

    def _click(self) -> None:
        widget, place = self._anywhere()
        button = self._chance.choice((*(Qt.MouseButton.LeftButton,) * 8, Qt.MouseButton.RightButton))
        click = self._chance.choice((*(QTest.mouseClick,) * 6, QTest.mouseDClick))
        click(widget, button, self._chance.choice(_MODIFIERS), place)

    def _drag(self) -> None:
        widget, place = self._anywhere()
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, Qt.KeyboardModifier.NoModifier, place)
        for _ in range(3):
            QTest.mouseMove(
                widget, place + QPoint(self._chance.randint(-60, 60), self._chance.randint(-60, 60))
            )
        QTest.mouseRelease(widget, left, Qt.KeyboardModifier.NoModifier, place)

    def _target(self) -> QWidget:
        return QApplication.activePopupWidget() or QApplication.focusWidget() or self._surface()

    def _press_key(self) -> None:
        QTest.keyClick(self._target(), self._chance.choice(_KEYS), self._chance.choice(_MODIFIERS))

    def _type(self) -> None:
        for letter in self._chance.choice(_WORDS):
            if letter.isascii() and letter.isprintable():
                QTest.keyClick(self._target(), letter)

    def _turn_wheel(self) -> None:
        widget, place = self._anywhere()
        turn = self._chance.choice((-360, -120, 120, 360))
        QApplication.sendEvent(
            widget,
            QWheelEvent(
                QPointF(place), QPointF(widget.mapToGlobal(place)), QPoint(), QPoint(0, turn),
                Qt.MouseButton.NoButton, self._chance.choice(_MODIFIERS), Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip

    def _drop(self) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self._chance.choice(list(self._folder.iterdir()))))])
        place, left, none = QPoint(300, 300), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(
            self._window, QDragEnterEvent(place, Qt.DropAction.CopyAction, data, left, none)
        )
        QApplication.sendEvent(
            self._window, QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, left, none)
        )

    def _menu_action(self) -> None:
        menus = self._window.menus
        actions = [
            action
            for menu in menus._menus
            for action in menu.actions()
            if action.isEnabled() and not action.isSeparator() and action is not menus.quit_action
        ]
        if QApplication.activeModalWidget() is None:
            self._chance.choice(actions).trigger()

    def _context_menu(self) -> None:
        widget, place = self._anywhere()
        reason = self._chance.choice(tuple(QContextMenuEvent.Reason))
        QApplication.sendEvent(widget, QContextMenuEvent(reason, place, widget.mapToGlobal(place)))

    def _resize(self) -> None:
        self._window.resize(self._chance.randint(300, 1900), self._chance.randint(300, 1200))

    def _search(self) -> None:
        self._window.sidebar.search_field.setText(self._chance.choice(("", "a", "hello", "日本", '"', "*")))

    def _close(self) -> None:
        surface = self._surface()
        if surface is not self._window:
            surface.close()

    def _answer(self, dialog: QFileDialog) -> None:
        """A folder of the hands' own, or nothing: they must not wander through the disk."""
        if not dialog.isVisible():
            return
        if self._chance.random() < 0.5:
            name = "out.md" if dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave else MODELS[0].name
            is_folder = dialog.fileMode() is QFileDialog.FileMode.Directory
            dialog.fileSelected.emit(str(self._folder if is_folder else self._folder / name))
        dialog.reject()

    def _make_files(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for model in MODELS:
            shutil.copyfile(model, self._folder / model.name)
        (self._folder / "broken.gguf").write_bytes(MODELS[0].read_bytes()[:20_000])
        (self._folder / "words.txt").write_text("words", encoding="utf-8")


class ConfirmedWords:
    """What the hands were told is saved, and what may stand there instead since."""

    def __init__(self) -> None:
        self._now: dict[str, dict[str, str]] = {}
        self._saved: dict[str, dict[str, str]] = {}
        self._since: dict[str, list[dict[str, str]]] = {}
        self.falls: list[str] = []
        self.steps = 0

    @property
    def count(self) -> int:
        """How many messages are known to be saved."""
        return sum(map(len, self._saved.values()))

    def read(self, lines: Iterable[str]) -> None:
        """Takes lines of a program; the last one may be cut off."""
        for line in lines:
            if line.endswith("\n") and line.startswith("{"):
                self._take(json.loads(line))

    def _take(self, fact: dict[str, object]) -> None:
        match fact:
            case {"words": str(conversation_id), "nodes": dict(nodes)}:
                self._now[conversation_id] = nodes
                self._since.setdefault(conversation_id, []).append(nodes)
            case {"saved": str(conversation_id)}:
                if conversation_id in self._now:
                    self._saved[conversation_id] = self._now[conversation_id]
                    self._since[conversation_id] = []
            case {"deleted": str(conversation_id)}:
                for known in (self._now, self._saved, self._since):
                    known.pop(conversation_id, None)
            case {"fall": str(words)}:
                self.falls.append(f"{words} {fact.get('stack', '')}")
            case {"does": _}:
                self.steps += 1

    def faults_on_disk(self, database: Path) -> list[str]:
        """Which of it is not there; also where the file itself is damaged."""
        with closing(sqlite3.connect(database)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchall()
        faults = [] if verdict == [("ok",)] else [f"integrity: {verdict}"]
        store = open_store(database).conversations
        for conversation_id, saved in self._saved.items():
            if not saved:
                continue  # An empty conversation is kept nowhere.
            there = {node.id: node.message.raw for node in store.load(conversation_id).nodes}
            later = self._since.get(conversation_id, [])
            for node_id, raw in saved.items():
                if any(node_id not in nodes for nodes in later):
                    continue  # Deleted, or written again, since.
                wanted = {raw, *(nodes[node_id] for nodes in later)}
                found = there.get(node_id)
                if found is None or not any(found.startswith(one) for one in wanted):
                    faults.append(f"{conversation_id} {node_id}: {found!r} in place of {wanted!r}")
        store.close()
        return faults


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only-words", action="store_true")
    options = parser.parse_args(arguments)
    tell(seed=options.seed)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(options.data_dir)  # No other program's models, which could be deleted.
    falls = Falls()
    qt = create_qt_application(sys.argv[:1])
    QDrag.exec = lambda *_arguments: Qt.DropAction.IgnoreAction  # type: ignore[method-assign, assignment]
    with FakeHub() as fake_hub:
        hub = Hub(HubToken(FakeKeyring()), endpoint=fake_hub.address)
        application = Application(options.data_dir, first_model=MODELS[0], hub=hub)
        application.services.recorder.open_microphone = PlayedMicrophone().open  # Not somebody's own.
        hands = Hands(application, random.Random(options.seed), only_words=options.only_words)
        for scheme in ("http", "https", "file"):
            QDesktopServices.setUrlHandler(scheme, hands, "open_nothing")
        application.window.show()
        hands.start()
        _end_after(options.seconds, qt.quit)
        qt.exec()
        hands.stop()
        application.shutdown()
    qt.processEvents()
    tell(ended=hands.count)
    logging.getLogger().removeHandler(falls)
    sys.stdout.flush()
    os._exit(0)  # A menu that was open inside another loop would be left half-way.


def _end_after(seconds: float, end: Callable[[], None]) -> None:
    """Ends the event loops, those of open menus too."""
    due = time.monotonic() + seconds
    timer = QTimer(QApplication.instance(), interval=100)

    def look() -> None:
        if time.monotonic() >= due:
            while popup := QApplication.activePopupWidget():
                popup.close()
            end()

    timer.timeout.connect(look)
    timer.start()


if __name__ == "__main__":
    main()
