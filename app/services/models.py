"""The models on this computer, and the one that answers: choosing, loading, and how it is loaded."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.errors import ServerError, UserError
from app.core.model_file import ModelFile, ModelInfo, Sense
from app.core.preset import Preset
from app.core.server_model import server_id_in
from app.core.translation import tr
from app.engine.file_identity import FileIdentity
from app.hub.catalog import Catalog, CatalogModel
from app.services.background import Worker
from app.services.chat_change import ChatChange, ChatPart
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.chosen_model import ChosenModel
from app.services.crash_recovery import CrashRecovery
from app.services.local_alternative import local_alternative
from app.services.missing_models import MissingModels, is_there
from app.services.model_library import ModelLibrary
from app.services.model_list import ModelList
from app.services.model_loading import LoadWishes, load_work, reach_work
from app.services.model_notices import (
    BASE_MODEL,
    FAILED,
    PAIR,
    RELOAD,
    offer_to_reload,
    tell_of_base_model,
    tell_of_server,
)
from app.services.model_status import (
    LoadedContext,
    LoadStatus,
    ModelAndPreset,
    ModelPart,
    ModelsChange,
    ModelState,
)
from app.services.non_thinking import non_thinking_alternative
from app.services.notices import NoticeService
from app.services.presets import PresetService, load_options_of
from app.services.servers import ServerService
from app.services.settings import SettingsService


class ModelService(QObject):
    """Lists models, loads the one that is chosen, and knows the preset that it answers with.

    Attributes:
        missing: tells of models whose files have gone.

    Signals:
        changed: a `ModelsChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        engine: ChatEngine,
        library: ModelLibrary,
        catalog: Catalog,
        chat: ChatSession,
        presets: PresetService,
        settings: SettingsService,
        notices: NoticeService,
        engine_worker: Worker,
        files_worker: Worker,
        servers: ServerService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._servers = servers
        self._library = library
        self._catalog = catalog
        self._chat = chat
        self._presets = presets
        self._settings = settings
        self._notices = notices
        self.missing = MissingModels(notices, self)
        self._list = ModelList(
            library,
            settings,
            files_worker,
            lambda: self._publish(ModelPart.LIST, ModelPart.CHOSEN),
            self._on_scanned,
            self,
        )
        self._chosen = ChosenModel(engine, engine_worker, self._find, self)
        self._chosen.changed.connect(self._on_chosen_changed)
        self._chosen.failed.connect(self._on_failed)
        self._wishes = LoadWishes()
        self._is_reload_offered = False
        chat.changed.connect(self._on_chat_changed)
        presets.changed.connect(self._offer_to_reload)
        settings.changed.connect(lambda change: self.refresh() if change.concerns("model_folders") else None)
        servers.changed.connect(self._on_servers_changed)

    # Queries

    @property
    def models(self) -> tuple[ModelFile, ...]:
        """All models that can be chosen: those on this computer, then those on servers."""
        return (*self._list.models, *self._servers.models)

    @property
    def local_models(self) -> tuple[ModelFile, ...]:
        """Those on this computer."""
        return self._list.models

    @property
    def chosen(self) -> ModelFile | None:
        """The model that will answer the next message: loaded, or about to be."""
        return self._chosen.file

    @property
    def info(self) -> ModelInfo | None:
        """The model that is ready; None while there is none."""
        return self._chosen.info

    @property
    def status(self) -> LoadStatus:
        return self._chosen.status

    @property
    def key(self) -> str:
        """The name by which presets remember the chosen model; empty where none is chosen."""
        return self._presets.key_of(self.chosen) if self.chosen else ""

    @property
    def entry(self) -> CatalogModel | None:
        """What the catalog knows of the chosen model; None where it does not know it."""
        return self._catalog.entry_of(self.chosen) if self.chosen else None

    @property
    def can_see(self) -> bool:
        """Whether the chosen model can look at pictures."""
        return Sense.SIGHT in self.senses

    @property
    def can_hear(self) -> bool:
        """Whether the chosen model can listen to recordings."""
        return Sense.HEARING in self.senses

    @property
    def senses(self) -> frozenset[Sense]:
        """What the chosen model can do beside reading words."""
        known = self.info if self.status.state is ModelState.READY else self.chosen
        return known.senses if known is not None else frozenset()

    @property
    def offers_tools(self) -> bool:
        """Whether the model can be told of tools; yes while one is loading, which may be able to."""
        return self._engine.info is None or self._engine.offers_tools

    @property
    def understands_calls(self) -> bool:
        """Whether the model's tool calls can be read, as far as that is known."""
        return self._engine.info is None or self._engine.understands_calls

    @property
    def has_gpu(self) -> bool:
        """Whether a graphics card can be used; known once a model was loaded."""
        return self._chosen.has_gpu

    @property
    def loaded_context(self) -> LoadedContext | None:
        """The model that is ready, with its memory; None while there is none."""
        if self.info is None or self.status.state is not ModelState.READY or self._chosen.loaded is None:
            return None
        return LoadedContext(self.info, self._chosen.loaded[1].kv_cache_type)

    @property
    def non_thinking_alternative(self) -> ModelFile | None:
        """A model that answers without thinking first, where the chosen one cannot."""
        chosen = self.chosen
        if chosen is None:
            return None
        # Whoever talks to one computer has not said that the words may go to another.
        beside = [model for model in self.models if model.server == chosen.server]
        return non_thinking_alternative(chosen, beside, self._catalog)

    @property
    def local_alternative(self) -> ModelFile | None:
        """The model on this computer that can answer in the place of the chosen one."""
        return local_alternative(self.chosen, self.local_models, self._catalog)

    def preset_in(self, conversation: Conversation) -> Preset:
        """The preset of a conversation with the chosen model, without what the conversation overrides."""
        return self._presets.in_effect(conversation, self.key)

    def preset_for_answer(self, conversation: Conversation) -> Preset:
        """The preset with what the conversation overrides in it."""
        return self._presets.for_answer(conversation, self.key)

    def answering(self, conversation: Conversation) -> ModelAndPreset | None:
        """Who answers the next message of a conversation; None while no model is chosen."""
        model = self.chosen
        if model is None:
            return None
        preset = self.preset_for_answer(conversation)
        return ModelAndPreset(model.name, str(model.path), preset, model.server)

    # Listing and choosing

    def refresh(self) -> None:
        """Looks through the folders again, in the background."""
        self._list.scan(self._chosen.loaded_file)

    def refresh_if_idle(self) -> None:
        """The same, unless it is being done: files may have come, gone or changed meanwhile."""
        if not self._list.is_scanning:
            self.refresh()

    def open_first(self, wanted: Path | None, starter: Path | None, recovery: CrashRecovery) -> None:
        """Loads a model for the start: the wanted one, the one of the last time, or the starter.

        None where the last run ended over it, and where the one of the last time has gone. The starter does
        not take the place of another model in a conversation with messages.
        """
        last = self._settings.current.last_model
        if wanted is None and last is not None and server_id_in(last):
            recovery.tell_of_others(None, self.open_file)
            self._reach_first(last, starter)
            return
        if wanted is None and last is not None and not is_there(last):
            recovery.tell_of_others(None, self.open_file)
            self.missing.report(last)
            return
        path = wanted or last or starter
        recovery.tell_of_others(path, self.open_file)
        if path is not None and not recovery.may_load(path, self.open_file, is_wanted=path == wanted):
            return
        if path is not None:
            self.open_file(path)
        if self.chosen is None and starter and path != starter and not self._chat.conversation.tip_id:
            self._open(starter)

    def _reach_first(self, last: Path, starter: Path | None) -> None:
        """Reaches the model of the last time on its server; a local one where that is not in the list."""
        if self._find(last) is not None:
            self._reach(last)
        elif starter is not None:
            self._open(starter)

    def _reach(self, path: Path) -> None:
        """Makes a model on a server the one that answers, once the user has said that words may go there."""
        model = self._find(path)
        server = self._servers.find(server_id_in(path))
        if model is None or server is None:
            self._notices.fail(
                UserError(tr("This model is no longer in the list."), tr("Choose another one."))
            )
        elif not server.is_agreed:
            self._servers.consent_requested.emit(server, path)
            self._publish(ModelPart.CHOSEN)
        else:
            self._load(model)

    def _find(self, path: Path) -> ModelFile | None:
        return next((model for model in self.models if model.path == path), None)

    def open_file(self, path: Path) -> None:
        """Loads a file from anywhere and keeps it in the list, at later starts too.

        A model on a server is reached instead, by what stands for its path.
        """
        self._notices.withdraw(FAILED)
        self._open(path)

    def _open(self, path: Path) -> None:
        if server_id_in(path):
            self._reach(path)
            return
        try:
            model = self._list.open(path.absolute())
        except UserError as error:
            self._notices.fail(error, FAILED, is_passing=True)
            return
        self._load(model)

    def open_pair(self, path: Path, projector: Path) -> None:
        """Loads a file from anywhere with the one that lets it see, which are a pair from now on."""
        self._notices.withdraw(PAIR)
        self._list.note_pair(path, projector)
        self.open_file(path)
        model = self._list.find(path.absolute())
        if model is not None and model.projector is None:
            self._notices.post(
                tr(
                    "{projector} does not belong to {model}, so the model reads words only.",
                    projector=projector.name,
                    model=model.name,
                ),
                tr("Download both files from the same repository."),
                topic=PAIR,
            )

    def choose(self, path: Path) -> None:
        """Loads a model of the list, unless it is the one that is ready or loading."""
        self._notices.withdraw(FAILED)
        self._notices.withdraw(PAIR)
        if self.chosen and self.chosen.path == path and self.status.state is not ModelState.FAILED:
            return
        self.open_file(path)

    def replace_file(self, gone: Path, path: Path) -> None:
        """Loads the file that a model which has gone is now in, and keeps that in its place."""
        self._list.forget_opened(gone)
        self.open_file(path)

    def remove(self, path: Path) -> None:
        """Takes a model off the list: its file has gone, or the user no longer wants it there.

        One that answers is unloaded, after what it is writing, and no other takes its place by itself.
        """
        self._list.remove(path)
        self._chosen.leave_unlisted()
        if self._list.is_scanning:
            self.refresh()  # The one that goes on began with the file.

    def cancel(self) -> None:
        """Gives up loading; the model that was there before answers again, if it still can."""
        self._chosen.cancel()

    def load_longer(self, path: Path, tokens: int) -> None:
        """Loads a model again with a longer context, until its preset asks for another one."""
        asked = self.preset_for_answer(self._chat.conversation).context_length
        self._wishes.lengthen(path, asked, tokens)
        self.open_file(path)

    def complete_text(self, path: Path, is_wanted: bool = True) -> None:
        """Loads a model to continue what it is given, or to answer it again."""
        self._wishes.complete_text(path, is_wanted)
        self.open_file(path)

    def measure_again(self) -> None:
        """Loads the chosen model again, in the way that is measured to be faster now."""
        if self.chosen is not None:
            self._library.measure_again(self.chosen.path)
            self.open_file(self.chosen.path)

    def _on_scanned(self, changed: FileIdentity | None) -> None:
        chosen = self.chosen
        self._chosen.leave_unlisted()
        if chosen is not None and self.chosen is None and not is_there(chosen.path):
            self.missing.report(chosen.path)
        elif (
            changed is not None
            and changed == self._chosen.loaded_file
            and self.status.state is ModelState.READY
        ):
            path = Path(changed.path)
            self.missing.report_changed(path, lambda: self.open_file(path))

    # Loading

    def _load(self, model: ModelFile) -> None:
        preset = self._presets.for_answer(self._chat.conversation, self._presets.key_of(model))
        planned = load_options_of(preset)
        options = self._wishes.options_for(model.path, planned)
        entry = self._catalog.entry_of(model)
        catalog_context = (entry and entry.context_length) or 0
        work = (
            reach_work(self._engine, model, options)
            if model.server
            else load_work(self._engine, self._library, model, options, catalog_context)
        )
        self._chosen.load(model, planned, work)

    def _on_chosen_changed(self, change: ModelsChange) -> None:
        info = self.info if change.concerns(ModelPart.LOADED) else None
        if info is not None:
            self.missing.withdraw()
            self._settings.change(last_model=info.path)
        self.changed.emit(change)
        self._offer_to_reload()
        if info is not None:
            self._tell_of(info)
        elif self.chosen is None:
            self._notices.withdraw(BASE_MODEL)

    def _tell_of(self, info: ModelInfo) -> None:
        """Says what to know of a model that has just become ready."""
        for notice in info.notices:
            self._notices.post(notice)
        if not info.has_own_template:
            self._servers.tell_of_template(info.path)
        tell_of_base_model(self._notices, info, lambda is_wanted: self.complete_text(info.path, is_wanted))

    def _on_failed(self, error: Exception, wanted: ModelFile | None) -> None:
        if isinstance(error, ServerError):
            has_local = self.info is not None and not self.info.server
            local = None if has_local else local_alternative(wanted, self.local_models, self._catalog)
            tell_of_server(self._notices, error, local, self.open_file)
        else:
            self._notices.fail_unexpectedly(error, tr("The model could not be loaded."), FAILED)

    # What the preset asks for

    @property
    def is_reload_wanted(self) -> bool:
        """Whether the model was loaded otherwise than the preset on screen asks for."""
        if self._chosen.loaded is None or self.chosen is None or self.status.state is not ModelState.READY:
            return False
        if self.chosen.server:
            return False  # How it is loaded is the server's business.
        wanted = load_options_of(self.preset_for_answer(self._chat.conversation))
        return self._chosen.loaded[0] == self.chosen.path and self._chosen.loaded[1] != wanted

    def _offer_to_reload(self) -> None:
        is_wanted = self.is_reload_wanted
        if is_wanted == self._is_reload_offered:
            return
        self._is_reload_offered = is_wanted
        if is_wanted and self.chosen:
            path = self.chosen.path
            offer_to_reload(self._notices, lambda: self.open_file(path))
        else:
            self._notices.withdraw(RELOAD)

    def _on_servers_changed(self) -> None:
        self._chosen.leave_unlisted()
        self._publish(ModelPart.LIST, ModelPart.CHOSEN)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN, ChatPart.PRESET):
            self._offer_to_reload()

    def _publish(self, *parts: ModelPart) -> None:
        self.changed.emit(ModelsChange(frozenset(parts)))
