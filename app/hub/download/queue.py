"""Which downloads run, wait, rest or have failed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.core.errors import Cancelled, HubError
from app.core.translation import tr
from app.hub.download.file_download import (
    FetchedFile,
    arrived_bytes,
    discard,
    download,
    release,
)
from app.hub.download.part_file import settle
from app.hub.download.progress import DownloadProgress, DownloadStage, Speedometer
from app.hub.download.records import DownloadRecords, id_of
from app.hub.download.retry_policy import DEFAULT_RETRY_POLICY, RetryPolicy
from app.hub.download.state import DownloadOrder, DownloadState, DownloadStatus
from app.hub.hub import Hub
from app.hub.library.projectors import is_projector
from app.hub.library.records import LibraryRecords

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Downloads that run at the same time."""
_STOP_SECONDS = 5.0
"""How long the end of the program waits for a thread; far more than one needs."""

_AT_REST: dict[str, float | None] = {"bytes_per_second": 0.0, "seconds_left": None}

OnChange = Callable[[DownloadState], None]


class DownloadQueue:
    """Runs downloads on threads of its own, two at a time.

    All methods return at once and may be called from any thread. `on_change` is told every new state, on
    whatever thread it happens and in order; it must not wait for anything.
    """

    def __init__(
        self,
        hub: Hub,
        records_folder: Path,
        on_change: OnChange,
        library_records: LibraryRecords | None = None,
        at_once: int = AT_ONCE,
        retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    ) -> None:
        """
        Args:
            records_folder: where it is written down what was ordered, so that a restart finds it.
            library_records: told what was verified.
        """
        self._hub = hub
        self._records = DownloadRecords(records_folder)
        self._on_change = on_change
        self._library_records = library_records
        self._at_once = at_once
        self._retry_policy = retry_policy
        self._lock = threading.RLock()
        self._entries: dict[str, _QueuedDownload] = {}
        self._is_shut_down = False

    def restore(self, goes_on: bool = True) -> list[DownloadState]:
        """Finds the downloads that an earlier run did not finish; call once, before anything else.

        Those that the user had paused are paused. The others go on, or are paused too with `goes_on=False`.
        """
        for order, was_paused in self._records.read():
            is_paused = was_paused or not goes_on
            status = DownloadStatus.PAUSED if is_paused else DownloadStatus.WAITING
            with self._lock:
                if id_of(order) not in self._entries:
                    self._enter(order, status)
        self._start_waiting()
        return self.states()

    def add(self, order: DownloadOrder) -> DownloadState:
        """Queues a download. One that is there already is resumed instead of started twice."""
        with self._lock:
            entry = self._entries.get(id_of(order))
            if entry is None or entry.state.status in (DownloadStatus.DONE, DownloadStatus.CANCELLED):
                self._records.write(order, is_paused=False)
                entry = self._enter(order, DownloadStatus.WAITING, entry)
                self._start_waiting()
            else:
                self.resume(entry.state.id)
            return entry.state

    def states(self) -> list[DownloadState]:
        """All downloads of this run, in the order in which they were added."""
        with self._lock:
            return [entry.state for entry in self._entries.values()]

    def pause(self, download_id: str) -> None:
        """Stops one within half a second; what arrived stays, also over restarts."""
        with self._lock:
            entry = self._entries.get(download_id)
            if entry is None or entry.state.status not in (DownloadStatus.WAITING, DownloadStatus.RUNNING):
                return
            entry.cancel.set()
            self._records.write(entry.state.order, is_paused=True)
            self._change(entry, status=DownloadStatus.PAUSED, **_AT_REST)

    def resume(self, download_id: str) -> None:
        """Goes on with one that is paused or has failed."""
        with self._lock:
            entry = self._entries.get(download_id)
            if entry is None or entry.state.status not in (DownloadStatus.PAUSED, DownloadStatus.FAILED):
                return
            self._records.write(entry.state.order, is_paused=False)
            self._change(entry, status=DownloadStatus.WAITING, error=None, notice="")
            self._start_waiting()

    def retry(self, download_id: str) -> None:
        """The same as `resume`, for one that has failed."""
        self.resume(download_id)

    def cancel(self, download_id: str) -> None:
        """Stops one and throws away what arrived."""
        with self._lock:
            entry = self._entries.get(download_id)
            if entry is None or entry.state.status in (DownloadStatus.DONE, DownloadStatus.CANCELLED):
                return
            entry.is_unwanted = True
            entry.cancel.set()
            self._records.remove(entry.state.order)
            if entry.thread is None:
                # Removing gigabytes takes a disk a moment.
                entry.thread = threading.Thread(target=self._tidy, args=(entry,), name="download-tidy")
                entry.thread.start()

    def dismiss(self, download_id: str) -> None:
        """Takes one that is done or cancelled off the list."""
        with self._lock:
            entry = self._entries.get(download_id)
            if entry and entry.state.status in (DownloadStatus.DONE, DownloadStatus.CANCELLED):
                del self._entries[download_id]

    def shut_down(self) -> None:
        """Stops everything within half a second and waits for it; a later run goes on."""
        with self._lock:
            self._is_shut_down = True
            threads = [entry.thread for entry in self._entries.values() if entry.thread is not None]
            for entry in self._entries.values():
                entry.cancel.set()
        for thread in threads:
            thread.join(_STOP_SECONDS)

    def _enter(
        self, order: DownloadOrder, status: DownloadStatus, former: _QueuedDownload | None = None
    ) -> _QueuedDownload:
        state = DownloadState(
            id_of(order),
            order,
            status,
            done_bytes=sum(_arrived(order)),
            size_bytes=sum(file.size_bytes for file in order.files),
        )
        entry = _QueuedDownload(state, thread=former.thread if former else None)
        self._entries[state.id] = entry
        self._on_change(state)
        return entry

    def _start_waiting(self) -> None:
        with self._lock:
            for entry in self._entries.values():
                busy = sum(one.thread is not None for one in self._entries.values())
                if busy >= self._at_once or self._is_shut_down:
                    return
                if entry.state.status is DownloadStatus.WAITING and entry.thread is None:
                    self._start(entry)

    def _start(self, entry: _QueuedDownload) -> None:
        entry.cancel = threading.Event()
        entry.speed.forget()
        name = f"download-{entry.state.id}"
        entry.thread = threading.Thread(target=self._run, args=(entry, entry.cancel), name=name, daemon=True)
        self._change(entry, status=DownloadStatus.RUNNING, stage=DownloadStage.CONNECTING)
        entry.thread.start()

    def _run(self, entry: _QueuedDownload, cancel: threading.Event) -> None:
        outcome: HubError | None = None
        fetched: list[FetchedFile] = []
        try:
            self._fetch(entry, cancel, fetched)
        except Cancelled:
            log.info("A download was stopped")
        except HubError as error:
            log.info("A download failed: %s", type(error).__name__)
            outcome = error
        except Exception:
            log.exception("A download failed in a way nobody thought of")
            outcome = HubError(tr("The download failed unexpectedly."), tr("Try it again."))
        with self._lock:
            entry.thread = None
            is_done = self._end(entry, outcome, fetched)
            self._start_waiting()
        if is_done:
            self._settle(entry.state)

    def _settle(self, state: DownloadState) -> None:
        """Forgets the order when the disk has all of it: until then a restart checks the files again."""
        try:
            for path in state.paths:
                settle(path)
        except FileNotFoundError:
            log.info("A model was deleted as soon as it was here")
        except OSError as error:
            log.warning("A model may not be on the disk for good: %s", error.strerror)
            return
        self._records.remove(state.order)

    def _fetch(self, entry: _QueuedDownload, cancel: threading.Event, fetched: list[FetchedFile]) -> None:
        order = entry.state.order
        for index, file in enumerate(order.files):

            def report(progress: DownloadProgress, index: int = index) -> None:
                self._note_progress(entry, cancel, index, progress)

            fetched.append(
                download(
                    self._hub,
                    order.repository,
                    file.name,
                    order.folder,
                    cancel,
                    report,
                    order.revision,
                    self._retry_policy,
                    is_held=len(order.files) > 1,
                )
            )
        for file in reversed(order.files):
            release(order.folder, order.repository, file.name)

    def _end(self, entry: _QueuedDownload, error: HubError | None, fetched: list[FetchedFile]) -> bool:
        """Draws the conclusion from how a download ended; whether it is done."""
        order = entry.state.order
        if error is None and len(fetched) == len(order.files):
            self._finish(entry, fetched)
            return True
        if entry.is_unwanted:
            self._throw_away(entry)
        elif error is not None and entry.state.status is DownloadStatus.RUNNING:
            self._change(entry, status=DownloadStatus.FAILED, error=error, **_AT_REST)
        return False

    def _finish(self, entry: _QueuedDownload, fetched: list[FetchedFile]) -> None:
        for one in fetched:
            if self._library_records is not None:
                self._library_records.note_verified(one.path, one.sha256, entry.state.order.repository)
        self._note_projector([one.path for one in fetched])
        size = sum(one.size_bytes for one in fetched)
        paths = tuple(one.path for one in fetched)
        done = DownloadStatus.DONE
        self._change(
            entry, status=done, done_bytes=size, size_bytes=size, paths=paths, error=None, **_AT_REST
        )

    def _note_projector(self, paths: list[Path]) -> None:
        """Remembers which file lets the model see that was fetched with it."""
        projector = next((path for path in paths if is_projector(path.name)), None)
        model = next((path for path in paths if not is_projector(path.name)), None)
        if self._library_records and projector and model and projector.parent == model.parent:
            self._library_records.note_projector(model, projector)

    def _tidy(self, entry: _QueuedDownload) -> None:
        with self._lock:
            entry.thread = None
            self._throw_away(entry)
            self._start_waiting()

    def _throw_away(self, entry: _QueuedDownload) -> None:
        order = entry.state.order
        try:
            for file in order.files:
                discard(order.folder, order.repository, file.name)
        except HubError as error:
            log.info("What was left of a download could not be removed: %s", type(error).__name__)
        self._change(entry, status=DownloadStatus.CANCELLED, done_bytes=0, **_AT_REST)

    def _note_progress(
        self, entry: _QueuedDownload, cancel: threading.Event, index: int, progress: DownloadProgress
    ) -> None:
        with self._lock:
            if cancel.is_set():
                return  # It is shown as paused already.
            entry.note(index, progress, time.monotonic())
            self._on_change(entry.state)

    def _change(self, entry: _QueuedDownload, **changes: object) -> None:
        entry.state = replace(entry.state, **changes)  # type: ignore[arg-type]
        self._on_change(entry.state)


@dataclass
class _QueuedDownload:
    """A download and what runs it."""

    state: DownloadState
    thread: threading.Thread | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    speed: Speedometer = field(default_factory=Speedometer)
    is_unwanted: bool = False
    sizes: dict[int, int] = field(default_factory=dict)
    """Of its files, by number, where the hub has told them since it was ordered."""

    def note(self, index: int, progress: DownloadProgress, now: float) -> None:
        if progress.size_bytes:
            self.sizes[index] = progress.size_bytes
        files = self.state.order.files
        sizes = [self.sizes.get(number, file.size_bytes) for number, file in enumerate(files)]
        done = sum(sizes[:index]) + progress.done_bytes
        if progress.stage is DownloadStage.FETCHING:
            self.speed.note(now, done)
        is_fetching = progress.stage is DownloadStage.FETCHING
        self.state = replace(
            self.state,
            stage=progress.stage,
            done_bytes=done,
            size_bytes=sum(sizes),
            bytes_per_second=self.speed.bytes_per_second(now) if is_fetching else 0.0,
            seconds_left=self.speed.seconds_left(now, sum(sizes)) if is_fetching else None,
            notice=progress.notice,
        )


def _arrived(order: DownloadOrder) -> list[int]:
    try:
        return [arrived_bytes(order.folder, order.repository, file.name) for file in order.files]
    except (HubError, OSError):
        return []
