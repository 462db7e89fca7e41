"""From a wish to a download: the hub is asked for the files, the licence is shown, and they are ordered."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject

from app.core.errors import HubError, NotOnHubError, UserError
from app.hub.catalog import CatalogModel
from app.hub.download.state import DownloadState
from app.hub.hub import Hub
from app.hub.repository import Repository, Variant, read_repository
from app.hub.search import RepositoryAddress
from app.services.background import Report, Stream, Worker, as_hub_error, run_in_background
from app.ui.model_manager.downloads_controller import DownloadsController
from app.ui.model_manager.licence import LicenceGate
from app.ui.model_manager.shown_model import Shown, download_title

OnOrdered = Callable[[DownloadState], object]
OnError = Callable[[HubError], object]


class Orders(QObject):
    """Takes orders for models, and remembers what the hub has told of their repositories."""

    def __init__(
        self, hub: Hub, downloads: DownloadsController, licence: LicenceGate, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._hub = hub
        self._downloads = downloads
        self._licence = licence
        self._worker = Worker("hub", self)
        self._known: dict[str, Repository] = {}

    @property
    def is_offline(self) -> bool:
        return self._hub.is_offline

    def page_of(self, repository: str) -> str:
        """The address of a repository's page, for a browser."""
        return self._hub.page_of(repository)

    def known(self, repository: str, revision: str = "main") -> Repository | None:
        """What the hub has told of a repository in this run; None where it was not asked."""
        return self._known.get(repository) if revision == "main" else None

    def ask(
        self, address: RepositoryAddress, on_found: Callable[[Repository], object], on_error: OnError
    ) -> Stream:
        """Asks the hub what a repository holds."""

        def work(cancel: threading.Event, report: Report) -> None:
            report(read_repository(self._hub, address.repository, cancel, address.revision))

        def take(repository: Repository) -> None:
            if address.revision == "main":
                self._known[repository.name] = repository
            on_found(repository)

        def fail(error: UserError) -> None:
            on_error(as_hub_error(error))

        return run_in_background(self._worker, self, work, take, fail)

    def order(self, shown: Shown, variant: Variant) -> None:
        """Fetches a variant of what is shown, once its licence is accepted."""
        found = shown.found
        assert found is not None
        title = download_title(shown, variant)
        self._ask_licence(shown, lambda: self._downloads.order(found, variant, title, shown.revision))

    def fetch(
        self,
        model: CatalogModel,
        quantisation: str,
        on_begun: Callable[[], object],
        on_ordered: OnOrdered,
        on_error: OnError,
    ) -> None:
        """Fetches a model of the catalog of which the hub has not told yet, once its licence is accepted.

        Args:
            quantisation: the one to take; the recommended one if the hub does not have it any more.
            on_begun: told when the hub is asked, which is not before the licence is accepted.
        """
        shown = Shown(model.repository, model=model)

        def take(found: Repository) -> None:
            variant = found.variant(quantisation) or found.recommended
            if variant is None:
                on_error(NotOnHubError(f"{model.repository} has no model files.", "Look for another one."))
            else:
                on_ordered(self._downloads.order(found, variant, download_title(shown, variant)))

        def begin() -> None:
            on_begun()
            self.ask(RepositoryAddress(model.repository), take, on_error)

        self._ask_licence(shown, begin)

    def shut_down(self) -> None:
        """Stops asking."""
        self._worker.shut_down()

    def _ask_licence(self, shown: Shown, then: Callable[[], object]) -> None:
        self._licence.ask(shown.title, shown.licence, self.page_of(shown.repository), then)
