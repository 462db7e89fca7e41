"""From the first page to a chat with a model that fits this computer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.errors import HubError
from app.core.translation import tr
from app.engine.computer import Computer
from app.hub.catalog import Catalog
from app.hub.download.state import DownloadState
from app.hub.recommendations import Recommendation, recommend
from app.hub.verdict import Capacity
from app.services.background import Report, Worker, run_in_background
from app.services.downloads import DownloadsChange, DownloadService
from app.ui.model_manager import download_rows
from app.ui.model_manager.discover_controller import DiscoverController
from app.ui.model_manager.downloads_controller import DownloadsController
from app.ui.model_manager.licence import LicenceGate
from app.ui.model_manager.model_details_state import ModelDetailsState, download_title
from app.ui.model_manager.start_page import StartPage


class StartController(QObject):
    """Looks at the computer, offers three models, and opens a chat with the one that was fetched.

    Signals:
        chat_requested(Path): the user wants to chat with a model that is here.
        arrived_for_chat(DownloadState): what was fetched here in order to chat with it is done.
    """

    chat_requested = Signal(object)
    arrived_for_chat = Signal(object)

    def __init__(
        self,
        view: StartPage,
        catalog: Catalog,
        discover: DiscoverController,
        downloads: DownloadService,
        rows: DownloadsController,
        licence: LicenceGate,
        look: Callable[[], Computer],
        parent: QObject | None = None,
    ) -> None:
        """`look` tells what this computer has; it is called on a thread of its own."""
        super().__init__(parent)
        self._view = view
        self._catalog = catalog
        self._discover = discover
        self._downloads = downloads
        self._download_rows = rows
        self._licence = licence
        self._look_at_computer = look
        self._worker = Worker("computer", self)
        self._choices: dict[str, Recommendation] = {}
        self._is_asked: set[str] = set()
        self._errors: dict[str, HubError] = {}
        self._for_chat: set[str] = set()
        """Downloads after which a chat is to be opened."""
        view.wanted.connect(self._on_view_wanted)
        view.chat_requested.connect(self._on_view_chat_requested)
        view.pause_requested.connect(lambda model_id: self._act(model_id, download_rows.PAUSE))
        view.resume_requested.connect(lambda model_id: self._act(model_id, download_rows.RESUME))
        view.details_requested.connect(discover.show_model)
        downloads.changed.connect(self._on_downloads_changed)

    def look(self) -> None:
        """Looks at the computer and offers what fits it."""

        def work(_cancel: threading.Event, report: Report) -> None:
            report(self._look_at_computer())

        run_in_background(self._worker, self, work, self._on_looked, lambda _error: None)

    def refresh_cards(self) -> None:
        """Shows how the downloads stand, and what is here."""
        for model_id, choice in self._choices.items():
            card = self._view.cards[model_id]
            state = self._downloads.state_of(choice.model.repository)
            card.set_state(state, self._discover.path_of(model_id) is not None)
            if model_id in self._is_asked:
                card.set_busy(tr("Contacting Hugging Face…"))
            elif state is None and model_id in self._errors:
                card.set_error(self._errors[model_id])

    def shut_down(self) -> None:
        self._worker.shut_down()

    def _on_looked(self, computer: Computer) -> None:
        offered = recommend(self._catalog, Capacity(computer.free_bytes, computer.bytes_per_second))
        self._choices = {choice.model.id: choice for choice in offered}
        self._view.set_computer(computer)
        self._view.set_choices(offered)
        self.refresh_cards()

    def _on_view_wanted(self, model_id: str) -> None:
        choice = self._choices[model_id]

        def on_ordered(state: DownloadState) -> None:
            self._is_asked.discard(model_id)
            self._for_chat.add(state.id)
            self.refresh_cards()

        def on_error(error: HubError) -> None:
            self._is_asked.discard(model_id)
            self._errors[model_id] = error
            self.refresh_cards()

        def order() -> None:
            self._errors.pop(model_id, None)
            self._is_asked.add(model_id)
            self.refresh_cards()
            self._downloads.look_up_and_order(
                choice.model.repository,
                choice.quantisation,
                lambda variant: download_title(shown, variant),
                on_ordered,
                on_error,
            )

        shown = ModelDetailsState(choice.model.repository, model=choice.model)
        page = self._downloads.page_of(choice.model.repository)
        self._licence.ask(shown.title, shown.licence, page, order)

    def _act(self, model_id: str, action: str) -> None:
        state = self._downloads.state_of(self._choices[model_id].model.repository)
        if state is not None:
            self._for_chat.add(state.id)
            self._download_rows.act(state, action)

    def _on_view_chat_requested(self, model_id: str) -> None:
        path: Path | None = self._discover.path_of(model_id)
        state = self._downloads.state_of(self._choices[model_id].model.repository)
        if path is None and state is not None and state.paths:
            path = state.paths[0]
        if path is not None:
            self.chat_requested.emit(path)

    def _on_downloads_changed(self, change: DownloadsChange) -> None:
        self.refresh_cards()
        arrived = change.arrived
        if arrived is not None and arrived.id in self._for_chat:
            self._for_chat.discard(arrived.id)
            self.arrived_for_chat.emit(arrived)
