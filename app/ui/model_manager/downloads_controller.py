"""The list of downloads, and what is done with a row of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.core.errors import GatedError
from app.core.translation import tr
from app.hub.download.state import DownloadState, DownloadStatus
from app.services.downloads import DownloadService
from app.ui.messages import Messages
from app.ui.model_manager import download_rows
from app.ui.model_manager.download_rows import download_row
from app.ui.model_manager.downloads_view import DownloadsView


class DownloadsController(QObject):
    """Shows the downloads and carries out what is clicked.

    Signals:
        chat_requested(Path): the user wants to chat with a model that has arrived.
        page_requested(str): the user wants to see the page where terms are accepted.
    """

    chat_requested = Signal(object)
    page_requested = Signal(str)

    def __init__(
        self,
        view: DownloadsView,
        downloads: DownloadService,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._downloads = downloads
        self._messages = messages
        self._commands: dict[str, Callable[[str], None]] = {
            download_rows.PAUSE: downloads.pause,
            download_rows.RESUME: downloads.resume,
            download_rows.RETRY: downloads.retry,
            download_rows.DISMISS: downloads.remove,
        }
        view.action_requested.connect(self._on_view_action_requested)
        view.tidy_requested.connect(downloads.remove_finished)
        downloads.changed.connect(self._show)

    def act(self, state: DownloadState, action: str) -> None:
        """Carries out an action of a row that shows this download."""
        if action == download_rows.CHAT:
            self.chat_requested.emit(state.paths[0])
        elif action == download_rows.CANCEL:
            self._cancel(state)
        elif action == download_rows.OPEN_PAGE:
            self.page_requested.emit(_page_of(state))
        else:
            self._commands[action](state.id)

    def _cancel(self, state: DownloadState) -> None:
        self._downloads.cancel(state.id)
        self._messages.show_undo(
            tr("{title} was cancelled", title=state.order.title),
            lambda: self._downloads.undo_cancel(state.id),
        )

    def _on_view_action_requested(self, download_id: str, action: str) -> None:
        state = next((one for one in self._downloads.states if one.id == download_id), None)
        if state is not None:
            self.act(state, action)

    def _show(self) -> None:
        states = self._downloads.states
        done = sum(state.status is DownloadStatus.DONE for state in states)
        rows = [download_row(state, _page_of(state)) for state in states]
        self._view.set_rows(rows, _summary(len(self._downloads.active), done), done > 0)


def _page_of(state: DownloadState) -> str:
    return state.error.address if isinstance(state.error, GatedError) else ""


def _summary(active: int, done: int) -> str:
    if active and done:
        return tr("{active} active, {done} finished", active=active, done=done)
    if active:
        return tr("{active} active", active=active)
    return tr("{done} finished", done=done) if done else ""
