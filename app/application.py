"""Builds the store, the engine and the window, joins them, and shuts them down in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QMessageBox

from app import __version__
from app.core.errors import UserError
from app.core.model_file import ModelFile, ModelInfo
from app.crash_report import collect_crash_report
from app.engine.engine import Engine
from app.engine.probe import Probe
from app.engine.suitability import describe
from app.engine.variants import TRIAL_MODEL, Variants
from app.hub.catalog import Catalog, CatalogModel
from app.hub.connections import ConnectionLedger
from app.hub.hub import Hub
from app.hub.library import Library, find_starter_model
from app.log import Log
from app.paths import Paths, resources
from app.settings import Settings, SettingsFile
from app.store.presets import PresetStore
from app.store.store import open_store
from app.tools.built_in import built_in_tools
from app.tools.network import Network
from app.tools.tool import Tool
from app.tools.tool_box import ToolBox
from app.ui.background import Worker
from app.ui.chat.answer_actions import AnswerActions
from app.ui.chat.asking import Answerer
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.chat_menu import ChatMenu
from app.ui.chat.chat_presenter import ChatPresenter
from app.ui.chat.context_controller import ContextController
from app.ui.chat.conversation_tools import ConversationTools
from app.ui.chat.export_controller import ExportController
from app.ui.chat.model_controller import LoadPlan, ModelController
from app.ui.chat.model_picker import ModelState
from app.ui.chat.outgrown_controller import LoadedContext, OutgrownController
from app.ui.chat.replies import Replies
from app.ui.chat.sibling import sibling_of
from app.ui.chat.tools_controller import ToolsController
from app.ui.chat.transcript.transcript import Transcript
from app.ui.crash_notice import show_crash_notice
from app.ui.icons import app_icon
from app.ui.main_window import MainWindow
from app.ui.model_manager.model_manager_controller import ModelManagerController
from app.ui.model_manager.parts import ModelManagerParts
from app.ui.presets.preset_controller import PresetController
from app.ui.settings import licences_page
from app.ui.settings.tool_settings import ToolSettings
from app.ui.sidebar.conversations_controller import ConversationsController
from app.ui.single_instance import bring_forward
from app.ui.theme_switcher import ThemeSwitcher
from app.ui.window_controller import WindowController

log = logging.getLogger(__name__)


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
        self._model_dirs = tuple(model_dirs)
        self._more_tools = tuple(tools)
        self._longer_contexts: dict[Path, tuple[int, int]] = {}
        """By model: the context that its preset asks for, and the longer one that was chosen instead."""
        self.last_error: UserError | None = None
        self._settings_file = SettingsFile(self.paths.settings)
        settings = self._settings_file.load()
        self._store = open_store(self.paths.conversations)
        self._catalog = Catalog.load(resources() / "catalog.toml")
        self.presets = PresetStore(self.paths.presets, self._catalog.presets())
        self._starter = find_starter_model(resources() / "models")
        self._library = Library(describe, self._catalog, self._starter)
        variants = Variants(self.paths.cache / "engine.json", trial_model=resources() / TRIAL_MODEL)
        self.engine = Engine(variants.choose)
        self._probe = Probe(self.paths.trials, choose_libraries=variants.choose)
        self._engine_worker = Worker("engine", self)
        self._files_worker = Worker("files", self)
        self._themes = ThemeSwitcher(QApplication.instance(), resources(), self)  # type: ignore[arg-type]
        self._themes.apply()
        self.transcript = Transcript()
        self.window = MainWindow(self.transcript, app_icon(resources() / "icons"))
        self.settings = WindowController(
            self.window, self._themes, self._settings_file, settings, __version__, self.paths.logs, self
        )
        ledger = ConnectionLedger(self.paths.data / "connections.jsonl")
        self.hub = hub or Hub(ledger=ledger)
        self._build_controllers()
        self._join()
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
        self._log.close()

    def _build_controllers(self) -> None:
        page = self.window.chat_page
        self.replies = Replies(self.engine, self._engine_worker, self, lambda: self.engine.offers_tools)
        self.preset_choice = PresetController(self.presets, self.window, self, self._tool_box)
        tools = ConversationTools(
            self._tool_box, lambda: self.settings.settings, lambda: self.preset_choice.preset
        )
        self.models = ModelController(
            self.engine,
            self._engine_worker,
            self._files_worker,
            self._scan,
            self._library.open,
            self._check_model,
            self._plan,
            self,
        )
        self.chat = ChatController(
            self._store.conversations,
            self.replies,
            self.transcript,
            page.composer,
            self._answerer,
            tools,
            self,
        )
        self.tools = ToolsController(
            tools, self._may_offer_tools, self.chat, page.composer.tools_button, self
        )
        ToolSettings(self.settings, lambda: list(self._tool_box()), self.window)
        self.answer_actions = AnswerActions(
            self.chat, self.replies, self.transcript, tools, self._sibling, self.window
        )
        self.context = ContextController(
            self.engine,
            self.chat,
            page.composer,
            self.transcript,
            page.header.context_meter,
            self,
            lambda: self.engine.offers_tools,
        )
        self.outgrown = OutgrownController(
            self.engine,
            self._engine_worker,
            self._files_worker,
            self._store.conversations,
            self.chat,
            page.outgrown_card,
            self.window.messages,
            self._loaded_context,
            self,
        )
        self.conversations = ConversationsController(
            self._store.conversations, self._store.search, self.window.sidebar, self.window.messages, self
        )
        self._export = ExportController(
            lambda: self.chat.conversation, self._system_prompt, self.window.messages, self.window
        )
        parts = ModelManagerParts.of_this_computer(
            self.hub, self._catalog, self.paths.data, self.paths.models
        )
        self.model_manager = ModelManagerController(self.window, self._themes, self.settings, parts, self)
        ChatMenu(self.window, self.chat, self.conversations, self)
        is_first_start = not self._store.conversations.list_summaries()
        ChatPresenter(
            self.window,
            self.transcript,
            self.models,
            self.chat,
            self._catalog,
            self._themes,
            is_first_start,
            self,
        )

    def _join(self) -> None:
        licences = resources() / licences_page.FILE_NAME
        if licences.exists():
            self.settings.add_page("Licences", lambda parent: licences_page.LicencesPage(licences, parent))
        menus, messages = self.window.menus, self.window.messages
        for controller in (self.chat, self.models, self.outgrown, self.answer_actions):
            controller.failed.connect(messages.show_error)
            controller.failed.connect(self._on_failed)
        self.settings.file_chosen.connect(self.models.open_file)
        self.settings.model_folders_changed.connect(self.models.refresh)
        self.models.loaded.connect(self._on_model_loaded)
        self.models.models_changed.connect(self.model_manager.set_models)
        self.model_manager.files_changed.connect(self.models.refresh)
        self.model_manager.model_ready.connect(self._chat_with)
        self.models.status_changed.connect(self.context.refresh)
        self.models.status_changed.connect(self.tools.refresh)
        self.models.chosen_changed.connect(self._show_sibling)
        self.settings.settings_changed.connect(self.tools.refresh)
        self.settings.settings_changed.connect(self._on_settings_changed)
        self._on_settings_changed(self.settings.settings)
        self.window.chat_page.composer.tools_button.settings_requested.connect(
            lambda: self.settings.open_settings("Tools")
        )
        self.answer_actions.model_wanted.connect(lambda model: self.models.choose(model.path))
        self.preset_choice.preset_changed.connect(self.tools.refresh)
        self.preset_choice.preset_changed.connect(self.context.refresh)
        self.context.measured.connect(self.outgrown.take_note)
        self.outgrown.longer_context_requested.connect(self._load_with_context)
        self.models.chosen_changed.connect(lambda: self.preset_choice.show_model(self._chosen_key()))
        self.chat.conversation_shown.connect(self.preset_choice.show_conversation)
        self.preset_choice.changes_made.connect(self.chat.change_preset_values)
        self.preset_choice.reload_wanted.connect(self._on_reload_wanted)
        self.window.sidebar.new_chat_requested.connect(self._start_new_chat)
        menus.new_chat_action.triggered.connect(self._start_new_chat)
        menus.export_action.triggered.connect(self._export.ask)
        self.transcript.link_activated.connect(self.settings.ask_to_open_link)
        self.conversations.opened.connect(self.chat.show)
        self.conversations.hit_opened.connect(self.chat.show_message)
        self.conversations.renamed.connect(self.chat.set_title)
        self.conversations.deleted.connect(self.chat.forget)
        self.conversations.restored.connect(self.chat.show)
        self.chat.conversation_shown.connect(self.conversations.show_current)
        self.chat.conversation_changed.connect(self._on_conversation_changed)

    def _start(self, first_model: Path | None) -> None:
        self.conversations.refresh()
        last_id = self._store.conversations.last_open_id()
        if last_id:
            self.chat.show(last_id)
        else:
            self.chat.start_new()
        for notice in (*self._store.notices, self._settings_file.notice, *self.presets.notices):
            if notice:
                self.window.messages.show_notice(notice)
        if self._crash_report:
            show_crash_notice(self.window.messages, self._crash_report, self.window)
        self.models.refresh()
        self.model_manager.start()
        self._open_first_model(first_model)

    def _open_first_model(self, wanted: Path | None) -> None:
        last = self.settings.settings.last_model
        path = wanted or (last if last and last.exists() else self._starter)
        if path is not None:
            self.models.open_file(path)
        if self.models.chosen is None and self._starter and path != self._starter:
            self.models.open_file(self._starter)

    def _start_new_chat(self) -> None:
        self.chat.start_new()
        self.window.focus_composer()

    def _check_model(self, path: Path, cancel: threading.Event) -> None:
        """Tries a file, and at the very first start the engine itself, in a child process."""
        if not self.paths.trials.exists():
            self._probe.check_library()
        self._probe.check_model(path, cancel)

    def _chat_with(self, path: Path) -> None:
        self.models.choose(path)
        self._start_new_chat()

    def _scan(self) -> list[ModelFile]:
        return self._library.scan(
            [self.paths.models, *self._model_dirs, *self.settings.settings.model_folders],
            self.model_manager.others(),
        )

    def _catalog_entry(self, model: ModelFile) -> CatalogModel | None:
        return self._catalog.match(model.path.name) or self._catalog.match(model.name)

    def _plan(self, model: ModelFile) -> LoadPlan:
        entry = self._catalog_entry(model)
        options = self.preset_choice.options_to_load(self._preset_key(model))
        asked, longer = self._longer_contexts.get(model.path, (0, 0))
        if longer and asked == options.context_length:
            options = replace(options, context_length=longer)
        return LoadPlan(options, (entry and entry.context_length) or 0)

    def _loaded_context(self) -> LoadedContext | None:
        info = self.models.info
        if info is None or self.models.status.state is not ModelState.READY:
            return None
        return LoadedContext(info, self.preset_choice.preset.kv_cache_type)

    def _load_with_context(self, path: Path, tokens: int) -> None:
        """Loads a model again with a longer context, until its preset asks for another one."""
        self._longer_contexts[path] = (self.preset_choice.preset.context_length, tokens)
        self.models.open_file(path)

    def _preset_key(self, model: ModelFile) -> str:
        entry = self._catalog_entry(model)
        return entry.id if entry else model.path.name

    def _chosen_key(self) -> str:
        return self._preset_key(self.models.chosen) if self.models.chosen else ""

    def _tool_box(self) -> ToolBox:
        folders = self.settings.settings.tool_folders
        network = Network(lambda: self.hub.is_offline, self.hub.ledger.add)
        return ToolBox((*built_in_tools(self._store.search.search, folders, network), *self._more_tools))

    def _on_settings_changed(self, settings: Settings) -> None:
        self.engine.keeps_calls_well_formed = settings.keeps_calls_well_formed

    def _may_offer_tools(self) -> bool:
        """Whether the loaded model can be told of tools; yes while one is loading, which may be able to."""
        return self.engine.info is None or self.engine.offers_tools

    def _sibling(self) -> ModelFile | None:
        chosen = self.models.chosen
        return sibling_of(chosen, self.models.models, self._catalog) if chosen else None

    def _show_sibling(self) -> None:
        sibling = self._sibling()
        self.transcript.set_sibling(sibling.name if sibling else "")

    def _answerer(self) -> Answerer | None:
        model = self.models.chosen
        if model is None:
            return None
        return Answerer(
            model.name, str(model.path), self.preset_choice.preset_for_answer(self.chat.conversation)
        )

    def _system_prompt(self) -> str:
        return self.preset_choice.preset_for_answer(self.chat.conversation).system_prompt

    def _on_failed(self, error: UserError) -> None:
        self.last_error = error
        self.failed.emit(error)

    def _on_model_loaded(self, info: ModelInfo) -> None:
        self.settings.change(last_model=info.path)
        self.model_manager.note_loaded(info.path)
        self.preset_choice.note_loaded(self._chosen_key())
        for notice in info.notices:
            self.window.messages.show_notice(notice)

    def _on_reload_wanted(self, is_wanted: bool) -> None:
        """Offers to load the model again, with the context length or threads that the preset asks for now."""
        if is_wanted and self.models.chosen:
            path = self.models.chosen.path
            self.window.messages.show_notice(
                "The model was loaded with other values than the preset asks for.",
                "Context length, threads and the kind of memory take effect when it is loaded again.",
                "Reload the model",
                lambda: self.models.open_file(path),
            )

    def _on_conversation_changed(self) -> None:
        self.conversations.refresh()
        self.conversations.show_current(self.chat.conversation)
