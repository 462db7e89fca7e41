"""Tries models that were changed by seed, and then does with them what the window would do.

`python -m tests.support.changed_model_trials MODEL FIRST_SEED COUNT` prints a line of JSON for each file that
fell: one whose trial raised outside of the child, and one that passed the trial and was too much for the
window. Each is tried in forks, on one core.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
from pathlib import Path

from app.core.errors import TemplateError, UserError
from app.core.message import Message, Role
from app.core.model_file import LoadOptions
from app.core.sampling import Sampling
from app.engine.engine import Engine
from app.engine.loaded_model import native_library
from app.engine.model_checks import describe
from app.engine.trial_process import Ending
from app.engine.trial_samples import CONVERSATIONS
from tests.support.model_mutations import Mutator
from tests.support.trial_server import run_in_fork, verdict_on

WORDS = "Tell me of 日本, naïve café 👩‍👩‍👧 <|im_start|> and\n\n\t1234 more. "
TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "parameters": {
            "type": "object",
            "properties": {"text": {"type": "string"}, "how": {"enum": ["a", "ß"]}},
        },
    },
}


def use_as_the_window_does(path: Path) -> int:
    """Loads, counts, answers with tools and in turns; the world's faults come as sentences."""
    engine = Engine()
    try:
        engine.load(path, LoadOptions(context_length=1024), lambda share: None)
        for length in (1, 30, 400):
            engine.count_tokens(WORDS * length)
        for messages in CONVERSATIONS[:-1]:
            for tools in ((), (TOOL,)):
                try:
                    engine.count_prompt_tokens(messages, tools)
                    sampling = Sampling(max_tokens=6, seed=7, repeat_penalty=1.1, dry_multiplier=0.5)
                    for _ in engine.answer(messages, tools, sampling, threading.Event()):
                        pass
                except TemplateError:
                    continue
        question = Message.of_text(Role.USER, WORDS * 5)
        for _ in engine.answer([question], (TOOL,), Sampling(max_tokens=40, seed=1), threading.Event()):
            pass
        engine.unload()
    except UserError:
        return 0
    return 0


def try_seed(mutator: Mutator, seed: int, folder: Path) -> tuple[bool, str]:
    """-> (whether it passed the trial, what fell; empty where nothing did)."""
    data, done = mutator.make(seed)
    path = folder / "changed.gguf"
    path.write_bytes(data)
    try:
        describe(path)
        verdict = verdict_on(path)
    except Exception as error:
        return False, f"{done}: the trial raised {type(error).__name__}: {error}"
    if verdict.problem:
        return False, ""
    outcome = run_in_fork(lambda: use_as_the_window_does(path))
    if outcome.ending is Ending.BY_ITSELF and outcome.exit_code == 0:
        return True, ""
    return True, f"{done}: the window ended {outcome.ending.name} with {outcome.exit_code}"


def main() -> None:
    os.sched_setaffinity(0, [random.choice(sorted(os.sched_getaffinity(0)))])
    os.environ["GGML_NO_BACKTRACE"] = "1"
    native_library()
    mutator = Mutator(Path(sys.argv[1]))
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
            has_passed, fell = try_seed(mutator, seed, Path(folder))
            passed += has_passed
            if fell:
                sys.stdout.write(json.dumps({"seed": seed, "fell": fell}) + "\n")
                sys.stdout.flush()
    sys.stdout.write(json.dumps({"passed": passed}) + "\n")


if __name__ == "__main__":
    main()
