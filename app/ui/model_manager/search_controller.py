"""Joins the search on the hub to the list at the left of the models screen."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from app.core.errors import UserError
from app.core.translation import tr
from app.hub.hub import Hub
from app.hub.search import ModelSearch, RepositoryAddress, SearchOrder, SearchResult, parse_address
from app.services.background import Report, Stream, Worker, as_hub_error, run_in_background
from app.ui.model_manager.discover_view import DiscoverView
from app.ui.model_manager.rows import Line, Row
from app.ui.model_manager.search_rows import result_key, result_row


class SearchController(QObject):
    """Searches while the user types, reads on while the user scrolls, and opens what the user pastes.

    Signals:
        repository_requested(str): show the row with this key.
        ended(): the field is empty again.
    """

    repository_requested = Signal(str)
    ended = Signal()

    def __init__(self, view: DiscoverView, hub: Hub, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._hub = hub
        self._worker = Worker("hub-search", self)
        self._search: ModelSearch | None = None
        self._asking: Stream | None = None
        self._found: set[str] = set()
        """The repositories that are in the list: one may move up from one page to the next while they are
        read."""
        self._has_results = False
        self.address: RepositoryAddress | None = None
        """What the text in the field points at, if it is an address."""
        view.search_changed.connect(self._on_view_search_changed)
        view.search_entered.connect(self._on_view_search_entered)
        view.more_requested.connect(self._read_more)
        view.retry_requested.connect(self._read_more)

    def revision_of(self, repository: str) -> str:
        """The revision that the user asked for in an address, else the usual one."""
        is_pasted = self.address is not None and self.address.repository == repository
        return self.address.revision if self.address and is_pasted else "main"

    def shut_down(self) -> None:
        """Stops asking."""
        self._worker.shut_down()

    def _on_view_search_changed(self, text: str, order: SearchOrder) -> None:
        self.address = parse_address(text)
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self._found.clear()
        self._has_results = False
        self._search = None
        self._view.set_search_state("")
        if not text:
            self.ended.emit()
        elif self.address is not None and _is_address(text):
            self._begin_list()
            self._open_address()
        else:
            self._search = ModelSearch(self._hub, text, order)
            self._begin_list()
            self._read_more()

    def _on_view_search_entered(self, text: str) -> None:
        if self.address is not None:
            self._open_address()
        elif text:
            self._view.list.focus_first()

    def _open_address(self) -> None:
        if self.address is not None:
            self.repository_requested.emit(result_key(self.address.repository))

    def _read_more(self) -> None:
        search = self._search
        if search is None or search.is_complete or self._asking is not None:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            report(search.more(cancel))

        self._view.set_search_state("" if self._has_results else tr("Searching…"))
        self._asking = stream = run_in_background(
            self._worker, self, work, self._on_results, self._on_failed, lambda: self._on_ended(stream)
        )

    def _on_ended(self, stream: Stream) -> None:
        if stream is self._asking:
            self._asking = None

    def _on_results(self, results: tuple[SearchResult, ...]) -> None:
        self._asking = None
        self._has_results |= bool(results)
        self._add_to_list(results)
        is_empty = not self._has_results and self.address is None
        nothing = (
            tr("No GGUF models have “{search_text}” in their names.", search_text=self._view.search_text)
            if is_empty
            else ""
        )
        self._view.set_search_state(nothing)
        if results and self._view.list.is_near_end:
            self._read_more()  # Somebody scrolled to the end while these were on their way.

    def _on_failed(self, error: UserError) -> None:
        self._view.set_search_state("", as_hub_error(error))

    def _begin_list(self) -> None:
        rows = []
        if self.address is not None:
            name = self.address.repository
            lines = (Line(tr("Open this repository")), Line(tr("Enter opens it")))
            self._found.add(name)
            rows.append(Row(result_key(name), name, icon_name="link-simple", lines=lines))
        self._view.set_entries(rows)

    def _add_to_list(self, results: tuple[SearchResult, ...]) -> None:
        now = datetime.now(UTC)
        rows = []
        for result in results:
            if result.repository not in self._found:
                self._found.add(result.repository)
                rows.append(result_row(result, now))
        self._view.list.add_entries(rows)


def _is_address(text: str) -> bool:
    """Whether it is one for certain, so that it can be opened at once: owner/name may still be typed."""
    return "://" in text or text.strip().casefold().startswith(("huggingface.co/", "hf.co/"))
