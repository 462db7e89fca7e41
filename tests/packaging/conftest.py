"""The built program, in a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from tests.packaging.screen import Screen, a_screen

MODELS = Path(__file__).parent.parent / "data"


class Program:
    """The folder that build.py made, started as somebody would who has no Python."""

    def __init__(self, folder: Path, home: Path, elsewhere: Path) -> None:
        self.command = folder / "tarn"
        self.home = home
        self.elsewhere = elsewhere

    def environment(self, **more: str) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": "/nonexistent", "LANG": "C.UTF-8", **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.command), *arguments],
            cwd=self.elsewhere,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(
        self, screen: Screen, *arguments: str, around: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[bytes]:
        """Starts it on a screen; `around` is a command that starts another."""
        return subprocess.Popen(
            [*around, str(self.command), *arguments],
            cwd=self.elsewhere,
            env=self.environment(DISPLAY=screen.display, QT_QPA_PLATFORM="xcb", **environment),
        )

    @property
    def log(self) -> Path:
        return self.home / ".local/state/tarn/log/tarn.log"

    def loaded_models(self) -> int:
        """How many models it has loaded so far, by its log."""
        return self.log.read_text(encoding="utf-8").count("Loaded ") if self.log.exists() else 0

    def processes(self) -> list[int]:
        """Of this program, wherever they came from."""
        folder = self.command.parent
        return [
            process.pid
            for process in psutil.process_iter(["exe"])
            if process.info["exe"] and Path(process.info["exe"]).is_relative_to(folder)
        ]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    elsewhere, home = tmp_path / "another folder", tmp_path / "home of Zoë"
    elsewhere.mkdir()
    home.mkdir()
    return Program(Path(os.environ["TARN_BUNDLE"]).resolve(), home, elsewhere)


@pytest.fixture
def screen() -> Iterator[Screen]:
    for tool in ("Xvfb", "xdotool"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    with a_screen() as made:
        yield made
