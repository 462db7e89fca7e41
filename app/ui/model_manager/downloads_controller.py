"""Joins the queue of downloads to the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import GatedError, TokenError
from app.hub.download.queue import DownloadQueue, OnChange
from app.hub.download.state import DownloadOrder, DownloadState, DownloadStatus
from app.hub.repository import Repository, Variant
from app.ui.model_manager import download_rows
from app.ui.model_manager.download_rows import download_row
from app.ui.model_manager.downloads_view import DownloadsView

REDRAW_MS = 100
_OVER = (DownloadStatus.DONE, DownloadStatus.CANCELLED)


class DownloadsController(QObject):
    """Orders downloads, and tells how they stand.

    Signals:
        changed(): something is different; not more often than ten times a second.
        arrived(DownloadState): one is done and checked.
        chat_requested(Path): the user wants to chat with a model that has arrived.
        page_requested(str): the user wants to see the page where terms are accepted.
    """

    changed = Signal()
    arrived = Signal(object)
    chat_requested = Signal(object)
    page_requested = Signal(str)
    _heard = Signal(object)

    def __init__(
        self,
        view: DownloadsView,
        make_queue: Callable[[OnChange], DownloadQueue],
        folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        """
        Args:
            make_queue: builds the queue, given what it is to tell its changes.
            folder: tells where models go.
        """
        super().__init__(parent)
        self._view = view
        self._folder = folder
        self._states: dict[str, DownloadState] = {}
        self._redraw = QTimer(self, interval=REDRAW_MS, singleShot=True)
        self._redraw.timeout.connect(self._show)
        # The queue speaks on its own threads; the signal brings it to this one.
        self._heard.connect(self._on_heard)
        self._queue = make_queue(self._heard.emit)
        view.action_requested.connect(self.act)
        view.tidy_requested.connect(self._tidy)

    @property
    def states(self) -> list[DownloadState]:
        """In the order in which they were added."""
        return list(self._states.values())

    @property
    def active_count(self) -> int:
        """Those that are not done."""
        return sum(state.status not in _OVER for state in self._states.values())

    def restore(self, goes_on: bool) -> None:
        """Goes on with what an earlier run did not finish, or lists it as paused."""
        self._queue.restore(goes_on)
        self._show()

    def order(
        self, repository: Repository, variant: Variant, title: str, revision: str = "main"
    ) -> DownloadState:
        """Fetches a variant with what goes with it."""
        files = (*variant.files, *variant.companions)
        order = DownloadOrder(repository.name, files, self._folder(), title, revision)
        return self._queue.add(order)

    def state_of(self, repository: str, file: str = "") -> DownloadState | None:
        """The latest download from a repository, of a file where one is named; none that was cancelled."""
        for state in reversed(self._states.values()):
            order = state.order
            is_wanted = order.repository == repository and file in ("", order.files[0].name)
            if is_wanted and state.status is not DownloadStatus.CANCELLED:
                return state
        return None

    def act(self, download_id: str, action: str) -> None:
        """Does what a row's action says."""
        state = self._states.get(download_id)
        if state is None:
            return
        if action == download_rows.CHAT:
            self.chat_requested.emit(state.paths[0])
        elif action == download_rows.OPEN_PAGE and isinstance(state.error, GatedError):
            self.page_requested.emit(state.error.address)
        elif action == download_rows.DISMISS:
            self._queue.dismiss(download_id)
            del self._states[download_id]
            self._show()
        else:
            self._command(action)(download_id)

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
        """Stops all; the next run goes on."""
        self._queue.shut_down()
        self._heard.disconnect(self._on_heard)
        self._redraw.stop()

    def _command(self, action: str) -> Callable[[str], None]:
        return {
            download_rows.PAUSE: self._queue.pause,
            download_rows.RESUME: self._queue.resume,
            download_rows.RETRY: self._queue.retry,
            download_rows.CANCEL: self._queue.cancel,
        }[action]

    def _tidy(self) -> None:
        for state in self.states:
            if state.status is DownloadStatus.DONE:
                self.act(state.id, download_rows.DISMISS)

    def _on_heard(self, state: DownloadState) -> None:
        former = self._states.get(state.id)
        if state.status is DownloadStatus.CANCELLED:
            self._states.pop(state.id, None)
            self._queue.dismiss(state.id)
        else:
            self._states[state.id] = state
        if former is None or former.status is not state.status:
            self._show()  # What was clicked shows at once.
        elif not self._redraw.isActive():
            self._redraw.start()
        if state.status is DownloadStatus.DONE:
            self.arrived.emit(state)

    def _show(self) -> None:
        rows = [download_row(state, _page_of(state)) for state in self._states.values()]
        done = sum(state.status is DownloadStatus.DONE for state in self._states.values())
        self._view.set_rows(rows, _summary(self.active_count, done), done > 0)
        self.changed.emit()


def _page_of(state: DownloadState) -> str:
    return state.error.address if isinstance(state.error, GatedError) else ""


def _summary(active: int, done: int) -> str:
    words = [f"{active} not done yet" if active else "", f"{done} done" if done else ""]
    return ", ".join(word for word in words if word)
