"""Joins the catalog and the hub to the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import HubError, NotOnHubError, UserError
from app.core.model_file import ModelFile
from app.hub.catalog import Catalog, CatalogModel
from app.hub.download_state import DownloadState
from app.hub.hub import Hub
from app.hub.repository import Repository, Variant, read_repository
from app.hub.search import Order, RepositoryAddress, Search, SearchResult, parse_address
from app.ui.background import Report, Stream, Worker
from app.ui.model_manager import download_rows, estimates
from app.ui.model_manager.catalog_rows import START_KEY, catalog_entries, catalog_key, model_id_of
from app.ui.model_manager.discover_view import DiscoverView
from app.ui.model_manager.downloads_controller import DownloadsController
from app.ui.model_manager.errand import send
from app.ui.model_manager.licence import LicenceGate
from app.ui.model_manager.rows import Heading, Line, Row
from app.ui.model_manager.search_rows import repository_of, result_key, result_rows
from app.ui.model_manager.shown_model import Shown, details_of, download_title, status_of
from app.ui.model_manager.variant_rows import DOWNLOAD, OnThisComputer, expected_rows, variant_rows

_LOOK_PAUSE_MS = 200
_OFFLINE = "Tarn is offline. Switch the network on in Settings."


class DiscoverController(QObject):
    """Shows what there is, looks it up on the hub, and orders what the user wants.

    Signals:
        chat_requested(Path): the user wants to chat with a model that is here.
        link_requested(str): the user wants to see an address.
    """

    chat_requested = Signal(object)
    link_requested = Signal(str)

    def __init__(
        self,
        view: DiscoverView,
        hub: Hub,
        catalog: Catalog,
        downloads: DownloadsController,
        licence: LicenceGate,
        free_memory: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._hub = hub
        self._catalog = catalog
        self._downloads = downloads
        self._licence = licence
        self._free_memory = free_memory
        self._worker = Worker("hub", self)
        self._searcher = Worker("hub-search", self)
        self._models: dict[str, ModelFile] = {}
        self._present: dict[str, Path] = {}
        """A file of each model of the catalog that is here, by the model's id."""
        self._shown: Shown | None = None
        self._known: dict[str, Repository] = {}
        self._looking: Stream | None = None
        self._search: Search | None = None
        self._results: list[SearchResult] = []
        self._searching: Stream | None = None
        self._address: RepositoryAddress | None = None
        self._free_bytes = free_memory()
        self._pause = QTimer(self, interval=_LOOK_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._look)
        self._connect()
        self.show_catalog()

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Marks what is on this computer already."""
        self._models = {model.path.name: model for model in models if not model.problem}
        self._present = {}
        for model in self._models.values():
            entry = self._catalog.match(model.path.name) or self._catalog.match(model.name)
            if entry is not None:
                self._present.setdefault(entry.id, model.path)
        if not self._view.search_text:
            self.show_catalog()
        self._show_rows()

    def refresh(self) -> None:
        """Judges again by the memory that is free now, and asks again what could not be answered before."""
        self._free_bytes = self._free_memory()
        if not self._view.search_text:
            self.show_catalog()
        self._show_rows()
        if self._shown is not None and self._shown.found is None and not self._shown.is_asked:
            self._look()

    def show_catalog(self) -> None:
        """Lists the models that Tarn knows."""
        self._view.set_entries(catalog_entries(self._catalog, self._free_bytes, self._present))

    def show_start(self) -> None:
        """Shows the first page."""
        self._view.list.choose(START_KEY)
        self._view.show_start()

    def show_model(self, model_id: str) -> None:
        """Shows a model of the catalog."""
        self._view.list.choose(catalog_key(model_id))
        self._show_key(catalog_key(model_id))

    def path_of(self, model_id: str) -> Path | None:
        """A file of this model that is here; None where there is none."""
        return self._present.get(model_id)

    def fetch(
        self,
        model: CatalogModel,
        quantisation: str,
        on_ordered: Callable[[DownloadState], None],
        on_error: Callable[[HubError], None],
    ) -> None:
        """Asks the hub for a model's files and orders a quantisation, the recommended one if it is gone."""

        def take(repository: Repository) -> None:
            self._known[repository.name] = repository
            variant = repository.variant(quantisation) or repository.recommended
            if variant is None:
                on_error(NotOnHubError(f"{model.repository} has no model files.", "Look for another one."))
                return
            shown = Shown(model.repository, model=model, found=repository)
            on_ordered(self._downloads.order(repository, variant, download_title(shown, variant)))

        self._ask(RepositoryAddress(model.repository), take, lambda error: on_error(_as_hub_error(error)))

    def shut_down(self) -> None:
        """Stops asking."""
        self._pause.stop()
        self._worker.shut_down()
        self._searcher.shut_down()

    def _connect(self) -> None:
        view, details = self._view, self._view.details
        view.search_changed.connect(self._on_view_search_changed)
        view.search_entered.connect(self._on_view_search_entered)
        view.row_chosen.connect(self._show_key)
        view.more_requested.connect(self._read_more)
        view.retry_requested.connect(self._read_more)
        details.action_requested.connect(self._on_details_action_requested)
        details.link_requested.connect(self.link_requested)
        details.retry_requested.connect(self._look)
        self._downloads.changed.connect(self._show_rows)

    def _ask(
        self,
        address: RepositoryAddress,
        on_item: Callable[[Repository], None],
        on_error: Callable[[UserError], None],
    ) -> Stream:
        def work(cancel: threading.Event, report: Report) -> None:
            report(read_repository(self._hub, address.repository, cancel, address.revision))

        return send(self._worker, self, work, on_item, on_error)

    def _on_view_search_changed(self, text: str, order: Order) -> None:
        self._address = parse_address(text)
        if self._searching is not None:
            self._searching.cancel()
            self._searching = None
        self._results = []
        self._search = None
        self._view.set_search_state("")
        if not text:
            self.show_catalog()
        elif self._address is not None and _is_address(text):
            self._show_results()
            self._open_address()
        else:
            self._search = Search(self._hub, text, order)
            self._show_results()
            self._read_more()

    def _on_view_search_entered(self, text: str) -> None:
        if self._address is not None:
            self._open_address()
        elif text:
            self._view.list.focus_first()

    def _open_address(self) -> None:
        if self._address is not None:
            self._show_key(result_key(self._address.repository))

    def _read_more(self) -> None:
        search = self._search
        if search is None or search.is_complete or self._searching is not None:
            return

        def work(cancel: threading.Event, report: Report) -> None:
            report(search.more(cancel))

        self._view.set_search_state("" if self._results else "Searching…")
        self._searching = stream = send(
            self._searcher,
            self,
            work,
            self._on_results,
            self._on_search_failed,
            lambda: self._on_search_ended(stream),
        )

    def _on_search_ended(self, stream: Stream) -> None:
        if stream is self._searching:
            self._searching = None

    def _on_results(self, results: tuple[SearchResult, ...]) -> None:
        self._results += results
        self._show_results()
        is_empty = not self._results and self._address is None
        nothing = f"No GGUF models have “{self._view.search_text}” in their names." if is_empty else ""
        self._view.set_search_state(nothing)

    def _on_search_failed(self, error: UserError) -> None:
        self._view.set_search_state("", _as_hub_error(error))

    def _show_results(self) -> None:
        rows = result_rows(self._results, datetime.now(UTC))
        if self._address is not None:
            name = self._address.repository
            key = result_key(name)
            rows = [row for row in rows if row.key != key]
            lines = (Line("Open this repository"), Line("Enter opens it"))
            rows.insert(0, Row(key, name, icon_name="link-simple", lines=lines))
        self._view.set_entries(rows or [Heading("Results")])

    def _show_key(self, key: str) -> None:
        self._pause.stop()
        if key == START_KEY:
            self._shown = None
            self._view.show_start()
            return
        model = self._catalog.get(model_id_of(key)) if model_id_of(key) else None
        repository = model.repository if model else repository_of(key)
        is_pasted = self._address is not None and self._address.repository == repository
        revision = self._address.revision if self._address and is_pasted else "main"
        known = self._known.get(repository) if revision == "main" else None
        model = model or next((one for one in self._catalog.models if one.repository == repository), None)
        self._shown = Shown(repository, revision, model, known)
        self._show_shown()
        self._view.show_details()
        if known is None:
            self._pause.start()  # Walking down the list asks nothing.

    def _look(self) -> None:
        shown = self._shown
        if shown is None or self._hub.is_offline or (shown.model is not None and shown.model.needs):
            self._show_shown()
            return
        if self._looking is not None:
            self._looking.cancel()
        self._shown = replace(shown, is_asked=True, error=None)
        self._show_shown()
        address = RepositoryAddress(shown.repository, shown.revision)
        self._looking = self._ask(
            address,
            lambda found: self._on_found(shown.repository, found),
            lambda error: self._on_not_found(shown.repository, error),
        )

    def _on_found(self, repository: str, found: Repository) -> None:
        self._known[found.name] = found
        if self._shown is not None and self._shown.repository == repository:
            self._shown = replace(self._shown, found=found, is_asked=False, error=None)
            self._show_shown()

    def _on_not_found(self, repository: str, error: UserError) -> None:
        if self._shown is not None and self._shown.repository == repository:
            self._shown = replace(self._shown, error=_as_hub_error(error), is_asked=False)
            self._show_shown()

    def _show_shown(self) -> None:
        if self._shown is None:
            return
        details = self._view.details
        details.set_details(details_of(self._shown, self._hub.page_of(self._shown.repository)))
        details.set_status(status_of(self._shown, self._hub.is_offline))
        details.set_error(self._shown.error)
        self._show_rows()

    def _show_rows(self) -> None:
        shown = self._shown
        if shown is None:
            return
        refusal = _OFFLINE if self._hub.is_offline else ""
        if shown.found is not None:
            count = estimates.parameter_count(shown.model) if shown.model else 0
            rows = variant_rows(shown.found, self._free_bytes, self._here(shown.found), count, refusal)
        elif shown.model is not None:
            rows = expected_rows(shown.model, self._free_bytes, refusal)
        else:
            rows = []
        self._view.details.set_rows(rows)

    def _here(self, repository: Repository) -> OnThisComputer:
        downloads = {}
        for variant in repository.variants:
            name = variant.files[0].name
            if (state := self._downloads.state_of(repository.name, name)) is not None:
                downloads[name] = state
        # Several owners give their files the same name; with the same size as well it is the same file.
        files = {
            variant.name: model.path
            for variant in repository.variants
            if (model := self._models.get(variant.name)) and model.size_bytes == variant.size_bytes
        }
        return OnThisComputer(downloads, files)

    def _on_details_action_requested(self, key: str, action: str) -> None:
        shown = self._shown
        if shown is None:
            return
        if shown.found is None:
            self._fetch_expected(shown, key)
            return
        variant = next((one for one in shown.found.variants if one.files[0].name == key), None)
        if variant is None:
            return
        state = self._downloads.state_of(shown.repository, key)
        if action == DOWNLOAD:
            self._order(shown, variant)
        elif action == download_rows.CHAT:
            self._chat(variant, state)
        elif state is not None:
            self._downloads.act(state.id, action)

    def _order(self, shown: Shown, variant: Variant) -> None:
        found = shown.found
        assert found is not None
        title = download_title(shown, variant)
        self._licence.ask(
            shown.title,
            shown.licence,
            self._hub.page_of(shown.repository),
            lambda: self._downloads.order(found, variant, title, shown.revision),
        )

    def _fetch_expected(self, shown: Shown, quantisation: str) -> None:
        """A quantisation was wanted before the hub had answered."""
        model = shown.model
        if model is None:
            return
        self._licence.ask(
            shown.title,
            shown.licence,
            self._hub.page_of(shown.repository),
            lambda: self.fetch(
                model,
                quantisation,
                lambda _state: self._on_found(model.repository, self._known[model.repository]),
                lambda error: self._on_not_found(model.repository, error),
            ),
        )

    def _chat(self, variant: Variant, state: DownloadState | None) -> None:
        if state is not None and state.paths:
            self.chat_requested.emit(state.paths[0])
        elif variant.name in self._models:
            self.chat_requested.emit(self._models[variant.name].path)


def _is_address(text: str) -> bool:
    """Whether it is one for certain, so that it can be opened at once: owner/name may still be typed."""
    return "://" in text or text.strip().casefold().startswith(("huggingface.co/", "hf.co/"))


def _as_hub_error(error: UserError) -> HubError:
    return error if isinstance(error, HubError) else HubError(str(error), error.hint)
