from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.core.model_file import ModelFile
from app.core.preset import Preset
from app.core.sampling import Sampling
from app.services.presets import PresetService
from app.store.presets import PresetStore
from app.ui.main_window import MainWindow
from app.ui.presets.dialog_controller import DialogController
from app.ui.presets.preset_rows import HEADING_ROLE, NAME_ROLE, UNSAVED_ROLE
from app.ui.presets.presets_dialog import PresetsDialog
from tests.support.preset_samples import CARD, CAREFUL, MODEL, TOOLS, reopened, type_into


@pytest.fixture
def here() -> list[ModelFile]:
    """The models on this computer."""
    return [ModelFile(Path(f"/m/{name}"), name, 1) for name in (MODEL, "LFM2.5-1.2B-JP")]


@pytest.fixture
def controller(
    qtbot: QtBot, window: MainWindow, presets: PresetService, here: list[ModelFile]
) -> Iterator[DialogController]:
    controller = DialogController(presets, lambda: TOOLS, lambda: here, window)
    controller.open("Careful")
    assert controller.dialog is not None
    controller.dialog.activateWindow()
    yield controller
    controller.dialog.finish()


@pytest.fixture
def dialog(controller: DialogController) -> PresetsDialog:
    assert controller.dialog is not None
    return controller.dialog


def press(qtbot: QtBot, dialog: QWidget, object_name: str) -> None:
    button = dialog.findChild(QWidget, object_name)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(dialog: PresetsDialog, name: str) -> None:
    rows = dialog.list.list
    (row,) = (row for row in range(rows.count()) if rows.item(row).data(NAME_ROLE) == name)
    rows.setCurrentRow(row)


def listed(dialog: PresetsDialog) -> list[str]:
    rows = dialog.list.list
    return [rows.item(row).text() for row in range(rows.count())]


def unsaved(dialog: PresetsDialog) -> list[str]:
    items = [dialog.list.list.item(row) for row in range(dialog.list.list.count())]
    return [item.text() for item in items if item.data(UNSAVED_ROLE)]


def change_temperature(qtbot: QtBot, dialog: PresetsDialog, text: str) -> None:
    type_into(qtbot, dialog.editor.form.rows["temperature"].field, text)


def question(dialog: PresetsDialog) -> QMessageBox:
    (box,) = dialog.findChildren(QMessageBox, "unsaved_box")
    return box


def answer(qtbot: QtBot, box: QMessageBox, text: str) -> None:
    (button,) = (button for button in box.findChildren(QPushButton) if button.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_own_presets_stand_above_the_built_in_ones(dialog: PresetsDialog) -> None:
    assert listed(dialog) == ["Your presets", "Careful", "Built-in", "Default", MODEL, "LFM2.5-1.2B-JP"]
    assert dialog.list.list.item(0).data(HEADING_ROLE)
    assert dialog.list.current_name == "Careful"
    assert dialog.editor.name_field.text() == "Careful"


def test_presets_of_models_that_are_not_here_are_folded_away(
    qtbot: QtBot, controller: DialogController, dialog: PresetsDialog, here: list[ModelFile]
) -> None:
    here.pop()
    controller.open("Careful")
    short = ["Your presets", "Careful", "Built-in", "Default", MODEL, "For other models (1)"]
    assert listed(dialog) == short
    rows = dialog.list.list
    qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(5)).center()
    )
    assert listed(dialog) == [*short, "LFM2.5-1.2B-JP"]
    assert dialog.editor.name_field.text() == "Careful"
    assert [item.text() for item in rows.selectedItems()] == ["Careful"]
    choose(dialog, "LFM2.5-1.2B-JP")
    assert dialog.editor.name_field.text() == "LFM2.5-1.2B-JP"
    qtbot.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(5)).center()
    )
    assert listed(dialog) == short
    assert dialog.editor.name_field.text() == "LFM2.5-1.2B-JP"
    controller.open("LFM2.5-1.2B-JP")
    assert [item.text() for item in rows.selectedItems()] == ["LFM2.5-1.2B-JP"]


def test_the_fold_opens_with_the_keyboard(
    qtbot: QtBot, controller: DialogController, dialog: PresetsDialog, here: list[ModelFile]
) -> None:
    here.pop()
    controller.open(MODEL)
    rows = dialog.list.list
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert listed(dialog)[-1] == "LFM2.5-1.2B-JP"
    assert dialog.editor.name_field.text() == MODEL
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert dialog.editor.name_field.text() == "LFM2.5-1.2B-JP"
    qtbot.keyClick(rows, Qt.Key.Key_Up)
    qtbot.keyClick(rows, Qt.Key.Key_Space)
    assert listed(dialog)[-1] == "For other models (1)"


def test_the_filter_leaves_presets_with_these_words_in_their_names(
    qtbot: QtBot, controller: DialogController, dialog: PresetsDialog, here: list[ModelFile]
) -> None:
    here.pop()
    controller.open("Careful")
    field = dialog.list.filter_field
    qtbot.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert field.hasFocus()
    qtbot.keyClicks(field, "jp lfm")
    assert listed(dialog) == ["For other models", "LFM2.5-1.2B-JP"]
    assert dialog.editor.name_field.text() == "Careful"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list.list, Qt.Key.Key_Down)
    assert dialog.editor.name_field.text() == "LFM2.5-1.2B-JP"
    field.setFocus()
    qtbot.keyClicks(field, "zzz")
    assert listed(dialog) == ["No preset has this in its name"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert [item.text() for item in dialog.list.list.selectedItems()] == ["LFM2.5-1.2B-JP"]


def test_the_dialog_leaves_the_program_running(dialog: PresetsDialog) -> None:
    assert dialog.isVisible()
    assert dialog.isModal()


def test_a_built_in_preset_shows_where_it_comes_from(dialog: PresetsDialog, store: PresetStore) -> None:
    store.bind("some.gguf", MODEL)
    choose(dialog, MODEL)
    assert dialog.editor.source.text() == "Recommended by Liquid AI: the card · Used by some.gguf"
    assert dialog.editor.name_field.isReadOnly()
    assert not dialog.list.delete_button.isEnabled()


def test_changes_are_saved_on_request_and_not_before(
    qtbot: QtBot, dialog: PresetsDialog, presets: PresetService, presets_path: Path
) -> None:
    assert not dialog.editor.save_button.isEnabled()
    change_temperature(qtbot, dialog, "0.9")
    assert reopened(presets_path).get("Careful") == CAREFUL
    assert unsaved(dialog) == ["Careful"]
    with qtbot.waitSignal(presets.changed):
        press(qtbot, dialog, "save_preset_button")
    changed = replace(CAREFUL, sampling=CAREFUL.sampling.with_values(temperature=0.9))
    assert reopened(presets_path).get("Careful") == changed
    assert unsaved(dialog) == []
    assert not dialog.editor.save_button.isEnabled()


def test_the_longest_thought_and_the_tools_are_saved(
    qtbot: QtBot, dialog: PresetsDialog, presets_path: Path
) -> None:
    form = dialog.editor.form
    qtbot.mouseClick(form.sections["Thinking and tools"].fold_button, Qt.MouseButton.LeftButton)
    type_into(qtbot, form.rows["thinking_limit"].field, "2048")
    press(qtbot, dialog, "tool_add_box")
    press(qtbot, dialog, "save_preset_button")
    assert reopened(presets_path).get("Careful") == replace(CAREFUL, thinking_limit=2048, tools=("add",))


def test_ctrl_s_saves(qtbot: QtBot, dialog: PresetsDialog, presets_path: Path) -> None:
    type_into(qtbot, dialog.editor.form.rows["system_prompt"].field, "Be kind.")
    qtbot.keyClick(
        dialog.editor.form.rows["system_prompt"].field, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier
    )
    assert reopened(presets_path).get("Careful").system_prompt == "Be kind."


def test_a_refused_value_keeps_from_saving_until_it_is_mended(
    qtbot: QtBot, dialog: PresetsDialog, presets_path: Path
) -> None:
    change_temperature(qtbot, dialog, "7")
    assert not dialog.editor.save_button.isEnabled()
    assert dialog.editor.status.text() == "One value cannot be saved"
    assert dialog.editor.status.toolTip() == "Temperature must be between 0 and 5, not 7."
    qtbot.keyClick(dialog, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert reopened(presets_path).get("Careful") == CAREFUL
    change_temperature(qtbot, dialog, "0.7")
    assert dialog.editor.save_button.isEnabled()
    assert dialog.editor.status.isHidden()


def test_what_is_not_saved_stays_while_another_preset_is_looked_at(
    qtbot: QtBot, dialog: PresetsDialog
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    type_into(qtbot, dialog.editor.form.rows["max_tokens"].field, "many")
    choose(dialog, MODEL)
    assert dialog.editor.form.rows["temperature"].field.typed == "0.1"
    assert not dialog.editor.discard_button.isEnabled()
    choose(dialog, "Careful")
    assert dialog.editor.form.rows["temperature"].field.typed == "0.9"
    assert dialog.editor.form.rows["max_tokens"].field.typed == "many"
    assert not dialog.editor.save_button.isEnabled()
    type_into(qtbot, dialog.editor.form.rows["max_tokens"].field, "5")
    assert dialog.editor.save_button.isEnabled()


def test_typing_the_saved_values_again_leaves_nothing_to_save(qtbot: QtBot, dialog: PresetsDialog) -> None:
    change_temperature(qtbot, dialog, "0.9")
    change_temperature(qtbot, dialog, "0.2")
    assert unsaved(dialog) == []
    assert not dialog.editor.discard_button.isEnabled()


def test_discarded_changes_can_be_taken_up_again(qtbot: QtBot, dialog: PresetsDialog) -> None:
    change_temperature(qtbot, dialog, "0.9")
    press(qtbot, dialog, "discard_preset_button")
    assert dialog.editor.form.rows["temperature"].field.typed == "0.2"
    press(qtbot, dialog, "undo_button")
    assert dialog.editor.form.rows["temperature"].field.typed == "0.9"
    assert unsaved(dialog) == ["Careful"]


def test_a_built_in_preset_goes_back_to_its_card(
    qtbot: QtBot, dialog: PresetsDialog, presets_path: Path
) -> None:
    choose(dialog, MODEL)
    assert not dialog.editor.reset_button.isEnabled()
    change_temperature(qtbot, dialog, "1.5")
    press(qtbot, dialog, "save_preset_button")
    assert reopened(presets_path).is_changed(MODEL)
    assert dialog.editor.form.rows["temperature"].dot.is_lit
    press(qtbot, dialog, "reset_preset_button")
    assert dialog.editor.form.rows["temperature"].field.typed == "0.1"
    assert reopened(presets_path).is_changed(MODEL)
    press(qtbot, dialog, "save_preset_button")
    assert reopened(presets_path).get(MODEL) == replace(CARD, is_builtin=True)
    assert f'name = "{MODEL}"' not in presets_path.read_text()


def test_a_new_preset_is_named_at_once(qtbot: QtBot, dialog: PresetsDialog, presets_path: Path) -> None:
    press(qtbot, dialog, "create_preset_button")
    assert dialog.editor.name_field.hasFocus()
    assert dialog.editor.name_field.selectedText() == "New preset"
    qtbot.keyClicks(dialog.editor.name_field, "Brainstorm")
    qtbot.keyClick(dialog.editor.name_field, Qt.Key.Key_Return)
    assert reopened(presets_path).get("Brainstorm") == Preset("Brainstorm")
    assert dialog.list.current_name == "Brainstorm"
    press(qtbot, dialog, "create_preset_button")
    press(qtbot, dialog, "create_preset_button")
    assert listed(dialog)[1:5] == ["Brainstorm", "Careful", "New preset", "New preset 2"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "A preset needs a name."),
        ("default", "There is already a preset called default."),
        ("x" * 81, "A name has at most 80 characters."),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_beside_it(
    qtbot: QtBot, dialog: PresetsDialog, store: PresetStore, typed: str, words: str
) -> None:
    type_into(qtbot, dialog.editor.name_field, typed)
    qtbot.keyClick(dialog.editor.name_field, Qt.Key.Key_Return)
    assert dialog.editor.name_problem.text().startswith(words)
    assert dialog.editor.name_problem.isVisible()
    assert store.get("Careful") == CAREFUL
    qtbot.keyClick(dialog.editor.name_field, Qt.Key.Key_Escape)
    assert dialog.editor.name_field.text() == "Careful"
    assert dialog.editor.name_problem.isHidden()
    assert dialog.isVisible()


def test_renaming_keeps_the_models_and_what_is_not_saved(
    qtbot: QtBot, dialog: PresetsDialog, store: PresetStore
) -> None:
    store.bind("some.gguf", "Careful")
    change_temperature(qtbot, dialog, "0.9")
    qtbot.keyClick(dialog.list.list, Qt.Key.Key_F2)
    qtbot.keyClicks(dialog.editor.name_field, "Slow")
    qtbot.keyClick(dialog.editor.name_field, Qt.Key.Key_Return)
    assert store.preset_for("some.gguf").name == "Slow"
    assert unsaved(dialog) == ["Slow"]
    press(qtbot, dialog, "save_preset_button")
    assert store.get("Slow").sampling.temperature == 0.9
    assert store.get("Careful") is None


def test_a_copy_takes_the_unsaved_values_with_it(
    qtbot: QtBot, dialog: PresetsDialog, store: PresetStore
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    press(qtbot, dialog, "duplicate_preset_button")
    assert dialog.list.current_name == "Careful copy"
    assert dialog.editor.name_field.selectedText() == "Careful copy"
    assert unsaved(dialog) == ["Careful", "Careful copy"]
    press(qtbot, dialog, "save_preset_button")
    assert store.get("Careful copy").sampling.temperature == 0.9
    assert store.get("Careful") == CAREFUL


def test_a_deleted_preset_can_be_brought_back(
    qtbot: QtBot, dialog: PresetsDialog, presets_path: Path, store: PresetStore
) -> None:
    store.bind("some.gguf", "Careful")
    change_temperature(qtbot, dialog, "0.9")
    dialog.list.list.setFocus()
    qtbot.keyClick(dialog.list.list, Qt.Key.Key_Delete)
    assert reopened(presets_path).get("Careful") is None
    assert dialog.list.current_name == "Default"
    assert dialog.messages.toast.label.text() == "Deleted “Careful”"
    press(qtbot, dialog, "undo_button")
    assert reopened(presets_path).get("Careful") == CAREFUL
    assert reopened(presets_path).preset_for("some.gguf").name == "Careful"
    assert dialog.editor.form.rows["temperature"].field.typed == "0.9"
    assert unsaved(dialog) == ["Careful"]


def test_after_deleting_a_neighbour_is_shown(dialog: PresetsDialog, store: PresetStore) -> None:
    store.create(Preset("Absurd"))
    store.create(Preset("Bold"))
    for name, next_one in (("Absurd", "Bold"), ("Careful", "Bold"), ("Bold", "Default")):
        dialog.list.set_presets(store.presets(), (), (), name)
        dialog.list.selected.emit(name)
        dialog.list.delete_requested.emit()
        assert dialog.list.current_name == next_one


def test_closing_asks_what_becomes_of_unsaved_changes(
    qtbot: QtBot, dialog: PresetsDialog, store: PresetStore
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert question(dialog).text() == "“Careful” has changes that are not saved."
    answer(qtbot, question(dialog), "Save")
    assert not dialog.isVisible()
    assert store.get("Careful").sampling.temperature == 0.9


def test_closing_can_discard_or_go_on(qtbot: QtBot, dialog: PresetsDialog, store: PresetStore) -> None:
    change_temperature(qtbot, dialog, "0.9")
    dialog.close()
    answer(qtbot, question(dialog), "Keep editing")
    assert dialog.isVisible()
    assert unsaved(dialog) == ["Careful"]
    qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))
    press(qtbot, dialog, "close_presets_button")
    answer(qtbot, question(dialog), "Discard")
    assert not dialog.isVisible()
    assert store.get("Careful") == CAREFUL


def test_a_refused_value_cannot_be_saved_on_closing(qtbot: QtBot, dialog: PresetsDialog) -> None:
    change_temperature(qtbot, dialog, "9")
    dialog.close()
    box = question(dialog)
    (save,) = (button for button in box.findChildren(QPushButton) if button.text() == "Save")
    assert not save.isEnabled()
    answer(qtbot, box, "Keep editing")
    assert dialog.editor.form.rows["temperature"].field.typed == "9"


def test_without_changes_it_just_closes(qtbot: QtBot, dialog: PresetsDialog) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_discarded_changes_are_gone_at_the_next_opening(
    qtbot: QtBot, dialog: PresetsDialog, controller: DialogController
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    dialog.close()
    answer(qtbot, question(dialog), "Discard")
    controller.open("Careful")
    assert dialog.isVisible()
    assert dialog.editor.form.rows["temperature"].field.typed == "0.2"


def choose_file(qtbot: QtBot, dialog: PresetsDialog, object_name: str, path: Path) -> None:
    """Types a path into the file dialog that is open."""
    (files,) = dialog.findChildren(QFileDialog, object_name)
    name = files.findChild(QLineEdit, "fileNameEdit")
    name.setText(str(path))
    qtbot.keyClick(name, Qt.Key.Key_Return)


def menu_action(dialog: PresetsDialog, text: str) -> QAction:
    (action,) = (it for it in dialog.list.more_button.menu().actions() if it.text() == text)
    return action


def test_a_preset_is_exported_and_imported(
    qtbot: QtBot, dialog: PresetsDialog, store: PresetStore, tmp_path: Path
) -> None:
    menu_action(dialog, "Export…").trigger()
    choose_file(qtbot, dialog, "export_preset_dialog", tmp_path / "mine.toml")
    assert dialog.messages.toast.label.text() == "Exported to mine.toml"
    assert PresetStore(tmp_path / "other.toml").import_file(tmp_path / "mine.toml") == CAREFUL
    menu_action(dialog, "Import…").trigger()
    choose_file(qtbot, dialog, "import_preset_dialog", tmp_path / "mine.toml")
    assert dialog.list.current_name == "Careful 2"
    assert store.get("Careful 2") == replace(CAREFUL, name="Careful 2")


def test_a_file_that_is_no_preset_is_told_in_the_dialog(
    dialog: PresetsDialog, controller: DialogController, tmp_path: Path
) -> None:
    path = tmp_path / "holiday.toml"
    path.write_text("x = 1")
    controller.import_file(path)
    banner = dialog.messages.banner
    assert banner.isVisible()
    assert banner.sentence.text() == "This file does not hold a preset."
    path.write_text('[[preset]]\nname = "X"\n[preset.sampling]\ntop_p = 3')
    controller.import_file(path)
    assert banner.sentence.text() == "Top-p must be between 0 and 1, not 3."
    assert listed(dialog)[1:3] == ["Careful", "Built-in"]


def test_exporting_what_is_not_saved_says_what_the_file_will_hold(
    qtbot: QtBot, dialog: PresetsDialog, tmp_path: Path
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    menu_action(dialog, "Export…").trigger()
    assert dialog.messages.banner.hint.text() == "Only saved values are exported."
    press(qtbot, dialog, "banner_action_button")
    choose_file(qtbot, dialog, "export_preset_dialog", tmp_path / "mine.toml")
    assert PresetStore(tmp_path / "other.toml").import_file(tmp_path / "mine.toml") == CAREFUL


def test_a_disk_that_refuses_is_told_and_nothing_is_lost(
    qtbot: QtBot, dialog: PresetsDialog, presets_path: Path
) -> None:
    change_temperature(qtbot, dialog, "0.9")
    presets_path.unlink()
    presets_path.mkdir()
    press(qtbot, dialog, "save_preset_button")
    assert "could not be saved" in dialog.messages.banner.sentence.text()
    assert unsaved(dialog) == ["Careful"]
    assert dialog.editor.form.rows["temperature"].field.typed == "0.9"
    presets_path.rmdir()
    press(qtbot, dialog, "save_preset_button")
    assert reopened(presets_path).get("Careful").sampling == Sampling(temperature=0.9, stop=("\n\n",))


def test_everything_that_can_be_pressed_has_a_name(dialog: PresetsDialog) -> None:
    for widget in dialog.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            is_inner = isinstance(widget, QLineEdit) and widget.focusProxy() is not None
            assert widget.accessibleName() or text or is_inner, widget.objectName()


def marked(dialog: PresetsDialog) -> list[str]:
    return [item.text() for item in dialog.list.list.selectedItems()]


def rows_in_sight(dialog: PresetsDialog) -> list[tuple[str, QPoint]]:
    """The presets that lie wholly in sight, and the middle of each."""
    rows = dialog.list.list
    items = [rows.item(row) for row in range(rows.count())]
    places = [(item.text(), rows.visualItemRect(item)) for item in items if item.data(NAME_ROLE)]
    return [(name, place.center()) for name, place in places if rows.viewport().rect().contains(place)]


@pytest.fixture
def long_list(store: PresetStore, controller: DialogController, dialog: PresetsDialog) -> PresetsDialog:
    """The dialog with more presets than fit, scrolled into their middle."""
    for number in range(60):
        store.create(Preset(f"Preset {number:02}"))
    controller.open("Careful")
    bar = dialog.list.list.verticalScrollBar()
    assert bar.maximum() > 400
    bar.setValue(bar.maximum() // 2 + 3)
    return dialog


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_a_clicked_row_is_the_one_that_is_marked_and_shown(
    qtbot: QtBot, long_list: PresetsDialog, modifier: Qt.KeyboardModifier
) -> None:
    rows = long_list.list.list
    place = rows.verticalScrollBar().value()
    for name, point in [*rows_in_sight(long_list)[::3], rows_in_sight(long_list)[0]]:
        for _click in range(2):
            qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, modifier, point)
            assert marked(long_list) == [name]
            assert long_list.editor.form.draft.preset.name == name
            assert rows.verticalScrollBar().value() == place


def test_dragging_over_rows_headings_and_empty_space_keeps_the_mark_with_what_is_shown(
    qtbot: QtBot, dialog: PresetsDialog
) -> None:
    rows = dialog.list.list
    start = rows.visualItemRect(rows.item(1)).center()
    qtbot.mousePress(rows.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for row in (2, 3, 4, 5):
        qtbot.mouseMove(rows.viewport(), rows.visualItemRect(rows.item(row)).center())
        assert marked(dialog) == [dialog.editor.form.draft.preset.name]
    qtbot.mouseMove(rows.viewport(), QPoint(start.x(), rows.viewport().height() - 4))
    qtbot.mouseRelease(rows.viewport(), Qt.MouseButton.LeftButton)
    assert marked(dialog) == [dialog.editor.form.draft.preset.name]


def test_the_keyboard_moves_the_mark_with_what_is_shown(qtbot: QtBot, dialog: PresetsDialog) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    keys = [
        (Qt.Key.Key_Down, control),
        (Qt.Key.Key_Space, control),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier),
    ]
    for key, modifier in keys:
        qtbot.keyClick(dialog.list.list, key, modifier)
        assert marked(dialog) == [dialog.editor.form.draft.preset.name]


def test_a_preset_that_is_shown_by_undo_comes_into_sight(
    qtbot: QtBot, store: PresetStore, long_list: PresetsDialog
) -> None:
    name, point = rows_in_sight(long_list)[2]
    qtbot.mouseClick(long_list.list.list.viewport(), Qt.MouseButton.LeftButton, pos=point)
    press(qtbot, long_list, "delete_preset_button")
    long_list.list.list.verticalScrollBar().setValue(0)
    press(qtbot, long_list, "undo_button")
    assert store.get(name) is not None
    assert marked(long_list) == [name]
    assert name in [shown for shown, _point in rows_in_sight(long_list)]
