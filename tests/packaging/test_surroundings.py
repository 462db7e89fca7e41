"""The built program on screens, in sessions and for users that are not the usual ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packaging.conftest import MODELS, Program
from tests.packaging.screen import Screen, a_screen, a_wayland_session, wait_for

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(600)]

TINY = MODELS / "tiny-lfm2.gguf"
TITLE = "Tarn"
NOBODY = "54321"
"""The number of a user of whom the system knows nothing, as in a container."""


@pytest.mark.parametrize(
    ("size", "scale"), [("1024x600", "1"), ("3840x2160", "2")], ids=["netbook", "4K at 200 per cent"]
)
def test_the_window_fits_the_screen(program: Program, size: str, scale: str) -> None:
    with a_screen(size) as screen:
        started = program.start(screen, str(TINY), QT_SCALE_FACTOR=scale)
        try:
            screen.focus(TITLE)
            wait_for(lambda: program.loaded_models() == 1, 120, "loaded model")
            left, top, width, height = screen.place_of(TITLE)
            screen_width, screen_height = map(int, size.split("x"))
            assert left >= 0
            assert top >= 0
            assert left + width <= screen_width
            assert top + height <= screen_height
            # At twice the size it takes twice the dots: a window of 700 points in height and more.
            assert height >= 550 * int(scale)
        finally:
            end(started)


@pytest.mark.parametrize("platform", ["wayland", ""], ids=["asked for", "found by itself"])
def test_it_answers_under_wayland(program: Program, platform: str) -> None:
    if shutil.which("weston") is None:
        pytest.skip("weston is not installed")
    with a_wayland_session() as session:
        chosen = {"QT_QPA_PLATFORM": platform} if platform else {}
        kind = {"XDG_SESSION_TYPE": "wayland"}
        done = program.run("--self-test", "--model", str(TINY), **session, **chosen, **kind)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"reply"' in done.stdout
    assert "qt.qpa" not in done.stderr


def test_a_home_that_is_read_only_is_told_of_in_a_window(program: Program, screen: Screen) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("Only root can make a folder read-only for itself")
    home = program.home
    script = f'mount --bind "{home}" "{home}" && mount -o remount,ro,bind "{home}" && exec "$0" "$@"'
    around = [shutil.which("unshare") or "", "--mount", "/bin/sh", "-c", f"PATH=/usr/bin:/bin; {script}"]
    started = program.start(screen, around=around)
    try:
        screen.focus(TITLE)
        assert program.log.exists() is False
        screen.keys("Return")
        assert started.wait(30) == 1
    finally:
        end(started)


def test_a_user_without_a_home_is_told_so_in_a_window(program: Program, screen: Screen) -> None:
    started = program.start(screen, around=as_nobody("env", "-u", "HOME"))
    try:
        screen.focus(TITLE)
        screen.keys("Return")
        assert started.wait(30) == 1
    finally:
        end(started)


def test_a_user_without_a_home_may_name_a_folder(program: Program, screen: Screen) -> None:
    folder = program.home / "all of it"
    folder.mkdir()
    for path in (program.home, *program.home.parents[:3]):
        path.chmod(0o755)
    folder.chmod(0o777)
    around = as_nobody("env", "-u", "HOME")
    model = str(TINY if readable_by_all(TINY) else shutil.copy2(TINY, folder))
    started = program.start(screen, "--data-dir", str(folder), model, around=around)
    try:
        screen.focus(TITLE)
        log = folder / "logs/tarn.log"
        wait_for(lambda: log.exists() and "Loaded " in log.read_text(encoding="utf-8"), 120, "loaded model")
        screen.keys("ctrl+q")
        assert started.wait(30) == 0
    finally:
        end(started)


def as_nobody(*command: str) -> list[str]:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("Only root can become another user")
    tools = [shutil.which("setpriv") or "", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return [*tools, shutil.which(command[0]) or "", *command[1:]]


def readable_by_all(path: Path) -> bool:
    return all(step.stat().st_mode & 0o005 for step in path.resolve().parents)


def end(started: subprocess.Popen[bytes]) -> None:
    if started.poll() is None:
        started.kill()
        started.wait()
