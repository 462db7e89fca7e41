"""Joins the catalog, and what the hub tells of a repository, to the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.errors import HubError
from app.core.model_file import ModelFile
from app.core.translation import tr
from app.hub.catalog import Catalog
from app.hub.download.state import DownloadState
from app.hub.model_sizes import parameter_count
from app.hub.repository import Repository, Variant
from app.hub.search import RepositoryAddress
from app.hub.verdict import Capacity
from app.services.background import Stream
from app.services.downloads import DownloadService
from app.ui.model_manager import download_rows
from app.ui.model_manager.catalog_rows import START_KEY, catalog_entries, catalog_key, model_id_of
from app.ui.model_manager.discover_view import DiscoverView
from app.ui.model_manager.downloads_controller import DownloadsController
from app.ui.model_manager.licence import LicenceGate
from app.ui.model_manager.model_details_state import ModelDetailsState, details_of, download_title, status_of
from app.ui.model_manager.rows import Row
from app.ui.model_manager.search_controller import SearchController
from app.ui.model_manager.search_rows import repository_of
from app.ui.model_manager.variant_rows import DOWNLOAD, OnThisComputer, expected_rows, variant_rows

_LOOK_PAUSE_MS = 200
_OFFLINE = tr("Tarn is offline. Turn off offline mode in Settings.")


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
        catalog: Catalog,
        search: SearchController,
        downloads: DownloadService,
        rows: DownloadsController,
        licence: LicenceGate,
        capacity: Callable[[], Capacity],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._catalog = catalog
        self._search = search
        self._downloads = downloads
        self._download_rows = rows
        self._licence = licence
        self._look_at_capacity = capacity
        self._models: dict[str, ModelFile] = {}
        self._present: dict[str, Path] = {}
        """A file of each model of the catalog that is here, by the model's id."""
        self._shown: ModelDetailsState | None = None
        self._looking: Stream | None = None
        self._capacity = capacity()
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
        self._capacity = self._look_at_capacity()
        if not self._view.search_text:
            self.show_catalog()
        self._show_rows()
        if self._shown is not None and self._shown.found is None and not self._shown.is_asked:
            self._look()

    def show_catalog(self) -> None:
        """Lists the models that Tarn knows."""
        self._view.set_entries(catalog_entries(self._catalog, self._capacity, self._present))

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

    def shut_down(self) -> None:
        """Asks nothing more."""
        self._pause.stop()

    def _connect(self) -> None:
        details = self._view.details
        self._view.row_chosen.connect(self._show_key)
        self._search.repository_requested.connect(self._show_key)
        self._search.ended.connect(self.show_catalog)
        details.action_requested.connect(self._on_details_action_requested)
        details.link_requested.connect(self.link_requested)
        details.retry_requested.connect(self._look)
        self._downloads.changed.connect(self._show_rows)

    def _show_key(self, key: str) -> None:
        self._pause.stop()
        if key == START_KEY:
            self._shown = None
            self._view.show_start()
            return
        model = self._catalog.get(model_id_of(key)) if model_id_of(key) else None
        repository = model.repository if model else repository_of(key)
        revision = self._search.revision_of(repository)
        known = self._downloads.known(repository, revision)
        model = model or next((one for one in self._catalog.models if one.repository == repository), None)
        self._shown = ModelDetailsState(repository, revision, model, known)
        self._show_shown()
        self._view.show_details()
        if known is None:
            self._pause.start()  # Walking down the list asks nothing.

    def _look(self) -> None:
        shown = self._shown
        if shown is None or self._downloads.is_offline or (shown.model is not None and shown.model.needs):
            self._show_shown()
            return
        if self._looking is not None:
            self._looking.cancel()
        self._shown = replace(shown, is_asked=True, error=None)
        self._show_shown()
        self._looking = self._downloads.look_up(
            RepositoryAddress(shown.repository, shown.revision),
            lambda found: self._on_found(shown.repository, found),
            lambda error: self._on_not_found(shown.repository, error),
        )

    def _on_found(self, repository: str, found: Repository) -> None:
        if self._shown is not None and self._shown.repository == repository:
            self._shown = replace(self._shown, found=found, is_asked=False, error=None)
            self._show_shown()

    def _on_not_found(self, repository: str, error: HubError) -> None:
        if self._shown is not None and self._shown.repository == repository:
            self._shown = replace(self._shown, error=error, is_asked=False)
            self._show_shown()

    def _show_shown(self) -> None:
        if self._shown is None:
            return
        details = self._view.details
        details.set_details(details_of(self._shown, self._downloads.page_of(self._shown.repository)))
        details.set_status(status_of(self._shown, self._downloads.is_offline))
        details.set_error(self._shown.error)
        self._show_rows()

    def _show_rows(self) -> None:
        if self._shown is not None:
            self._view.details.set_rows(self._rows_of(self._shown))

    def _rows_of(self, shown: ModelDetailsState) -> list[Row]:
        refusal = _OFFLINE if self._downloads.is_offline else ""
        if shown.found is not None:
            count = parameter_count(shown.model) if shown.model else 0
            return variant_rows(shown.found, self._capacity, self._here(shown.found), count, refusal)
        return expected_rows(shown.model, self._capacity, refusal) if shown.model is not None else []

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
            self._download_rows.act(state, action)

    def _order(self, shown: ModelDetailsState, variant: Variant) -> None:
        """Downloads a variant of what is shown, once its licence is accepted."""
        found, title = shown.found, download_title(shown, variant)
        if found is not None:
            page = self._downloads.page_of(shown.repository)
            self._licence.ask(
                shown.title,
                shown.licence,
                page,
                lambda: self._downloads.order(found, variant, title, shown.revision),
            )

    def _fetch_expected(self, shown: ModelDetailsState, quantisation: str) -> None:
        """A quantisation was wanted before the hub had answered."""
        model = shown.model
        if model is None:
            return

        def take(_state: DownloadState) -> None:
            if (found := self._downloads.known(model.repository)) is not None:
                self._on_found(model.repository, found)

        def order() -> None:
            self._downloads.look_up_and_order(
                model.repository,
                quantisation,
                lambda variant: download_title(shown, variant),
                take,
                lambda error: self._on_not_found(model.repository, error),
            )

        self._licence.ask(shown.title, shown.licence, self._downloads.page_of(model.repository), order)

    def _chat(self, variant: Variant, state: DownloadState | None) -> None:
        if state is not None and state.paths:
            self.chat_requested.emit(state.paths[0])
        elif variant.name in self._models:
            self.chat_requested.emit(self._models[variant.name].path)
