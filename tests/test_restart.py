"""A program that starts itself again does so as it was started, in the language that was chosen meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app.languages.choice import VARIABLE
from tests.support.waiting import wait_until

ROOT = Path(__file__).parent.parent
PROGRAM = """
import json, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from app.restart import start_again
first, second = Path(sys.argv[2], "first"), Path(sys.argv[2], "second")
told = json.dumps([sys.argv[1:], os.environ.get("TARN_LANGUAGE"), os.environ["KEPT"]])
if first.exists():
    second.with_suffix(".part").write_text(told)
    second.with_suffix(".part").rename(second)
else:
    first.write_text(told)
    start_again()
"""


def test_it_starts_again_with_the_same_arguments_and_without_the_language_of_before(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    arguments = [str(ROOT), str(tmp_path), "--data-dir", "a folder"]
    environment = {**os.environ, VARIABLE: "de", "KEPT": "yes"}
    subprocess.run([sys.executable, str(script), *arguments], env=environment, check=True)
    wait_until((tmp_path / "second").exists)
    assert json.loads((tmp_path / "first").read_text()) == [arguments, "de", "yes"]
    assert json.loads((tmp_path / "second").read_text()) == [arguments, None, "yes"]
