"""What a build holds when nothing is said, and how its files are named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARSE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import build
options = build._parser().parse_args(sys.argv[2:])
print(json.dumps([options.with_starter, build._kind(options)]))
"""


@pytest.mark.parametrize(
    ("arguments", "has_starter", "kind"),
    [
        ([], True, ""),
        (["--without-starter"], False, "-without-starter"),
        (["--vulkan"], True, "-vulkan"),
        (["--without-starter", "--no-variants"], False, "-without-starter-plain"),
    ],
)
def test_the_starter_model_is_inside_unless_it_is_left_out(
    arguments: list[str], has_starter: bool, kind: str
) -> None:
    # In a process of its own: the folder packaging has the name of a library.
    command = [sys.executable, "-c", PARSE, str(ROOT / "packaging"), *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == [has_starter, kind]
