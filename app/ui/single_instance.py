"""One copy of the program for a data folder: a second start brings the first one's window forward."""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import QDir, QEvent, QLockFile, QObject, Qt, QThread, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.core.errors import StoreError
from app.core.translation import tr

log = logging.getLogger(__name__)

ANSWER_MS = 5000
"""How long a second start waits for the first one, which may itself be starting."""
_STEP_MS = 100
_LONGEST_LETTER = 64_000
_DONE = b"done\n"
_TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
"""What a desktop gives to a program that it starts: the permission to bring a window forward."""


class SingleInstance(QObject):
    """This start's claim to be the only one.

    Which start is the first is decided by a lock file in the data folder; the word is passed on through a
    socket that only this user may open.

    Signals:
        started_again: the program was started once more; the path that it was given, or None.
    """

    started_again = Signal(object)

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = _socket_name(data_dir)
        self._lock = QLockFile(str(data_dir / "running.lock"))
        # Only a lock whose process is gone is stale, however long that process runs.
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)
        self._letters: dict[QLocalSocket, bytes] = {}

    def claim(self) -> bool:
        """Whether this is the first start. From then on it hears of others."""
        if not self._lock.tryLock(0) and self._lock.error() == QLockFile.LockError.LockFailedError:
            return False
        # Nobody holds the lock, so a socket of this name was left by a copy that was killed.
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            log.warning("Other starts will not be heard of: %s", self._server.errorString())
        return True

    def hand_over(self, file: Path | None) -> None:
        """Asks the first start to come forward, and to open a file.

        Raises:
            StoreError: it does not answer.
        """
        letter = {"file": str(file.expanduser().absolute()) if file else None}
        letter |= {name: os.environ[name] for name in _TOKENS if name in os.environ}
        _allow_others_to_take_focus()
        if not self._deliver(json.dumps(letter).encode() + b"\n"):
            raise StoreError(
                tr("Tarn is running already, but it does not answer."),
                tr("Wait a moment. If its window stays away, quit it in the task manager."),
            )

    def close(self) -> None:
        """Lets another start be the first."""
        self._server.close()
        self._lock.unlock()

    def _deliver(self, letter: bytes) -> bool:
        for _ in range(ANSWER_MS // _STEP_MS):
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(_STEP_MS):
                socket.write(letter)
                socket.flush()
                return socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()) == _DONE
            QThread.msleep(_STEP_MS)
        return False

    def _on_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            self._letters[socket] = b""
            socket.readyRead.connect(self._on_ready_read)
            socket.disconnected.connect(self._on_disconnected)
            self._read(socket)

    def _on_ready_read(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _on_disconnected(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._letters.pop(socket, None)
            socket.deleteLater()

    def _read(self, socket: QLocalSocket) -> None:
        if socket not in self._letters:
            return
        self._letters[socket] += bytes(socket.readAll().data())
        if len(self._letters[socket]) > _LONGEST_LETTER:
            socket.abort()
        elif self._letters[socket].endswith(b"\n"):
            letter = self._letters.pop(socket)
            socket.write(_DONE)
            socket.flush()
            self._on_letter(letter)

    def _on_letter(self, letter: bytes) -> None:
        try:
            words = json.loads(letter)
            file = Path(words["file"]) if words.get("file") else None
        except (ValueError, AttributeError, TypeError):
            return
        for name in _TOKENS:
            if isinstance(words.get(name), str):
                os.environ[name] = words[name]  # Qt looks there when a window wants to come forward.
        self.started_again.emit(file)


class FileOpenings(QObject):
    """Files that the system opens with this program: macOS sends an event where others give an argument.

    Signals:
        file_opened: the path.
    """

    file_opened = Signal(object)

    def __init__(self, application: QObject) -> None:
        super().__init__(application)
        application.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_opened.emit(Path(event.file()))
            return True
        return False


def bring_forward(window: QWidget) -> None:
    """Shows a window in front of others, also where it was minimised."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def _socket_name(data_dir: Path) -> str:
    """A name for this user and this folder. A path with the folder in it may be longer than sockets allow."""
    folder = os.path.normcase(data_dir.resolve())
    mark = hashlib.sha256(f"{_user()}\0{folder}".encode("utf-8", "surrogateescape")).hexdigest()[:20]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform.startswith("linux") and runtime and os.access(runtime, os.W_OK):
        return f"{runtime}/tarn-{mark}"
    return f"tarn-{mark}" if sys.platform == "win32" else f"{QDir.tempPath()}/tarn-{mark}"


def _user() -> str:
    if sys.platform == "win32":
        return getpass.getuser()
    return str(os.getuid())


def _allow_others_to_take_focus() -> None:
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)
