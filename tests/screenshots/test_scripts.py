"""The scripts that take pictures stay alive: each ends well and leaves pictures with something on them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = (
    "attached_documents",
    "context",
    "documents",
    "models",
    "presets",
    "program",
    "readme",
    "shell",
    "sound",
    "tools",
    "transcript",
)
FEWEST_COLOURS = 100


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_takes_its_pictures(script: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"tests.screenshots.{script}", str(tmp_path), "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) >= (1 if script == "readme" else 5)
    for picture in pictures:
        assert colours_of(QImage(str(picture))) >= FEWEST_COLOURS, picture.name


def colours_of(image: QImage) -> int:
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})
