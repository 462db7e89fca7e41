"""Which preset a conversation is held under, and what each model has as its standard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.errors import UserError
from app.core.model_file import LoadOptions, ModelFile
from app.core.preset import Preset
from app.core.preset_overrides import preset_in
from app.core.server_model import file_name_in
from app.hub.catalog import Catalog
from app.services.conversation_settings import ConversationSettings
from app.services.notices import NoticeService
from app.store.presets import PresetStore


@dataclass(frozen=True, slots=True)
class PresetsChange:
    """Presets were made, changed, renamed or deleted, or a model has another standard."""


class PresetService(QObject):
    """The presets, and the one in effect for a conversation and a model.

    A conversation keeps the preset that was chosen in it or that its last answer had. A new one takes the
    model's standard: what the user made the standard for it, else what its card recommends, else Default.
    Models are told apart by a key: the name in the catalog, else the name of the file.

    Attributes:
        store: all presets, for whoever edits them; `tell` of every change.

    Signals:
        changed: a `PresetsChange`.
    """

    changed = Signal(object)

    def __init__(
        self,
        store: PresetStore,
        catalog: Catalog,
        conversation_settings: ConversationSettings,
        notices: NoticeService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self._conversation_settings = conversation_settings
        self._catalog = catalog
        self._notices = notices

    def key_of(self, model: ModelFile) -> str:
        """The name by which presets remember a model: the same for all files of one in the catalog."""
        entry = self._catalog.entry_of(model)
        return entry.id if entry else file_name_in(model.path)

    def in_effect(self, conversation: Conversation, model_key: str) -> Preset:
        """The preset of a conversation that this model answers, without what the conversation overrides.

        Args:
            model_key: empty where no model is chosen.
        """
        chosen = self.store.get(conversation.preset_name) if conversation.preset_name else None
        if chosen is None or self._came_with_another_model(conversation, chosen, model_key):
            return self.standard_for(model_key)
        return chosen

    def for_answer(self, conversation: Conversation, model_key: str) -> Preset:
        """The preset in effect with what the conversation overrides in it."""
        return preset_in(conversation, self.in_effect(conversation, model_key))

    def standard_for(self, model_key: str) -> Preset:
        """What new conversations with a model take."""
        return self.store.preset_for(model_key)

    def names_for(self, models: Iterable[ModelFile]) -> set[str]:
        """The presets that these models have as their standard or from their cards."""
        keys = {self.key_of(model) for model in models}
        return {
            preset.name
            for key in keys
            for preset in (self.standard_for(key), self.store.recommended_for(key))
        }

    def make_standard(self, model_key: str, name: str) -> bool:
        """Lets all new conversations with a model take this preset.

        Returns:
            Whether that could be saved; where it could not, the user is told.
        """
        try:
            if name == self.store.recommended_for(model_key).name:
                self.store.unbind(model_key)
            else:
                self.store.bind(model_key, name)
        except UserError as error:
            self._notices.fail(error)
            return False
        self.publish()
        return True

    def rename(self, name: str, new_name: str) -> Preset:
        """Gives one of the user's presets another name; models and conversations go on having it.

        Raises:
            SettingsError: it is built in, or the new name cannot be used.
        """
        renamed = self.store.rename(name, new_name)
        self._conversation_settings.rename_preset(name, renamed.name)
        self.publish()
        return renamed

    def publish(self) -> None:
        """Tells everybody that something in the store has changed."""
        self.changed.emit(PresetsChange())

    def _came_with_another_model(self, conversation: Conversation, chosen: Preset, model_key: str) -> bool:
        """Whether a conversation's preset is only what another model had as its standard.

        Somebody who goes on with another model wants that model's values then, and not the former's.
        """
        if not conversation.model_path or not model_key:
            return False
        file_name = file_name_in(conversation.model_path)
        entry = self._catalog.match(file_name)
        former_key = entry.id if entry else file_name
        return former_key != model_key and chosen.name == self.standard_for(former_key).name


def load_options_of(preset: Preset) -> LoadOptions:
    """How a preset wants a model to be loaded."""
    return LoadOptions(
        context_length=preset.context_length,
        thread_count=preset.thread_count,
        gpu_layers=preset.gpu_layers,
        kv_cache_type=preset.kv_cache_type,
        flash_attention=preset.flash_attention,
    )
