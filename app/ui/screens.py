"""Joins the screens of the window to the services."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from app import __version__
from app.engine.model_checks import describe
from app.hub.releases import Releases, release_address
from app.languages.catalogs import available_languages
from app.services.model_status import ModelPart, ModelsChange
from app.services.services import Services
from app.ui.background_news import BackgroundNews
from app.ui.chat.chat_controller import ChatController
from app.ui.desktop_notifier import DesktopNotifier
from app.ui.exchange.export_controller import ExportController
from app.ui.exchange.import_controller import ImportController
from app.ui.knowledge.knowledge_controller import KnowledgeController
from app.ui.main_window import MainWindow
from app.ui.model_manager.dependencies import ModelManagerDependencies
from app.ui.model_manager.model_manager_controller import ModelManagerController
from app.ui.palette.palette_controller import PaletteController
from app.ui.presets.preset_controller import PresetController
from app.ui.settings.licences_page import FILE_NAME, LicencesPage
from app.ui.settings.servers_controller import ServersController
from app.ui.settings.settings_controller import SettingsController
from app.ui.settings.settings_dialog import SettingsPage
from app.ui.sidebar.sidebar_controller import SidebarController
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript
from app.ui.version_check import VersionCheck
from app.ui.window_controller import WindowController


class Screens(QObject):
    """One controller for each screen of the window.

    Attributes:
        chat, presets, settings, knowledge, model_manager: the controllers that others open something with.
    """

    def __init__(
        self,
        window: MainWindow,
        transcript: Transcript,
        services: Services,
        themes: ThemeSwitcher,
        resources: Path,
        parent: QObject | None = None,
    ) -> None:
        """`resources` is the folder with what comes with the program."""
        super().__init__(parent)
        self._services = services
        services.notices.posted.connect(window.messages.show)
        services.notices.withdrawn.connect(window.messages.withdraw)
        services.recovery.model_choice_requested.connect(window.open_model_picker)
        self.settings = SettingsController(window, services.settings, __version__, self)
        self.settings.offer_languages(available_languages(resources / "translations"), self._can_restart)
        self.settings.add_tools_page(services.tools)
        self.settings.add_copies_page(services.copies)
        self.settings.add_performance_page(services.saved_states, services.models)
        servers = ServersController(window, services.servers, services.models.choose, self)
        self.settings.add_page(SettingsPage.SERVERS, servers.make_page)
        self._window_controller = WindowController(
            window, themes, services.settings, self.settings, services.models, services.paths.logs, self
        )
        self.chat = ChatController(window, transcript, services, themes, self.settings, self)
        self.presets = PresetController(window, services, self)
        self._sidebar = SidebarController(window, transcript, services, self)
        self._imports = ImportController(window, services.imports, self)
        self.knowledge = KnowledgeController(window, services, self)
        self._exports = ExportController(window, services, resources, self)
        self._palette = PaletteController(window, services, self.presets, self)
        parts = ModelManagerDependencies.of_this_computer(
            services.hub,
            services.catalog,
            services.records,
            services.paths.data,
            services.paths.models,
            services.bandwidth,
            services.variants.choose,
        )
        self.model_manager = ModelManagerController(
            window, themes, services.settings, self.settings, parts, self
        )
        licences = resources / FILE_NAME
        if licences.exists():
            self.settings.add_page(SettingsPage.LICENCES, lambda parent: LicencesPage(licences, parent))
        self._notifier = DesktopNotifier(window, self)
        self._news = BackgroundNews(window, services, self.model_manager.downloads, self._notifier, self)
        self._version_check = self._offer_version_check(window, resources)
        services.models.changed.connect(self._on_models_changed)
        self.model_manager.files_changed.connect(services.models.refresh)
        self.model_manager.model_ready.connect(self._on_model_ready)
        self.model_manager.model_removed.connect(services.models.remove)
        services.senses.download_requested.connect(self.model_manager.show_model)
        self.knowledge.download_requested.connect(self.model_manager.show_model)

    def _can_restart(self) -> bool:
        """Whether all that is on screen would be there again: no answer is under way, and all is kept."""
        chat = self._services.chat
        is_kept = not (chat.conversation.is_temporary and chat.conversation.nodes)
        return is_kept and not self._services.answers.is_any_running

    def start(self) -> None:
        """Goes on with what the last run did not finish."""
        self.model_manager.start()

    def shut_down(self) -> None:
        """Ends what goes on behind the screens."""
        self.chat.shut_down()
        self.model_manager.shut_down()
        self._notifier.shut_down()
        if self._version_check is not None:
            self._version_check.shut_down()

    def _offer_version_check(self, window: MainWindow, resources: Path) -> VersionCheck | None:
        """Only in a packaged program that was told where the newest version stands."""
        address = release_address(resources)
        if not address:
            return None
        return VersionCheck(Releases(address, __version__, self._services.hub.network), window, self)

    def _on_models_changed(self, change: ModelsChange) -> None:
        models = self._services.models
        if change.concerns(ModelPart.LIST):
            self.model_manager.set_models(models.local_models)
        if change.concerns(ModelPart.LOADED) and models.info:
            self.model_manager.note_loaded(models.info.path, models.info.template_notes)
        elif change.concerns(ModelPart.CHOSEN) and models.chosen is None:
            self.model_manager.note_loaded(None)

    def _on_model_ready(self, path: Path) -> None:
        if describe(path).is_embedding:  # It is no model to chat with, and is used by itself.
            self._services.models.refresh()
            self.knowledge.open()
            return
        self._services.models.choose(path)
        self.chat.start_new_chat()
