"""Running tests in several processes without their disturbing each other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    import fcntl
except ImportError:  # Windows has no locks that several may hold: tests that measure are not alone there.
    fcntl = None  # type: ignore[assignment]

MOST_PROCESSES = 8
"""Each has a window and an engine of its own, about 700 MB where all kinds of tests have run."""


def process_count(config: pytest.Config) -> int:
    """One process a core for the whole suite; for a part of it this one, where a debugger works."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min(_cores(), MOST_PROCESSES)


def take_one_core(config: pytest.Config) -> None:
    """Keeps a process that runs tests, and its children, to one core, so that its engines use one thread.

    llama.cpp's threads wait for each other at every layer: two engines with two threads each on two cores are
    several times slower than two engines with one thread each. So is one beside any other busy program.
    """
    number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    only_starts_others = not number and config.getoption("numprocesses", 0)
    if hasattr(os, "sched_setaffinity") and not only_starts_others:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(number or os.getpid()) % len(cores)]})


@contextlib.contextmanager
def turn(folder: Path, is_alone: bool) -> Iterator[None]:
    """Runs one test while the others run theirs, or, where it measures time, between theirs.

    Args:
        folder: is the same for all processes of a run.
    """
    if fcntl is None:
        yield
        return
    with (folder / "gate").open("w") as gate, (folder / "turn").open("w") as lock:
        # Who wants to be alone keeps the gate while waiting; else the others would never all be out.
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
