"""Starting the program itself once more, as a process that may crash, hang or fill the memory."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def own_command(option: str, module: str) -> list[str]:
    """Starts `module`, or the packaged program, which has no interpreter to offer, with `option`."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", module]
    program = Path(sys.executable)
    if sys.platform == "win32":
        # The windowed program has no output there.
        program = program.with_name("tarn-console.exe")
    return [str(program), option]


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
