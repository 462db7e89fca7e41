"""A process that answers requests, one after the other, and is ended when one takes too long or too much.

It is started with the first request, and again with the next one after it was ended.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil

from app.core.translation import tr

LONGEST_START_SECONDS = 30.0
LARGEST_REPLY = 256 * 1024 * 1024
_LOOK_AGAIN_SECONDS = 0.02


class RequestFailedError(Exception):
    """A request has no answer.

    Attributes:
        was_stopped: it took too long or too much; else the process ended or could not be started.
    """

    def __init__(self, reason: str, *, was_stopped: bool = False) -> None:
        super().__init__(reason)
        self.was_stopped = was_stopped


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request may take."""

    seconds: float
    memory_bytes: int
    """Of the whole process, what it has loaded included."""


@dataclass(slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    replies: queue.SimpleQueue[bytes | None]


class RequestProcess:
    """The side of the window. Safe from any thread."""

    def __init__(
        self, name: str, command: Sequence[str], limits: RequestLimits, *, is_kept_ready: bool = False
    ) -> None:
        """Start nothing yet.

        Args:
            name: for the threads that belong to it.
            command: starts a process that calls `request_worker.serve`.
            is_kept_ready: one that was ended over a request is started again at once.
        """
        self._name = name
        self._command = command
        self._limits = limits
        self._is_kept_ready = is_kept_ready
        self._lock = threading.Lock()
        self._child: _Child | None = None
        if sys.platform == "win32":  # A child there does not end with its parent.
            import atexit

            atexit.register(self.end)

    def ask(self, request: bytes, cancel: threading.Event | None = None) -> bytes:
        """The answer to a request; an empty request has an empty answer.

        Args:
            request: what the process is asked.
            cancel: once it is set, nobody waits any more and the process is ended.

        Raises:
            RequestFailedError: there is none.
        """
        with self._lock:
            if self._child is not None and self._child.process.poll() is not None:
                self._close(self._child)
            if self._child is None:
                self._child = self._started()
            return self._reply(self._child, request, self._limits.seconds, cancel)

    def end(self) -> None:
        """Ends the process; a request that it is at fails."""
        child = self._child
        if child is not None:
            with contextlib.suppress(OSError):
                child.process.kill()
        with self._lock:  # Whoever waited for an answer has closed it meanwhile.
            if self._child is not None:
                self._close(self._child)

    def _started(self) -> _Child:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                list(self._command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
                creationflags=flags,
            )
        except OSError as error:
            raise RequestFailedError(
                tr("its process could not be started: {reason}", reason=error.strerror)
            ) from error
        replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        assert process.stdout is not None
        threading.Thread(target=_listen, args=(process.stdout, replies), name=self._name, daemon=True).start()
        child = _Child(process, replies)
        self._reply(child, b"", LONGEST_START_SECONDS)
        return child

    def _reply(
        self, child: _Child, data: bytes, seconds: float, cancel: threading.Event | None = None
    ) -> bytes:
        deadline = time.monotonic() + seconds
        assert child.process.stdin is not None
        try:
            child.process.stdin.write(len(data).to_bytes(8, "big") + data)
            child.process.stdin.flush()
        except OSError as error:
            raise self._ended(child, tr("its process ended")) from error
        while True:
            try:
                reply = child.replies.get(timeout=_LOOK_AGAIN_SECONDS)
            except queue.Empty:
                if cancel is not None and cancel.is_set():
                    raise self._ended(child, tr("it was cancelled"), was_stopped=True) from None
                if time.monotonic() > deadline:
                    raise self._ended(child, tr("it does not come to an end"), was_stopped=True) from None
                if _memory_of(child.process.pid) > self._limits.memory_bytes:
                    raise self._ended(child, tr("it takes too much memory"), was_stopped=True) from None
                continue
            if reply is None:
                raise self._ended(child, tr("its process ended"))
            return reply

    def _ended(self, child: _Child, reason: str, was_stopped: bool = False) -> RequestFailedError:
        self._close(child)
        if was_stopped and self._is_kept_ready:
            # Ready for the next request, without anyone waiting for it.
            threading.Thread(target=self._start_again, name=f"{self._name}-start", daemon=True).start()
        return RequestFailedError(reason, was_stopped=was_stopped)

    def _close(self, child: _Child) -> None:
        self._child = None
        with contextlib.suppress(OSError):
            child.process.kill()
        child.process.wait()
        for pipe in (child.process.stdin, child.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _start_again(self) -> None:
        with contextlib.suppress(RequestFailedError):
            self.ask(b"")


def read_block(stream: BinaryIO) -> bytes | None:
    """A block of bytes that is headed by its length; None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    length = int.from_bytes(head, "big")
    data = stream.read(length) if length <= LARGEST_REPLY else b""
    return data if len(data) == length else None


def _listen(stream: BinaryIO, replies: queue.SimpleQueue[bytes | None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while (block := read_block(stream)) is not None:
            replies.put(block)
    replies.put(None)


def _memory_of(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
