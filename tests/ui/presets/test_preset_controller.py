from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.core.conversation import Conversation
from app.core.model_file import LoadOptions
from app.core.preset import Preset
from app.core.preset_overrides import Overrides, with_overrides
from app.core.sampling import Sampling
from app.store.presets import PresetStore
from app.ui.chat.preset_picker import PresetPicker
from app.ui.main_window import MainWindow
from app.ui.presets.adjust_panel import AdjustPanel
from app.ui.presets.preset_controller import PresetController
from tests.ui.presets.conftest import CARD, CAREFUL, MODEL, reopened, type_into


@pytest.fixture
def controller(window: MainWindow, store: PresetStore) -> PresetController:
    controller = PresetController(store, window)
    controller.show_model(MODEL)
    return controller


@pytest.fixture
def picker(window: MainWindow, controller: PresetController) -> PresetPicker:
    return window.chat_page.header.preset_picker


@pytest.fixture
def panel(controller: PresetController) -> AdjustPanel:
    controller.open_panel()
    return controller.panel


@pytest.fixture
def told(controller: PresetController) -> list[Overrides]:
    """What the program was told to save with the conversation."""
    told: list[Overrides] = []
    controller.changes_made.connect(told.append)
    return told


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
        "Adjust for this conversation…",
        "Edit presets…",
    ]
    assert picker.currentText() == MODEL


def test_all_presets_opens_the_list_further(qtbot: QtBot, picker: PresetPicker, store: PresetStore) -> None:
    pick(qtbot, picker, "All presets")
    assert picker.view().isVisible()
    assert "LFM2.5-1.2B-JP" in rows_of(picker)
    assert "All presets" not in rows_of(picker)
    pick(qtbot, picker, "LFM2.5-1.2B-JP")
    assert not picker.view().isVisible()
    assert store.bound_to(MODEL) == "LFM2.5-1.2B-JP"
    assert picker.currentText() == "LFM2.5-1.2B-JP"


def test_all_presets_can_be_clicked(qtbot: QtBot, picker: PresetPicker) -> None:
    picker.showPopup()
    index = picker.model().index(picker.findText("All presets"), 0)
    centre = picker.view().visualRect(index).center()
    qtbot.mouseMove(picker.view().viewport(), centre)
    qtbot.mouseClick(picker.view().viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert picker.view().isVisible()
    assert "LFM2.5-1.2B-JP" in rows_of(picker)
    assert picker.currentText() == MODEL
    picker.hidePopup()
    picker.showPopup()
    assert "LFM2.5-1.2B-JP" not in rows_of(picker)
    picker.hidePopup()


def test_choosing_binds_the_preset_to_the_model(
    qtbot: QtBot, picker: PresetPicker, controller: PresetController, presets_path: Path
) -> None:
    with qtbot.waitSignal(controller.preset_changed) as changed:
        pick(qtbot, picker, "Careful")
    assert changed.args == [CAREFUL]
    assert reopened(presets_path).preset_for(MODEL) == CAREFUL
    assert controller.preset_for_answer(Conversation()) == CAREFUL
    controller.show_model("other.gguf")
    assert picker.currentText() == "Default"
    controller.show_model(MODEL)
    assert picker.currentText() == "Careful"


def test_choosing_the_recommended_one_leaves_the_choice_to_the_program_again(
    qtbot: QtBot, picker: PresetPicker, store: PresetStore
) -> None:
    pick(qtbot, picker, "Careful")
    pick(qtbot, picker, MODEL)
    assert store.bound_to(MODEL) is None


def test_a_preset_chosen_before_there_is_a_model_is_bound_to_the_first_one(
    qtbot: QtBot, window: MainWindow, store: PresetStore
) -> None:
    controller = PresetController(store, window)
    picker = window.chat_page.header.preset_picker
    assert picker.currentText() == "Default"
    pick(qtbot, picker, "Careful")
    assert controller.preset == CAREFUL
    controller.show_model(MODEL)
    assert store.bound_to(MODEL) == "Careful"
    controller.show_model("other.gguf")
    assert store.bound_to("other.gguf") is None


def test_a_choice_that_cannot_be_saved_is_told_and_not_made(
    qtbot: QtBot, picker: PresetPicker, controller: PresetController, window: MainWindow, presets_path: Path
) -> None:
    presets_path.unlink()
    presets_path.mkdir()
    pick(qtbot, picker, "Careful")
    assert window.messages.banner.isVisible()
    assert picker.currentText() == MODEL
    assert controller.preset.name == MODEL


# The dialog


def test_editing_begins_with_the_preset_in_effect_and_works_at_once(
    qtbot: QtBot, picker: PresetPicker, controller: PresetController
) -> None:
    pick(qtbot, picker, "Careful")
    pick(qtbot, picker, "Edit presets…")
    dialog = controller.dialog.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.list.current_name == "Careful"
    type_into(qtbot, dialog.editor.form.rows["temperature"].field, "0.4")
    with qtbot.waitSignal(controller.preset_changed):
        qtbot.mouseClick(dialog.editor.save_button, Qt.MouseButton.LeftButton)
    assert controller.preset_for_answer(Conversation()).sampling.temperature == 0.4
    dialog.list.delete_requested.emit()
    assert picker.currentText() == MODEL
    dialog.messages.toast.undo()
    assert picker.currentText() == "Careful"
    dialog.finish()


# One conversation


def test_typed_values_hold_for_this_conversation_only(
    qtbot: QtBot, controller: PresetController, panel: AdjustPanel, told: list[Overrides], store: PresetStore
) -> None:
    conversation = Conversation()
    controller.show_conversation(conversation)
    type_into(qtbot, panel.form.rows["temperature"].field, "0.9")
    type_into(qtbot, panel.form.rows["system_prompt"].field, "Hi.")
    assert told[-1] == (("system_prompt", "Hi."), ("temperature", 0.9))
    changed = with_overrides(conversation, told[-1])
    answered_with = controller.preset_for_answer(changed)
    assert (answered_with.sampling, answered_with.system_prompt) == (
        Sampling(temperature=0.9, top_k=50),
        "Hi.",
    )
    assert controller.preset_for_answer(Conversation()).sampling == CARD.sampling
    assert store.get(MODEL).sampling == CARD.sampling


def test_an_empty_system_prompt_is_a_change_too(
    qtbot: QtBot, controller: PresetController, panel: AdjustPanel, told: list[Overrides]
) -> None:
    controller.choose("Careful")
    type_into(qtbot, panel.form.rows["system_prompt"].field, "")
    assert told[-1] == (("system_prompt", ""),)
    assert controller.preset_for_answer(with_overrides(Conversation(), told[-1])).system_prompt == ""


def test_what_differs_is_marked_in_panel_and_picker_and_taken_back_one_by_one(
    qtbot: QtBot,
    controller: PresetController,
    panel: AdjustPanel,
    picker: PresetPicker,
    told: list[Overrides],
) -> None:
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9), ("top_k", 7))))
    assert panel.subtitle.text() == f"2 values differ from {MODEL}"
    assert [name for name, row in panel.form.rows.items() if row.dot.is_lit] == ["temperature", "top_k"]
    assert picker.toolTip() == f"Preset: {MODEL}, with 2 values changed for this conversation"
    row = panel.form.rows["temperature"]
    assert row.reset_button.toolTip() == f"Back to 0.1, as in {MODEL}"
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert told == [(("top_k", 7),)]
    assert picker.change_count == 1
    qtbot.mouseClick(panel.reset_button, Qt.MouseButton.LeftButton)
    assert told[-1] == ()
    assert panel.subtitle.text() == f"Follows {MODEL}"
    assert picker.toolTip() == f"Preset: {MODEL}"
    assert not panel.save_as_button.isEnabled()


def test_the_picker_shows_a_dot_while_the_conversation_differs(
    picker: PresetPicker, controller: PresetController
) -> None:
    def accent_count() -> int:
        image = picker.grab().toImage()
        accent = QColor("#6fc3d0")
        return sum(
            image.pixelColor(x, y) == accent for x in range(image.width()) for y in range(image.height())
        )

    assert accent_count() == 0
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9),)))
    assert accent_count() > 10


def test_a_refused_value_is_not_used(
    qtbot: QtBot, controller: PresetController, panel: AdjustPanel, told: list[Overrides]
) -> None:
    controller.show_conversation(Conversation())
    row = panel.form.rows["top_k"]
    type_into(qtbot, row.field, "5000")
    assert row.problem_label.text() == (
        "Top-k must be between 0 and 1,000, not 5,000. Until it is mended, 50 is used."
    )
    assert told[-1] == ()
    assert not panel.save_as_button.isEnabled()


def test_a_refused_value_stays_on_screen_when_the_same_model_is_told_again(
    qtbot: QtBot, controller: PresetController, panel: AdjustPanel
) -> None:
    type_into(qtbot, panel.form.rows["top_k"].field, "5000")
    controller.show_model(MODEL)
    assert panel.form.rows["top_k"].field.typed == "5000"


def test_another_conversation_shows_its_own_values(controller: PresetController, panel: AdjustPanel) -> None:
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9),)))
    assert panel.form.rows["temperature"].field.typed == "0.9"
    controller.show_conversation(Conversation())
    assert panel.form.rows["temperature"].field.typed == "0.1"
    assert panel.subtitle.text() == f"Follows {MODEL}"


def test_values_become_a_preset_which_the_model_then_uses(
    qtbot: QtBot,
    controller: PresetController,
    panel: AdjustPanel,
    picker: PresetPicker,
    told: list[Overrides],
    presets_path: Path,
) -> None:
    controller.choose("Careful")
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9),)))
    qtbot.mouseClick(panel.save_as_button, Qt.MouseButton.LeftButton)
    assert panel.name_field.selectedText() == "Careful copy"
    qtbot.keyClicks(panel.name_field, "careful")
    qtbot.keyClick(panel.name_field, Qt.Key.Key_Return)
    assert panel.name_problem.text().startswith("There is already a preset called careful.")
    type_into(qtbot, panel.name_field, "Lively")
    qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    lively = replace(CAREFUL, name="Lively", sampling=CAREFUL.sampling.with_values(temperature=0.9))
    assert reopened(presets_path).get("Lively") == lively
    assert reopened(presets_path).preset_for(MODEL) == lively
    assert reopened(presets_path).get("Careful") == CAREFUL
    assert told[-1] == ()
    assert picker.currentText() == "Lively"
    assert picker.change_count == 0
    assert panel.save_as_button.isVisible()


def test_choosing_another_preset_takes_the_changes_back_and_can_be_undone(
    qtbot: QtBot,
    controller: PresetController,
    window: MainWindow,
    picker: PresetPicker,
    told: list[Overrides],
) -> None:
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9),)))
    pick(qtbot, picker, "Careful")
    assert told == [()]
    assert window.messages.toast.label.text() == "This conversation now follows Careful"
    qtbot.mouseClick(window.messages.toast.undo_button, Qt.MouseButton.LeftButton)
    assert told == [(), (("temperature", 0.9),)]
    assert picker.currentText() == MODEL
    assert picker.change_count == 1


def test_the_offer_to_undo_leaves_with_its_conversation(
    qtbot: QtBot,
    controller: PresetController,
    window: MainWindow,
    picker: PresetPicker,
    told: list[Overrides],
) -> None:
    controller.show_conversation(with_overrides(Conversation(), (("temperature", 0.9),)))
    pick(qtbot, picker, "Careful")
    controller.show_conversation(Conversation())
    assert window.messages.toast.isHidden()
    assert told == [()]


def test_the_panel_opens_from_the_picker_and_closes_with_escape(
    qtbot: QtBot, controller: PresetController, picker: PresetPicker, window: MainWindow
) -> None:
    pick(qtbot, picker, "Adjust for this conversation…")
    panel = controller.panel
    assert panel.isVisible()
    assert picker.currentText() == MODEL
    area = window.chat_page.conversation_area
    assert area.geometry().contains(panel.geometry())
    window.resize(720, 480)
    qtbot.waitUntil(lambda: area.geometry().contains(panel.geometry()))
    qtbot.keyClick(panel.form.rows["temperature"].field, Qt.Key.Key_Escape)
    assert not panel.isVisible()


# How the model is loaded


def test_a_model_is_loaded_as_its_preset_says(controller: PresetController, store: PresetStore) -> None:
    store.save(replace(CARD, context_length=4096, thread_count=2, kv_cache_type="q8_0"))
    assert controller.options_to_load(MODEL) == LoadOptions(4096, 2, kv_cache_type="q8_0")
    assert controller.options_to_load("other.gguf") == LoadOptions()


def test_another_context_length_asks_for_loading_again(
    qtbot: QtBot, controller: PresetController, picker: PresetPicker
) -> None:
    told: list[bool] = []
    controller.reload_wanted.connect(told.append)
    pick(qtbot, picker, "Careful")
    assert told == []
    controller.options_to_load(MODEL)
    controller.note_loaded(MODEL)
    pick(qtbot, picker, MODEL)
    assert told == [True]
    assert controller.is_reload_wanted
    pick(qtbot, picker, "Careful")
    assert told == [True, False]
    pick(qtbot, picker, "Default")
    controller.options_to_load(MODEL)
    controller.note_loaded(MODEL)
    assert told == [True, False, True, False]


def test_another_temperature_asks_for_no_loading(
    controller: PresetController, store: PresetStore, qtbot: QtBot
) -> None:
    controller.options_to_load(MODEL)
    controller.note_loaded(MODEL)
    store.save(Preset(MODEL, Sampling(temperature=1.0)))
    with qtbot.assertNotEmitted(controller.reload_wanted):
        controller.dialog.presets_changed.emit()


def test_a_model_that_is_still_loading_asks_for_no_loading(
    controller: PresetController, qtbot: QtBot
) -> None:
    controller.options_to_load(MODEL)
    controller.note_loaded(MODEL)
    with qtbot.assertNotEmitted(controller.reload_wanted):
        controller.show_model("other.gguf")
        controller.choose("Careful")
