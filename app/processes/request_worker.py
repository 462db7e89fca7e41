"""The other side of a request process: reads requests and writes answers until the window is gone."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.processes.own_process import die_quietly
from app.processes.request_process import RequestLimits, read_block


def serve(answer: Callable[[bytes], bytes], limits: RequestLimits) -> int:
    """Answer requests; empty ones, which ask whether the process is ready, with nothing.

    Args:
        answer: raises nothing, and finds its own answer for what fails.
        limits: those that the window keeps; here twice as much is allowed, in case nobody looks any more.

    Returns:
        The process's exit code.
    """
    die_quietly()
    _limit_memory(2 * limits.memory_bytes)
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    sys.stdout = nowhere
    while (request := read_block(sys.stdin.buffer)) is not None:
        # One instruction of the interpreter can take for ever, and nobody may be left to end it.
        faulthandler.dump_traceback_later(2 * limits.seconds, exit=True, file=nowhere)
        reply = answer(request) if request else b""
        faulthandler.cancel_dump_traceback_later()
        replies.write(len(reply).to_bytes(8, "big") + reply)
        replies.flush()
    return 0


def _limit_memory(limit: int) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # Not on Windows.

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
