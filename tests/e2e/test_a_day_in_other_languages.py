"""The day with the program in languages of other letters and another direction."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.window_language import TEST_VARIABLE

ROOT = Path(__file__).parents[2]
DAY = "tests/e2e/test_a_day_with_tarn.py"


@pytest.mark.parametrize("code", ["ja", "ar"])
def test_the_whole_day_goes_as_in_english(code: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", DAY, "-q", "-x", "-n", "0", "-o", f"cache_dir={tmp_path}"]
    surroundings = {**os.environ, TEST_VARIABLE: code}
    surroundings.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stdout[-3_000:]
    assert " passed" in done.stdout
