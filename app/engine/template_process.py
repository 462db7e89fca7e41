"""Chat templates of strangers, run in a process that may hang or fill the memory instead of the window's.

One process serves all templates and is kept ready. It is ended when a request takes too long or too much, and
started again with the next one.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from app.core.errors import TemplateError, TemplateStoppedError
from app.core.message import Message
from app.core.reasoning_markers import ReasoningMarkers
from app.core.template_traits import CallForm, TemplateTraits, WordsBesideCall
from app.engine.compiled_template import REFUSED, Prompt
from app.engine.tracked_text import TrackedText
from app.engine.trial_process import own_command

OPTION = "--run-templates"
LONGEST_SECONDS = 3.5
"""For one request; counting inside the process ends most of them earlier."""
LONGEST_START_SECONDS = 30.0
LARGEST_BYTES = 1024 * 1024 * 1024
"""Of memory; the process itself takes about 50 MB."""
LARGEST_REPLY = 256 * 1024 * 1024
_LOOK_AGAIN_SECONDS = 0.02


class RemoteTemplate:
    """A template that runs in the process. Safe from any thread."""

    def __init__(self, source: str, bos_text: str = "", eos_text: str = "") -> None:
        """Raises TemplateError: the template is not valid, or does not come to an end when it is tried."""
        self._key = (source, bos_text, eos_text)
        self.traits = _traits_of(_process.ask((self._key, None)))

    def render(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]] = (),
        prefill: str = "",
        for_reply: bool = True,
    ) -> Prompt:
        """As `CompiledTemplate.render`. Raises TemplateError."""
        return _prompt_of(_process.ask((self._key, (messages, tools, prefill, for_reply))))


@dataclass(slots=True)
class _Worker:
    child: subprocess.Popen[bytes]
    replies: queue.SimpleQueue[bytes | None]


class _TemplateProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: _Worker | None = None

    def ask(self, request: object) -> dict[str, Any]:
        """Raises TemplateError: what the template did, or that it was stopped."""
        data = pickle.dumps(request)
        with self._lock:
            if self._worker is None or self._worker.child.poll() is not None:
                self._worker = self._started()
            reply = self._reply(self._worker, data, LONGEST_SECONDS)
        try:
            answer = json.loads(reply)
            if "error" not in answer:
                return dict(answer)
            sentence = str(answer["error"])
        except (ValueError, TypeError, RecursionError) as error:
            raise _failed("its process answered nonsense") from error
        kind = TemplateStoppedError if answer.get("was_stopped") else TemplateError
        raise kind(sentence, REFUSED)

    def _started(self) -> _Worker:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            child = subprocess.Popen(
                own_command(OPTION, "app.engine.template_worker"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
                creationflags=flags,
            )
        except OSError as error:
            raise _failed(f"its process could not be started: {error.strerror}") from error
        replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        assert child.stdout is not None
        threading.Thread(target=_listen, args=(child.stdout, replies), name="templates", daemon=True).start()
        worker = _Worker(child, replies)
        self._reply(worker, b"", LONGEST_START_SECONDS)
        return worker

    def _reply(self, worker: _Worker, data: bytes, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        assert worker.child.stdin is not None
        try:
            worker.child.stdin.write(len(data).to_bytes(8, "big") + data)
            worker.child.stdin.flush()
        except OSError as error:
            raise self._ended(worker, "its process ended") from error
        while True:
            try:
                reply = worker.replies.get(timeout=_LOOK_AGAIN_SECONDS)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise self._ended(worker, "it does not come to an end", was_stopped=True) from None
                if _memory_of(worker.child.pid) > LARGEST_BYTES:
                    raise self._ended(worker, "it takes too much memory", was_stopped=True) from None
                continue
            if reply is None:
                raise self._ended(worker, "its process ended")
            return reply

    def _ended(self, worker: _Worker, reason: str, was_stopped: bool = False) -> TemplateError:
        self._worker = None
        with contextlib.suppress(OSError):
            worker.child.kill()
        worker.child.wait()
        for pipe in (worker.child.stdin, worker.child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        if was_stopped:
            threading.Thread(target=_start_again, name="templates-start", daemon=True).start()
            return TemplateStoppedError(f"The model's chat template was stopped: {reason}.", REFUSED)
        return _failed(reason)


_process = _TemplateProcess()


def _failed(reason: str) -> TemplateError:
    return TemplateError(f"The model's chat template failed: {reason}.", REFUSED)


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


def _traits_of(answer: Mapping[str, Any]) -> TemplateTraits:
    try:
        found = dict(answer["traits"])
        return TemplateTraits(
            **{
                **found,
                "calls": CallForm(found["calls"]),
                "words_beside_call": WordsBesideCall(found["words_beside_call"]),
                "thought_fields": tuple(found["thought_fields"]),
                "answer_tags": tuple(found["answer_tags"]),
                "reasoning": _markers_of(found["reasoning"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _failed("its process answered nonsense") from error


def _prompt_of(answer: Mapping[str, Any]) -> Prompt:
    try:
        text = str(answer["text"])
        own = b"".join(bytes([number % 2]) * length for number, length in enumerate(answer["runs"]))
        if len(own) != len(text):
            raise ValueError("marks for another text")
        return Prompt(
            TrackedText(text, own),
            _markers_of(answer["reasoning"]),
            bool(answer["starts_in_reasoning"]),
            tuple(map(str, answer["left_out"])),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _failed("its process answered nonsense") from error


def _markers_of(found: Any) -> ReasoningMarkers | None:
    return ReasoningMarkers(**found) if found else None


def _start_again() -> None:
    """Has the process ready for the next template, without anyone waiting for it."""
    with contextlib.suppress(TemplateError):
        _process.ask(None)


if sys.platform == "win32":  # A child there does not end with its parent.
    import atexit

    atexit.register(lambda: _process._worker and _process._worker.child.kill())
