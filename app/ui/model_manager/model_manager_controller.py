"""The models screen with all that is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.model_file import ModelFile
from app.core.translation import tr
from app.hub.download.queue import DownloadQueue, OnChange
from app.hub.download.state import DownloadState
from app.services.downloads import DownloadsChange, DownloadService
from app.services.library import LibraryChange, LibraryService
from app.services.settings import SettingsChange, SettingsService
from app.ui.main_window import MainWindow
from app.ui.model_manager.dependencies import ModelManagerDependencies
from app.ui.model_manager.discover_controller import DiscoverController
from app.ui.model_manager.downloads_controller import DownloadsController
from app.ui.model_manager.library_controller import LibraryController
from app.ui.model_manager.licence import LicenceGate
from app.ui.model_manager.model_manager_page import ModelManagerPage, ModelManagerSection
from app.ui.model_manager.network_controller import NetworkController
from app.ui.model_manager.search_controller import SearchController
from app.ui.model_manager.start_controller import StartController
from app.ui.settings.settings_controller import SettingsController
from app.ui.settings.settings_dialog import SettingsPage
from app.ui.theme_switcher import ThemeSwitcher

TOKEN_WAIT_MS = 3_000
"""How long unfinished downloads wait for a keyring that may be asking for its password."""


class ModelManagerController(QObject):
    """Shows the models screen, and keeps what goes on behind it going while it is not shown.

    Signals:
        model_ready(Path): the user wants to chat with this model: load it, in a new chat.
        model_removed(Path): this model is no longer among those that can be used.
        files_changed(): look through the folders of models again.
    """

    model_ready = Signal(object)
    model_removed = Signal(object)
    files_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        themes: ThemeSwitcher,
        settings: SettingsService,
        settings_dialog: SettingsController,
        parts: ModelManagerDependencies,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._settings = settings
        self._settings_dialog = settings_dialog
        self._parts = parts
        self._has_looked_around = False
        self._is_restored = False
        self._is_over = False
        parts.hub.is_offline = settings.current.is_offline
        self.page = ModelManagerPage(themes.theme, window)
        window.add_page(self.page)
        is_accepted = settings.current.has_accepted_lfm_licence
        self._licence = LicenceGate(is_accepted, window)
        self.downloads = DownloadService(parts.hub, self._make_queue, self._folder, self)
        self._download_rows = DownloadsController(self.page.downloads, self.downloads, window.messages, self)
        self._search = SearchController(self.page.discover, parts.hub, self)
        self.discover = DiscoverController(
            self.page.discover,
            parts.catalog,
            self._search,
            self.downloads,
            self._download_rows,
            self._licence,
            parts.capacity,
            self,
        )
        self._start_page = StartController(
            self.page.discover.start,
            parts.catalog,
            self.discover,
            self.downloads,
            self._download_rows,
            self._licence,
            parts.look,
            self,
        )
        self.library = LibraryService(parts.records, self._folder, parts.find, self)
        self.library_list = LibraryController(self.page.library, self.library, window.messages, self)
        self.network = NetworkController(parts.hub, self)
        settings_dialog.add_page(SettingsPage.NETWORK, self.network.make_network_page)
        settings_dialog.add_page(SettingsPage.CONNECTIONS, self.network.make_connections_page)
        themes.theme_changed.connect(self.page.set_theme)
        self.page.set_offline(parts.hub.is_offline)
        self.discover.show_start()
        self._connect()

    def start(self) -> None:
        """Goes on with the downloads that the last run did not finish."""
        if not any(self._parts.downloads_folder.glob("*.json")):
            self._is_restored = True
        elif self._load_token():
            QTimer.singleShot(TOKEN_WAIT_MS, self, self._restore)
        else:
            self._restore()

    def show(self, section: ModelManagerSection | None = None) -> None:
        """Shows the screen, on a part of it where one is named."""
        if section is not None:
            self.page.show_section(section)
        self._start_page.look()
        if not self._has_looked_around:
            self._has_looked_around = True
            self._load_token()  # Not earlier: a keyring may ask for a password.
            self.library.find_models(self._settings.current.answered_programs)
        self.discover.refresh()
        self._window.show_page(self.page)
        self.page.focus_first()

    def show_start(self) -> None:
        """Shows the first page: what this computer can run, and three models to begin with."""
        self.discover.show_start()
        self.show(ModelManagerSection.DISCOVER)

    def show_model(self, model_id: str) -> None:
        """Shows a model of the catalog, to be downloaded."""
        self.show(ModelManagerSection.DISCOVER)
        self.discover.show_model(model_id)

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Shows these models as those that are on this computer."""
        starter = next((model.name for model in models if model.is_starter), "")
        self.page.discover.start.set_starter(starter)
        self.page.discover.start.set_first(not any(model for model in models if not model.is_starter))
        self.discover.set_models(models)
        self.library.set_models(models)
        self._start_page.refresh_cards()

    def note_loaded(self, path: Path | None, notes: Sequence[str] = ()) -> None:
        """This model answers from now on, None for none; the notes are sentences about it."""
        self.library.set_loaded(path, notes)

    def shut_down(self) -> None:
        """Stops downloads and all else within half a second; the next run goes on."""
        self._is_over = True
        self.downloads.shut_down()
        for part in (
            self.discover,
            self._search,
            self._start_page,
            self.library,
            self.network,
        ):
            part.shut_down()
        self._parts.hub.close()

    def _load_token(self) -> bool:
        """Asks the keyring for the token, where it keeps one and has not been asked; whether it was asked."""
        is_wanted = self._settings.current.has_hub_token and not self._parts.hub.token.is_set
        if is_wanted:
            self.network.load_token()
        return is_wanted

    def _restore(self) -> None:
        if not self._is_restored and not self._is_over:
            self._is_restored = True
            self.downloads.restore(goes_on=not self._parts.hub.is_offline)

    def _on_network_token_settled(self) -> None:
        self._restore()
        if self._parts.hub.token.is_set:
            self.downloads.retry_refused()

    def _folder(self) -> Path:
        return self._settings.current.downloads_folder(self._parts.models_folder)

    def _make_queue(self, on_change: OnChange) -> DownloadQueue:
        parts = self._parts
        return DownloadQueue(
            parts.hub, parts.downloads_folder, on_change, parts.records, retry_policy=parts.retry_policy
        )

    def _connect(self) -> None:
        page, window = self.page, self._window
        window.sidebar.models_requested.connect(lambda: self.show())
        window.menus.models_action.triggered.connect(lambda: self.show())
        window.chat_page.header.model_picker.models_requested.connect(lambda: self.show())
        window.chat_page.welcome.models_requested.connect(self.show_start)
        page.back_requested.connect(window.focus_composer)
        page.network_settings_requested.connect(lambda: self._settings_dialog.open(SettingsPage.NETWORK))
        page.discover.start.starter_requested.connect(window.focus_composer)
        for part in (self.discover, self._download_rows, self.library_list, self._start_page):
            part.chat_requested.connect(self.model_ready)
        for signal in (
            self.discover.link_requested,
            self._download_rows.page_requested,
            self.network.link_requested,
            self._licence.link_requested,
        ):
            signal.connect(window.messages.ask_to_open_link)
        self._licence.accepted.connect(lambda: self._settings.change(has_accepted_lfm_licence=True))
        self.downloads.changed.connect(self._on_downloads_changed)
        self._start_page.arrived_for_chat.connect(self._on_arrived_for_chat)
        self.library.changed.connect(self._on_library_changed)
        self.library_list.programs_answered.connect(self._on_library_programs_answered)
        self.library_list.set_opened(self._settings.current.model_files)
        self.library_list.removal_requested.connect(self._on_library_removal_requested)
        self._settings.changed.connect(self._on_settings_changed)
        self.library_list.add_folder_requested.connect(self._settings_dialog.choose_model_folder)
        self.network.offline_changed.connect(self._on_network_offline_changed)
        self.network.token_kept.connect(lambda is_kept: self._settings.change(has_hub_token=is_kept))
        self.network.token_settled.connect(self._on_network_token_settled)

    def _on_downloads_changed(self, change: DownloadsChange) -> None:
        self.page.set_active_count(len(self.downloads.active))
        self._window.sidebar.set_download_share(self.downloads.fraction)
        if change.arrived is not None:
            self.files_changed.emit()
            if not self.page.isVisible():
                self._announce(change.arrived)

    def _on_arrived_for_chat(self, state: DownloadState) -> None:
        # Whoever went on to something else is not torn away from it.
        if self.page.isVisible():
            self.model_ready.emit(state.paths[0])

    def _announce(self, state: DownloadState) -> None:
        self._window.messages.show_notice(
            tr("{title} is ready.", title=state.order.title),
            tr("It is verified and in the list of models."),
            tr("Chat"),
            lambda: self.model_ready.emit(state.paths[0]),
        )

    def _on_library_changed(self, change: LibraryChange) -> None:
        files = self._settings.current.model_files
        if change.imported is not None and change.is_in_place and change.imported not in files:
            self._settings.change(model_files=(*files, change.imported))
        if change.deleted is not None:
            self.model_removed.emit(change.deleted.path)
        if change.files_changed or change.imported is not None:
            self.files_changed.emit()

    def _on_library_removal_requested(self, path: Path) -> None:
        self.model_removed.emit(path)
        self._window.messages.show_undo(
            tr("Removed {name} from the list", name=path.name), lambda: self._bring_back(path)
        )

    def _bring_back(self, path: Path) -> None:
        self._settings.change(model_files=(*self._settings.current.model_files, path))
        self.files_changed.emit()

    def _on_settings_changed(self, change: SettingsChange) -> None:
        if change.concerns("model_files"):
            self.library_list.set_opened(change.now.model_files)

    def _on_library_programs_answered(self, programs: tuple[str, ...], is_wanted: bool) -> None:
        settings = self._settings.current
        used = (*settings.used_programs, *programs) if is_wanted else settings.used_programs
        self._settings.change(answered_programs=(*settings.answered_programs, *programs), used_programs=used)
        self.files_changed.emit()

    def _on_network_offline_changed(self, is_offline: bool) -> None:
        self._parts.hub.is_offline = is_offline
        self._settings.change(is_offline=is_offline)
        self.page.set_offline(is_offline)
        if is_offline:
            self.downloads.pause_all()
        self.discover.refresh()
