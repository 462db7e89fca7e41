"""Tries a model file in another process before it is loaded into the window's.

A damaged file, or an engine that does not fit the processor, can end the process that runs it. Here that is
a child: it does with the file what the window will do, within limits, and says how it went. Whatever happens
to it becomes a sentence. What was found is remembered, so that a file is tried once.
"""

from __future__ import annotations

import json
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.core.errors import Cancelled, EngineError
from app.core.parsing import ParseError
from app.core.translation import tr, tr_later
from app.engine.file_identity import identity_of
from app.engine.gguf import GgufHeader
from app.engine.load_options import projector_bytes
from app.engine.measured_choice import MeasuredChoice, MeasuredChoices, choice_from
from app.engine.model_checks import read_usable
from app.engine.model_trial import KINDS, TrialStep, plan_trial
from app.engine.trial_process import Ending, TrialLimits, TrialOutcome, run_trial
from app.files.atomic_write import replace_file
from app.files.json_file import read_json
from app.processes.own_process import own_command

log = logging.getLogger(__name__)

SHORTEST_TIMEOUT = 180.0
"""Seconds a child may take at least, by the clock: other programs may be busy."""
SLOWEST_DRIVE = 20e6
"""Bytes a second: what the time for a large file is reckoned with."""

TRIAL_VERSION = 2
"""Another one tries every file anew."""
WORK_SECONDS = 30.0
"""Of the processor's time that each step of a trial may take at least; a small model takes one for all."""
SLOWEST_WORK = 10e6
"""Bytes of a model for each second more: 5 GB on an old computer."""
SPARE_MEMORY_BYTES = 1_500_000_000
"""What a trial may take beside its plan and a second copy of the weights, which some processors want."""

_AGAIN = tr("Download the file again, or choose another model.")
_STEPS = {
    TrialStep.LOAD: tr_later("it tried {name}"),
    TrialStep.VOCABULARY: tr_later("it read the vocabulary of {name}"),
    TrialStep.TOKENIZE: tr_later("it split text into tokens with {name}"),
    TrialStep.TEMPLATE: tr_later("it wrote a prompt with {name}"),
    TrialStep.ANSWER: tr_later("it answered with {name}"),
    TrialStep.TOOL_CALL: tr_later("it called a tool with {name}"),
    TrialStep.CONTEXT: tr_later("it prepared the memory of {name}"),
    TrialStep.PICTURE: tr_later("it looked at a picture with {name}"),
    TrialStep.SPEED: tr_later("it measured {name}"),
}
"""What the engine did, as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    """What became of a trial; without a problem, all is well."""

    problem: str = ""
    hint: str = ""
    kind: str = "file"
    """Which error it is: file, memory or engine."""
    is_lasting: bool = True
    """Whether another trial of the same file would end the same."""
    sight_problem: str = ""
    """Why the model cannot see with its projector, as a sentence; it can be used for words all the same."""

    def raise_problem(self) -> None:
        if self.problem:
            raise KINDS[self.kind](self.problem, self.hint)


class Probe:
    """Tries files and the engine itself, each in a child of its own."""

    def __init__(
        self,
        record: Path,
        command: Sequence[str] | None = None,
        shortest_timeout: float = SHORTEST_TIMEOUT,
        choose_libraries: Callable[[], Sequence[Path]] = tuple,
        choices: MeasuredChoices | None = None,
    ) -> None:
        """
        Args:
            record: the file that findings are kept in.
            command: starts a child that calls `main`.
            shortest_timeout: seconds a child may take at least.
            choose_libraries: names the engine's libraries for this computer; see `Variants.choose`.
            choices: is told which way to load a model is faster; without it, nothing is measured.
        """
        self._record = record
        self._command = list(command or default_command())
        self._shortest_timeout = shortest_timeout
        self._choose_libraries = choose_libraries
        self._choices = choices

    def check_model(
        self, path: Path, cancel: threading.Event | None = None, projector: Path | None = None
    ) -> str:
        """Returns if the file can be loaded and used.

        Args:
            path: the model.
            cancel: ends the trial.
            projector: the file that lets the model see.

        Returns:
            Why it cannot see with that, as a sentence; empty where it can.

        Raises:
            ModelFileError: it is damaged, incomplete, of an unknown architecture, or not a chat model.
            OutOfMemoryError: this computer has too little memory for it.
            EngineError: the engine cannot run on this computer.
            Cancelled: `cancel` was set.
        """
        header = read_usable(path)
        # Free memory is looked at when the model is loaded; here, whether it could ever fit.
        plan_trial(header, has_gpu=False)
        identity = _identity(path, projector)
        verdict = self._remembered(path, identity)
        measures = self._choices is not None and self._choices.needs_measuring(header)
        limits = self._limits(header, projector_bytes(projector))
        if verdict is None:
            wish = "--model-and-speed" if measures else "--model"
            sight = str(projector.absolute()) if projector else ""
            outcome = self._run([wish, str(path.absolute()), sight], path.name, limits, cancel)
            verdict = verdict_of(path.name, outcome, limits)
            if verdict.is_lasting:
                self._remember(path, identity, verdict)
        elif measures and not verdict.problem:
            outcome = self._run(["--speed", str(path.absolute())], path.name, limits, cancel)
        verdict.raise_problem()
        if self._choices is not None and measures:
            self._choices.remember(header, _choice_in(outcome.lines))
        return verdict.sight_problem

    def forget_speed(self, path: Path) -> None:
        """Has the next check of a file measure which way to load it is faster.

        Raises:
            ModelFileError: it cannot be used.
        """
        if self._choices is not None:
            self._choices.forget(read_usable(path))

    def check_library(self, cancel: threading.Event | None = None) -> None:
        """Returns if the engine's library can be loaded on this computer.

        Raises:
            EngineError: it is missing, unfit for the processor, or not the one this program needs.
            Cancelled: `cancel` was set.
        """
        limits = TrialLimits(self._shortest_timeout)
        name = tr("the engine's library")
        verdict = verdict_of(name, self._run(["--library"], name, limits, cancel), limits)
        if verdict.problem:
            raise EngineError(verdict.problem, tr("Reinstall Tarn, or install a build for this computer."))

    def _limits(self, header: GgufHeader, sight_bytes: int) -> TrialLimits:
        size, shortest = header.file_size + sight_bytes, self._shortest_timeout
        return TrialLimits(
            seconds=max(shortest, shortest / 2 + size / SLOWEST_DRIVE),
            work_seconds=WORK_SECONDS + size / SLOWEST_WORK,
            memory_bytes=plan_trial(header, has_gpu=False).total_bytes + size + SPARE_MEMORY_BYTES,
        )

    def _run(
        self, arguments: Sequence[str], name: str, limits: TrialLimits, cancel: threading.Event | None
    ) -> TrialOutcome:
        libraries = [str(path) for path in self._choose_libraries()]
        outcome = run_trial([*self._command, *arguments, *libraries], limits, cancel)
        if outcome.ending is Ending.CANCELLED:
            raise Cancelled
        log.info("The trial of %s ended %s with %s", name, outcome.ending.name, outcome.exit_code)
        return outcome

    def _remembered(self, path: Path, identity: str) -> TrialVerdict | None:
        entry = self._entries().get(str(path.resolve()))
        if entry is None or entry.get("file") != identity:
            return None
        try:
            found = TrialVerdict(str(entry["problem"]), str(entry["hint"]), str(entry["kind"]))
            return replace(found, sight_problem=str(entry.get("sight_problem", "")))
        except KeyError:
            return None

    def _remember(self, path: Path, identity: str, verdict: TrialVerdict) -> None:
        entries = {**self._entries(), str(path.resolve()): {**asdict(verdict), "file": identity}}
        try:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._record, json.dumps(entries, indent=1, ensure_ascii=False).encode())
        except OSError as error:
            log.warning("The findings on model files could not be kept: %s", error)

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
    return own_command("--probe")


def verdict_of(name: str, outcome: TrialOutcome, limits: TrialLimits) -> TrialVerdict:
    """What a child's end means."""
    step = _last_step(outcome.lines)
    doing = tr(_STEPS[step], name=name)
    if step is TrialStep.PICTURE and (outcome.ending is not Ending.BY_ITSELF or outcome.exit_code != 0):
        # The model itself had passed by then.
        return TrialVerdict(
            sight_problem=tr("The engine failed when {doing}, so it cannot see.", doing=doing)
        )
    if step is TrialStep.SPEED and (outcome.ending is not Ending.BY_ITSELF or outcome.exit_code != 0):
        return TrialVerdict(
            sight_problem=str(_said(outcome.lines, "sight", ""))
        )  # All that counts had passed.
    match outcome.ending:
        case Ending.TOOK_TOO_LONG:
            return TrialVerdict(
                tr(
                    "{name} was not loaded: its trial did not finish within {seconds:.0f} seconds.",
                    name=name,
                    seconds=limits.seconds,
                ),
                tr("Try again when the computer is less busy, or choose another model."),
                is_lasting=False,
            )
        case Ending.WORKED_TOO_LONG:
            return TrialVerdict(
                tr(
                    "{name} was not loaded: the engine took far too long when {doing}.",
                    name=name,
                    doing=doing,
                ),
                _AGAIN,
                is_lasting=False,
            )
        case Ending.TOOK_TOO_MUCH_MEMORY:
            return TrialVerdict(
                tr(
                    "The engine took far more memory than a model of its size needs when {doing}, so it was "
                    "not loaded.",
                    doing=doing,
                ),
                _AGAIN,
                is_lasting=False,
            )
    return _verdict_of_exit(name, doing, outcome)


def _verdict_of_exit(name: str, doing: str, outcome: TrialOutcome) -> TrialVerdict:
    if outcome.exit_code == 0:
        report = _report(outcome.lines)
        if report is not None:
            return report
    if outcome.exit_code == -signal.SIGILL or outcome.exit_code == 0xC000001D:
        return TrialVerdict(
            tr("The engine uses instructions that this computer's processor does not have."),
            tr("Install a build of Tarn for older processors."),
            kind="engine",
        )
    if outcome.exit_code == -9:
        return TrialVerdict(
            tr("The system stopped the trial of {name}, most likely because memory ran out.", name=name),
            tr("Close other programs, or choose a smaller model."),
            kind="memory",
            is_lasting=False,
        )
    return TrialVerdict(tr("The engine crashed when {doing}, so it was not loaded.", doing=doing), _AGAIN)


def _last_step(lines: Sequence[str]) -> TrialStep:
    with suppress(ValueError):
        return TrialStep(_said(lines, "step", TrialStep.LOAD))
    return TrialStep.LOAD


def _choice_in(lines: Sequence[str]) -> MeasuredChoice:
    return choice_from(_said(lines, "choice", None)) or MeasuredChoice(is_clear=False)


def _said(lines: Sequence[str], name: str, default: Any) -> Any:
    """The last value of that name in a report."""
    for line in reversed(lines):
        with suppress(ValueError, KeyError, TypeError):
            return json.loads(line)[name]
    return default


def _report(lines: Sequence[str]) -> TrialVerdict | None:
    try:
        report = json.loads(lines[-1])
        problem, hint, kind = str(report["problem"]), str(report["hint"]), str(report["kind"])
    except (ValueError, IndexError, KeyError, TypeError):
        return None
    sight = str(report.get("sight", ""))
    return TrialVerdict(problem, hint, kind, kind != "memory", sight) if kind in KINDS else None


def _identity(path: Path, projector: Path | None) -> str:
    """By what a remembered file is known again."""
    sight = f", {projector.name} {identity_of(projector).version}" if projector else ""
    return f"{identity_of(path).version}{sight}, trial {TRIAL_VERSION}"
