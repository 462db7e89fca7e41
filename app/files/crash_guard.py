"""Remembers, beyond the program's death, what it was working on.

While risky work goes on, a mark of it stands in a file of this process. A run that ends as it should takes
its file away; what a dead run left makes suspects, which are remembered until the same work ends well.
Nothing here keeps the program from starting or working: where the folder cannot be read or written, nothing
is remembered.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import IO, Any

import psutil

from app.core.risky_work import Crash, RiskyWork, Suspect
from app.files.atomic_write import replace_file

log = logging.getLogger(__name__)

SUSPECTS_NAME = "suspects.json"
_MARKS = "process-*.json"
_MOST_SUSPECTS = 100
_LARGEST_FILE = 1_000_000
_SAME_START_SECONDS = 2.0
"""The time at which a process started is not told twice alike where the clock was set in between."""

HANGING_SECONDS = {RiskyWork.COUNT_TOKENS: 10.0, RiskyWork.OPEN_CONVERSATION: 10.0}
"""After which time a work counts as hanging; a hundredth of it is usual. The others may take minutes."""
_LOOK_AGAIN_SECONDS = 1.0
_WORKS_OF_A_MODEL = (RiskyWork.LOAD_MODEL, RiskyWork.COUNT_TOKENS, RiskyWork.ANSWER)
_CLEARED = {
    RiskyWork.LOAD_MODEL: (RiskyWork.LOAD_MODEL,),
    RiskyWork.COUNT_TOKENS: _WORKS_OF_A_MODEL,
    RiskyWork.ANSWER: _WORKS_OF_A_MODEL,
    RiskyWork.OPEN_CONVERSATION: (RiskyWork.OPEN_CONVERSATION,),
}
"""What a work that has ended speaks for: a model that counts or answers was loaded before, and lives."""


@dataclass(slots=True)
class _Mark:
    """What becomes a suspect if the program dies now."""

    suspect: Suspect
    began_at: float = field(default_factory=time.monotonic)
    thread: int = field(default_factory=threading.get_ident)

    def is_new_hang(self, now: float) -> bool:
        limit = HANGING_SECONDS[self.suspect.work]
        return not self.suspect.was_hanging and now - self.began_at > limit


class CrashGuard:
    """The marks of this process, and the suspects that earlier ones left.

    Its methods may be called from any thread.

    Attributes:
        newly_found: the suspects of runs that have died since the last start.
    """

    def __init__(self, folder: Path | None = None, crash: Crash | None = None) -> None:
        """
        Args:
            folder: where marks are kept, made when it is needed; without one nothing outlives the process.
            crash: how the last run crashed, where it is known to have.
        """
        self._folder = folder
        self._lock = threading.Lock()
        self._marks: dict[int, _Mark] = {}
        self._numbers = count(1)
        self._watcher: threading.Thread | None = None
        self._is_closed = threading.Event()
        self._file: IO[bytes] | None = None
        self._has_failed = False
        self._own_path = folder / f"process-{secrets.token_hex(8)}.json" if folder else None
        self._process = {"process_id": os.getpid(), "started_at": _started_at(os.getpid())}
        self._suspects = self._remembered()
        self.newly_found = self._collect(crash)

    def suspect(self, subject: str, version: str = "") -> Suspect | None:
        """What killed a run while it worked on this; the surest where there are several."""
        with self._lock:
            found = [
                suspect
                for suspect in self._suspects
                if (suspect.subject, suspect.version) == (subject, version)
            ]
        return max(found, key=lambda one: (one.is_left_alone, one.is_proven), default=None)

    @contextmanager
    def during(
        self, work: RiskyWork, subject: str, version: str = "", *, is_synced: bool = True
    ) -> Iterator[None]:
        """Has a mark stand while the block runs; see `begin`."""
        number = self.begin(work, subject, version, is_synced=is_synced)
        try:
            yield
        finally:
            self.end(number)

    def begin(self, work: RiskyWork, subject: str, version: str = "", *, is_synced: bool = True) -> int:
        """Sets a mark, to be taken away by `end` with the number that is given.

        It outlives the process; with `is_synced` also a crash of the whole system, for the price of a write
        to the disk.
        """
        with self._lock:
            former = next((one for one in self._suspects if _is_same(one, work, subject, version)), None)
            suspect = Suspect(work, subject, version, deaths=1 + (former.deaths if former else 0))
            number = next(self._numbers)
            self._marks[number] = _Mark(suspect)
            self._write_marks(is_synced)
            if work in HANGING_SECONDS and self._watcher is None and self._folder is not None:
                self._watcher = threading.Thread(target=self._watch, name="crash guard", daemon=True)
                self._watcher.start()
        return number

    def end(self, number: int) -> None:
        """Takes a mark away: the work has ended, be it with an error."""
        with self._lock:
            mark = self._marks.pop(number, None)
            if mark is None:
                return
            self._write_marks(is_synced=False)
            cleared = _CLEARED[mark.suspect.work]
            left = [
                one
                for one in self._suspects
                if one.subject != mark.suspect.subject or one.work not in cleared
            ]
            if left != self._suspects:
                self._suspects = left
                self._remember()

    def close(self) -> None:
        """Ends this run as it should end: it leaves no marks."""
        self._is_closed.set()
        with self._lock:
            self._marks.clear()
            path, self._own_path = self._own_path, None
            if self._file is not None and path is not None:
                self._file.close()
                self._file = None
                with suppress(OSError):
                    path.unlink()

    def _watch(self) -> None:
        """Notes which works hang, for as long as there are any that could; runs on a thread of its own."""
        while not self._is_closed.wait(_LOOK_AGAIN_SECONDS):
            with self._lock:
                watched = [mark for mark in self._marks.values() if mark.suspect.work in HANGING_SECONDS]
                if not watched:
                    self._watcher = None
                    return
                now = time.monotonic()
                hanging = [mark for mark in watched if mark.is_new_hang(now)]
                for mark in hanging:
                    mark.suspect = replace(mark.suspect, was_hanging=True)
                if hanging:
                    self._write_marks(is_synced=True)

    # The marks of this process: one file, written over at each change

    def _write_marks(self, is_synced: bool) -> None:
        if self._own_path is None:
            return
        marks = _values(mark.suspect for mark in self._marks.values())
        threads = [mark.thread for mark in self._marks.values()]
        try:
            if self._file is None:
                self._own_path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._own_path.open("xb", buffering=0)
            self._file.seek(0)
            self._file.write(_as_json({**self._process, "marks": marks, "threads": threads}))
            self._file.truncate()
            if is_synced:
                os.fsync(self._file.fileno())
        except OSError as error:
            if not self._has_failed:
                log.warning("What is being worked on cannot be noted: %s", error)
            self._has_failed = True

    # What dead processes left

    def _collect(self, crash: Crash | None) -> tuple[Suspect, ...]:
        """Makes suspects of the marks of dead processes, and remembers them before the marks go."""
        found: list[Suspect] = []
        dead: list[Path] = []
        try:
            paths = sorted(self._folder.glob(_MARKS)) if self._folder else []
        except OSError:
            paths = []
        for path in paths:
            content = _read(path)
            if not _is_running(content):
                dead.append(path)
                found += _blamed(content, crash)
        if found:
            same = {(one.work, one.subject) for one in found}
            self._suspects = [one for one in self._suspects if (one.work, one.subject) not in same] + found
            self._remember()
        for path in dead:
            with suppress(OSError):
                path.unlink()
        return tuple(found)

    def _remembered(self) -> list[Suspect]:
        return _suspects_in(_read(self._folder / SUSPECTS_NAME), "suspects") if self._folder else []

    def _remember(self) -> None:
        if self._folder is None:
            return
        try:
            kept = _values(self._suspects[-_MOST_SUSPECTS:])
            replace_file(self._folder / SUSPECTS_NAME, _as_json({"suspects": kept}))
        except OSError as error:
            log.warning("What ended the program cannot be remembered: %s", error)


def _blamed(content: dict[str, Any], crash: Crash | None) -> list[Suspect]:
    """The suspects of a dead process. What was worked on where it crashed is known to be at fault.

    A thread that is none of Python's is one of the engine's.
    """
    marks = _suspects_in(content, "marks")
    threads = content.get("threads")
    if crash is None or not isinstance(threads, list) or len(threads) != len(marks):
        return marks
    if crash.thread is None:
        return [replace(mark, was_fault=mark.work in _WORKS_OF_A_MODEL) for mark in marks]
    return [
        replace(mark, was_fault=thread == crash.thread) for mark, thread in zip(marks, threads, strict=True)
    ]


def _is_same(one: Suspect, work: RiskyWork, subject: str, version: str) -> bool:
    return (one.work, one.subject, one.version) == (work, subject, version)


def _values(suspects: Iterable[Suspect]) -> list[dict[str, Any]]:
    return [asdict(suspect) for suspect in suspects]


def _as_json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, indent=1).encode()


def _read(path: Path) -> dict[str, Any]:
    """What a file holds; nothing where it is missing, damaged or far too large."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE).decode()
        # What stands behind the first value is left of a longer one: the process died between two steps.
        content, _end = json.JSONDecoder().raw_decode(text)
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _suspects_in(content: dict[str, Any], key: str) -> list[Suspect]:
    entries = content.get(key)
    found = map(_suspect_of, entries) if isinstance(entries, list) else ()
    return [suspect for suspect in found if suspect is not None][-_MOST_SUSPECTS:]


def _suspect_of(entry: object) -> Suspect | None:
    """A suspect from a file; None where the entry is damaged, or of a later version of the program."""
    if not isinstance(entry, dict):
        return None
    try:
        work, deaths = RiskyWork(entry["work"]), int(entry["deaths"])
        was_fault, was_hanging = bool(entry["was_fault"]), bool(entry["was_hanging"])
        return Suspect(work, str(entry["subject"]), str(entry["version"]), deaths, was_fault, was_hanging)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _is_running(content: dict[str, Any]) -> bool:
    """Whether the process that wrote these marks still runs."""
    process_id, started_at = content.get("process_id"), content.get("started_at")
    if not isinstance(process_id, int) or not isinstance(started_at, int | float):
        return False
    really = _started_at(process_id)
    return really is not None and abs(really - started_at) < _SAME_START_SECONDS


def _started_at(process_id: int) -> float | None:
    """In seconds since 1970; None where there is no such process."""
    try:
        return psutil.Process(process_id).create_time()
    except (psutil.Error, OSError, ValueError, OverflowError):
        return None
