"""A process of our own that may crash instead of the window's."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.core.errors import EngineError

_LOOK_AGAIN_SECONDS = 0.05


def own_command(option: str, module: str) -> list[str]:
    """Starts `module`, or the packaged program, which has no interpreter to offer, with `option`."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", module]
    program = Path(sys.executable)
    if sys.platform == "win32":
        # The windowed program has no output there.
        program = program.with_name("tarn-console.exe")
    return [str(program), option]


def start_child(command: list[str]) -> subprocess.Popen[bytes]:
    """Starts a process whose output can be read.

    Raises:
        EngineError: the system refused.
    """
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            creationflags=flags,
        )
    except OSError as error:
        raise EngineError(
            f"The engine could not be started for a trial: {error.strerror}.", "Install this program again."
        ) from error


def wait_for_child(
    child: subprocess.Popen[bytes], timeout: float, cancel: threading.Event | None = None
) -> bool:
    """Whether the child ended by itself. Its few lines of output fit into any pipe."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and not (cancel is not None and cancel.is_set()):
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK_AGAIN_SECONDS)
            return True
    return False


def die_quietly() -> None:
    """For the child: a crash leaves no core file and no dialog; when memory runs out, it goes first."""
    # ggml would start a debugger to print where it failed, which takes seconds.
    os.environ["GGML_NO_BACKTRACE"] = "1"
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x0001 | 0x0002 | 0x8000)
