"""Downloads of models: what is ordered, how it stands, and what is done with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import GatedError, HubError, NotOnHubError, TokenError, UserError
from app.core.translation import tr
from app.hub.download.queue import DownloadQueue, OnChange
from app.hub.download.state import DownloadOrder, DownloadState, DownloadStatus
from app.hub.hub import Hub
from app.hub.repository import Repository, Variant, read_repository
from app.hub.search import RepositoryAddress
from app.services.background import Report, Stream, Worker, as_hub_error, run_in_background

PROGRESS_MS = 100
"""Between two changes that tell of progress only: each is a redraw of the window."""
UNDO_MS = 9_000
"""How long a cancelled download keeps what has arrived: a second longer than undo is offered."""

_OVER = (DownloadStatus.DONE, DownloadStatus.CANCELLED)
_MOVING = (DownloadStatus.WAITING, DownloadStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class DownloadsChange:
    """Something about the downloads is different.

    Attributes:
        arrived: the download that has just been finished and verified; None for any other change.
    """

    arrived: DownloadState | None = None


class DownloadService(QObject):
    """Asks the hub what a repository holds, orders variants of it, and tells how the downloads stand.

    Signals:
        changed(DownloadsChange): of progress alone not more often than ten times a second.
    """

    changed = Signal(object)
    _queue_changed = Signal(object)

    def __init__(
        self,
        hub: Hub,
        make_queue: Callable[[OnChange], DownloadQueue],
        folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            make_queue: builds the queue, given what it calls with each change.
            folder: returns the folder that new models go to.
        """
        super().__init__(parent)
        self._hub = hub
        self._folder = folder
        self._worker = Worker("hub", self)
        self._is_shut_down = False
        self._repositories: dict[str, Repository] = {}
        self._states: dict[str, DownloadState] = {}
        self._cancelled: dict[str, bool] = {}
        """Downloads whose cancel can still be undone, and whether each was moving before."""
        self._progress = QTimer(self, interval=PROGRESS_MS, singleShot=True)
        self._progress.timeout.connect(lambda: self.changed.emit(DownloadsChange()))
        # The queue calls on its own threads; the signal brings it to this one.
        self._queue_changed.connect(self._on_queue_changed)
        self._queue = make_queue(self._queue_changed.emit)

    # What the hub has

    @property
    def is_offline(self) -> bool:
        return self._hub.is_offline

    def page_of(self, repository: str) -> str:
        """The address of a repository's page, for a browser."""
        return self._hub.page_of(repository)

    def known(self, repository: str, revision: str = "main") -> Repository | None:
        """What the hub has said of a repository in this run; None where it was not asked."""
        return self._repositories.get(repository) if revision == "main" else None

    def look_up(
        self,
        address: RepositoryAddress,
        on_found: Callable[[Repository], object],
        on_error: Callable[[HubError], object],
    ) -> Stream:
        """Asks the hub what a repository holds. Cancel the stream when the answer is no longer wanted."""

        def work(cancel: threading.Event, report: Report) -> None:
            report(read_repository(self._hub, address.repository, cancel, address.revision))

        def take(repository: Repository) -> None:
            if address.revision == "main":
                self._repositories[repository.name] = repository
            on_found(repository)

        def fail(error: UserError) -> None:
            on_error(as_hub_error(error))

        return run_in_background(self._worker, self, work, take, fail)

    def look_up_and_order(
        self,
        repository: str,
        quantisation: str,
        title: Callable[[Variant], str],
        on_ordered: Callable[[DownloadState], object],
        on_error: Callable[[HubError], object],
    ) -> Stream:
        """Orders a quantisation of a repository that the hub has not been asked about yet.

        The recommended one is taken where the wanted quantisation is not there any more.
        """

        def take(found: Repository) -> None:
            variant = found.variant(quantisation) or found.recommended
            if variant is None:
                on_error(
                    NotOnHubError(
                        tr("{repository} has no model files.", repository=repository),
                        tr("Try another repository."),
                    )
                )
            else:
                on_ordered(self.order(found, variant, title(variant)))

        return self.look_up(RepositoryAddress(repository), take, on_error)

    # Downloads

    @property
    def states(self) -> list[DownloadState]:
        """All but those just cancelled, in the order in which they were added."""
        return [state for state in self._states.values() if state.id not in self._cancelled]

    @property
    def active(self) -> list[DownloadState]:
        """Those that are not done."""
        return [state for state in self.states if state.status not in _OVER]

    @property
    def fraction(self) -> float | None:
        """How far all that moves is, 0 to 1; None while nothing does."""
        moving = [state for state in self.states if state.status in _MOVING and state.size_bytes]
        size_bytes = sum(state.size_bytes for state in moving)
        return sum(state.done_bytes for state in moving) / size_bytes if size_bytes else None

    def state_of(self, repository: str, file: str = "") -> DownloadState | None:
        """The latest download from a repository, of one file of it where it is named."""
        for state in reversed(self.states):
            if state.order.repository == repository and file in ("", state.order.files[0].name):
                return state
        return None

    def order(
        self, repository: Repository, variant: Variant, title: str, revision: str = "main"
    ) -> DownloadState:
        """Downloads a variant with what goes with it."""
        files = variant.all_files
        state = self._queue.add(DownloadOrder(repository.name, files, self._folder(), title, revision))
        self._cancelled.pop(state.id, None)
        return state

    def restore(self, goes_on: bool) -> None:
        """Continues what an earlier run did not finish, or lists it as paused."""
        self._queue.restore(goes_on)
        self.changed.emit(DownloadsChange())

    def pause(self, download_id: str) -> None:
        self._queue.pause(download_id)

    def resume(self, download_id: str) -> None:
        self._queue.resume(download_id)

    def retry(self, download_id: str) -> None:
        self._queue.retry(download_id)

    def cancel(self, download_id: str) -> None:
        """Takes a download off the list; what has arrived is deleted after `UNDO_MS`. See `undo_cancel`."""
        state = self._states.get(download_id)
        if state is None or download_id in self._cancelled:
            return
        self._cancelled[download_id] = state.status in _MOVING
        self._queue.pause(download_id)
        QTimer.singleShot(UNDO_MS, self, lambda: self._finish_cancel(download_id))
        self.changed.emit(DownloadsChange())

    def undo_cancel(self, download_id: str) -> None:
        """Brings a download back that has just been cancelled, with all that had arrived."""
        was_moving = self._cancelled.pop(download_id, None)
        if was_moving:
            self._queue.resume(download_id)
        if was_moving is not None:
            self.changed.emit(DownloadsChange())

    def remove(self, download_id: str) -> None:
        """Takes a finished download off the list; its files stay."""
        self._queue.dismiss(download_id)
        self._states.pop(download_id, None)
        self.changed.emit(DownloadsChange())

    def remove_finished(self) -> None:
        """Takes all that is done off the list."""
        for state in self.states:
            if state.status is DownloadStatus.DONE:
                self.remove(state.id)

    def pause_all(self) -> None:
        """Pauses what runs or waits, as when the network is switched off."""
        for state in self.states:
            self._queue.pause(state.id)

    def retry_refused(self) -> None:
        """Tries again what the hub has refused to somebody without a token, or with another one."""
        for state in self.states:
            if state.status is DownloadStatus.FAILED and isinstance(state.error, GatedError | TokenError):
                self._queue.resume(state.id)

    def shut_down(self) -> None:
        """Stops everything; the next run goes on. What was cancelled is deleted now."""
        if self._is_shut_down:
            return
        self._is_shut_down = True
        self._worker.shut_down()
        for download_id in tuple(self._cancelled):
            self._finish_cancel(download_id)
        self._queue.shut_down()
        self._queue_changed.disconnect(self._on_queue_changed)
        self._progress.stop()

    def _finish_cancel(self, download_id: str) -> None:
        if self._cancelled.pop(download_id, None) is not None:
            self._states.pop(download_id, None)
            self._queue.cancel(download_id)

    def _on_queue_changed(self, state: DownloadState) -> None:
        if self._is_shut_down:  # It was on its way to this thread already.
            return
        former = self._states.get(state.id)
        if state.status is DownloadStatus.CANCELLED:
            self._states.pop(state.id, None)
            self._queue.dismiss(state.id)
        else:
            self._states[state.id] = state
        if state.status is DownloadStatus.DONE:
            self._cancelled.pop(state.id, None)  # It was faster than the cancel.
            self.changed.emit(DownloadsChange(arrived=state))
        elif former is None or former.status is not state.status:
            self.changed.emit(DownloadsChange())
        elif not self._progress.isActive():
            self._progress.start()
