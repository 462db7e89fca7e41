"""Builds the store, the engine and the window, joins them, and shuts them down in order."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__
from app.core.errors import UserError
from app.core.model_file import ModelFile
from app.crash_report import collect_crash_report, crash_in
from app.engine.engine import Engine
from app.engine.model_checks import describe
from app.engine.probe import Probe
from app.engine.variants import TRIAL_MODEL, Variants
from app.files.crash_guard import CrashGuard
from app.hub.catalog import Catalog
from app.hub.hub import Hub
from app.hub.library.library import Library, find_starter_model
from app.hub.releases import Releases, release_address
from app.log import Log
from app.net.network_log import NetworkLog
from app.paths import Paths, resources
from app.services.background import Worker
from app.settings import Settings, SettingsFile
from app.store.presets import PresetStore
from app.store.store import open_store
from app.tools.built_in import built_in_tools
from app.tools.tool import Tool
from app.tools.tool_box import ToolBox
from app.ui.chat.chat_room import ChatRoom
from app.ui.chat.chosen_model import ChosenModel
from app.ui.chat.load_requests import LoadRequests
from app.ui.chat.model_controller import ModelController
from app.ui.crash_notice import show_crash_notice
from app.ui.crash_recovery import CrashRecovery
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.model_manager.dependencies import ModelManagerDependencies
from app.ui.model_manager.model_manager_controller import ModelManagerController
from app.ui.presets.preset_controller import PresetController
from app.ui.settings import licences_page
from app.ui.settings.tool_settings import ToolSettings
from app.ui.single_instance import bring_forward
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.transcript.view.transcript import Transcript
from app.ui.version_check import VersionCheck
from app.ui.window_controller import WindowController


def create_qt_application(arguments: Sequence[str]) -> QApplication:
    """The one Qt application of this process."""
    qt = QApplication(list(arguments))
    qt.setApplicationName("Tarn")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("tarn")
    return qt


def show_start_failure(qt: QApplication, error: UserError) -> int:
    """Says why the program cannot start, in a window of its own; gives the exit code."""
    box = QMessageBox(QMessageBox.Icon.Critical, "Tarn", str(error))
    box.setInformativeText(error.hint)
    box.finished.connect(lambda _result: qt.exit(1))
    box.open()
    qt.exec()
    return 1


class Application(QObject):
    """The whole program behind one window.

    Attributes:
        window: the main window; show it.
        chat, models, conversations: the controllers, for whoever drives the program from outside.
        last_error: what was shown to the user last as an error; None where nothing failed.

    Signals:
        failed: a `UserError` that was shown to the user.
    """

    failed = Signal(object)
    _noticed = Signal(str)

    def __init__(
        self,
        data_dir: Path | None = None,
        model_dirs: Sequence[Path] = (),
        *,
        first_model: Path | None = None,
        hub: Hub | None = None,
        tools: Sequence[Tool] = (),
    ) -> None:
        """Opens everything, and begins to load the model that was used last.

        Args:
            data_dir: keeps everything in this folder instead of where the system wants it.
            model_dirs: folders with models, besides the user's.
            first_model: a model to begin with.
            hub: where models are found, besides the usual one.
            tools: tools that a model may call, besides those that the program brings along.

        Raises:
            StoreError: the data folder cannot be used.
        """
        super().__init__()
        self.paths = Paths.below(data_dir) if data_dir else Paths.of_user()
        self.paths.create_folders()
        self._crash_report = collect_crash_report(self.paths.logs)
        self._log = Log(self.paths.logs)
        crash = crash_in(self._crash_report) if self._crash_report else None
        self._guard = CrashGuard(self.paths.marks, crash)
        self._model_dirs = tuple(model_dirs)
        self._more_tools = tuple(tools)
        self.last_error: UserError | None = None
        self._settings_file = SettingsFile(self.paths.settings)
        settings = self._settings_file.load()
        self._store = open_store(self.paths.conversations)
        self._catalog = Catalog.load(resources() / "catalog.toml")
        self.presets = PresetStore(self.paths.presets, self._catalog.presets())
        self._starter = find_starter_model(resources() / "models")
        self._library = Library(describe, self._catalog, self._starter)
        variants = Variants(self.paths.cache / "engine.json", trial_model=resources() / TRIAL_MODEL)
        self._choose_libraries = variants.choose
        self.engine = Engine(self._choose_libraries, self._guard)
        self._probe = Probe(self.paths.trials, choose_libraries=self._choose_libraries)
        self._engine_worker = Worker("engine", self)
        self._files_worker = Worker("files", self)
        self._themes = ThemeSwitcher(QApplication.instance(), resources(), self)  # type: ignore[arg-type]
        self._themes.apply()
        self.transcript = Transcript(self._themes.theme)
        self.window = MainWindow(self.transcript, app_icon(resources() / "icons"))
        self.settings = WindowController(
            self.window, self._themes, self._settings_file, settings, __version__, self.paths.logs, self
        )
        network_log = NetworkLog(self.paths.data / "connections.jsonl")
        self.hub = hub or Hub(network_log=network_log, version=__version__)
        self._build_controllers()
        self._join()
        self._version_check = self._offer_version_check()
        self._start(first_model)

    def load_model(self, path: Path) -> None:
        """Loads a model file in place of the one that is there; the window shows how it goes."""
        self.models.open_file(path)

    def come_forward(self, file: Path | None = None) -> None:
        """Brings the window in front of others, and loads a model file."""
        bring_forward(self.window)
        if file is not None:
            self.load_model(file)

    def shutdown(self) -> None:
        """Ends all work and closes everything; what was written so far is kept."""
        self.chat.save_draft()
        self.model_manager.shut_down()
        if self._version_check is not None:
            self._version_check.shut_down()
        self.replies.stop_all()
        self._engine_worker.shut_down()
        self.replies.shut_down()
        self._files_worker.shut_down()
        # What the last answers still reported waits for the window's thread, and must reach the store.
        QApplication.sendPostedEvents()
        self.context.shut_down()
        self.engine.unload()
        self._store.conversations.close()
        self.window.close()
        self.window.deleteLater()
        self._themes.deleteLater()  # It would go on telling views that are gone of the system's theme.
        self._guard.close()
        self._log.close()

    def _build_controllers(self) -> None:
        self.preset_choice = PresetController(self.presets, self.window, self, self._tool_box)
        requests = LoadRequests(self._catalog, self.preset_choice.options_to_load)
        self.models = ModelController(
            self.engine,
            self._engine_worker,
            self._files_worker,
            self._scan,
            self._library.open,
            self._check_model,
            requests.request,
            self,
        )
        ToolSettings(self.settings, lambda: list(self._tool_box()), self.window)
        parts = ModelManagerDependencies.of_this_computer(
            self.hub, self._catalog, self.paths.data, self.paths.models, self._choose_libraries
        )
        self.model_manager = ModelManagerController(self.window, self._themes, self.settings, parts, self)
        self._chosen = ChosenModel(
            self.models,
            requests,
            self.preset_choice,
            self._catalog,
            self.settings,
            self.transcript,
            self.window.messages,
            self,
        )
        self._chat_room = ChatRoom(
            self.window,
            self.transcript,
            self.settings,
            self._themes,
            self._store,
            self.engine,
            self._engine_worker,
            self._files_worker,
            self._catalog,
            self._chosen,
            self.preset_choice,
            self._tool_box,
            self,
        )
        self.chat, self.conversations = self._chat_room.chat, self._chat_room.conversations
        self.replies, self.context = self._chat_room.replies, self._chat_room.context
        licences = resources() / licences_page.FILE_NAME
        if licences.exists():
            self.settings.add_page("Licences", lambda parent: licences_page.LicencesPage(licences, parent))

    def _join(self) -> None:
        for source in (self._chat_room, self.models):
            source.failed.connect(self.window.messages.show_error)
            source.failed.connect(self._on_failed)
        self.settings.file_chosen.connect(self.models.open_file)
        self.settings.model_folders_changed.connect(self.models.refresh)
        self.settings.settings_changed.connect(self._on_settings_changed)
        self._on_settings_changed(self.settings.settings)
        self.models.loaded.connect(lambda info: self.model_manager.note_loaded(info.path))
        self.models.models_changed.connect(self.model_manager.set_models)
        self.model_manager.files_changed.connect(self.models.refresh)
        self.model_manager.model_ready.connect(self._chat_with)
        self.transcript.link_activated.connect(self.settings.ask_to_open_link)

    def _start(self, first_model: Path | None) -> None:
        recovery = CrashRecovery(
            self._guard, self.window.messages, self.load_model, self.window.open_model_picker, self
        )
        self.chat.conversation_opening.connect(recovery.note_opening)
        last_id = self._store.conversations.last_open_id()
        recovery.open_last(last_id, self._title_of(last_id), self._chat_room.start)
        for notice in (*self._store.notices.take(), self._settings_file.notice, *self.presets.notices):
            if notice:
                self.window.messages.show_notice(notice)
        # On whatever thread the store was used when it noticed; a signal brings it to this one.
        self._noticed.connect(self.window.messages.show_notice)
        self._store.notices.tell_later_ones(self._noticed.emit)
        self.models.refresh()
        self.model_manager.start()
        self._chosen.open_first(first_model, self._starter, recovery)
        if self._crash_report:
            show_crash_notice(self.window.messages, self._crash_report, self.window)

    def _title_of(self, conversation_id: str | None) -> str:
        summaries = self._store.conversations.list_summaries()
        return next((summary.title for summary in summaries if summary.id == conversation_id), "")

    def _offer_version_check(self) -> VersionCheck | None:
        """Only in a packaged program that was told where the newest version stands."""
        address = release_address(resources())
        if not address:
            return None
        releases = Releases(address, __version__, self.hub.network)
        return VersionCheck(releases, self.window, self)

    def _check_model(self, path: Path, cancel: threading.Event) -> None:
        """Tries a file, and at the very first start the engine itself, in a child process."""
        if not self.paths.trials.exists():
            self._probe.check_library()
        self._probe.check_model(path, cancel)

    def _scan(self) -> list[ModelFile]:
        return self._library.scan(
            [self.paths.models, *self._model_dirs, *self.settings.settings.model_folders],
            self.model_manager.others(),
        )

    def _tool_box(self) -> ToolBox:
        folders = self.settings.settings.tool_folders
        return ToolBox(
            (*built_in_tools(self._store.search.search, folders, self.hub.network), *self._more_tools)
        )

    def _chat_with(self, path: Path) -> None:
        self.models.choose(path)
        self._chat_room.start_new_chat()

    def _on_settings_changed(self, settings: Settings) -> None:
        self.engine.keeps_calls_well_formed = settings.keeps_calls_well_formed

    def _on_failed(self, error: UserError) -> None:
        self.last_error = error
        self.failed.emit(error)
