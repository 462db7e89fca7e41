"""The page with what makes answers begin sooner."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.model_file import ModelInfo
from app.settings import ReadAhead, Settings
from app.ui.settings.performance_page import PerformancePage
from app.ui.theme_switcher import ThemeSwitcher


@pytest.fixture
def page(qtbot: QtBot, themes: ThemeSwitcher) -> PerformancePage:
    page = PerformancePage(
        Settings(reads_ahead=ReadAhead.NEVER, reads_drafts=False, guesses_repeated_text=False)
    )
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_it_shows_what_is_set(page: PerformancePage) -> None:
    assert page.ahead_field.currentText() == "Never"
    assert not page.drafts_box.isChecked()
    assert not page.guesses_box.isChecked()
    page.set_settings(Settings())
    assert page.ahead_field.currentText() == "On mains power"
    assert page.drafts_box.isChecked()
    assert page.guesses_box.isChecked()


def test_every_change_is_told_at_once(qtbot: QtBot, page: PerformancePage) -> None:
    told: list[Settings] = []
    page.changed.connect(told.append)
    qtbot.keyClick(page.ahead_field, Qt.Key.Key_Up)
    qtbot.keyClick(page.drafts_box, Qt.Key.Key_Space)
    qtbot.keyClick(page.guesses_box, Qt.Key.Key_Space)
    assert [(it.reads_ahead, it.reads_drafts, it.guesses_repeated_text) for it in told] == [
        (ReadAhead.ALWAYS, False, False),
        (ReadAhead.ALWAYS, True, False),
        (ReadAhead.ALWAYS, True, True),
    ]


def test_the_space_on_the_disk_is_chosen_and_switched_off(qtbot: QtBot, page: PerformancePage) -> None:
    assert page.states_field.text() == "2 GB"
    page.states_field.setFocus()
    page.states_field.setValue(0)
    with qtbot.waitSignal(page.changed) as changed:
        qtbot.keyClick(page.states_field, Qt.Key.Key_Return)
    assert changed.args[0].most_state_gb == 0
    assert page.states_field.text() == "Off"


def test_what_is_kept_is_shown_and_can_be_cleared(qtbot: QtBot, page: PerformancePage) -> None:
    assert not page.clear_button.isEnabled()
    page.set_size(1_300_000_000)
    assert page.size_label.text() == "1.3 GB in use"
    with qtbot.waitSignal(page.clear_requested):
        qtbot.mouseClick(page.clear_button, Qt.MouseButton.LeftButton)


LOADED = ModelInfo(Path("lake.gguf"), "Lake 1.2B", "lfm2", "Q4_0", 1, 4096, 4096, thread_count=8)


def test_how_the_model_was_loaded_is_shown_with_what_was_measured(page: PerformancePage) -> None:
    rows = page.model_rows
    assert not rows.isVisible()
    rows.set_info(LOADED)
    assert rows.isVisible()
    assert (rows.flash_label.text(), rows.threads_label.text()) == ("Off", "8")
    rows.set_info(replace(LOADED, flash_attention=True, is_measured=True, writing_threads=4))
    assert rows.flash_label.text() == "On (measured)"
    assert rows.threads_label.text() == "8, and 4 while an answer is written (measured)"
    rows.set_info(None)
    assert not rows.isVisible()


def test_it_can_be_measured_again_but_not_with_a_graphics_card(qtbot: QtBot, page: PerformancePage) -> None:
    rows = page.model_rows
    rows.set_info(replace(LOADED, flash_attention=True, has_gpu=True))
    assert not rows.measure_button.isVisible()
    rows.set_info(LOADED)
    with qtbot.waitSignal(rows.measure_requested):
        qtbot.mouseClick(rows.measure_button, Qt.MouseButton.LeftButton)
