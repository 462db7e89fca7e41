"""Tries many files one after another, each in a fork of this process.

Starting an interpreter for each of some hundred files would take minutes. Here the library is loaded once.
The checks of the header, the trial itself and the reading of its outcome are the program's own.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.core.errors import UserError
from app.engine import model_trial
from app.engine.loaded_model import native_library
from app.engine.model_checks import read_usable
from app.engine.model_trial import plan_trial
from app.engine.probe import TrialVerdict, verdict_of
from app.engine.trial_process import Ending, TrialLimits, TrialOutcome

LIMITS = TrialLimits(seconds=120.0)


def verdict_on(path: Path) -> TrialVerdict:
    try:
        plan_trial(read_usable(path), has_gpu=False)
    except UserError as error:
        return TrialVerdict(str(error), error.hint)
    return verdict_of(path.name, run_in_fork(lambda: model_trial.main(["--model", str(path), ""])), LIMITS)


def run_in_fork(work: Callable[[], int]) -> TrialOutcome:
    """Does something in a fork of this process; what it prints is kept."""
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if child == 0:
            os.dup2(output.fileno(), sys.stdout.fileno())
            os._exit(work())
        deadline = time.monotonic() + LIMITS.seconds
        ended, status = os.waitpid(child, os.WNOHANG)
        while not ended and time.monotonic() < deadline:
            time.sleep(0.005)
            ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
        output.seek(0)
        lines = tuple(output.read().decode("utf-8", "replace").splitlines())
    ending = Ending.BY_ITSELF if ended else Ending.TOOK_TOO_LONG
    return TrialOutcome(ending, os.waitstatus_to_exitcode(status), lines)


def serve() -> None:
    # Threads that wait for each other take seconds where other programs are busy.
    os.sched_setaffinity(0, [random.choice(sorted(os.sched_getaffinity(0)))])
    native_library()
    for line in sys.stdin:
        verdict = verdict_on(Path(json.loads(line)))
        sys.stdout.write(json.dumps({"problem": verdict.problem, "hint": verdict.hint}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
