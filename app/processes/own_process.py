"""Starting the program itself once more, as a process that may crash, hang or fill the memory."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path


def own_command(option: str) -> list[str]:
    """Starts the program with an option that makes it a child, as `app/launch.py` knows them."""
    if not getattr(sys, "frozen", False):
        return [sys.executable, "-m", "app.launch", option]
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
