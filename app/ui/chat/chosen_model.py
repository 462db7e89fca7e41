"""What follows from the choice of a model: its preset, how it is loaded, and who answers."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from app.core.conversation import Conversation
from app.core.model_file import ModelFile, ModelInfo
from app.hub.catalog import Catalog
from app.ui.chat.asking import Answerer
from app.ui.chat.load_requests import LoadRequests
from app.ui.chat.model_controller import ModelController
from app.ui.chat.model_picker import ModelState
from app.ui.chat.outgrown_controller import LoadedContext
from app.ui.chat.sibling import sibling_of
from app.ui.crash_recovery import CrashRecovery
from app.ui.messages import Messages
from app.ui.presets.preset_controller import PresetController
from app.ui.transcript.view.transcript import Transcript
from app.ui.window_controller import WindowController


class ChosenModel(QObject):
    """Joins the model that was chosen with its preset, the settings and what the window says of it.

    Attributes:
        models: the list of models, and loading them.
    """

    def __init__(
        self,
        models: ModelController,
        requests: LoadRequests,
        presets: PresetController,
        catalog: Catalog,
        settings: WindowController,
        transcript: Transcript,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.models = models
        self._requests = requests
        self._presets = presets
        self._catalog = catalog
        self._settings = settings
        self._transcript = transcript
        self._messages = messages
        models.loaded.connect(self._on_loaded)
        models.chosen_changed.connect(self._on_chosen_changed)
        presets.reload_wanted.connect(self._on_reload_wanted)

    def open_first(self, wanted: Path | None, starter: Path | None, recovery: CrashRecovery) -> None:
        """Loads a model for the start: the wanted one, the one of the last time, or the starter.

        None where the last run ended over it.
        """
        last = self._settings.settings.last_model
        path = wanted or (last if last and last.exists() else starter)
        recovery.tell_of_others(path)
        if path is not None and not recovery.may_load(path, is_wanted=path == wanted):
            return
        if path is not None:
            self.models.open_file(path)
        if self.models.chosen is None and starter and path != starter:
            self.models.open_file(starter)

    def load_longer(self, path: Path, tokens: int) -> None:
        """Loads a model again with a longer context, until its preset asks for another one."""
        self._requests.lengthen(path, self._presets.preset.context_length, tokens)
        self.models.open_file(path)

    def answerer(self, conversation: Conversation) -> Answerer | None:
        """Who answers the next message of a conversation; None while no model is chosen."""
        model = self.models.chosen
        if model is None:
            return None
        return Answerer(model.name, str(model.path), self._presets.preset_for_answer(conversation))

    def loaded_context(self) -> LoadedContext | None:
        """The model that is ready, with its memory; None while there is none."""
        info = self.models.info
        if info is None or self.models.status.state is not ModelState.READY:
            return None
        return LoadedContext(info, self._presets.preset.kv_cache_type)

    def sibling(self) -> ModelFile | None:
        """A model that answers without thinking first, where the chosen one cannot."""
        chosen = self.models.chosen
        return sibling_of(chosen, self.models.models, self._catalog) if chosen else None

    @property
    def _key(self) -> str:
        return self._requests.key(self.models.chosen) if self.models.chosen else ""

    def _on_chosen_changed(self) -> None:
        sibling = self.sibling()
        self._transcript.set_sibling(sibling.name if sibling else "")
        self._presets.show_model(self._key)

    def _on_loaded(self, info: ModelInfo) -> None:
        self._settings.change(last_model=info.path)
        self._presets.note_loaded(self._key)
        for notice in info.notices:
            self._messages.show_notice(notice)

    def _on_reload_wanted(self, is_wanted: bool) -> None:
        """Offers to load the model again, with the context length or threads that the preset asks for now."""
        if is_wanted and self.models.chosen:
            path = self.models.chosen.path
            self._messages.show_notice(
                "The model was loaded with other values than the preset asks for.",
                "Context length, threads and the kind of memory take effect when it is loaded again.",
                "Reload the model",
                lambda: self.models.open_file(path),
            )
