"""Tries a model file in another process before it is loaded into the window's.

A damaged file, or an engine that does not fit the processor, can end the process that runs it. Here that is
a child: it loads the file, reads a word, and says how it went in one line of JSON. Whatever happens to it
becomes a sentence. What was found is remembered, so that a file is tried once.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from app.core.errors import Cancelled, EngineError, ModelFileError, OutOfMemoryError, UserError
from app.core.model_file import LoadOptions
from app.core.parsing import ParseError
from app.engine.file_identity import engine_version
from app.engine.gguf import GgufHeader
from app.engine.load_options import LoadPlan, Machine, physical_cores, plan_load
from app.engine.loaded_model import LoadProgress, load_model, native_library
from app.engine.model_checks import read_usable
from app.engine.trial_process import die_quietly, own_command, start_child, wait_for_child
from app.files.atomic_write import replace_file
from app.files.json_file import read_json

LOG = logging.getLogger(__name__)

SHORTEST_TIMEOUT = 60.0
"""Seconds a child may take at least."""
SLOWEST_DRIVE = 20e6
"""Bytes a second: what the time for a large file is reckoned with."""

_TRIAL_CONTEXT = 512
_AGAIN = "Download the file again, or choose another model."
_KINDS: dict[str, type[UserError]] = {
    "file": ModelFileError,
    "memory": OutOfMemoryError,
    "engine": EngineError,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a trial; without a problem, all is well."""

    problem: str = ""
    hint: str = ""
    kind: str = "file"
    """Which error it is: file, memory or engine."""
    is_lasting: bool = True
    """Whether another trial of the same file would end the same."""

    def raise_problem(self) -> None:
        if self.problem:
            raise _KINDS[self.kind](self.problem, self.hint)


class Probe:
    """Tries files and the engine itself, each in a child of its own."""

    def __init__(
        self,
        record: Path,
        command: Sequence[str] | None = None,
        shortest_timeout: float = SHORTEST_TIMEOUT,
        choose_libraries: Callable[[], Sequence[Path]] = tuple,
    ) -> None:
        """
        Args:
            record: the file that findings are kept in.
            command: starts a child that calls `main`.
            shortest_timeout: seconds a child may take at least.
            choose_libraries: names the engine's libraries for this computer; see `Variants.choose`.
        """
        self._record = record
        self._command = list(command or default_command())
        self._shortest_timeout = shortest_timeout
        self._choose_libraries = choose_libraries

    def check_model(self, path: Path, cancel: threading.Event | None = None) -> None:
        """Returns if the file can be loaded and used.

        Raises:
            ModelFileError: it is damaged, incomplete, of an unknown architecture, or not a chat model.
            OutOfMemoryError: this computer has too little memory for it.
            EngineError: the engine cannot run on this computer.
            Cancelled: `cancel` was set.
        """
        header = read_usable(path)
        # Free memory is looked at when the model is loaded; here, whether it could ever fit.
        plan_trial(header, has_gpu=False)
        verdict = self._remembered(path)
        if verdict is None:
            timeout = max(
                self._shortest_timeout, self._shortest_timeout / 2 + header.file_size / SLOWEST_DRIVE
            )
            verdict = self._try(["--model", str(path.absolute())], path.name, timeout, cancel)
            if verdict.is_lasting:
                self._remember(path, verdict)
        verdict.raise_problem()

    def check_library(self) -> None:
        """Returns if the engine's library can be loaded on this computer.

        Raises:
            EngineError: it is missing, unfit for the processor, or not the one this program needs.
        """
        verdict = self._try(["--library"], "the engine's library", self._shortest_timeout, None)
        if verdict.problem:
            raise EngineError(verdict.problem, "Install this program again, or a build for this computer.")

    def _try(
        self, arguments: Sequence[str], name: str, timeout: float, cancel: threading.Event | None
    ) -> Verdict:
        libraries = [str(path) for path in self._choose_libraries()]
        child = start_child([*self._command, *arguments, *libraries])
        with child:
            ended = wait_for_child(child, timeout, cancel)
            if not ended:
                child.kill()
            output = child.stdout.read() if child.stdout else b""
        if cancel is not None and cancel.is_set():
            raise Cancelled
        if not ended:
            return _hung(name, timeout)
        LOG.info("The trial of %s ended with %s", name, child.returncode)
        return verdict_of(name, child.returncode, output)

    def _remembered(self, path: Path) -> Verdict | None:
        entry = self._entries().get(str(path.resolve()))
        if entry is None or entry.get("file") != _identity(path):
            return None
        try:
            return Verdict(str(entry["problem"]), str(entry["hint"]), str(entry["kind"]))
        except KeyError:
            return None

    def _remember(self, path: Path, verdict: Verdict) -> None:
        entries = {**self._entries(), str(path.resolve()): {**asdict(verdict), "file": _identity(path)}}
        try:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._record, json.dumps(entries, indent=1, ensure_ascii=False).encode())
        except OSError as error:
            LOG.warning("The findings on model files could not be kept: %s", error)

    def _entries(self) -> dict[str, dict[str, Any]]:
        try:
            entries = read_json(self._record)
        except (OSError, ParseError):
            return {}
        if not isinstance(entries, dict):
            return {}
        return {path: entry for path, entry in entries.items() if isinstance(entry, dict)}


def default_command() -> list[str]:
    """How a child is started."""
    return own_command("--probe", "app.engine.probe")


def verdict_of(name: str, exit_code: int, output: bytes) -> Verdict:
    """What a child's end means."""
    if exit_code == 0:
        report = _report(output)
        if report is not None:
            return report
    if exit_code == -signal.SIGILL or exit_code == 0xC000001D:
        return Verdict(
            "The engine uses instructions that this computer's processor does not have.",
            "Install a build of this program for older processors.",
            kind="engine",
        )
    if exit_code == -9:
        return Verdict(
            f"The system stopped the trial of {name}, most likely because memory ran out.",
            "Close other programs, or choose a smaller model.",
            kind="memory",
            is_lasting=False,
        )
    return Verdict(f"The engine crashed when it tried {name}, so it was not loaded.", _AGAIN)


def _report(output: bytes) -> Verdict | None:
    try:
        report = json.loads(output.decode("utf-8").strip().splitlines()[-1])
        return Verdict(
            str(report["problem"]), str(report["hint"]), str(report["kind"]), report["kind"] != "memory"
        )
    except (ValueError, IndexError, KeyError, TypeError):
        return None


def _hung(name: str, timeout: float) -> Verdict:
    return Verdict(
        f"The engine did not come to an end with {name} within {timeout:.0f} seconds, so it was not loaded.",
        "Try again when the computer is less busy, or choose another model.",
        is_lasting=False,
    )


def plan_trial(header: GgufHeader, has_gpu: bool) -> LoadPlan:
    """A plan with a short context, reckoned with all of the computer's memory.

    The window's process may hold another model that makes room later.

    Raises:
        OutOfMemoryError: the model could never be loaded here.
    """
    machine = Machine(psutil.virtual_memory().total, physical_cores(), has_gpu)
    return plan_load(header, LoadOptions(context_length=_TRIAL_CONTEXT), 0, machine)


def _identity(path: Path) -> dict[str, Any]:
    """By what a remembered file is known again."""
    status = path.stat()
    return {"size": status.st_size, "changed_at": status.st_mtime_ns, "engine": engine_version()}


# What follows runs in the child.


def main(arguments: Sequence[str]) -> int:
    """The child: `--model FILE` or `--library`, then what the engine's own libraries are; prints a report."""
    die_quietly()
    try:
        if arguments[:1] == ["--model"]:
            native_library([Path(name) for name in arguments[2:]])
            try_model(Path(arguments[1]))
        else:
            native_library([Path(name) for name in arguments[1:]])
        verdict = Verdict()
    except UserError as error:
        kind = next((kind for kind, known in _KINDS.items() if isinstance(error, known)), "engine")
        verdict = Verdict(str(error), error.hint, kind)
    sys.stdout.write(json.dumps(_as_report(verdict)) + "\n")
    sys.stdout.flush()
    return 0


def try_model(path: Path) -> None:
    """Loads a file and reads a word with it. Raises UserError where that fails in an orderly way."""
    native = native_library()
    header = read_usable(path)
    loaded = load_model(
        native, header, plan_trial(header, native.has_gpu()), LoadProgress(lambda share: None)
    )
    try:
        loaded.try_one_token()
    finally:
        loaded.close()


def _as_report(verdict: Verdict) -> Mapping[str, str]:
    return {"problem": verdict.problem, "hint": verdict.hint, "kind": verdict.kind}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
