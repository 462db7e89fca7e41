"""Joins presets to the rest: the picker, the dialog, the chosen model and the conversation on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.core.conversation import Conversation
from app.core.errors import UserError
from app.core.model_file import LoadOptions
from app.core.preset import Preset
from app.core.preset_overrides import Overrides, overrides_between, overrides_of, preset_in, with_overrides
from app.store.presets import DEFAULT, PresetStore
from app.tools.tool import Tool
from app.ui.main_window import MainWindow
from app.ui.presets.adjust_panel import AdjustPanel
from app.ui.presets.dialog_controller import DialogController
from app.ui.presets.preset_form import Draft


class PresetController(QObject):
    """Decides which preset is in effect, and lets the user change it.

    Models are told apart by a key: the name in the catalog, else the name of the file.

    Attributes:
        dialog: works on all presets.
        panel: works on the conversation on screen.

    Signals:
        preset_changed(Preset): another preset, or other values, are in effect for the next answer.
        changes_made(tuple): the conversation on screen now has these `Overrides`, which are to be saved.
        reload_wanted(bool): whether the loaded model was loaded otherwise than its preset now says.
    """

    preset_changed = Signal(object)
    changes_made = Signal(object)
    reload_wanted = Signal(bool)

    def __init__(
        self,
        store: PresetStore,
        window: MainWindow,
        parent: QObject | None = None,
        tools: Callable[[], Iterable[Tool]] = tuple,
    ) -> None:
        """`tools` gives those that a preset can switch on."""
        super().__init__(parent)
        self._store = store
        self._messages = window.messages
        self._picker = window.chat_page.header.preset_picker
        self.panel = AdjustPanel(window.chat_page.conversation_area)
        self.dialog = DialogController(store, window, self, tools)
        self._model = ""
        self._waiting_name = ""
        """A preset that was chosen while there was no model to bind it to."""
        self._conversation = Conversation()
        self._planned: dict[str, LoadOptions] = {}
        self._loaded: tuple[str, LoadOptions] | None = None
        self._is_reload_wanted = False
        self._undo_text = ""
        self._picker.set_editable_presets(True)
        self._connect()
        self._refresh()

    # What the lead of the program tells

    def show_model(self, model_key: str) -> None:
        """Takes note of the model that will answer; an empty key where there is none."""
        if model_key == self._model:
            return  # What is being typed in the panel stays.
        self._model = model_key
        if model_key and self._waiting_name:
            name, self._waiting_name = self._waiting_name, ""
            self._try(lambda: self._bind(name))
        self._refresh()

    def show_conversation(self, conversation: Conversation) -> None:
        """Takes note of the conversation on screen."""
        if conversation.id != self._conversation.id:
            self._end_undo()
        self._conversation = conversation
        self._refresh()

    def options_to_load(self, model_key: str) -> LoadOptions:
        """How a model is to be loaded now."""
        options = _load_options(self._store.preset_for(model_key))
        self._planned[model_key] = options
        return options

    def note_loaded(self, model_key: str) -> None:
        """Takes note that a model was loaded with what `options_to_load` said last."""
        self._loaded = (model_key, self._planned.get(model_key, LoadOptions()))
        self._look_whether_to_reload()

    # What others ask

    @property
    def preset(self) -> Preset:
        """The preset in effect, without what the conversation changes."""
        if self._model:
            return self._store.preset_for(self._model)
        return self._store.get(self._waiting_name) or self._store.get(DEFAULT.name) or DEFAULT

    @property
    def is_reload_wanted(self) -> bool:
        return self._is_reload_wanted

    def preset_for_answer(self, conversation: Conversation) -> Preset:
        """The preset with what a conversation changes in it."""
        return preset_in(conversation, self.preset)

    # What the user wants

    def choose(self, name: str) -> None:
        """Binds a preset to the model; what the conversation changed goes, and can be brought back."""
        former, changes = self.preset.name, overrides_of(self._conversation)
        if not self._try(lambda: self._bind(name)):
            self._refresh()
            return
        if changes:
            self._make_changes(())
            self._undo_text = f"This conversation now follows {name}"
            self._messages.show_undo(self._undo_text, lambda: self._go_back(former, changes))
        self._refresh()

    def open_dialog(self) -> None:
        """Lets the user work on all presets, beginning with the one in effect."""
        self.dialog.open(self.preset.name)

    def open_panel(self) -> None:
        """Lets the user change values for the conversation on screen only."""
        self.panel.open()

    def save_as(self, name: str) -> None:
        """Makes a preset of the values in effect, and lets the model use it."""
        values = replace(self.preset_for_answer(self._conversation), name=name, source="")
        try:
            created = self._store.create(values)
        except UserError as error:
            self.panel.show_name_problem(f"{error} {error.hint}".strip())
            return
        self._try(lambda: self._bind(created.name))
        self.panel.end_saving()
        self._make_changes(())
        self._refresh()
        self._messages.show_done(f"Saved as “{created.name}”")

    # Inside

    def _bind(self, name: str) -> None:
        if not self._model:
            self._waiting_name = name
        elif name == self._store.recommended_for(self._model).name:
            self._store.unbind(self._model)
        else:
            self._store.bind(self._model, name)

    def _go_back(self, name: str, changes: Overrides) -> None:
        self._try(lambda: self._bind(name))
        self._make_changes(changes)
        self._refresh()

    def _end_undo(self) -> None:
        """The offer to undo belongs to the conversation that leaves the screen."""
        if self._undo_text and self._messages.toast.label.text() == self._undo_text:
            self._messages.toast.close_toast()
        self._undo_text = ""

    def _make_changes(self, changes: Overrides) -> None:
        self._conversation = with_overrides(self._conversation, changes)
        self.changes_made.emit(changes)

    def _refresh(self) -> None:
        """Shows everywhere what is in effect."""
        preset = self.preset
        values = self.preset_for_answer(self._conversation)
        self._show_in_picker(preset)
        self._show_change_count(preset, values)
        self.panel.show_values(Draft(values), preset)
        self._look_whether_to_reload()
        self.preset_changed.emit(values)

    def _show_in_picker(self, preset: Preset) -> None:
        presets = self._store.presets()
        recommended = self._store.recommended_for(self._model).name if self._model else DEFAULT.name
        own = [it.name for it in presets if not it.is_builtin]
        names = list(dict.fromkeys((recommended, *own, preset.name, DEFAULT.name)))
        more = [it.name for it in presets if it.name not in names]
        details = {} if recommended == DEFAULT.name else {recommended: "Recommended for this model"}
        self._picker.set_presets(names, preset.name, more, details)

    def _show_change_count(self, preset: Preset, values: Preset) -> None:
        self._picker.set_change_count(len(overrides_between(preset, values)))

    def _look_whether_to_reload(self) -> None:
        wanted = self._loaded is not None and self._loaded != (self._model, _load_options(self.preset))
        wanted = wanted and self._loaded is not None and self._loaded[0] == self._model
        if wanted != self._is_reload_wanted:
            self._is_reload_wanted = wanted
            self.reload_wanted.emit(wanted)

    def _on_panel_edited(self) -> None:
        preset, values = self.preset, self.panel.form.draft.preset
        self._make_changes(overrides_between(preset, values))
        self._show_change_count(preset, values)
        self.preset_changed.emit(values)

    def _on_panel_reset_requested(self) -> None:
        self._make_changes(())
        self._refresh()

    def _try(self, action: Callable[[], object]) -> bool:
        """Does something with the store; a failure is shown and gives False."""
        try:
            action()
        except UserError as error:
            self._messages.show_error(error)
            return False
        return True

    def _connect(self) -> None:
        self._picker.preset_chosen.connect(self.choose)
        self._picker.edit_presets_requested.connect(self.open_dialog)
        self._picker.adjust_requested.connect(self.open_panel)
        self.panel.edited.connect(self._on_panel_edited)
        self.panel.reset_requested.connect(self._on_panel_reset_requested)
        self.panel.save_requested.connect(self.save_as)
        self.dialog.presets_changed.connect(self._refresh)


def _load_options(preset: Preset) -> LoadOptions:
    return LoadOptions(
        context_length=preset.context_length,
        thread_count=preset.thread_count,
        kv_cache_type=preset.kv_cache_type,
    )
