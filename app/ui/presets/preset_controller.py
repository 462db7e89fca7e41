"""Presets on screen: the picker, the dialog, and the panel for the conversation's own values."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.errors import UserError
from app.core.preset import Preset
from app.core.preset_overrides import overrides_between, overrides_of
from app.services.chat_session import ChatChange, ChatPart, ChatSession
from app.services.model_status import ModelPart, ModelsChange
from app.services.models import ModelService
from app.services.presets import PresetService
from app.services.tools import ToolService
from app.store.presets import DEFAULT
from app.ui.main_window import MainWindow
from app.ui.messages import ToastHandle
from app.ui.presets.adjust_panel import AdjustPanel
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
        chat: ChatSession,
        models: ModelService,
        presets: PresetService,
        tools: ToolService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._presets = presets
        self._store = presets.store
        self._messages = window.messages
        self._focus_composer = window.chat_page.composer.edit.setFocus
        self._picker = window.chat_page.header.preset_picker
        self.panel = AdjustPanel(window.chat_page.conversation_area)
        self.dialog = DialogController(presets, lambda: tools.all, window, self)
        self._undo: ToastHandle | None = None
        self._is_editing = False
        self._shown: tuple[str, Preset, Preset] | None = None
        """The conversation, its preset and its values as the panel shows them."""
        self._picker.set_editable_presets(True)
        self._connect()
        self._show()

    # What the user wants

    def choose(self, name: str) -> None:
        """Holds the conversation under a preset; what it had overridden goes, and can be brought back."""
        conversation = self._chat.conversation
        former, overrides = conversation.preset_name, overrides_of(conversation)
        self._chat.choose_preset(name)
        if overrides:
            self._undo = self._messages.show_undo(
                f"Switched to {name}", lambda: self._chat.choose_preset(former, overrides)
            )

    def make_standard(self) -> None:
        """Lets all new conversations with the chosen model take the preset that is in effect."""
        model, name = self._models.chosen, self._models.preset_in(self._chat.conversation).name
        if model is not None and self._presets.make_standard(self._models.key, name):
            self._messages.show_done(f"New chats with {model.name} use “{name}”")

    def open_dialog(self) -> None:
        """Lets the user work on all presets, beginning with the one in effect."""
        self._focus_composer()  # Where the focus returns to when the dialog is closed.
        self.dialog.open(self._models.preset_in(self._chat.conversation).name)

    def open_panel(self) -> None:
        """Lets the user change values for the conversation on screen only."""
        self.panel.open()

    def save_as(self, name: str) -> None:
        """Makes a preset of the values in effect, and holds the conversation under it."""
        values = replace(self._models.preset_for_answer(self._chat.conversation), name=name, source="")
        try:
            created = self._store.create(values)
        except UserError as error:
            self.panel.show_name_problem(f"{error} {error.hint}".strip())
            return
        self.panel.end_saving()
        self._focus_composer()
        self._chat.choose_preset(created.name)
        self._presets.publish()
        self._messages.show_done(f"Saved as “{created.name}”")

    # Private

    def _connect(self) -> None:
        self._picker.preset_chosen.connect(self.choose)
        self._picker.picked.connect(self._on_picker_picked)
        self._picker.standard_requested.connect(self.make_standard)
        self._picker.edit_presets_requested.connect(self.open_dialog)
        self._picker.adjust_requested.connect(self.open_panel)
        self.panel.closed.connect(self._focus_composer)
        self.panel.edited.connect(self._on_panel_edited)
        self.panel.reset_requested.connect(self._on_panel_reset_requested)
        self.panel.save_requested.connect(self.save_as)
        self._chat.changed.connect(self._on_chat_changed)
        self._models.changed.connect(self._on_models_changed)
        self._presets.changed.connect(self._show)

    def _on_picker_picked(self) -> None:
        """Lets the user type on, unless what was picked took the keyboard."""
        if self._picker.hasFocus():
            self._focus_composer()

    def _on_chat_changed(self, change: ChatChange) -> None:
        if change.concerns(ChatPart.SHOWN) and self._undo is not None:
            self._undo.close()  # The offer belongs to the conversation that left the screen.
            self._undo = None
        if change.concerns(ChatPart.SHOWN, ChatPart.PRESET, ChatPart.DETAILS):
            self._show()

    def _on_models_changed(self, change: ModelsChange) -> None:
        if change.concerns(ModelPart.CHOSEN):
            self._show()

    def _show(self) -> None:
        """Shows everywhere what is in effect."""
        conversation = self._chat.conversation
        preset = self._models.preset_in(conversation)
        values = self._models.preset_for_answer(conversation)
        self._show_in_picker(preset.name)
        self._picker.set_change_count(len(overrides_between(preset, values)))
        shown = (conversation.id, preset, values)
        if shown != self._shown and not self._is_editing:
            self.panel.show_values(Draft(values), preset)
        self._shown = shown

    def _show_in_picker(self, current: str) -> None:
        model, key = self._models.chosen, self._models.key
        presets = self._store.presets()
        recommended = self._store.recommended_for(key).name if key else DEFAULT.name
        standard = self._presets.standard_for(key).name if key else ""
        own = [it.name for it in presets if not it.is_builtin]
        names = [name for name in dict.fromkeys((recommended, *own, standard, current, DEFAULT.name)) if name]
        more = [it.name for it in presets if it.name not in names]
        details = {} if recommended == DEFAULT.name else {recommended: "Recommended for this model"}
        if standard and standard != recommended:
            details[standard] = "For new chats with this model"
        can_be_standard = model is not None and current != standard
        self._picker.set_standard_choice(model.name if model and can_be_standard else "")
        self._picker.set_presets(names, current, more, details)

    def _on_panel_edited(self) -> None:
        preset = self._models.preset_in(self._chat.conversation)
        overrides = overrides_between(preset, self.panel.form.draft.preset)
        self._is_editing = True  # What is being typed in the panel stays as it was typed.
        try:
            self._chat.change_overrides(overrides)
        finally:
            self._is_editing = False

    def _on_panel_reset_requested(self) -> None:
        self._shown = None
        self._chat.change_overrides(())
        self._show()
