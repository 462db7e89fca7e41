"""Starting the program twice: real locks, real sockets, real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.core.errors import StoreError
from app.ui import single_instance
from app.ui.single_instance import FileOpenings, SingleInstance, bring_forward

ROOT = Path(__file__).parent.parent.parent
SECOND_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from app.ui.single_instance import SingleInstance
qt = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
if instance.claim():
    print("first", flush=True)
    sys.stdin.read()
else:
    instance.hand_over(Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print("handed over", flush=True)
"""


def start_again(
    data_dir: Path, *arguments: str, cwd: Path = ROOT, **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SECOND_START, str(data_dir), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def says(started: subprocess.Popen[str]) -> str:
    output, _ = started.communicate("", timeout=30)
    return output.strip()


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[SingleInstance]:
    instance = SingleInstance(tmp_path)
    assert instance.claim()
    yield instance
    instance.close()


def test_a_second_start_hands_over_and_ends(qtbot: QtBot, first: SingleInstance, tmp_path: Path) -> None:
    with qtbot.waitSignal(first.started_again, timeout=30_000) as heard:
        started = start_again(tmp_path)
    assert heard.args == [None]
    assert says(started) == "handed over"


def test_the_file_of_a_second_start_arrives_as_a_whole_path(
    qtbot: QtBot, first: SingleInstance, tmp_path: Path
) -> None:
    folder = tmp_path / "Modelle für Übungen"
    folder.mkdir()
    with qtbot.waitSignal(first.started_again, timeout=30_000) as heard:
        started = start_again(tmp_path, "模型 1.gguf", cwd=folder)
    assert heard.args == [folder / "模型 1.gguf"]
    assert says(started) == "handed over"


def test_the_desktops_permission_to_come_forward_is_passed_on(
    qtbot: QtBot, first: SingleInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    with qtbot.waitSignal(first.started_again, timeout=30_000):
        started = start_again(tmp_path, XDG_ACTIVATION_TOKEN="token-7")
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "token-7"
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN")
    says(started)


def test_another_data_folder_is_another_program(first: SingleInstance, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert says(start_again(other)) == "first"


def test_once_the_first_has_ended_the_next_is_the_first(first: SingleInstance, tmp_path: Path) -> None:
    first.close()
    assert says(start_again(tmp_path)) == "first"


@pytest.mark.skipif(os.name != "posix", reason="Kills a process as POSIX systems do")
def test_what_a_killed_copy_left_behind_stops_nobody(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    killed = start_again(tmp_path)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "first\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=30)
    assert (tmp_path / "running.lock").exists()
    instance = SingleInstance(tmp_path)
    assert instance.claim()
    with qtbot.waitSignal(instance.started_again, timeout=30_000):
        started = start_again(tmp_path)
    assert says(started) == "handed over"
    instance.close()


def test_a_copy_that_does_not_answer_is_said(
    first: SingleInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing runs this test's event loop, so the first copy is as good as hung."""
    monkeypatch.setattr(single_instance, "ANSWER_MS", 300)
    second = SingleInstance(tmp_path)
    assert not second.claim()
    with pytest.raises(StoreError, match="does not answer"):
        second.hand_over(None)


@pytest.mark.parametrize("letter", [b"\n", b"not json\n", b"[]\n", b'{"file": 7}\n'])
def test_a_letter_that_makes_no_sense_is_ignored(
    qtbot: QtBot, first: SingleInstance, tmp_path: Path, letter: bytes
) -> None:
    heard: list[object] = []
    first.started_again.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(single_instance._socket_name(tmp_path))
    socket.write(letter)
    qtbot.waitUntil(lambda: socket.bytesAvailable() > 0)
    assert heard == []


def test_a_letter_without_an_end_is_not_kept_for_ever(
    qtbot: QtBot, first: SingleInstance, tmp_path: Path
) -> None:
    socket = QLocalSocket()
    socket.connectToServer(single_instance._socket_name(tmp_path))
    socket.write(b"x" * 100_000)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)


@pytest.mark.skipif(os.name != "posix", reason="Looks at the rights of a socket's file")
def test_only_this_user_may_speak_to_the_program(first: SingleInstance, tmp_path: Path) -> None:
    assert Path(single_instance._socket_name(tmp_path)).stat().st_mode & 0o077 == 0


def test_a_file_that_the_system_opens_is_announced(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    openings = FileOpenings(qapp)
    path = tmp_path / "model.gguf"
    with qtbot.waitSignal(openings.file_opened) as heard:
        QApplication.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
    assert heard.args == [path]
    qapp.removeEventFilter(openings)
    openings.deleteLater()
    QApplication.sendPostedEvents(openings, QEvent.Type.DeferredDelete)


def test_a_minimised_window_comes_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    bring_forward(window)
    assert not window.windowState() & Qt.WindowState.WindowMinimized
    assert window.isVisible()
