"""One copy of the built program at a time; it ends whole, and a fault is told of at the next start."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaging.conftest import MODELS, Program
from tests.packaging.screen import Screen, wait_for

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(600)]

TINY, OTHER = MODELS / "tiny-lfm2.gguf", MODELS / "tiny-lfm2moe-q8.gguf"
TITLE = "Tarn"


@contextmanager
def running(program: Program, screen: Screen, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    started = program.start(screen, *arguments)
    try:
        screen.focus(TITLE)
        yield started
    finally:
        if started.poll() is None:
            started.kill()
            started.wait()


def test_a_second_start_hands_its_file_to_the_first(program: Program, screen: Screen) -> None:
    with running(program, screen, str(TINY)) as first:
        wait_for(lambda: program.loaded_models() == 1, 120, "loaded model")
        assert program.start(screen, str(OTHER)).wait(60) == 0
        wait_for(lambda: program.loaded_models() == 2, 120, "second model")
        assert f"Loaded {OTHER.name}" in program.log.read_text(encoding="utf-8")
        assert first.poll() is None
        assert program.processes() == [first.pid]


def test_closing_the_window_leaves_nothing_running(program: Program, screen: Screen) -> None:
    """In the middle of an answer."""
    with running(program, screen, str(TINY)) as started:
        wait_for(lambda: program.loaded_models() == 1, 120, "loaded model")
        screen.keys("ctrl+l")
        screen.types("Tell me a long story")
        screen.keys("Return")
        screen.close(TITLE)
        assert started.wait(30) == 0
    assert not program.processes()
    sockets = [path for path in Path("/tmp").glob("tarn-*") if path.is_socket()]
    assert not [path for path in sockets if path.stat().st_mtime > program.home.stat().st_mtime]


def test_a_fault_leaves_a_report_that_the_next_start_offers(program: Program, screen: Screen) -> None:
    with running(program, screen, str(TINY)) as started:
        wait_for(lambda: program.loaded_models() == 1, 120, "loaded model")
        started.send_signal(signal.SIGSEGV)
        assert started.wait(30) == -signal.SIGSEGV
    with running(program, screen, str(TINY)) as started:
        wait_for(lambda: program.loaded_models() == 2, 120, "loaded model")
        (report,) = program.log.parent.glob("crash-*.txt")
        text = report.read_text(encoding="utf-8")
        assert "Segmentation fault" in text
        assert "launch.py" in text
        assert screen.has_window(TITLE)
        screen.close(TITLE)
        assert started.wait(30) == 0
    with running(program, screen, str(TINY)):
        wait_for(lambda: program.loaded_models() == 3, 120, "loaded model")
        assert list(program.log.parent.glob("crash-*.txt")) == [report]


@pytest.fixture(autouse=True)
def _own_folder(program: Program, tmp_path: Path) -> None:
    """Other copies of the program on this computer are none of ours."""
    moved = tmp_path / "tarn"
    shutil.copytree(program.command.parent, moved, symlinks=True, copy_function=linked)
    program.command = moved / "tarn"


def linked(source: str, target: str) -> str:
    """Takes no room where both are on one drive."""
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
    return target
