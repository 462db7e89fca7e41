"""Builds the program without its window, and shuts it down in order."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject

from app import __version__
from app.core.risky_work import Crash
from app.documents.document_reader import DocumentReader
from app.documents.formats import ENDINGS
from app.engine.bandwidth import Bandwidth
from app.engine.embedder import Embedder
from app.engine.engine import Engine
from app.engine.measured_choice import MeasuredChoices
from app.engine.model_checks import describe
from app.engine.probe import Probe
from app.engine.state_files import StateFiles
from app.engine.variants import TRIAL_MODEL, Variants
from app.files.crash_guard import CrashGuard
from app.hub.catalog import Catalog
from app.hub.hub import Hub
from app.hub.library.found_models import find_models
from app.hub.library.library import Library, find_starter_model
from app.hub.library.records import LibraryRecords
from app.knowledge.index import KnowledgeIndex
from app.net.keyring_entry import Keyring
from app.net.network_log import NetworkLog
from app.paths import Paths, resources
from app.servers.server_keys import ServerKeys
from app.servers.servers_file import ServersFile
from app.services.answers import AnswerService
from app.services.attachments import AttachmentService, media_in_store
from app.services.background import Worker
from app.services.chat_engine import ChatEngine
from app.services.chat_session import ChatSession
from app.services.chosen_engine import ChosenEngine
from app.services.context_overflow import ContextOverflowService
from app.services.context_usage import ContextUsageService
from app.services.conversation_settings import ConversationSettings
from app.services.conversations import ConversationService
from app.services.copies import CopyService
from app.services.crash_recovery import CrashRecovery
from app.services.daily_copies import DailyCopies
from app.services.dictation import DictationService
from app.services.document_shares import DocumentShareService
from app.services.documents import DocumentService
from app.services.exports import ExportService
from app.services.folders import FolderService
from app.services.formulas import FormulaService
from app.services.imports import ImportService
from app.services.knowledge import KnowledgeService
from app.services.meaning import MeaningService
from app.services.message_changes import MessageChanges
from app.services.message_queue import MessageQueue
from app.services.message_versions import MessageVersions
from app.services.model_library import ModelLibrary
from app.services.models import ModelService
from app.services.notices import NoticeService
from app.services.presets import PresetService
from app.services.prompt_makers import PromptMakers
from app.services.prompt_view import PromptViewService
from app.services.reading_ahead import ReadingAheadService
from app.services.reading_aloud import ReadingAloudService
from app.services.recorder import RecorderService
from app.services.remedies import RemedyService
from app.services.running_answer import AnswerChange, AnswerPart
from app.services.saved_states import SavedStatesService, most_state_bytes
from app.services.search import SearchService
from app.services.senses import SenseService
from app.services.servers import ServerService
from app.services.settings import SettingsService
from app.services.sound_player import SoundPlayer
from app.services.speed_learning import note_speed
from app.services.store_writer import StoreWriter
from app.services.titles import TitleService
from app.services.tools import ToolService
from app.services.transcriber import Transcriber
from app.settings import SettingsFile
from app.sound.decoding_process import DecodingProcess
from app.store.presets import PresetStore
from app.store.store import Store, open_store
from app.tools.tool import Tool


class Services(QObject):
    """Everything that the program does, apart from how it is shown.

    Attributes:
        chat: the conversation on screen and those behind it.
        attachments: pictures and recordings for the message that is being written.
        recorder, dictation: what the microphone hears, and who writes it down for models that cannot hear.
        player, reading_aloud: recordings and answers, for the user's ears.
        answers: asks the model, and runs the tools that it calls.
        queue: messages that wait until an answer is done.
        senses: who can see pictures and hear recordings.
        servers: models on computers of the user's that answer over the network.
        models, presets, tools, settings: what there is to choose from, and what is chosen.
        conversations, search: the list of them, and what was said in them.
        imports, exports: brings in what other programs have exported, and writes files for them.
        context_usage, context_overflow: how full the model's context is, and what happens when it is not
            enough.
        reading_ahead: reads what the next question needs before it is asked.
        saved_states: what the model remembers of the last conversations, on the disk.
        formulas: draws what is mathematics in answers.
        knowledge: collections of files that questions are looked up in.
        meaning: knows what passages and questions mean, where there is an embedding model.
        copies: the daily copies of all that was written.
        notices: what the user should read.
        recovery: what is not opened by itself, because the last run ended over it.
        engine, store, hub, catalog: what the services work with.
        bandwidth: how quickly this computer reads weights, as its answers have shown.
    """

    def __init__(
        self,
        paths: Paths,
        model_dirs: Sequence[Path] = (),
        *,
        hub: Hub | None = None,
        tools: Sequence[Tool] = (),
        engine: ChatEngine | None = None,
        probe: Probe | None = None,
        crash: Crash | None = None,
        store: Store | None = None,
        keyring: Keyring | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Opens everything; `start` begins to do something.

        Args:
            paths: where everything is kept.
            model_dirs: folders with models, besides the user's.
            hub: where models are found, besides the usual one.
            tools: tools that a model may call, besides those that the program brings along.
            engine: runs models, in place of the real engine.
            probe: tries a model before it is loaded, in place of the real one.
            crash: how the last run ended, if it did not end by itself.
            store: the open store, in place of opening it here.
            keyring: keeps the keys of servers, in place of the system's.

        Raises:
            StoreError: the data folder cannot be used.
        """
        super().__init__(parent)
        paths.create_folders()
        self.paths = paths
        self.notices = NoticeService(self)
        self._settings_file = SettingsFile(paths.settings)
        self.settings = SettingsService(self._settings_file, self.notices, parent=self)
        self.store = store or open_store(paths.conversations, copied_files=(paths.settings, paths.presets))
        self.catalog = Catalog.load(resources() / "catalog.toml")
        network_log = NetworkLog(paths.data / "connections.jsonl")
        self.hub = hub or Hub(network_log=network_log, version=__version__)
        self.records = LibraryRecords(paths.data / "model-records.json")
        self.variants = Variants(paths.cache / "engine.json", trial_model=resources() / TRIAL_MODEL)
        self._guard = CrashGuard(paths.marks, crash)
        self._state_files = StateFiles(paths.states, most_state_bytes(self.settings.current))
        choices = MeasuredChoices(paths.measured_choices, self.variants.choose)
        self.decoding = DecodingProcess()
        self.servers = ServerService(
            ServersFile(paths.servers),
            ServerKeys(keyring),
            self.hub.network,
            lambda file: self.store.attachments.read(file.sha256),
            self.notices,
            lambda *asked: self._prompt_makers.find(*asked),
            self,
        )
        local = engine or Engine(
            self.variants.choose,
            self._guard,
            media_in_store(self.store.attachments, self.decoding.decode),
            self._state_files,
            choices.choice_for,
        )
        self.engine = ChosenEngine(local, self.servers.connect_to)
        self.bandwidth = Bandwidth(paths.data / "memory-bandwidth.json")
        self.starter = find_starter_model(resources() / "models")
        self._engine_worker = Worker("engine", self)
        self._files_worker = Worker("files", self)
        self.formulas = FormulaService(self)
        self._build_chat()
        probe = probe or Probe(paths.trials, choose_libraries=self.variants.choose, choices=choices)
        self._build_models(model_dirs, probe)
        self._build_knowledge()
        self._build_answers(tools)
        self.settings.changed.connect(self._apply_settings)
        self.answers.changed.connect(lambda change: note_speed(change, self.models.info, self.bandwidth))
        self._apply_settings()

    def start(self, first_model: Path | None = None) -> None:
        """Opens the conversation of the last time, and begins to load a model.

        Args:
            first_model: the one to begin with, instead of the one that was used last.
        """
        last_id = self.store.conversations.last_open_id()
        self.recovery.open_last(last_id, self.conversations.title_of(last_id or ""), self._open_conversation)
        stored = self.store.notices.take()
        for notice in (*stored, self._settings_file.notice, *self.presets.store.notices):
            if notice:
                self.notices.post(notice)
        self.store.notices.forward_to(self._on_recovered)
        self.daily_copies.start()
        self.saved_states.start()
        self.knowledge.start()
        self.models.refresh()
        self.models.open_first(first_model, self.starter, self.recovery)

    def shut_down(self) -> None:
        """Ends all work and closes everything; what was written so far is kept."""
        self.chat.save_draft()
        if self.chat.conversation.is_temporary:
            self.chat.start_new()
        self.reading_aloud.set_voice(None)
        self.answers.stop_all()
        self.reading_ahead.shut_down()
        self.titles.shut_down()
        self._engine_worker.shut_down()
        self.answers.shut_down()
        self._files_worker.shut_down()
        self.knowledge.shut_down()
        self.meaning.shut_down()
        self.document_reader.end()
        self.servers.shut_down()
        self.formulas.shut_down()
        # What the last answers still reported waits for this thread, and must reach the store.
        QCoreApplication.sendPostedEvents()
        self.saved_states.shut_down()
        self.context_usage.shut_down()
        self.prompt_view.shut_down()
        self.attachments.shut_down()
        self.document_shares.shut_down()
        self.documents.shut_down()
        self.engine.unload()
        self.bandwidth.save()
        self.decoding.end()
        self.recorder.shut_down()
        self.dictation.shut_down()
        self.player.shut_down()
        self.decoding.end()
        self.imports.shut_down()
        self.exports.shut_down()
        self.copies.shut_down()
        self.writer.shut_down()
        self.daily_copies.shut_down()
        self.search.shut_down()
        self.store.conversations.close()
        self._guard.close()

    def _on_recovered(self, sentence: str) -> None:
        """Called on whatever thread used the store when it noticed."""
        if sentence:
            self.notices.post(sentence)
        self.writer.run(lambda: None, self.copies.read_again)

    def _open_conversation(self, conversation_id: str | None) -> None:
        """Puts a conversation on screen; an empty one for None, and where it cannot be read."""
        if conversation_id is None or not self.chat.show(conversation_id):
            self.chat.start_new()

    def _build_chat(self) -> None:
        self.writer = StoreWriter(self.notices, self)
        self.daily_copies = DailyCopies(self.store, self.notices, self)
        self.chat = ChatSession(self.store.conversations, self.writer, self.notices, self)
        self.conversation_settings = ConversationSettings(self.store.conversations, self.writer, self.chat)
        decode = self.decoding.decode
        self.documents = DocumentService(self.engine, self.store.attachments, self.settings, self)
        self.attachments = AttachmentService(
            self.store.attachments,
            decode,
            self.documents,
            self.chat,
            self.settings,
            self.notices,
            self.store.conversations.is_attached,
            self,
        )
        self.recorder = RecorderService(self.attachments, self.notices, self)
        self.player = SoundPlayer(self.store.attachments, decode, self.notices, self)
        self.recovery = CrashRecovery(self._guard, self.notices, self)
        self.chat.opening.connect(self.recovery.note_opening)
        preset_store = PresetStore(self.paths.presets, self.catalog.presets())
        self.presets = PresetService(
            preset_store, self.catalog, self.conversation_settings, self.notices, self
        )

    def _build_models(self, model_dirs: Sequence[Path], probe: Probe) -> None:
        library = self._library = ModelLibrary(
            Library(describe, self.catalog, self.starter),
            probe,
            self.settings,
            (self.paths.models, *model_dirs),
            lambda: find_models(Path.home(), sys.platform, os.environ),
            self.paths.trials,
            self.records,
        )
        self._prompt_makers = PromptMakers(library, self.catalog, self.variants.choose)
        self.models = ModelService(
            self.engine,
            library,
            self.catalog,
            self.chat,
            self.presets,
            self.settings,
            self.notices,
            self._engine_worker,
            self._files_worker,
            self.servers,
            self,
        )

    def _build_knowledge(self) -> None:
        self.meaning = MeaningService(
            Embedder(self.variants.choose, self._guard), self.models, self.catalog, self
        )
        self.document_reader = DocumentReader()
        self.knowledge = KnowledgeService(
            self.paths.collections,
            KnowledgeIndex(self.paths.knowledge_index),
            self.document_reader.read_document,
            frozenset(ENDINGS) - {".zip"},  # Nobody looks up what is packed away.
            self.notices,
            self.meaning,
            self,
        )

    def _build_answers(self, tools: Sequence[Tool]) -> None:
        search = self.store.search.search
        self.tools = ToolService(
            self.models, self.settings, search, self.hub.network, self.knowledge, tools, self
        )
        self.senses = SenseService(self.models, self.catalog, self.notices, self)
        transcriber = Transcriber(
            lambda read_media: Engine(self.variants.choose, self._guard, read_media), self._library.check
        )
        self.dictation = DictationService(
            transcriber,
            self.store.attachments,
            self.decoding.decode,
            self.attachments,
            self.models,
            self.senses,
            self.notices,
            self.chat,
            self.settings,
            self,
        )
        self.answers = AnswerService(
            self.engine,
            self._engine_worker,
            self.chat,
            self.conversation_settings,
            self.models,
            self.tools,
            self.senses,
            self.knowledge,
            self.notices,
            self,
        )
        self.answers.changed.connect(self._note_answering)
        self.reading_aloud = ReadingAloudService(self.chat, self.answers, self.settings, self.notices, self)
        self.conversations = ConversationService(
            self.store.conversations,
            self.store.order,
            self.writer,
            self.chat,
            self.conversation_settings,
            self.answers,
            self,
        )
        self.folders = FolderService(self.store.order, self.writer, self.conversations, self)
        self.imports = ImportService(self.store, self.writer, self.conversations, self.notices, self)
        self.copies = CopyService(
            self.store,
            self.writer,
            self.chat,
            self.answers,
            self.conversations,
            self.folders,
            self.notices,
            self,
        )
        self.exports = ExportService(
            self.store,
            self.writer,
            self.notices,
            lambda: {preset.name: preset.system_prompt for preset in self.presets.store.presets()},
            self,
        )
        self.search = SearchService(self.store.search, self.notices, self)
        self.queue = MessageQueue(self.chat, self.answers, self)
        self.remedies = RemedyService(self.chat, self.answers, self.models, self)
        self.versions = MessageVersions(self.store.tree, self.writer, self.chat, self)
        self.changes = MessageChanges(self.store.tree, self.writer, self.chat, self.conversations, self)
        self.context_usage = ContextUsageService(
            self.engine,
            self.chat,
            self.attachments,
            self.answers,
            self.models,
            self.presets,
            self.tools,
            self,
        )
        self.document_shares = DocumentShareService(
            self.engine, self.documents, self.attachments, self.context_usage, self.notices, self
        )
        self.prompt_view = PromptViewService(self.engine, self.chat, self.answers, self)
        self.reading_ahead = ReadingAheadService(
            self.engine, self._engine_worker, self.chat, self.answers, self.settings, parent=self
        )
        self.reading_ahead.ended.connect(self.context_usage.refresh)
        self.saved_states = SavedStatesService(
            self.engine,
            self._engine_worker,
            self._state_files,
            self.chat,
            self.answers,
            self.conversations,
            self.reading_ahead,
            self.settings,
            self,
        )
        self.titles = TitleService(
            self.engine,
            self._engine_worker,
            self.chat,
            self.conversation_settings,
            self.answers,
            self.reading_ahead,
            self.settings,
            self,
        )
        self.context_overflow = ContextOverflowService(
            self.engine,
            self._engine_worker,
            self._files_worker,
            self.store.conversations,
            self.writer,
            self.chat,
            self.answers,
            self.models,
            self.context_usage,
            self.notices,
            self,
        )

    def _note_answering(self, change: AnswerChange) -> None:
        if change.part in (AnswerPart.BEGAN, AnswerPart.ENDED):
            self.knowledge.note_answering(self.answers.is_any_running)

    def _apply_settings(self) -> None:
        current = self.settings.current
        self.engine.keeps_calls_well_formed = current.keeps_calls_well_formed
        self.engine.guesses_repeated_text = current.guesses_repeated_text
        self.hub.is_offline = current.is_offline
