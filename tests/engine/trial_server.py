"""Tries many files one after another, each in a fork of this process.

Starting an interpreter for each of some hundred files would take minutes. Here the library is loaded once.
The checks of the header, the trial itself and the reading of its outcome are the program's own.
"""

import json
import os
import select
import signal
import sys
from pathlib import Path

from app.core.errors import UserError
from app.engine import probe
from app.engine.loaded_model import native_library
from app.engine.model_checks import read_usable
from app.engine.probe import Verdict, plan_trial, verdict_of

TIMEOUT = 20.0


def verdict_on(path: Path) -> Verdict:
    try:
        plan_trial(read_usable(path), has_gpu=False)
    except UserError as error:
        return Verdict(str(error), error.hint)
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        os.dup2(sending, sys.stdout.fileno())
        os._exit(probe.main(["--model", str(path)]))
    os.close(sending)
    if not select.select([receiving], [], [], TIMEOUT)[0]:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(receiving)
        return Verdict("HUNG")
    output = os.read(receiving, 65536)
    os.close(receiving)
    return verdict_of(path.name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output)


def serve() -> None:
    native_library()
    for line in sys.stdin:
        verdict = verdict_on(Path(json.loads(line)))
        sys.stdout.write(json.dumps({"problem": verdict.problem, "hint": verdict.hint}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
