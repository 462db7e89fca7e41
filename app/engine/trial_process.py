"""A process of our own that may crash, hang or fill the memory instead of the window's."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import psutil

from app.core.errors import EngineError
from app.core.translation import tr

_LOOK_AGAIN_SECONDS = 0.05
_READ_REST_SECONDS = 5.0


class Ending(Enum):
    """How a trial came to its end."""

    BY_ITSELF = auto()
    CANCELLED = auto()
    TOOK_TOO_LONG = auto()
    WORKED_TOO_LONG = auto()
    """It took more of the processor's time than it may."""
    TOOK_TOO_MUCH_MEMORY = auto()


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """What a trial may take. The processor's time counts beside the clock: a busy computer takes no more."""

    seconds: float
    """For everything."""
    work_seconds: float = float("inf")
    """Of the processor's time, for each step, of which a line of output is the beginning."""
    memory_bytes: float = float("inf")


@dataclass(frozen=True, slots=True)
class TrialOutcome:
    """What is left of a trial."""

    ending: Ending
    exit_code: int
    lines: tuple[str, ...]
    """What it printed."""


def run_trial(
    command: Sequence[str], limits: TrialLimits, cancel: threading.Event | None = None
) -> TrialOutcome:
    """Runs a process within limits, and waits for it.

    Raises:
        EngineError: the system refused to start it.
    """
    with _start(command) as child:
        output = _Output(child)
        ending = _watch(child, output, limits, cancel)
        if ending is not Ending.BY_ITSELF:
            child.kill()
        child.wait()
        lines = output.rest()
    return TrialOutcome(ending, child.returncode, lines)


class _Output:
    """Reads what a process prints while it runs, so that it never waits for a reader."""

    _LONGEST = 1_000_000

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._read, name="trial output", daemon=True)
        self._thread.start()

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def rest(self) -> tuple[str, ...]:
        """Everything, once the process has ended. A child of its own may hold the pipe open: not for long."""
        self._thread.join(_READ_REST_SECONDS)
        return tuple(self._lines)

    def _read(self) -> None:
        assert self._child.stdout is not None, "it was started with a pipe"
        kept = 0
        with contextlib.suppress(OSError, ValueError):
            for line in iter(lambda: self._child.stdout.readline(self._LONGEST), b""):  # type: ignore[union-attr]
                kept += len(line)
                if kept <= self._LONGEST:
                    self._lines.append(line.decode("utf-8", "replace").rstrip())


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            creationflags=flags,
        )
    except OSError as error:
        raise EngineError(
            tr("The engine could not be started for a trial: {strerror}.", strerror=error.strerror),
            tr("Reinstall Tarn."),
        ) from error


def _watch(
    child: subprocess.Popen[bytes], output: _Output, limits: TrialLimits, cancel: threading.Event | None
) -> Ending:
    deadline = time.monotonic() + limits.seconds
    usage = _usage_of(child)
    step, worked_before = 0, 0.0
    while time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK_AGAIN_SECONDS)
            return Ending.BY_ITSELF
        if cancel is not None and cancel.is_set():
            return Ending.CANCELLED
        worked, memory = usage()
        if output.line_count != step:
            step, worked_before = output.line_count, worked
        if worked - worked_before > limits.work_seconds:
            return Ending.WORKED_TOO_LONG
        if memory > limits.memory_bytes:
            return Ending.TOOK_TOO_MUCH_MEMORY
    return Ending.TOOK_TOO_LONG


def _usage_of(child: subprocess.Popen[bytes]) -> Callable[[], tuple[float, int]]:
    """A function that gives what the process has taken: seconds of the processor, bytes of memory."""
    try:
        process = psutil.Process(child.pid)
    except psutil.Error:
        return lambda: (0.0, 0)

    def usage() -> tuple[float, int]:
        try:
            times = process.cpu_times()
            return times.user + times.system, int(process.memory_info().rss)
        except (psutil.Error, OSError):
            return 0.0, 0

    return usage
