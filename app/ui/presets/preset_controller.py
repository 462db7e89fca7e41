"""Presets on screen: the settings of one conversation, and the dialog with all presets."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.errors import UserError
from app.core.preset import Preset, shown_name
from app.core.preset_overrides import overrides_between, overrides_of
from app.core.translation import tr
from app.services.chat_change import ChatChange, ChatPart
from app.services.model_status import ModelPart, ModelsChange
from app.services.services import Services
from app.store.presets import DEFAULT
from app.ui.main_window import MainWindow
from app.ui.messages import ToastHandle
from app.ui.presets.dialog_controller import DialogController
from app.ui.presets.preset_form import Draft


class PresetController(QObject):
    """Shows which preset is in effect for the conversation on screen, and lets the user change it.

    Attributes:
        dialog: works on all presets.
        panel: works on the conversation on screen.
    """

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat, self._settings = services.chat, services.conversation_settings
        self._models, self._tools = services.models, services.tools
        self._presets, self._store = services.presets, services.presets.store
        self._messages = window.messages
        self._focus_composer = window.chat_page.composer.edit.setFocus
        self._button = window.chat_page.header.settings_button
        self.panel = window.chat_page.settings_panel
        self._picker = self.panel.preset_row.picker
        self.dialog = DialogController(
            self._presets, lambda: self._tools.all, lambda: self._models.models, window, self
        )
        self._undo: ToastHandle | None = None
        self._is_editing = False
        self._shown: tuple[str, Preset, Preset, tuple[str, ...]] | None = None
        """The conversation, its preset, its values and its preset's tools as the panel shows them."""
        window.menus.presets_action.triggered.connect(self.open_dialog)
        self._connect()
        self._show()

    # What the user wants

    def choose(self, name: str) -> None:
        """Holds the conversation under a preset; what it had overridden goes, and can be brought back."""
        conversation = self._chat.conversation
        former, overrides = conversation.preset_name, overrides_of(conversation)
        self._settings.choose_preset(name)
        if overrides:
            self._undo = self._messages.show_undo(
                tr("Switched to {name}", name=name), lambda: self._settings.choose_preset(former, overrides)
            )

    def make_standard(self) -> None:
        """Lets all new conversations with the chosen model take the preset that is in effect."""
        model, name = self._models.chosen, self._models.preset_in(self._chat.conversation).name
        if model is not None and self._presets.make_standard(self._models.key, name):
            self._messages.show_done(tr("New chats with {name} use “{name_2}”", name=model.name, name_2=name))

    def open_dialog(self) -> None:
        """Lets the user work on all presets, beginning with the one in effect."""
        self.dialog.open(self._models.preset_in(self._chat.conversation).name)

    def save_as(self, name: str) -> None:
        """Makes a preset of the values in effect, and holds the conversation under it."""
        conversation = self._chat.conversation
        values = replace(self._models.preset_for_answer(conversation), name=name, source="")
        if self._own_tools is not None:
            values = replace(values, tools=self._own_tools)
        try:
            created = self._store.create(values)
        except UserError as error:
            self.panel.show_name_problem(error.told)
            return
        self.panel.end_saving()
        self._focus_composer()
        self._settings.choose_preset(created.name)
        self._drop_own_tools()
        self._presets.publish()
        self._messages.show_done(tr("Saved as “{name}”", name=created.name))

    # Private

    def _connect(self) -> None:
        self._picker.preset_chosen.connect(self.choose)
        self._picker.standard_requested.connect(self.make_standard)
        self._picker.edit_presets_requested.connect(self.open_dialog)
        self.panel.preset_row.reset_requested.connect(self._on_preset_reset_requested)
        self.panel.edited.connect(self._on_panel_edited)
        self.panel.reset_requested.connect(self._on_panel_reset_requested)
        self.panel.save_requested.connect(self.save_as)
        self._chat.changed.connect(self._on_chat_changed)
        self._models.changed.connect(self._on_models_changed)
        self._presets.changed.connect(self._show)
        self._tools.changed.connect(self._show)

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN) and self._undo is not None:
            self._undo.close()  # The offer belongs to the conversation that left the screen.
            self._undo = None
        if change.concerns(ChatPart.SHOWN, ChatPart.PRESET, ChatPart.TOOLS, ChatPart.DETAILS):
            self._show()

    def _on_models_changed(self, change: ModelsChange) -> None:
        if change.concerns(ModelPart.LOADED):
            self.panel.set_graphics(self._models.has_gpu)
            info = self._models.info
            self.panel.set_unused(info.unused_values if info else frozenset(), info.server if info else "")
        if change.concerns(ModelPart.CHOSEN):
            self._show()

    def _show(self) -> None:
        """Shows everywhere what is in effect."""
        conversation = self._chat.conversation
        preset = self._models.preset_in(conversation)
        values = self._models.preset_for_answer(conversation)
        values = replace(values, tools=self._own_tools)
        base = replace(preset, tools=None)
        standard = self._presets.standard_for(self._models.key).name
        is_standard = preset.name == standard
        count = len(overrides_between(preset, values)) + (self._own_tools is not None)
        self._button.show_state(shown_name(preset.name), is_standard=is_standard, change_count=count)
        model_name = self._models.chosen.name if self._models.chosen else ""
        self.panel.preset_row.show_standard("" if is_standard else shown_name(standard), model_name)
        self._show_in_picker(preset.name)
        inherited = self._tools.inherited_names(conversation)
        shown = (conversation.id, base, values, inherited)
        if shown != self._shown and not self._is_editing:
            self.panel.set_tools(self._tools.all, inherited)
            self.panel.show_values(Draft(values), base)
        self._shown = shown

    @property
    def _own_tools(self) -> tuple[str, ...] | None:
        """The tools of the conversation where they are others than its preset says."""
        conversation = self._chat.conversation
        inherited = self._tools.inherited_names(conversation)
        is_own = conversation.tools is not None and set(conversation.tools) != set(inherited)
        return conversation.tools if is_own else None

    def _show_in_picker(self, current: str) -> None:
        model, key = self._models.chosen, self._models.key
        presets = self._store.presets()
        recommended = self._store.recommended_for(key).name if key else DEFAULT.name
        standard = self._presets.standard_for(key).name if key else ""
        own = [it.name for it in presets if not it.is_builtin]
        names = [name for name in dict.fromkeys((recommended, *own, standard, current, DEFAULT.name)) if name]
        more = [it.name for it in presets if it.name not in names]
        details = {} if recommended == DEFAULT.name else {recommended: tr("Recommended for this model")}
        if standard and standard != recommended:
            details[standard] = tr("For new chats with this model")
        can_be_standard = model is not None and current != standard
        self._picker.set_standard_choice(model.name if model and can_be_standard else "")
        self._picker.set_presets(names, current, more, details)

    def _on_panel_edited(self) -> None:
        preset = self._models.preset_in(self._chat.conversation)
        wanted = self.panel.form.draft.preset
        self._is_editing = True  # What is being typed in the panel stays as it was typed.
        try:
            self._settings.change_overrides(overrides_between(preset, wanted))
            if wanted.tools != self._own_tools:
                self._settings.change_tools(wanted.tools)
        finally:
            self._is_editing = False

    def _on_panel_reset_requested(self) -> None:
        self._shown = None
        self._settings.change_overrides(())
        self._drop_own_tools()
        self._show()

    def _drop_own_tools(self) -> None:
        if self._chat.conversation.tools is not None:
            self._settings.change_tools(None)

    def _on_preset_reset_requested(self) -> None:
        self.choose(self._presets.standard_for(self._models.key).name)
