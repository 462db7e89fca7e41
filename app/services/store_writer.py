"""Saves conversations on a thread of its own: in order, and again later where it failed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import UserError
from app.core.translation import tr
from app.services.notices import NoticeService

log = logging.getLogger(__name__)

SAVING = "saving"
"""The topic of the notice that something could not be saved."""
RETRY_MS = 10_000
"""Milliseconds after which what could not be saved is tried again, if nothing else is saved before."""

Write = Callable[[], object]
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Saved:
    """Something of a conversation is on the disk now.

    `what` is the name that it was given to `StoreWriter.save` with.
    """

    conversation_id: str
    what: str


@dataclass(frozen=True, slots=True)
class SavingFailed:
    """Something of a conversation could not be saved, and is kept for later."""

    conversation_id: str
    error: UserError


@dataclass(frozen=True, slots=True)
class _RunEnded:
    """What was given to `StoreWriter.run` is done, or failed."""

    on_done: Callable[[], object]
    on_failed: Callable[[], object]
    error: Exception | None


class StoreWriter(QObject):
    """The one way to the disk for everything that is said and set in conversations.

    What was handed over is saved in that order. Where that fails, the user is told once; it is kept, and all
    that follows in the same conversation waits behind it, until it can be saved: a message is of no use
    without the one above it.

    Signals:
        changed: a `Saved` or a `SavingFailed`.
    """

    changed = Signal(object)
    _reported = Signal(object)  # From the writer's thread to the one that this object lives on.

    def __init__(self, notices: NoticeService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._lock = threading.Lock()
        self._waiting: dict[_Key, Write] = {}
        """What is still to be saved, in order."""
        self._exempt: set[str] = set()
        self._is_scheduled = False
        self._is_shut_down = False
        self._failing: set[str] = set()
        """Conversations whose trouble the user was told of."""
        self._retry = QTimer(self, interval=RETRY_MS, singleShot=True)
        self._retry.timeout.connect(self.retry)
        self._reported.connect(self._on_reported)

    def save(self, conversation_id: str, what: str, write: Write) -> None:
        """Saves something of a conversation soon.

        Args:
            conversation_id: whose it is; empty for things that are no loss where they cannot be saved.
            what: tells it from other things of the conversation; newer ones take its place.
            write: does it, on the writer's thread; raises a UserError where it cannot.
        """
        if conversation_id in self._exempt:
            return
        key = (conversation_id, what)
        with self._lock:
            self._waiting.pop(key, None)
            self._waiting[key] = write
        self.retry()

    def exempt(self, conversation_id: str, is_exempt: bool) -> None:
        """Saves nothing of a conversation, or everything from now on."""
        (self._exempt.add if is_exempt else self._exempt.discard)(conversation_id)

    def run(
        self, write: Write, on_done: Callable[[], object], on_failed: Callable[[], object] = lambda: None
    ) -> None:
        """Does something once, after all that waits; a failure is told to the user and not tried again."""
        if not self._is_shut_down:
            self._executor.submit(self._run, write, on_done, on_failed)

    def retry(self) -> None:
        """Saves what waits, in order."""
        with self._lock:
            if self._is_scheduled or self._is_shut_down or not self._waiting:
                return
            self._is_scheduled = True
        self._executor.submit(self._write_all)

    def is_unsaved(self, conversation_id: str) -> bool:
        """Whether something of a conversation is only in memory."""
        with self._lock:
            return any(owner == conversation_id for owner, _what in self._waiting)

    def forget(self, conversation_id: str) -> None:
        """Gives up what could not be saved of a conversation, which was deleted meanwhile."""
        if conversation_id not in self._failing:
            return
        with self._lock:
            for key in [key for key in self._waiting if key[0] == conversation_id]:
                del self._waiting[key]
        self._forget_failure(conversation_id)

    def wait(self) -> None:
        """Blocks until all that can be saved is on the disk."""
        self.retry()
        self._executor.submit(lambda: None).result()

    def shut_down(self) -> None:
        """Saves what waits, as far as it can be saved, and ends."""
        self._retry.stop()
        self.retry()
        self._is_shut_down = True
        self._executor.shutdown(wait=True)

    def _run(self, write: Write, on_done: Callable[[], object], on_failed: Callable[[], object]) -> None:
        error: Exception | None = None
        try:
            write()
        except Exception as raised:
            error = raised  # Told on the thread of the notices.
        self._reported.emit(_RunEnded(on_done, on_failed, error))

    def _write_all(self) -> None:
        """Tries everything that waits once; of a conversation nothing more behind the first failure."""
        with self._lock:
            self._is_scheduled = False
            keys = list(self._waiting)
        failed: set[str] = set()
        for key in keys:
            conversation_id, what = key
            with self._lock:
                write = self._waiting.get(key)
            if write is None or conversation_id in failed:
                continue
            try:
                write()
            except UserError as error:
                if conversation_id:
                    failed.add(conversation_id)
                    self._reported.emit(SavingFailed(conversation_id, error))
                    continue
            except Exception:
                log.exception("Saving %r of a conversation failed", what)
            with self._lock:
                if self._waiting.get(key) is write:
                    del self._waiting[key]
            self._reported.emit(Saved(conversation_id, what))

    def _forget_failure(self, conversation_id: str) -> None:
        if conversation_id in self._failing:
            self._failing.discard(conversation_id)
            if not self._failing:
                self._notices.withdraw(SAVING)

    def _on_reported(self, report: Saved | SavingFailed | _RunEnded) -> None:
        if isinstance(report, _RunEnded):
            if report.error is None:
                report.on_done()
            else:
                report.on_failed()
                self._notices.fail_unexpectedly(report.error, tr("The change could not be saved."))
            return
        if isinstance(report, SavingFailed):
            self._retry.start()
            if report.conversation_id not in self._failing:
                self._failing.add(report.conversation_id)
                log.warning("Saving failed: %s", type(report.error).__name__)
                self._notices.fail(report.error, SAVING)
        elif not self.is_unsaved(report.conversation_id):
            self._forget_failure(report.conversation_id)
        self.changed.emit(report)
