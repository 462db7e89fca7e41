"""Some hundred damaged files: none takes the program down or makes it wait, and each has its sentence."""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.damaged_models import Workshop, oddities

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(r"^\S.*[^.]\.$", re.DOTALL)


@pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="The files are tried in forks on one core, as Linux has them"
)
def test_no_damaged_file_takes_the_program_down(tiny_path, starter_path, tmp_path):
    generator = random.Random(20261122)
    tiny = Workshop(tiny_path, tmp_path, keeps_weights=True)
    starter = Workshop(starter_path, tmp_path, keeps_weights=False)
    damaged = [
        *tiny.cuts(),
        *tiny.flips(40, generator),
        *tiny.counts(),
        *tiny.tensors(),
        *tiny.figures(),
        *starter.cuts(),
        *starter.counts(),
        *starter.flips(5, generator),
        *oddities(tmp_path),
    ]
    assert len(damaged) >= 200

    for file, verdict in zip(damaged, verdicts([file.path for file in damaged]), strict=True):
        problem = verdict["problem"]
        assert "did not finish within" not in problem, file.what
        assert problem or not file.is_hopeless, f"{file.what} was taken for a model"
        if problem:
            assert SENTENCE.match(problem), (file.what, problem)
            assert verdict["hint"], (file.what, problem)


def verdicts(paths: list[Path]) -> list[dict[str, str]]:
    child = subprocess.run(
        [sys.executable, "-m", "tests.support.trial_server"],
        input="".join(json.dumps(str(path)) + "\n" for path in paths),
        capture_output=True,
        text=True,
        timeout=580,
        cwd=ROOT,
        check=True,
    )
    return [json.loads(line) for line in child.stdout.splitlines()]
