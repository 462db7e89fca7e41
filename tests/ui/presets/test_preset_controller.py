from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.model_file import LoadOptions
from app.core.preset import Preset
from app.core.preset_overrides import Overrides, overrides_of
from app.core.sampling import Sampling
from app.services.model_status import ModelState
from app.store.presets import PresetStore
from app.ui.main_window import MainWindow
from app.ui.presets.conversation_settings_panel import ConversationSettingsPanel
from app.ui.presets.preset_controller import PresetController
from app.ui.presets.preset_picker import PresetPicker
from app.ui.presets.tools_field import ToolsField
from tests.fakes.scripted_engine import TINY_MODEL, ScriptedEngine
from tests.support.chat_harness import ChatHarness
from tests.support.preset_samples import CAREFUL, MODEL, type_into
from tests.support.ticking import tick

MODEL_FILE = f"{MODEL}-Q4_K_M.gguf"
JAPANESE = "LFM2.5-1.2B-JP-202606"


class Desk(ChatHarness):
    """The picker, the panel and the dialog in a window, and a model that the catalog knows."""

    def __init__(self, qtbot: QtBot, folder: Path, window: MainWindow) -> None:
        super().__init__(qtbot, folder, ScriptedEngine(*["Yes."] * 5))
        self.window = window
        self.store = self.services.presets.store
        self.services.notices.posted.connect(window.messages.show)
        self.services.notices.withdrawn.connect(window.messages.withdraw)
        self.controller = PresetController(window, self.services)
        self.picker = window.chat_page.settings_panel.preset_row.picker
        self.store.create(CAREFUL)
        self.services.presets.publish()
        self.models_folder = folder / "some models"
        self.models_folder.mkdir()

    def uses_model(self, file_name: str) -> None:
        """Loads a model of that name: the tiny one's bytes under another name."""
        path = self.models_folder / file_name
        shutil.copy(TINY_MODEL, path)
        before = len(self.engine.loads)
        self.models.open_file(path)
        self.waits(lambda: len(self.engine.loads) > before and self.models.status.state is ModelState.READY)

    @property
    def in_effect(self) -> Preset:
        """What the next answer is asked for with."""
        return self.models.preset_for_answer(self.chat.conversation)

    @property
    def overrides(self) -> Overrides:
        return overrides_of(self.chat.conversation)

    def is_answered(self, text: str) -> None:
        self.answers.send(text)
        self.waits_for_answer()

    def reopened(self) -> PresetStore:
        """The presets as the next start of the program finds them."""
        return PresetStore(self.services.paths.presets, self.services.catalog.presets())


@pytest.fixture
def empty_desk(qtbot: QtBot, tmp_path: Path, window: MainWindow) -> Iterator[Desk]:
    """Without a model."""
    desk = Desk(qtbot, tmp_path, window)
    desk.chat.start_new()
    yield desk
    desk.shut_down()


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    empty_desk.uses_model(MODEL_FILE)
    return empty_desk


@pytest.fixture
def picker(desk: Desk) -> PresetPicker:
    return desk.picker


@pytest.fixture
def panel(desk: Desk) -> ConversationSettingsPanel:
    desk.window.set_settings_panel_visible(True)
    return desk.controller.panel


def rows_of(picker: PresetPicker) -> list[str]:
    return [picker.itemText(row) for row in range(picker.count()) if picker.itemText(row)]


def pick(qtbot: QtBot, picker: PresetPicker, text: str) -> None:
    """Opens the list, goes to a row and presses Enter."""
    if not picker.view().isVisible():
        picker.showPopup()
    picker.view().setCurrentIndex(picker.model().index(picker.findText(text), 0))
    qtbot.keyClick(picker.view(), Qt.Key.Key_Return)


# The picker


def test_the_list_is_short_and_begins_with_what_the_model_recommends(picker: PresetPicker) -> None:
    assert rows_of(picker) == [
        MODEL,
        "Careful",
        "Default",
        "All presets",
        "Manage presets…",
    ]
    assert picker.currentText() == MODEL


def test_all_presets_opens_the_list_further(qtbot: QtBot, desk: Desk, picker: PresetPicker) -> None:
    pick(qtbot, picker, "All presets")
    assert picker.view().isVisible()
    assert JAPANESE in rows_of(picker)
    assert "All presets" not in rows_of(picker)
    pick(qtbot, picker, JAPANESE)
    assert not picker.view().isVisible()
    assert desk.chat.conversation.preset_name == JAPANESE
    assert picker.currentText() == JAPANESE


def test_all_presets_can_be_clicked(qtbot: QtBot, picker: PresetPicker) -> None:
    picker.showPopup()
    index = picker.model().index(picker.findText("All presets"), 0)
    centre = picker.view().visualRect(index).center()
    qtbot.mouseMove(picker.view().viewport(), centre)
    qtbot.mouseClick(picker.view().viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert picker.view().isVisible()
    assert JAPANESE in rows_of(picker)
    assert picker.currentText() == MODEL
    picker.hidePopup()
    picker.showPopup()
    assert JAPANESE not in rows_of(picker)
    picker.hidePopup()


def test_a_preset_that_is_chosen_belongs_to_the_conversation(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.is_answered("Hello")
    first = desk.chat.conversation.id
    pick(qtbot, picker, "Careful")
    assert desk.in_effect == CAREFUL
    assert desk.reopened().bound_to(MODEL) is None
    desk.chat.start_new()
    assert picker.currentText() == MODEL
    desk.chat.show(first)
    assert picker.currentText() == "Careful"
    desk.waits_until_saved()
    assert desk.loaded().preset_name == "Careful"


def test_an_answered_conversation_keeps_its_preset_when_the_standard_changes(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.is_answered("Hello")
    first = desk.chat.conversation.id
    desk.chat.start_new()
    pick(qtbot, picker, "Careful")
    pick(qtbot, picker, f"Use for all new chats with {desk.models.chosen.name}")  # type: ignore[union-attr]
    assert desk.reopened().bound_to(MODEL) == "Careful"
    assert "new chats" in desk.window.messages.toast.label.text().lower()
    desk.chat.start_new()
    assert picker.currentText() == "Careful"
    desk.chat.show(first)
    assert picker.currentText() == MODEL


def test_the_standard_is_not_offered_as_the_standard_again(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    assert not any(row.startswith("Use for all new chats") for row in rows_of(picker))
    pick(qtbot, picker, "Careful")
    assert any(row.startswith("Use for all new chats") for row in rows_of(picker))


def test_making_the_recommended_one_the_standard_leaves_the_choice_to_the_program_again(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.services.presets.make_standard(MODEL, "Careful")
    desk.chat.start_new()
    pick(qtbot, picker, MODEL)
    pick(qtbot, picker, f"Use for all new chats with {desk.models.chosen.name}")  # type: ignore[union-attr]
    assert desk.reopened().bound_to(MODEL) is None


def test_a_conversation_goes_on_with_another_model_under_that_model_s_standard(
    desk: Desk, picker: PresetPicker
) -> None:
    desk.is_answered("Hello")
    assert desk.chat.conversation.preset_name == MODEL
    desk.uses_model("other.gguf")
    assert picker.currentText() == "Default"
    desk.uses_model(MODEL_FILE)
    assert picker.currentText() == MODEL


def test_a_preset_of_one_s_own_choice_stays_with_another_model(desk: Desk, picker: PresetPicker) -> None:
    desk.conversation_settings.choose_preset("Careful")
    desk.is_answered("Hello")
    desk.uses_model("other.gguf")
    assert picker.currentText() == "Careful"


def test_a_preset_chosen_before_there_is_a_model_holds_for_the_first_one(
    qtbot: QtBot, empty_desk: Desk
) -> None:
    desk, picker = empty_desk, empty_desk.picker
    assert picker.currentText() == "Default"
    pick(qtbot, picker, "Careful")
    assert desk.in_effect == CAREFUL
    desk.uses_model(MODEL_FILE)
    assert picker.currentText() == "Careful"
    desk.chat.start_new()
    assert picker.currentText() == MODEL


def test_a_standard_that_cannot_be_saved_is_told_and_not_made(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    pick(qtbot, picker, "Careful")
    desk.services.paths.presets.unlink()
    desk.services.paths.presets.mkdir()
    pick(qtbot, picker, f"Use for all new chats with {desk.models.chosen.name}")  # type: ignore[union-attr]
    assert desk.window.messages.banner.isVisible()
    desk.chat.start_new()
    assert picker.currentText() == MODEL


def test_a_renamed_preset_stays_with_its_conversations(desk: Desk, picker: PresetPicker) -> None:
    desk.conversation_settings.choose_preset("Careful")
    desk.is_answered("Hello")
    first = desk.chat.conversation.id
    desk.chat.start_new()
    desk.waits_until_saved()
    desk.services.presets.rename("Careful", "Cautious")
    desk.waits_until_saved()
    desk.chat.show(first)
    assert picker.currentText() == "Cautious"
    assert desk.loaded().preset_name == "Cautious"


# The dialog


def test_the_menu_leads_to_the_presets_with_the_one_in_effect(desk: Desk) -> None:
    desk.controller.choose("Careful")
    desk.window.menus.presets_action.trigger()
    dialog = desk.controller.dialog.dialog
    assert dialog is not None
    assert (dialog.isVisible(), dialog.list.current_name) == (True, "Careful")


def test_editing_begins_with_the_preset_in_effect_and_works_at_once(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    pick(qtbot, picker, "Careful")
    pick(qtbot, picker, "Manage presets…")
    dialog = desk.controller.dialog.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.list.current_name == "Careful"
    type_into(qtbot, dialog.editor.form.rows["temperature"].field, "0.4")
    qtbot.mouseClick(dialog.editor.save_button, Qt.MouseButton.LeftButton)
    assert desk.in_effect.sampling.temperature == 0.4
    dialog.list.delete_requested.emit()
    assert picker.currentText() == MODEL
    dialog.messages.toast.undo()
    assert picker.currentText() == "Careful"
    dialog.finish()


# One conversation


def test_typed_values_hold_for_this_conversation_only(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    type_into(qtbot, panel.form.rows["temperature"].field, "0.9")
    type_into(qtbot, panel.form.rows["system_prompt"].field, "Hi.")
    assert desk.overrides == (("system_prompt", "Hi."), ("temperature", 0.9))
    card = desk.store.get(MODEL)
    assert card is not None
    assert desk.in_effect.sampling == card.sampling.with_values(temperature=0.9)
    assert desk.in_effect.system_prompt == "Hi."
    desk.chat.start_new()
    assert desk.in_effect.sampling == card.sampling
    assert desk.store.get(MODEL) == card


def test_an_empty_system_prompt_is_a_change_too(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    desk.controller.choose("Careful")
    type_into(qtbot, panel.form.rows["system_prompt"].field, "")
    assert desk.overrides == (("system_prompt", ""),)
    assert desk.in_effect.system_prompt == ""


def test_what_differs_is_marked_in_panel_and_header_and_taken_back_one_by_one(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    desk.conversation_settings.change_overrides((("temperature", 0.9), ("top_k", 7)))
    assert panel.subtitle.text() == f"2 changes from {MODEL}"
    assert [name for name, row in panel.form.rows.items() if row.dot.is_lit] == ["temperature", "top_k"]
    button = desk.window.chat_page.header.settings_button
    assert button.text() == "2 changes"
    assert panel.form.rows["temperature"].explanation.text() == "Preset: 0.1"
    assert panel.form.rows["temperature"].explanation.isVisible()
    assert panel.form.rows["min_p"].explanation.isHidden()
    row = panel.form.rows["temperature"]
    assert row.reset_button.toolTip() == f"Back to 0.1, as in {MODEL}"
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert desk.overrides == (("top_k", 7),)
    assert button.text() == "1 change"
    qtbot.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    assert desk.overrides == ()
    assert panel.subtitle.text() == f"Using {MODEL}"
    assert button.text() == ""
    assert not panel.save_as_button.isEnabled()


def test_a_refused_value_is_not_used(qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel) -> None:
    row = panel.form.rows["top_k"]
    type_into(qtbot, row.field, "5000")
    assert row.problem_label.text() == (
        "Top-k must be between 0 and 1,000, not 5,000. Using 50 until it is fixed."
    )
    assert desk.overrides == ()
    assert not panel.save_as_button.isEnabled()


def test_a_refused_value_stays_on_screen_when_the_model_is_loaded_again(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    type_into(qtbot, panel.form.rows["top_k"].field, "5000")
    desk.uses_model(MODEL_FILE)
    assert panel.form.rows["top_k"].field.typed == "5000"
    qtbot.mouseClick(panel.form.rows["temperature"].reset_button, Qt.MouseButton.LeftButton)
    panel.reset_requested.emit()
    assert panel.form.rows["top_k"].field.typed == "50"


def test_another_conversation_shows_its_own_values(desk: Desk, panel: ConversationSettingsPanel) -> None:
    desk.conversation_settings.change_overrides((("temperature", 0.9),))
    assert panel.form.rows["temperature"].field.typed == "0.9"
    desk.chat.start_new()
    assert panel.form.rows["temperature"].field.typed == "0.1"
    assert panel.subtitle.text() == f"Using {MODEL}"


def test_values_become_a_preset_which_the_conversation_then_follows(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel, picker: PresetPicker
) -> None:
    desk.controller.choose("Careful")
    desk.conversation_settings.change_overrides((("temperature", 0.9),))
    qtbot.mouseClick(panel.save_as_button, Qt.MouseButton.LeftButton)
    assert panel.name_field.selectedText() == "Careful copy"
    qtbot.keyClicks(panel.name_field, "careful")
    qtbot.keyClick(panel.name_field, Qt.Key.Key_Return)
    assert panel.name_problem.text().startswith("There is already a preset called careful.")
    type_into(qtbot, panel.name_field, "Lively")
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    lively = replace(CAREFUL, name="Lively", sampling=CAREFUL.sampling.with_values(temperature=0.9))
    assert desk.reopened().get("Lively") == lively
    assert desk.reopened().get("Careful") == CAREFUL
    assert desk.in_effect == lively
    assert desk.overrides == ()
    assert picker.currentText() == "Lively"
    assert panel.save_as_button.isVisible()


def test_choosing_another_preset_takes_the_changes_back_and_can_be_undone(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.conversation_settings.change_overrides((("temperature", 0.9),))
    pick(qtbot, picker, "Careful")
    assert desk.overrides == ()
    toast = desk.window.messages.toast
    assert toast.label.text() == "Switched to Careful"
    qtbot.mouseClick(toast.undo_button, Qt.MouseButton.LeftButton)
    assert desk.overrides == (("temperature", 0.9),)
    assert picker.currentText() == MODEL


def test_the_offer_to_undo_leaves_with_its_conversation(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.conversation_settings.change_overrides((("temperature", 0.9),))
    pick(qtbot, picker, "Careful")
    desk.chat.start_new()
    assert desk.window.messages.toast.isHidden()
    assert desk.overrides == ()


def test_another_text_in_the_toast_stays_when_the_conversation_leaves(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    desk.conversation_settings.change_overrides((("temperature", 0.9),))
    pick(qtbot, picker, "Careful")
    desk.window.messages.show_done("Exported to notes.md")
    desk.chat.start_new()
    assert desk.window.messages.toast.isVisible()


def test_thinking_limit_context_length_and_tools_differ_too_and_go_back(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    rows = panel.form.rows
    type_into(qtbot, rows["context_length"].field, "2048")
    type_into(qtbot, rows["thinking_limit"].field, "300")
    tools = rows["tools"].field
    assert isinstance(tools, ToolsField)
    panel.form.ensureWidgetVisible(tools)
    name, box = next(iter(tools.boxes.items()))
    tick(qtbot, box)
    assert desk.overrides == (("thinking_limit", 300), ("context_length", 2048))
    assert desk.in_effect.thinking_limit == 300
    assert desk.chat.conversation.tools == (name,)
    assert desk.services.tools.names_on(desk.chat.conversation) == (name,)
    assert panel.subtitle.text() == f"3 changes from {MODEL}"
    assert desk.window.messages.banner.action_button.text() == "Reload"
    for row in ("tools", "context_length", "thinking_limit"):
        panel.form.ensureWidgetVisible(rows[row])
        qtbot.mouseClick(rows[row].reset_button, Qt.MouseButton.LeftButton)
    assert desk.overrides == ()
    assert desk.chat.conversation.tools is None
    assert panel.subtitle.text() == f"Using {MODEL}"
    assert desk.window.messages.banner.isHidden()


def test_a_model_is_loaded_with_the_context_of_the_conversation(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    type_into(qtbot, panel.form.rows["context_length"].field, "2048")
    qtbot.mouseClick(desk.window.messages.banner.action_button, Qt.MouseButton.LeftButton)
    desk.waits(lambda: desk.engine.loads[-1][1].context_length == 2048)
    desk.waits(lambda: desk.models.status.state is ModelState.READY)
    assert not desk.models.is_reload_wanted


def test_tools_become_part_of_a_saved_preset(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    desk.conversation_settings.change_tools(["calculator"])
    qtbot.mouseClick(panel.save_as_button, Qt.MouseButton.LeftButton)
    type_into(qtbot, panel.name_field, "Reckoner")
    qtbot.keyClick(panel.name_field, Qt.Key.Key_Return)
    saved = desk.reopened().get("Reckoner")
    assert saved is not None
    assert saved.tools == ("calculator",)
    assert desk.services.tools.names_on(desk.chat.conversation) == ("calculator",)
    assert panel.subtitle.text() == "Using Reckoner"


def test_the_layers_of_a_graphics_card_are_set_where_there_is_one(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel
) -> None:
    row = panel.form.rows["gpu_layers"]
    assert row.isHidden()
    desk.engine.has_gpu = True
    desk.uses_model(MODEL_FILE)
    assert not row.isHidden()
    panel.form.ensureWidgetVisible(row)
    type_into(qtbot, row.field, "12")
    assert desk.overrides == (("gpu_layers", 12),)
    desk.uses_model(MODEL_FILE)
    assert desk.engine.loads[-1][1].gpu_layers == 12


def test_another_preset_than_the_standard_is_told_and_goes_back(
    qtbot: QtBot, desk: Desk, panel: ConversationSettingsPanel, picker: PresetPicker
) -> None:
    row = panel.preset_row
    assert row.reset_button.isHidden()
    pick(qtbot, picker, "Careful")
    assert row.dot.is_lit
    assert MODEL in row.standard_label.text()
    assert desk.window.chat_page.header.settings_button.text() == "Careful"
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert picker.currentText() == MODEL
    assert not row.dot.is_lit
    assert desk.window.chat_page.header.settings_button.text() == ""


# How the model is loaded


def test_a_model_is_loaded_as_the_preset_of_the_conversation_says(desk: Desk) -> None:
    card = desk.store.get(MODEL)
    assert card is not None
    desk.store.save(replace(card, context_length=4096, thread_count=2, kv_cache_type="q8_0"))
    desk.uses_model(MODEL_FILE)
    assert desk.engine.loads[-1][1] == LoadOptions(4096, 2, kv_cache_type="q8_0")
    desk.uses_model("other.gguf")
    assert desk.engine.loads[-1][1] == LoadOptions()


def test_another_context_length_offers_to_load_again_for_as_long_as_it_is_wanted(
    qtbot: QtBot, desk: Desk, picker: PresetPicker
) -> None:
    banner = desk.window.messages.banner
    assert banner.isHidden()
    pick(qtbot, picker, "Careful")
    assert banner.action_button.text() == "Reload"
    pick(qtbot, picker, MODEL)
    assert banner.isHidden()
    pick(qtbot, picker, "Careful")
    desk.chat.start_new()
    assert banner.isHidden()
    pick(qtbot, picker, "Careful")
    qtbot.mouseClick(banner.action_button, Qt.MouseButton.LeftButton)
    desk.waits(lambda: desk.engine.loads[-1][1].context_length == CAREFUL.context_length)
    desk.waits(lambda: not desk.models.is_reload_wanted)
    assert banner.isHidden()


def test_another_temperature_asks_for_no_loading(desk: Desk) -> None:
    desk.store.save(Preset(MODEL, Sampling(temperature=1.0)))
    desk.services.presets.publish()
    assert not desk.models.is_reload_wanted


def test_a_model_that_is_still_loading_asks_for_no_loading(desk: Desk) -> None:
    path = desk.models_folder / "other.gguf"
    shutil.copy(TINY_MODEL, path)
    desk.models.open_file(path)
    desk.conversation_settings.choose_preset("Careful")
    assert desk.models.status.state is ModelState.LOADING
    assert not desk.models.is_reload_wanted
