"""The built program, in a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.screen import Screen, a_screen

MODELS = Path(__file__).parent.parent / "data"


class Program:
    """The folder that build.py made, started as somebody would who has no Python."""

    def __init__(self, folder: Path, home: Path, elsewhere: Path) -> None:
        self.command = folder / "tarn"
        self.home = home
        self._elsewhere = elsewhere

    def environment(self, **more: str) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": "/nonexistent", "LANG": "C.UTF-8", **more}

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.command), *arguments],
            cwd=self._elsewhere,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(self, screen: Screen, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [str(self.command), *arguments],
            cwd=self._elsewhere,
            env=self.environment(DISPLAY=screen.display, QT_QPA_PLATFORM="xcb"),
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a built program, what needs one is not among the tests."""
    if "TARN_BUNDLE" in os.environ:
        return
    deselected = [item for item in items if item.get_closest_marker("bundle")]
    if deselected:
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]


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
