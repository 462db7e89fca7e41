"""Whatever hands do with the window, nothing falls and nothing that was saved is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.random_hands import ConfirmedWords

SECONDS = 30
SEEDS = (1, 2)
KILLS = int(os.environ.get("TARN_KILLS", "8"))
"""`TARN_KILLS=50` for a whole run by hand."""


def _command(folder: Path, *options: object) -> list[str]:
    words = [str(option) for option in (folder / "data", *options)]
    return [sys.executable, "-X", "faulthandler", "-m", "tests.e2e.random_hands", *words]


def _is_ready(line: str) -> bool:
    return '"does"' in line


@pytest.mark.parametrize("seed", SEEDS)
def test_random_hands_bring_nothing_down(tmp_path: Path, seed: int) -> None:
    command = _command(tmp_path, "--seed", seed, "--seconds", SECONDS)
    print("seed", seed)  # noqa: T201  # Shown where it falls.
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS * 6)
    words = ConfirmedWords()
    lines = ended.stdout.splitlines(keepends=True)
    words.read(lines)
    assert ended.returncode == 0, ended.stderr[-4000:] + "".join(lines[-5:])
    assert words.falls == []
    assert words.steps > 0
    assert words.faults_on_disk(tmp_path / "data" / "conversations.db") == []


def test_kills_lose_nothing_that_was_saved(tmp_path: Path) -> None:
    """Sends, edits, branches, deletions, other models; each start goes on with what the one before left."""
    seed = int(os.environ.get("TARN_SEED", "21"))
    print("seed", seed)  # noqa: T201
    chance, words = random.Random(seed), ConfirmedWords()
    for kill in range(KILLS):
        command = _command(tmp_path, "--seed", seed + kill, "--seconds", 60, "--only-words")
        lines: list[str] = []
        due: float | None = None
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(command, stdout=pipe, stderr=nothing, text=True) as program:
            assert program.stdout is not None
            for line in program.stdout:
                lines.append(line)
                if due is None and _is_ready(line):  # It has started again.
                    due = time.monotonic() + chance.uniform(0.0, 2.5)
                if due is not None and time.monotonic() >= due:
                    break
            program.kill()
            lines += program.stdout.readlines()
        assert due is not None, f"kill {kill}: it did not start again"
        words.read(lines)
        assert words.falls == []
        assert words.faults_on_disk(tmp_path / "data" / "conversations.db") == [], f"kill {kill}"
    assert words.count > KILLS
