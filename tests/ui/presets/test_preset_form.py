from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.preset import LOAD_LIMITS, THINKING_LIMIT, Preset
from app.core.sampling import LIMITS, Sampling
from app.ui.presets.preset_fields import PRESET_SECTIONS, values_of
from app.ui.presets.preset_form import Draft, PresetForm
from app.ui.presets.tools_field import ToolsField
from app.ui.theme_switcher import ThemeSwitcher
from tests.support.preset_samples import CAREFUL, TOOLS, type_into
from tests.support.ticking import tick

NUMBERS = {**LIMITS, **LOAD_LIMITS, "thinking_limit": THINKING_LIMIT}

ODD = Preset(
    "Odd",
    Sampling(temperature=0.123456789, top_p=1 / 3, seed=7, stop=("a\r\nb", "x ")),
    "One\r\ntwo\u00a0three",
    thread_count=3,
    kv_cache_type="q4_0",
    flash_attention="off",
    thinking_limit=77,
    tools=("gone", "current_time", "add"),
)


@pytest.fixture
def form(qtbot: QtBot, themes: ThemeSwitcher) -> PresetForm:
    form = PresetForm(PRESET_SECTIONS)
    qtbot.addWidget(form)
    form.resize(560, 600)
    with qtbot.waitExposed(form):
        form.show()
    form.activateWindow()
    form.set_tools(TOOLS)
    form.show_draft(Draft(CAREFUL), Preset("Careful"), "the default")
    return form


def test_every_value_of_a_preset_has_a_field(form: PresetForm) -> None:
    assert set(form.rows) == {*NUMBERS, "stop", "system_prompt", "kv_cache_type", "flash_attention", "tools"}
    assert set(form.rows) == set(values_of(CAREFUL))


@pytest.mark.parametrize("preset", [CAREFUL, ODD, Preset("Plain")])
def test_showing_a_preset_changes_nothing_in_it(qtbot: QtBot, form: PresetForm, preset: Preset) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.show_draft(Draft(preset), Preset(""), "the default")
    assert form.draft == Draft(preset)


def test_what_is_typed_is_in_the_draft(qtbot: QtBot, form: PresetForm) -> None:
    type_into(qtbot, form.rows["temperature"].field, "0,75")
    type_into(qtbot, form.rows["context_length"].field, "16384")
    type_into(qtbot, form.rows["system_prompt"].field, "Be kind.")
    type_into(qtbot, form.rows["stop"].field, "\\n\\n")
    qtbot.keyClick(form.rows["stop"].field, Qt.Key.Key_Return)
    qtbot.keyClicks(form.rows["stop"].field, "User:")
    assert form.draft.preset == replace(
        CAREFUL,
        system_prompt="Be kind.",
        context_length=16384,
        sampling=Sampling(temperature=0.75, stop=("\n\n", "User:")),
    )


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_value_out_of_range_stays_as_typed_and_is_refused_beside_the_field(
    qtbot: QtBot, form: PresetForm, name: str, side: str
) -> None:
    limit = NUMBERS[name]
    text = str(int(limit.low - 1 if side == "low" else limit.high + 1))
    row = form.rows[name]
    type_into(qtbot, row.field, text)
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    QApplication.focusWidget().clearFocus()
    assert row.field.typed == text
    words = f"{limit.label} must be {limit.range_text}, not {int(text):,}."
    assert row.problem_label.text() == words
    assert not row.problem_label.isHidden()
    assert words in row.field.accessibleDescription()
    assert form.draft == Draft(CAREFUL, {name: text})


def test_a_mended_value_is_refused_no_longer(qtbot: QtBot, form: PresetForm) -> None:
    row = form.rows["top_k"]
    type_into(qtbot, row.field, "9999")
    qtbot.keyClick(row.field.lineEdit(), Qt.Key.Key_Backspace)
    assert not form.problems
    assert row.problem_label.isHidden()
    assert form.draft.preset.sampling.top_k == 999


def test_a_stop_string_with_a_wrong_escape_is_refused(qtbot: QtBot, form: PresetForm) -> None:
    type_into(qtbot, form.rows["stop"].field, "\\d+")
    assert form.problems == [
        "Line 1: \\d means nothing. Write \\n for a line break and \\\\ for a backslash."
    ]
    assert form.draft.preset == CAREFUL


def test_an_emptied_field_is_random_automatic_or_without_limit(qtbot: QtBot, form: PresetForm) -> None:
    for name in ("seed", "max_tokens", "context_length", "thread_count", "thinking_limit"):
        type_into(qtbot, form.rows[name].field, "5")
        type_into(qtbot, form.rows[name].field, "")
    preset = form.draft.preset
    assert (preset.sampling.seed, preset.sampling.max_tokens) == (-1, 0)
    assert (preset.context_length, preset.thread_count, preset.thinking_limit) == (0, 0, 0)
    assert form.rows["thinking_limit"].field.lineEdit().placeholderText() == "No limit"
    assert form.rows["seed"].field.lineEdit().placeholderText() == "Random"
    type_into(qtbot, form.rows["temperature"].field, "")
    assert form.problems == ["Temperature must be a number between 0 and 5."]


def test_arrow_keys_step_within_the_range(qtbot: QtBot, form: PresetForm) -> None:
    field = form.rows["temperature"].field
    field.setFocus()
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.typed == "0.35"
    for _ in range(9):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.typed == "0"


def test_the_wheel_scrolls_the_page_and_changes_no_value(qtbot: QtBot, form: PresetForm) -> None:
    field = form.rows["temperature"].field
    field.setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(field.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    assert form.draft.preset == CAREFUL


def test_a_value_that_differs_is_marked_and_can_be_reset(qtbot: QtBot, form: PresetForm) -> None:
    form.show_draft(Draft(CAREFUL), CAREFUL, "from the card")
    row = form.rows["temperature"]
    assert not row.dot.is_lit
    assert row.reset_button.isHidden()
    type_into(qtbot, row.field, "0.9")
    assert row.dot.is_lit
    assert row.label.property("changed")
    assert row.reset_button.toolTip() == "Back to 0.2, from the card"
    assert form.changed_names == ["temperature"]
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert form.draft == Draft(CAREFUL)
    assert not row.dot.is_lit


def test_resetting_mends_a_refused_value(qtbot: QtBot, form: PresetForm) -> None:
    row = form.rows["max_tokens"]
    type_into(qtbot, row.field, "many")
    assert row.reset_button.toolTip() == "Back to no limit, the default"
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert form.draft == Draft(CAREFUL)


def test_a_folded_section_says_what_is_hidden_in_it(qtbot: QtBot, form: PresetForm) -> None:
    section = form.sections["Sampling"]
    assert section.is_folded
    form.rows["top_k"].field.set_typed("7")
    form.rows["top_p"].field.set_typed("0.5")
    assert section.summary.text() == "2 changed"
    form.rows["top_p"].field.set_typed("5")
    assert section.summary.text() == "1 error"
    qtbot.mouseClick(section.fold_button, Qt.MouseButton.LeftButton)
    assert form.rows["top_k"].isVisible()


def test_the_way_to_the_first_refused_value_unfolds_its_section(qtbot: QtBot, form: PresetForm) -> None:
    form.rows["dry_base"].field.set_typed("0")
    form.show_first_problem()
    assert form.rows["dry_base"].isVisible()
    assert form.rows["dry_base"].field.hasFocus()


def test_every_field_is_named_and_explained(form: PresetForm) -> None:
    for row in form.rows.values():
        assert row.field.accessibleName() == row.label.text() != ""
        assert row.explanation.text()
        assert row.field.accessibleDescription().startswith(row.explanation.text())


def test_the_attention_memory_is_chosen_from_a_list(qtbot: QtBot, form: PresetForm) -> None:
    form.sections["Model loading"].set_folded(False)
    field = form.rows["kv_cache_type"].field
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert form.draft.preset == replace(CAREFUL, kv_cache_type="q8_0")


def test_flash_attention_is_automatic_unless_it_is_chosen(qtbot: QtBot, form: PresetForm) -> None:
    form.sections["Model loading"].set_folded(False)
    field = form.rows["flash_attention"].field
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert form.draft.preset == replace(CAREFUL, flash_attention="on")


def test_the_longest_thought_is_a_whole_number(qtbot: QtBot, form: PresetForm) -> None:
    type_into(qtbot, form.rows["thinking_limit"].field, "1.5")
    assert form.problems == ["Thinking limit must be a whole number between 0 and 131,072."]
    type_into(qtbot, form.rows["thinking_limit"].field, "512")
    assert form.draft.preset == replace(CAREFUL, thinking_limit=512)
    type_into(qtbot, form.rows["thinking_limit"].field, "0")
    assert form.draft.preset == CAREFUL


# Tools


@pytest.fixture
def tools(form: PresetForm) -> ToolsField:
    form.sections["Thinking and tools"].set_folded(False)
    field = form.rows["tools"].field
    assert isinstance(field, ToolsField)
    form.ensureWidgetVisible(field)
    return field


def ticked(field: ToolsField) -> list[str]:
    return [box.text() for box in (field.inherit_box, *field.boxes.values()) if box.isChecked()]


def test_tools_are_at_first_as_in_the_settings(form: PresetForm, tools: ToolsField) -> None:
    assert [box.text() for box in tools.boxes.values()] == ["Calculator", "Clock"]
    assert ticked(tools) == ["Use defaults from Settings"]
    assert form.rows["tools"].reset_button.isHidden()


def test_a_ticked_tool_takes_the_choice_from_the_settings(
    qtbot: QtBot, form: PresetForm, tools: ToolsField
) -> None:
    with qtbot.waitSignal(form.changed):
        tick(qtbot, tools.boxes["current_time"])
    assert ticked(tools) == ["Clock"]
    assert form.draft.preset == replace(CAREFUL, tools=("current_time",))
    tick(qtbot, tools.boxes["add"])
    assert form.draft.preset == replace(CAREFUL, tools=("add", "current_time"))
    tick(qtbot, tools.inherit_box)
    assert ticked(tools) == ["Use defaults from Settings"]
    assert form.draft.preset == CAREFUL


def test_without_any_tick_no_tool_is_on(qtbot: QtBot, form: PresetForm, tools: ToolsField) -> None:
    tick(qtbot, tools.inherit_box)
    assert ticked(tools) == []
    assert form.draft.preset == replace(CAREFUL, tools=())


def test_the_choice_of_tools_can_be_reset(qtbot: QtBot, form: PresetForm, tools: ToolsField) -> None:
    form.show_draft(Draft(CAREFUL), replace(CAREFUL, tools=("add",)), "the default")
    row = form.rows["tools"]
    assert row.reset_button.toolTip() == "Back to Calculator, the default"
    qtbot.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
    assert ticked(tools) == ["Calculator"]
    form.show_draft(Draft(form.draft.preset), CAREFUL, "the default")
    assert row.reset_button.toolTip() == "Back to what is in the settings, the default"


def test_a_tool_that_is_not_there_stays_chosen_until_it_is_unticked(
    qtbot: QtBot, form: PresetForm, tools: ToolsField
) -> None:
    form.show_draft(Draft(replace(CAREFUL, tools=("gone", "add"))), CAREFUL, "the default")
    assert ticked(tools) == ["Calculator", "gone (not available)"]
    tick(qtbot, tools.boxes["add"])
    assert form.draft.preset.tools == ("gone",)
    tick(qtbot, tools.boxes["gone"])
    assert form.draft.preset.tools == ()
    tick(qtbot, tools.boxes["gone"])
    assert form.draft.preset.tools == ("gone",)
    form.show_draft(Draft(CAREFUL), CAREFUL, "the default")
    assert list(tools.boxes) == ["add", "current_time"]


def test_tools_are_ticked_with_the_keyboard(qtbot: QtBot, form: PresetForm, tools: ToolsField) -> None:
    tools.setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert form.draft.preset == replace(CAREFUL, tools=("current_time",))


def test_values_that_mean_nothing_on_a_server_are_marked(form: PresetForm) -> None:
    form.set_unused({"min_p", "gpu_layers"}, "studio")
    assert form.rows["min_p"].note_label.text() == "Not used by studio."
    assert not form.rows["min_p"].note_label.isHidden()
    assert form.rows["temperature"].note_label.isHidden()
    form.set_unused(frozenset(), "")
    assert form.rows["min_p"].note_label.isHidden()
